/** The form: the teller writes, the customer sees it appear and checks it. */

import { chip, h, icon } from "./dom.js";
import { t } from "./i18n.js";
import { inputOf, withUnit } from "./teller-answer.js";
import { money, valueWord } from "./teller-words.js";

/** @typedef {import("./teller.js").Console} Console */
/** @typedef {import("./teller-types.js").Field} Field */
/** @typedef {import("./teller-types.js").Form} Form */

const SHORT = new Set(["number", "money", "date", "phone", "yes_no"]);

/** @param {Console} app @param {Form} form @param {string} title @param {boolean} editable */
export function formPanel(app, form, title, editable) {
  const unsent = app.unsent();
  return h(
    "section.panel.change",
    { "aria-labelledby": "form-title", dataset: { key: "form" } },
    h("header.panel__head", null, h("h2#form-title", null, title), h("span.grow"), status(form, unsent)),
    h(
      "div.change__rows",
      { class: editable ? "is-open" : null },
      form.fields.map((field) => (editable ? editor(app, field) : row(field))),
    ),
    editable &&
      h(
        "ol.change__way",
        null,
        stepOf(
          t("Shown to the customer"),
          t("To be shown to the customer"),
          drafted(form) && !unsent,
        ),
        stepOf(
          t("Checked by the customer"),
          t("To be checked by the customer"),
          form.customer_seen && !unsent,
        ),
      ),
  );
}

/** @param {Form} form */
function drafted(form) {
  return form.fields.some((field) => field.after);
}

/** @param {Form} form @param {boolean} unsent */
function status(form, unsent) {
  if (form.confirmed) return chip("good", "check-circle", t("Confirmed by the customer"));
  if (unsent) return chip("warn", "edit", t("Not shown yet"));
  if (form.customer_seen) return chip("good", "eye", t("Customer has checked it"));
  return drafted(form)
    ? chip("info", "clock", t("Customer is reading"))
    : chip("plain", "edit", t("Nothing entered yet"));
}

/** @param {string} after @param {string} before @param {boolean} done */
function stepOf(after, before, done) {
  return h(
    "li",
    { class: done ? "is-done" : null },
    icon(done ? "check-circle" : "clock"),
    h("span", null, done ? after : before),
  );
}

/** @param {Console} app @param {Field} field */
function editor(app, field) {
  const id = `field-${field.name}`;
  const error = app.draftErrors[field.name] ?? field.error;
  const value = app.draft[field.name] ?? (field.after || field.read || field.before);
  const changed = !!field.before && value.trim() !== field.before.trim();
  const notes = [field.before && `${id}-before`, error && `${id}-error`].filter(Boolean).join(" ");
  const common = {
    id,
    "aria-invalid": error ? "true" : null,
    "aria-describedby": notes || null,
    "aria-required": field.required ? "true" : null,
  };
  return h(
    "div.edit",
    {
      class: [changed && "is-changed", SHORT.has(field.type) && "edit--short"].filter(Boolean).join(" ") || null,
      dataset: { key: field.name },
    },
    field.type === "yes_no"
      ? h("span.edit__label", { id: `${id}-label` }, label(field, changed))
      : h("label", { htmlFor: id }, label(field, changed)),
    control(field, value, common),
    field.type === "money" && Number(value.replaceAll(",", "")) >= 1000 &&
      h("p.edit__before.figures", { dataset: { key: "as-money" } }, money(value)),
    field.before &&
      changed &&
      h(
        "p.edit__before",
        { id: `${id}-before` },
        h("span.edit__word", null, t("Before")),
        h("span", null, valueWord(field, field.before)),
      ),
    error && h("p.field__error", { id: `${id}-error`, dataset: { key: "error" } }, icon("alert"), error),
  );
}

/** @param {Field} field @param {boolean} changed */
function label(field, changed) {
  return [
    field.label,
    changed && h("span.tag.tag--accent", null, t("changed")),
    !!field.before && !changed && h("span.edit__word", null, t("as it stands")),
    !!field.read && !field.after && h("span.edit__word", null, t("from the document")),
    !field.before && field.required === false && h("span.edit__word", null, t("if known")),
  ];
}

/** @param {Field} field @param {string} value @param {Record<string, any>} common */
function control(field, value, common) {
  const dataset = { field: field.name };
  if (field.type === "choice")
    return h(
      "select.input",
      { ...common, dataset: { ...dataset, keep: "" } },
      !value && h("option", { value: "", selected: true }, t("Choose…")),
      field.options.map((o) =>
        h("option", { value: o.value, selected: o.value === value }, o.label),
      ),
    );
  if (field.type === "yes_no") return yesNo(field, value, common);
  if (field.type === "text")
    return h("textarea.input", {
      ...common,
      dataset,
      rows: 1,
      value,
      maxLength: field.max_length || 500,
    });
  return withUnit(
    field.type,
    h("input.input", { ...common, ...inputOf(field.type), dataset, value }),
  );
}

/** @param {Field} field @param {string} value @param {Record<string, any>} common */
function yesNo(field, value, common) {
  return h(
    "div.either",
    { role: "radiogroup", "aria-labelledby": `${common.id}-label`, "aria-describedby": common["aria-describedby"] },
    [
      ["yes", t("yes")],
      ["no", t("no")],
    ].map(([code, words], i) =>
      h(
        "label.either__one",
        { dataset: { key: code } },
        h("input", {
          type: "radio",
          name: common.id,
          id: i ? `${common.id}-${code}` : common.id,
          value: code,
          checked: value === code,
          dataset: { field: field.name },
        }),
        h("span", null, words),
      ),
    ),
  );
}

/** @param {Field} field */
function row(field) {
  const after = field.after || field.before;
  const changed = !!field.before && after.trim() !== field.before.trim();
  return h(
    "div.edit.edit--read",
    { class: changed ? "is-changed" : null, dataset: { key: `read-${field.name}` } },
    h("p.edit__label", null, field.label, changed && h("span.tag.tag--accent", null, t("changed"))),
    h("p.edit__value", null, valueWord(field, after) || "–"),
    changed &&
      h(
        "p.edit__before",
        null,
        h("span.edit__word", null, t("Before")),
        h("span", null, valueWord(field, field.before)),
      ),
  );
}
