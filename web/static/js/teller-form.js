/** The change itself: before and after, as the customer sees it. */

import { chip, h, icon } from "./dom.js";
import { t } from "./i18n.js";

/** @typedef {import("./teller.js").Console} Console */
/** @typedef {import("./teller-state.js").Field} Field */
/** @typedef {import("./teller-state.js").Form} Form */

/** @param {Console} app @param {Form} form @param {boolean} editable */
export function formPanel(app, form, editable) {
  const unsent = app.unsent();
  return h(
    "section.panel.change",
    { "aria-labelledby": "form-title", dataset: { key: "form" } },
    h(
      "header.panel__head",
      null,
      h("h2#form-title", null, t("The change")),
      h("span.grow"),
      status(form, unsent),
    ),
    h(
      "div.change__rows",
      null,
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
    : chip("plain", "edit", t("Nothing changed yet"));
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
  const value = app.draft[field.name] ?? (field.after || field.before);
  const changed = value.trim() !== field.before.trim();
  const common = {
    id,
    dataset: { field: field.name, keep: field.type === "choice" ? "" : undefined },
    "aria-invalid": error ? "true" : null,
    "aria-describedby": `${id}-before${error ? ` ${id}-error` : ""}`,
  };
  if (!common.dataset.keep) delete common.dataset.keep;
  return h(
    "div.edit",
    { class: changed ? "is-changed" : null, dataset: { key: field.name } },
    h(
      "label",
      { htmlFor: id },
      field.label,
      changed && h("span.tag.tag--accent", null, t("changed")),
    ),
    h(
      "p.edit__before",
      { id: `${id}-before` },
      h("span.edit__word", null, t("Before")),
      h("span", null, shown(field, field.before) || "–"),
    ),
    h(
      "div.edit__after",
      null,
      h("span.edit__word", { "aria-hidden": "true" }, t("After")),
      field.type === "choice"
        ? h(
            "select.input",
            common,
            field.options.map((o) =>
              h("option", { value: o.value, selected: o.value === value }, o.label),
            ),
          )
        : h("textarea.input", { ...common, rows: 2, value, maxLength: field.max_length ?? 500 }),
    ),
    error && h("p.field__error", { id: `${id}-error` }, icon("alert"), error),
  );
}

/** @param {Field} field */
function row(field) {
  const after = field.after || field.before;
  const changed = after.trim() !== field.before.trim();
  return h(
    "div.edit.edit--read",
    { class: changed ? "is-changed" : null, dataset: { key: `read-${field.name}` } },
    h("p.edit__label", null, field.label, changed && h("span.tag.tag--accent", null, t("changed"))),
    h(
      "p.edit__before",
      null,
      h("span.edit__word", null, t("Before")),
      h("span", null, shown(field, field.before) || "–"),
    ),
    h(
      "p.edit__value",
      null,
      h("span.edit__word", null, t("After")),
      h("span", null, changed ? shown(field, after) : t("unchanged")),
    ),
  );
}

/** @param {Field} field @param {string} value */
function shown(field, value) {
  return field.options.find((option) => option.value === value)?.label ?? value;
}
