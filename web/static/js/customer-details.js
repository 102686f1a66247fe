/** Who are you, and in which language: the walk-in's form. */

import { h } from "./dom.js";
import { t } from "./i18n.js";
import { choice, field, showFaults } from "./customer-field.js";
import { screen } from "./customer-screen.js";

/** @typedef {import("./customer.js").Customer} Customer */
/** @typedef {import("./customer-screen.js").Scene} Scene */

const DOCUMENT_NUMBER = /^[A-Za-z0-9()（）\- ]{5,32}$/;

/** @param {Customer} app @returns {Scene} */
export function details(app) {
  const { order } = app;
  const languages = /** @type {Record<string, string>} */ ({ "zh-CN": "普通话", en: "English" });
  const summary = h("div.errors", { hidden: true, tabIndex: -1, role: "alert" });
  const name = field("name", t("Your name, as on your document"), order.name, {
    autocomplete: "name",
    maxLength: 64,
  });
  const number = field(
    "document_number",
    t("Number of your identity document"),
    order.document_number,
    { autocomplete: "off", autocapitalize: "characters", spellcheck: false, maxLength: 32 },
    t("Resident identity card, or passport"),
  );
  const speak = choice(
    "language",
    t("Which language should the teller speak?"),
    (app.local.branch?.languages ?? []).map((code) => ({ value: code, label: languages[code] ?? code })),
    order.language,
    (code) => {
      order.language = code;
    },
  );
  const next = () => {
    order.name = name.input.value.trim();
    order.document_number = number.input.value.trim().replace(/\s+/g, "");
    const faults = [];
    if (!order.name) faults.push(name.fault(t("Enter your name")));
    else name.fault(null);
    if (!DOCUMENT_NUMBER.test(order.document_number))
      faults.push(number.fault(t("Enter the number as it is printed on the document")));
    else number.fault(null);
    if (showFaults(summary, faults)) return;
    app.go("consent");
  };
  const form = h(
    "form.stack",
    {
      novalidate: true,
      id: "details",
      onsubmit: (/** @type {Event} */ e) => {
        e.preventDefault();
        next();
      },
    },
    summary,
    name.node,
    number.node,
    speak.node,
  );
  if (app.refusal?.field) {
    const owner = app.refusal.field === "name" ? name : number;
    showFaults(summary, [owner.fault(app.refusal.message)], false);
  }
  return {
    node: screen({
      step: 2,
      back: () => app.go(app.service()?.intake?.length ? "intake" : "start"),
      title: t("Who are you?"),
      lead: t("The teller sees a masked name and the last digits only. Both are stored encrypted."),
      body: form,
      actions: h(
        "button.button.button--primary.button--block",
        {
          type: "submit",
          form: "details",
          "data-form": "details",
          onclick: (/** @type {Event} */ e) => {
            e.preventDefault();
            next();
          },
        },
        t("Continue"),
      ),
    }),
  };
}
