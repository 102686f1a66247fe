/** The question that the teller is asking now, large enough to read along; the answer is spoken. */

import { h, icon } from "./dom.js";
import { t } from "./i18n.js";

/** @typedef {import("./customer.js").Customer} Customer */
/** @typedef {import("./customer-step.js").Step} Step */
/** @typedef {import("./customer-step.js").Part} Part */
/** @typedef {import("./customer-step.js").Asking} Asking */

/** @param {Customer} _app @param {Step} step @returns {Part} */
export function question(_app, step) {
  if (!step.question) return {};
  return {
    quiet: true,
    body: [
      asked(step.question, step.title, "question"),
      h(
        "div.aloud",
        null,
        h("span.aloud__mic", { "aria-hidden": "true" }, icon("mic")),
        h(
          "p",
          null,
          h("strong", null, t("Please answer aloud, in your own words")),
          h("span.hint", null, t("The teller writes your answer down. Take the time you need.")),
        ),
      ),
    ],
  };
}

/**
 * @param {Asking} asking
 * @param {string} title of the step
 * @param {string} name icon
 */
export function asked({ ask, index, count }, title, name) {
  return h(
    "div.asked",
    { "aria-live": "polite" },
    h(
      "p.asked__count",
      null,
      icon(name),
      h("span.grow", null, title),
      count > 1 && h("span.figures", null, t("{index} of {count}", { index, count })),
    ),
    h("p.asked__text", null, ask),
  );
}
