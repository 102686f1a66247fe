/** The line over a visit: which it is, whose, how it ended. */

import { chip, h, icon } from "./dom.js";
import { t } from "./i18n.js";
import { dateTime, span } from "./format.js";
import { outcomeWord } from "./teller-words.js";
import { exportDialog } from "./review-purpose.js";
import { effectLook } from "./review-words.js";

/** @param {string} visit @param {any} detail @returns {HTMLElement[]} */
export function visitTitle(visit, detail) {
  const {
    ticket,
    service_title: service,
    customer_masked: customer,
    teller,
    started_at: began,
    seconds,
    outcome,
    effect,
    state,
  } = detail;
  const look = effect && effectLook(effect);
  return [
    h(
      "a.button.button--ghost.button--small",
      { href: "/review" },
      icon("arrow-left"),
      t("All visits"),
    ),
    h(
      "div.grow",
      null,
      h("h1", null, `${ticket ?? visit} · ${service ?? ""}`),
      h(
        "p.muted",
        null,
        [visit, customer, teller, began && dateTime(began), seconds && span(seconds)]
          .filter(Boolean)
          .join(" · "),
      ),
    ),
    state === "in_review"
      ? chip("warn", "scales", t("Under review"))
      : outcome && chip("info", "flag", outcomeWord(outcome)),
    look && chip(look.tone, look.icon, look.words),
    detail.seal === "sealed" &&
      h(
        "button.button.button--quiet.button--small",
        { type: "button", dataset: { act: "export" }, onclick: () => exportDialog(visit) },
        icon("share"),
        h("span", null, t("Hand over a copy")),
      ),
  ];
}
