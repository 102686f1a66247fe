/** What remains to be done elsewhere: a number to show, and a list to go by. */

import { h, icon } from "./dom.js";
import { t } from "./i18n.js";
import { button } from "./customer-screen.js";

/** @typedef {import("./customer.js").Customer} Customer */
/** @typedef {import("./customer-step.js").Step} Step */
/** @typedef {import("./customer-step.js").Part} Part */

/** @param {Customer} app @param {Step} step @returns {Part} */
export function handOver(app, step) {
  const hand = step.hand_over;
  if (!hand) return {};
  const may = step.can.includes("see") && !app.answered.has(step.id);
  return {
    body: slip(hand.reference, hand.outcome_title, hand.items),
    actions:
      may && button(t("I have noted this"), () => app.answer(step.id, { seen: true }), { name: "check" }),
  };
}

/**
 * @param {string} reference
 * @param {string} title
 * @param {string[]} items
 */
export function slip(reference, title, items) {
  return h(
    "div.slip",
    null,
    h(
      "div.slip__head",
      null,
      h("p.slip__title", null, title),
      h("p.slip__label", null, t("Your reference")),
      h("p.slip__number.figures", null, reference),
    ),
    items.length > 0 &&
      h(
        "div.slip__body",
        null,
        h("h3", null, t("Please bring or do")),
        h(
          "ul",
          null,
          items.map((item) => h("li", null, icon("check"), h("span", null, item))),
        ),
        h("p.hint", null, t("This also stands on your receipt.")),
      ),
  );
}
