/** Clicks, keys and typing of the console; one listener each, for elements that come and go. */

import { ACTIONS } from "./teller-actions.js";
import { correctField } from "./teller-document.js";
import { declineReasons } from "./teller-words.js";

/** @typedef {import("./teller.js").Console} Console */

const CONTROLS = "button, a[href], input, select, textarea, summary, [role=button]";
const TYPING = "input:not([type=radio]):not([type=checkbox]), textarea, select";

/** @param {Console} app */
export function listen(app) {
  document.addEventListener("click", (event) => {
    const control = /** @type {HTMLElement | null} */ (
      /** @type {Element} */ (event.target).closest("[data-act]")
    );
    if (!control || control.getAttribute("aria-disabled") === "true") return;
    app.act(control.dataset.act ?? "", control.dataset);
  });
  document.addEventListener("input", (event) =>
    typed(app, /** @type {HTMLInputElement} */ (event.target)),
  );
  document.addEventListener("change", (event) =>
    correctField(app, /** @type {HTMLInputElement} */ (event.target)),
  );
  document.addEventListener("keydown", (event) => pressed(app, event));
}

/** @param {Console} app @param {HTMLInputElement} field */
function typed(app, field) {
  if (field.dataset.field) {
    app.draft[field.dataset.field] = field.value;
    delete app.draftErrors[field.dataset.field];
    app.draw();
  } else if (field.name === "disposition") {
    app.disposition = field.value;
    app.draw();
  } else if (field.dataset.answer) {
    app.work.answer = field.value;
    app.work.answerError = "";
    app.draw();
  } else if (field.dataset.flag) {
    app.work.notice(app.view?.visit, field.dataset.flag, field.checked);
    app.draw();
  } else if (field.id === "reason" || field.id === "why" || field.dataset.review)
    field.removeAttribute("aria-invalid");
}

/** @param {Console} app @param {KeyboardEvent} event */
function pressed(app, event) {
  if (event.defaultPrevented || event.isComposing || document.querySelector("dialog[open]")) return;
  const target = /** @type {Element} */ (event.target);
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey))
    return done(event, () => written(app, /** @type {HTMLElement} */ (target)));
  if (event.key === "Escape") return escape(app, event, target);
  if (event.key === "Enter" && target.matches("input[data-answer]"))
    return done(event, () => app.act("answer"));
  if (event.key === "Enter" && target.matches("input[data-field]"))
    return done(event, () => app.act("primary"));
  if (event.ctrlKey || event.metaKey || event.altKey || target.closest(TYPING)) return undefined;
  if (app.declining && /^[1-9]$/.test(event.key)) {
    const chosen = declineReasons()[Number(event.key) - 1];
    return chosen && done(event, () => app.act("decline-for", { reason: chosen[0] }));
  }
  if (event.key === "Enter" && target.closest(CONTROLS)) return undefined;
  const option = /^[1-9]$/.test(event.key) && optionOf(app, Number(event.key));
  if (option) return done(event, () => app.act("answer-choice", { value: option }));
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const found = Object.entries(ACTIONS).find(
    ([, action]) => action.key === key && action.when?.(app) !== false,
  );
  if (!found || event.repeat) return undefined;
  return done(event, () => app.act(found[0], {}));
}

/** Ctrl and Enter hand in what is being written. @param {Console} app @param {HTMLElement} target */
function written(app, target) {
  const visit = target.dataset.review;
  if (visit) return app.act("answer-review", { visit });
  return app.act(app.deciding ? "decide-now" : "primary");
}

/** The answer that a number stands for. @param {Console} app @param {number} digit */
function optionOf(app, digit) {
  const question = app.question();
  return question?.type === "choice" ? question.options[digit - 1]?.value : undefined;
}

/** @param {Console} app @param {KeyboardEvent} event @param {Element} target */
function escape(app, event, target) {
  if (app.deciding) return done(event, () => app.act("undecide"));
  if (app.declining) return done(event, () => app.act("decline"));
  // Leaving a field gives the single keys back.
  if (target.closest(TYPING)) return done(event, () => app.refocus());
  return undefined;
}

/** @param {Event} event @param {() => void} run */
function done(event, run) {
  event.preventDefault();
  run();
}
