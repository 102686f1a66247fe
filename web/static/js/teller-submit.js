/** What the teller writes, on its way to the branch: the change, the verdict, the note. */

import { t } from "./i18n.js";
import { owe } from "./staff-patch.js";
import { needsWhy } from "./teller-next.js";
import { formErrors, needsReason } from "./teller-state.js";
import { wrongWord } from "./teller-words.js";

/** @typedef {import("./teller.js").Console} Console */
/** @typedef {import("./teller-types.js").Verdict} Verdict */

/** @param {Console} app */
export function sendDraft(app) {
  const form = app.view?.visit?.form;
  if (!form) return;
  const values = app.values();
  const found = formErrors(form, values);
  const first = Object.keys(found)[0];
  app.draftErrors = Object.fromEntries(
    Object.entries(found).map(([name, code]) => [
      name,
      code === "empty" ? t("Please fill this in.") : t("This is too long."),
    ]),
  );
  if (first) {
    app.draw();
    /** @type {HTMLElement | null} */ (document.querySelector(`[data-field="${first}"]`))?.focus();
    return;
  }
  app.send(
    "form.draft",
    {
      step: form.step,
      fields: Object.fromEntries(
        Object.entries(values).map(([name, value]) => [name, value.trim()]),
      ),
    },
    "draft",
  );
  // What comes next is the customer's check; a further change is one key away.
  app.refocus();
}

/** @param {Console} app @param {DOMStringMap} data */
export function decide(app, data) {
  const verdict = /** @type {Verdict} */ (data.verdict);
  const identity = app.view?.visit?.identity;
  if (!identity?.may.includes(verdict)) return;
  if (!needsReason(verdict, identity.check)) {
    app.send(
      "identity.decide",
      { check: identity.check?.id ?? null, verdict, reason: null },
      "decide",
    );
    return;
  }
  app.deciding = verdict;
  app.draw();
  const field = document.getElementById("reason");
  field?.focus();
  field?.closest(".deciding")?.scrollIntoView({ block: "end" });
}

/** @param {Console} app */
export function decideNow(app) {
  const reason = written("reason");
  if (!reason) return missing("reason");
  app.send(
    "identity.decide",
    { check: app.view?.visit?.identity?.check?.id ?? null, verdict: app.deciding, reason },
    "decide-now",
  );
}

/**
 * Write down what was answered aloud, or what was seen.
 * @param {Console} app
 * @param {string} value
 * @param {boolean} clear
 * @param {string} busy
 */
export function record(app, value, clear, busy) {
  const current = app.view?.visit?.current;
  const asked = app.question() ?? app.prompt();
  if (!current || !asked) return;
  app.send("question.record", { step: current.id, question: asked.id, value, clear }, busy);
}

/** @param {Console} app */
export function recordTyped(app) {
  const field = /** @type {HTMLInputElement | null} */ (document.querySelector("[data-answer]"));
  const question = app.question();
  if (!field || !question) return;
  const value = field.value.trim();
  const amount = question.type === "money" || question.type === "number";
  const wrong = !value
    ? t("Please fill this in.")
    : amount && Number.isNaN(Number(value.replaceAll(",", "")))
      ? t("Please enter a number.")
      : "";
  app.work.answerError = wrong;
  if (!wrong) return record(app, amount ? value.replaceAll(",", "") : value, true, "answer");
  app.draw();
  field.focus();
}

/** Nothing could be made out: it is asked again. @param {Console} app */
export function recordUnclear(app) {
  const field = /** @type {HTMLInputElement | null} */ (document.querySelector("[data-answer]"));
  if (field) field.value = "";
  app.work.answer = "";
  app.work.answerError = "";
  record(app, "", false, "unclear");
}

/** The teller's decision, with its reason where one is owed. @param {Console} app */
export function judge(app) {
  const current = app.view?.visit?.current;
  const { verdict } = app.work;
  if (!current || !verdict) return;
  const note = written("why");
  if (needsWhy(current, app.work) && !note) return missing("why");
  const flags = Object.entries(app.work.flags).flatMap(([id, on]) => (on ? [id] : []));
  const body = { step: current.id, result: "passed", note: note || null };
  app.send("step.complete", { ...body, verdict, flags }, "judge");
}

/** Nobody has to move, and why. @param {Console} app */
export function insteadNow(app) {
  const step = app.view?.visit?.current?.id;
  const reason = written("instead-why");
  if (!reason) return missing("instead-why");
  app.send("challenge.alternative", { step, reason }, "challenge-instead-now");
}

/** @param {Console} app @param {DOMStringMap} data */
export function answerReview(app, { visit }) {
  const id = `returned-${visit}`;
  const text = written(id);
  if (!text) return missing(id);
  app.send("review.answer", { visit, text }, `review-${visit}`);
}

/** @param {string} id @returns {string} */
function written(id) {
  const field = /** @type {HTMLTextAreaElement | null} */ (document.getElementById(id));
  return field?.value.trim() ?? "";
}

/** @param {string} id */
function missing(id) {
  const field = document.getElementById(id);
  if (!field) return;
  owe(field);
  field.focus();
  field.scrollIntoView({ block: "nearest" });
}

/** @param {Console} app */
export function wrapUp(app) {
  const visit = app.view?.visit;
  if (!visit || app.sentWrapUp === visit.id) return;
  app.sentWrapUp = visit.id;
  const note = written("wrap-note") || null;
  app.send("visit.wrap_up", { disposition: app.disposition, note }, "wrap-up");
}

/**
 * What is wrong with what was typed, by its type; of the answer in hand when no field is given.
 * @param {Console} app
 * @param {import("./teller-types.js").Field} [field]
 */
export function wrongOf(app, field) {
  const type = field?.type ?? app.question()?.type;
  return type && wrongWord(type, !field || !!app.values()[field.name]?.trim());
}
