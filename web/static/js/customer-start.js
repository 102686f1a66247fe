/** The first page: what would you like to do. */

import { h, icon } from "./dom.js";
import { n, t } from "./i18n.js";

/** @typedef {import("./customer.js").Customer} Customer */
/** @typedef {import("./customer-screen.js").Scene} Scene */

const MOST_NEEDS = 1;
const ICONS = /** @type {Record<string, string>} */ ({
  change_of_details: "edit",
  loan_interview: "loan",
  corporate_account: "company",
});

/** @param {Customer} app @returns {Scene} */
export function start(app) {
  const info = /** @type {import("./customer-state.js").Branch} */ (app.local.branch);
  const services = h(
    "ul.services",
    null,
    info.services.map((service) =>
      h(
        "li",
        null,
        h(
          "button.service",
          { type: "button", onclick: () => app.choose(service) },
          h("span.service__icon", null, icon(ICONS[service.id] ?? "document")),
          h(
            "span.service__text",
            null,
            h("span.cell__title", null, service.title),
            h("span.cell__detail", null, service.summary),
          ),
          icon("chevron-right"),
          h(
            "span.service__needs",
            null,
            h("span", null, icon("clock"), n("About {n} minute", "About {n} minutes", service.minutes)),
            service.needs.slice(0, MOST_NEEDS).map((need) => h("span", null, icon("card"), need)),
          ),
        ),
      ),
    ),
  );
  return {
    node: h(
      "div.screen.screen--start",
      null,
      h(
        "header.hero.on-dark",
        null,
        h(
          "p.hero__state",
          null,
          h(
            "span.chip.chip--dark",
            null,
            icon("clock"),
            h("span", null, t("Open now · {hours}", { hours: info.branch.hours })),
          ),
        ),
        h("h1", { tabIndex: -1 }, t("See a teller, wherever you are")),
        h(
          "p.hero__lead",
          null,
          t("A real teller from {branch}, face to face by video.", { branch: info.branch.name }),
        ),
      ),
      h(
        "section.screen__body",
        { "aria-labelledby": "what" },
        h("h2#what.section-title", null, t("What would you like to do?")),
        services,
        promises(),
        h(
          "p.centre",
          null,
          h(
            "button.button.button--ghost",
            { type: "button", onclick: () => app.go("handoff") },
            icon("phone"),
            t("Continue a visit from another device"),
          ),
        ),
      ),
    ),
  };
}

function promises() {
  return h(
    "ul.promises",
    null,
    h("li", null, icon("shield"), h("span", null, t("Recorded and sealed, so it protects you too"))),
    h("li", null, icon("ticket"), h("span", null, t("Your place is kept if you leave and come back"))),
    h("li", null, icon("users"), h("span", null, t("You may stop at any time, or come to a branch"))),
  );
}
