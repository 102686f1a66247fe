/** Steps that end with a yes, a no, or “I have seen it”; none of them before its time. */

import { banner, h, icon } from "./dom.js";
import { n, t } from "./i18n.js";
import { secondsUntil, span } from "./format.js";
import { ticking } from "./customer-step.js";
import { button } from "./customer-screen.js";

/** @typedef {import("./customer.js").Customer} Customer */
/** @typedef {import("./customer-step.js").Step} Step */
/** @typedef {import("./customer-step.js").Part} Part */

/** One consent; what a no means stands above the two answers. @param {Customer} app @param {Step} step @returns {Part} */
export function agreement(app, step) {
  return {
    lead: thinkAgain(step),
    body: step.if_refused && consequence(step.if_refused),
    actions: yesOrNo(app, step, t("I agree"), t("I don’t agree")),
  };
}

/** What the teller must say takes its time. @param {Customer} app @param {Step} step @returns {Part} */
export function disclosure(app, step) {
  const agree = step.acknowledge === "agree";
  const answers = agree
    ? yesOrNo(app, step, t("I understand and agree"), t("I don’t agree"))
    : seen(app, step, t("I have heard this"));
  const parts = held(step, answers, t("The teller is still reading this to you"));
  return {
    ...parts,
    lead: [thinkAgain(step), agree && step.if_refused && consequence(step.if_refused)],
    body: [changes(step), parts.body],
  };
}

/** A text to read. @param {Customer} app @param {Step} step @returns {Part} */
export function notice(app, step) {
  return held(step, seen(app, step, t("I have read this")), t("Please read this first"));
}

/** What the teller has filled in: before and after. @param {Customer} app @param {Step} step @returns {Part} */
export function form(app, step) {
  return { body: changes(step), actions: seen(app, step, t("I have checked this")) };
}

/** @param {string} text what a no means */
export function consequence(text) {
  return h(
    "div.note.row",
    null,
    icon("info"),
    h("p.grow", null, h("strong", null, t("If you say no: ")), text),
  );
}

/** A no stands until the teller ends the step. @param {Step} step */
function thinkAgain(step) {
  return (
    step.refused &&
    banner("info", t("You have said no. Until the teller ends this step you can still change your mind."))
  );
}

/**
 * Yes and no side by side: neither is hidden. What was said once is not offered again.
 * @param {Customer} app @param {Step} step @param {string} yes @param {string} no
 * @returns {HTMLButtonElement[] | null}
 */
function yesOrNo(app, step, yes, no) {
  if (!answerable(app, step, ["agree", "refuse"])) return null;
  return [
    ...(step.refused ? [] : [button(no, () => app.answer(step.id, { agreed: false }), { kind: "quiet" })]),
    button(yes, () => app.answer(step.id, { agreed: true }), { name: "check" }),
  ];
}

/** @param {Customer} app @param {Step} step @param {string} label */
function seen(app, step, label) {
  if (!answerable(app, step, ["see", "read"])) return null;
  return [button(label, () => app.answer(step.id, { seen: true }), { name: "check" })];
}

/**
 * The server offers the answer, or will when the least time is over.
 * @param {Customer} app @param {Step} step @param {string[]} wanted
 */
function answerable(app, step, wanted) {
  if (app.answered.has(step.id)) return false;
  return wanted.some((word) => step.can.includes(word)) || secondsUntil(step.ready_at) > 0;
}

/**
 * Answers that stay closed until the least time is over, with a quiet line that says how long.
 * @param {Step} step @param {HTMLButtonElement[] | null} answers @param {string} why
 * @returns {Part}
 */
function held(step, answers, why) {
  if (!answers) return {};
  const line = h("p.until");
  const leave = ticking(() => {
    const left = Math.ceil(secondsUntil(step.ready_at));
    line.hidden = left === 0;
    if (left)
      line.replaceChildren(
        icon("clock"),
        h("span", null, why, " · ", left > 90 ? span(left) : n("{n} second", "{n} seconds", left)),
      );
    answers[answers.length - 1].disabled = left > 0; // a no is heard at any time
  });
  return { body: line, actions: answers, leave };
}

/** @param {Step} step */
function changes(step) {
  if (!step.form?.length) return null;
  return h(
    "dl.changes",
    null,
    step.form.map((row) => {
      const changed = row.before && row.after && row.after !== row.before;
      const fresh = !row.before && row.after;
      return h(
        "div.changes__row",
        null,
        h("dt", null, row.label),
        fresh
          ? h("dd", null, h("span.changes__only", null, row.after))
          : h(
              "dd",
              null,
              h(
                "span.changes__before",
                null,
                changed && h("span.sr", null, t("Before: ")),
                row.before || "—",
              ),
              changed &&
                h(
                  "span.changes__after",
                  null,
                  icon("arrow-right"),
                  h("span.sr", null, t("After: ")),
                  h("ins", null, row.after),
                ),
            ),
      );
    }),
  );
}
