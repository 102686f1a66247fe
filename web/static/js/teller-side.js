/** The right: who the customer is, what the present step needs, and one thing to do next. */

import { h } from "./dom.js";
import { t } from "./i18n.js";
import { dock } from "./teller-dock.js";
import { guestPanel } from "./teller-guests.js";
import { absentGuest } from "./teller-state.js";
import { connecting, customer, panels } from "./teller-panels.js";

/** @typedef {import("./teller.js").Console} Console */

/** @param {Console} app @param {import("./teller-types.js").Scene} scene */
export function side(app, scene) {
  const visit = app.view?.visit;
  if (scene === "loading")
    return h(
      "div.side__scroll",
      null,
      h("div.skeleton.side__skeleton"),
      h("div.skeleton.side__skeleton"),
    );
  if (!visit || scene !== "visit") return null;
  const needed = absentGuest(visit);
  return [
    h(
      "div.side__scroll",
      {
        tabIndex: 0,
        role: "group",
        "aria-label": t("Customer and checks"),
        dataset: { key: "scroll" },
      },
      customer(visit),
      needed && guestPanel(app, visit),
      visit.state === "connecting" ? connecting(app, visit) : panels(app, visit),
      !needed && guestPanel(app, visit),
    ),
    h("div.side__dock", { dataset: { key: "dock" } }, dock(app, visit)),
  ];
}
