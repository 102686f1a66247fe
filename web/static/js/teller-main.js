/** The middle: the call, or what there is instead of one. */

import { h, icon } from "./dom.js";
import { t } from "./i18n.js";
import { actButton } from "./staff.js";
import { idle } from "./teller-idle.js";
import { paperOf, paperPage } from "./teller-paper.js";
import { ring } from "./teller-ring.js";
import { ribbon, script } from "./teller-script.js";
import { stage } from "./teller-stage.js";
import { wrapUp } from "./teller-wrapup.js";

/** @typedef {import("./teller.js").Console} Console */
/** @typedef {import("./teller-types.js").Scene} Scene */

/** @param {Console} app @param {Scene} scene */
export function main(app, scene) {
  const visit = app.view?.visit;
  switch (scene) {
    case "visit":
      return visit && desk(app, visit);
    case "wrap_up":
      return visit && wrapUp(app, visit);
    case "ring":
      return app.view?.offer && ring(app, app.view.offer);
    case "idle":
      return app.view && idle(app, app.view);
    case "loading":
      return loading();
    default:
      return gone(scene);
  }
}

/** @param {Console} app @param {import("./teller-types.js").VisitView} visit */
function desk(app, visit) {
  const paper = paperOf(visit);
  const kind = paper ? (app.zoomed ? "desk--zoomed" : "desk--paper") : null;
  return h(
    "div.desk",
    { class: kind, dataset: { key: "desk" } },
    h("h1.sr", { tabIndex: -1 }, t("Visit {ticket}", { ticket: visit.ticket })),
    ribbon(visit),
    paper && paperPage(app, paper),
    stage(app, visit),
    script(app, visit),
  );
}

function loading() {
  return h(
    "div.desk",
    { "aria-busy": "true", dataset: { key: "loading" } },
    h("h1.sr", { tabIndex: -1 }, t("Opening the console…")),
    h("div.skeleton.ribbon__skeleton"),
    h("div.skeleton.stage__skeleton"),
    h("div.skeleton.script__skeleton"),
  );
}

/** @param {Scene} scene */
function gone(scene) {
  const superseded = scene === "superseded";
  return h(
    "div.gone",
    { dataset: { key: scene } },
    h("span.gone__mark", null, icon(superseded ? "copy" : scene === "closed" ? "branch" : "lock")),
    h(
      "h1",
      { tabIndex: -1 },
      superseded
        ? t("The console is open in another tab")
        : scene === "closed"
          ? t("This session has been closed")
          : t("You have been signed out"),
    ),
    h(
      "p.lead",
      null,
      superseded
        ? t("Only one tab can hold the counter. A running call goes on over there.")
        : t("Sign in again to go on. A running visit is kept for you for a short while."),
    ),
    superseded
      ? actButton("take-over", t("Go on in this tab"), {
          kind: "primary",
          key: "Enter",
          dataset: { first: "" },
        })
      : h(
          "a.button.button--primary",
          { href: "/teller/sign-in", dataset: { first: "" } },
          t("To the sign-in page"),
        ),
  );
}
