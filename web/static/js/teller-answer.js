/** One answer, taken down by its type: a key for yes, no and unclear, a field for the rest. */

import { h, icon } from "./dom.js";
import { t } from "./i18n.js";
import { actButton } from "./staff.js";
import { money } from "./teller-words.js";

/** @typedef {import("./teller.js").Console} Console */
/** @typedef {import("./teller-types.js").Question} Question */
/** @typedef {import("./teller-types.js").FieldType} FieldType */

const INPUTS = /** @type {Partial<Record<FieldType, Record<string, any>>>} */ ({
  number: { inputMode: "numeric", class: "figures" },
  money: { inputMode: "decimal", class: "figures" },
  date: { type: "date" },
  phone: { inputMode: "tel", class: "figures" },
  resident_id: { class: "mono input--code", maxLength: 18, spellcheck: false },
  credit_code: { class: "mono input--code", maxLength: 18, spellcheck: false },
});

/** @param {FieldType} type @returns {Record<string, any>} attributes of the field for one type */
export function inputOf(type) {
  return { autocomplete: "off", ...INPUTS[type] };
}

/** An amount of money says so. @param {FieldType} type @param {HTMLInputElement} input */
export function withUnit(type, input) {
  return type === "money" ? h("div.unit", null, h("span", { "aria-hidden": "true" }, "¥"), input) : input;
}

/** The controls for the question that is open. @param {Console} app @param {Question} question @param {string} labelled id of the label */
export function answerControls(app, question, labelled) {
  const again = actButton("unclear", t("Unclear – ask again"), {
    key: "U",
    small: true,
    block: true,
    busy: app.busy === "unclear",
    dataset: { key: "unclear" },
  });
  if (question.type === "yes_no") return [yesNo(app, labelled), again];
  if (question.type === "choice") return [choices(app, question, labelled), again];
  return [typed(app, question, labelled), again];
}

/** @param {Console} app @param {string} labelled */
function yesNo(app, labelled) {
  return h(
    "div.answers",
    { role: "group", "aria-labelledby": labelled, dataset: { key: "yes-no" } },
    actButton("answer-yes", t("yes"), { key: "Y", busy: app.busy === "answer-yes", class: "answers__one" }),
    actButton("answer-no", t("no"), { key: "N", busy: app.busy === "answer-no", class: "answers__one" }),
  );
}

/** @param {Console} app @param {Question} question @param {string} labelled */
function choices(app, { options }, labelled) {
  return h(
    "div.answers.answers--list",
    { role: "group", "aria-labelledby": labelled, dataset: { key: "choices" } },
    options.map((option, i) =>
      h(
        "button.reason",
        {
          type: "button",
          dataset: { act: "answer-choice", value: option.value, key: option.value },
          "aria-keyshortcuts": String(i + 1),
          "aria-busy": app.busy === "answer-choice" ? "true" : null,
        },
        h("kbd", { "aria-hidden": "true" }, String(i + 1)),
        h("span", null, option.label),
      ),
    ),
  );
}

/** @param {Console} app @param {Question} question @param {string} labelled */
function typed(app, question, labelled) {
  const id = `answer-${question.id}`;
  const wrong = app.work.answerError;
  const common = {
    id,
    "aria-labelledby": labelled,
    "aria-invalid": wrong ? "true" : null,
    "aria-describedby": wrong ? "answer-error" : null,
    dataset: { answer: question.id, keep: "" },
  };
  const long = question.type === "text";
  return h(
    "div.answers.answers--typed",
    { dataset: { key: `typed-${question.id}` } },
    long
      ? h("textarea.input", { ...common, rows: 3, maxLength: 500 })
      : withUnit(question.type, h("input.input", { ...common, ...inputOf(question.type) })),
    question.type === "money" &&
      app.work.answer &&
      h("p.hint.figures", { "aria-live": "polite" }, money(app.work.answer)),
    wrong && h("p.field__error#answer-error", null, icon("alert"), wrong),
  );
}
