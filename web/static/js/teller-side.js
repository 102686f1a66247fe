/** The right: who the customer is, what the present step needs, and one thing to do next. */

import { h, icon } from "./dom.js";
import { t } from "./i18n.js";
import { actButton } from "./staff.js";
import { connecting, customer, panels } from "./teller-panels.js";
import { verdictWord } from "./teller-words.js";

/** @typedef {import("./teller.js").Console} Console */
/** @typedef {import("./teller-state.js").VisitView} VisitView */
/** @typedef {import("./teller-state.js").Primary} Primary */

/** @param {Console} app @param {import("./teller-state.js").Scene} scene */
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
      visit.state === "connecting" ? connecting(app, visit) : panels(app, visit),
    ),
    h("div.side__dock", { dataset: { key: "dock" } }, dock(app, visit)),
  ];
}

/** @param {Console} app @param {VisitView} visit */
function dock(app, visit) {
  const primary = app.primary();
  if (!primary) return null;
  if (app.deciding)
    return actButton("decide-now", t("Record the verdict"), {
      kind: app.deciding === "refuse" ? "danger" : "primary",
      block: true,
      key: "Ctrl ↵",
      busy: app.busy === "decide-now",
      dataset: { key: "decide-now" },
    });
  const why = whyBlocked(primary, visit);
  const failed = visit.recording.state === "failed";
  const refusable =
    !failed &&
    visit.current?.can.includes("refuse") &&
    primary.act !== "refuse" &&
    !visit.identity?.may.length;
  return [
    why &&
      h(
        "p.dock__why#dock-why",
        { role: "status" },
        icon(failed ? "alert" : primary.reason === "blocked" ? "lock" : "clock"),
        why,
      ),
    actButton(primary.act, label(primary, visit), {
      kind: primary.tone === "danger" ? "danger" : "primary",
      block: true,
      key: "Enter ↵",
      busy: app.busy === primary.act,
      blocked: primary.blocked,
      "aria-describedby": why ? "dock-why" : null,
      dataset: {
        key: "primary",
        first: "",
        ...(primary.verdict ? { verdict: primary.verdict } : {}),
      },
    }),
    refusable &&
      actButton("refuse", t("Refuse this step…"), {
        kind: "ghost",
        small: true,
        key: "X",
        block: true,
        dataset: { key: "refuse" },
      }),
  ];
}

/** @param {Primary} primary @param {VisitView} visit */
function whyBlocked(primary, visit) {
  if (visit.recording.state === "failed")
    return t("The recording has failed. Every step is blocked.");
  if (primary.act === "draft" && primary.blocked)
    return t("Enter what the customer wants to change.");
  if (!primary.blocked) return "";
  return (
    visit.current?.blocked_message ??
    (visit.state === "connecting"
      ? t("Steps begin when both sides are being recorded.")
      : t("Waiting for the customer."))
  );
}

/** @param {Primary} primary @param {VisitView} visit */
function label(primary, visit) {
  const title = visit.current?.title ?? "";
  if (primary.act === "complete" && visit.state === "connecting") return t("Connecting…");
  if (primary.act === "decide" && primary.verdict)
    return verdictWord(primary.verdict, !visit.consents.face);
  if (primary.act === "complete")
    return visit.current?.kind === "teller_decision"
      ? t("Accept the change")
      : t("Finish: {title}", { title });
  return (
    {
      start: t("Begin: {title}", { title }),
      check: t("Compare the faces"),
      draft: t("Show to the customer"),
      hold: t("Go on with the call"),
      finish: t("Say goodbye and end the call"),
      end: t("End the visit…"),
      refuse: t("Record the refusal…"),
    }[primary.act] ?? title
  );
}
