/** The right: who the customer is, what the present step needs, and one thing to do next. */

import { chip, h, icon } from "./dom.js";
import { t } from "./i18n.js";
import { actButton } from "./staff.js";
import { formPanel } from "./teller-form.js";
import { identityPanel } from "./teller-identity.js";
import { customerPeer } from "./teller-state.js";
import { languageName, verdictWord } from "./teller-words.js";

/** @typedef {import("./teller.js").Console} Console */
/** @typedef {import("./teller-state.js").VisitView} VisitView */
/** @typedef {import("./teller-state.js").Primary} Primary */

/** @param {Console} app @param {import("./teller-state.js").Scene} scene */
export function side(app, scene) {
  const visit = app.view?.visit;
  if (scene === "loading") return h("div.side__scroll", null, h("div.skeleton.side__skeleton"), h("div.skeleton.side__skeleton"));
  if (!visit || scene !== "visit") return null;
  return [h("div.side__scroll", { tabIndex: 0, role: "group", "aria-label": t("Customer and checks"), dataset: { key: "scroll" } }, customer(visit), visit.state === "connecting" ? connecting(app, visit) : panels(app, visit)),
    h("div.side__dock", { dataset: { key: "dock" } }, dock(app, visit))];
}

/** @param {VisitView} visit */
function customer(visit) {
  return h("section.panel.customer", { "aria-labelledby": "customer-title", dataset: { key: "customer" } },
    h("header.panel__head", null, h("h2#customer-title", null, visit.name_masked || t("Customer")), h("span.grow"), h("span.tag.figures", null, visit.ticket)),
    h("dl.facts", null,
      h("dt", null, t("Document")), h("dd.mono", null, visit.document_masked || "–"),
      h("dt", null, t("Language")), h("dd", null, languageName(visit.language))),
    h("p.customer__consents", null,
      visit.consents.recording ? chip("good", "check", t("Recording")) : chip("bad", "close", t("No recording")),
      visit.consents.face ? chip("good", "check", t("Face comparison")) : chip("warn", "close", t("No face comparison"))));
}

/** How far the connection has come. @param {Console} app @param {VisitView} visit */
function connecting(app, visit) {
  const peer = customerPeer(visit);
  const recorded = Object.keys(visit.recording.parties).length;
  const rows = /** @type {[string, boolean][]} */ ([
    [t("Your camera and microphone"), !!app.media.stream],
    [t("The customer’s connection"), peer?.state === "up"],
    [t("Sound and picture"), !!app.media.remote && peer?.state === "up"],
    [t("Recording of both sides on disk"), recorded > 1 && visit.recording.state === "on"],
  ]);
  return h("section.panel", { "aria-labelledby": "connecting-title", dataset: { key: "connecting" } },
    h("header.panel__head", null, h("h2#connecting-title", null, t("Before the first step"))),
    h("ul.rests", null, rows.map(([words, ok]) => h("li", { class: ok ? "is-ok" : null }, ok ? icon("check-circle") : h("span.spinner.spinner--s"), h("span.grow", null, words), h("span.sr", null, ok ? t("done") : t("to do"))))),
    h("p.muted", null, t("No recording, no service: steps open when the first pictures of both sides are sealed on disk.")));
}

/** Panels of the present step first, finished ones below. @param {Console} app @param {VisitView} visit */
function panels(app, visit) {
  const kind = visit.reverify ? "face_match" : visit.current?.kind ?? "teller_decision";
  const { identity, form } = visit;
  const started = visit.steps.find((step) => step.id === form?.step);
  const editable = visit.current?.id === form?.step && started?.status === "current" && visit.state === "in_service" && visit.recording.state !== "failed";
  const open = started && started.status !== "todo";
  const shownIdentity = identity && (kind === "identity_document" || kind === "face_match") && identityPanel(app, visit, identity);
  if (shownIdentity) return shownIdentity;
  return [
    kind === "teller_decision" && decision(visit),
    kind === "consent_aloud" && answerPanel(visit),
    form && open && formPanel(app, form, !!editable),
    identity?.decision && kind !== "teller_decision" && summary(visit),
  ];
}

/** @param {VisitView} visit */
function answerPanel(visit) {
  const answer = visit.current?.customer_answer;
  const step = visit.steps.find((one) => one.id === visit.current?.id);
  const started = step?.status === "current";
  const [name, tone, words] = answer === "agreed" ? ["check-circle", "good", t("The customer has tapped “I agree”.")] : answer === "refused" ? ["x-circle", "bad", t("The customer has tapped “I do not agree”.")]
    : started ? ["clock", "info", t("Waiting for the customer to answer aloud and tap.")] : ["teller", "info", t("Start the step, then read the words aloud.")];
  return h("section.panel", { "aria-labelledby": "answer-title", dataset: { key: "answer" } }, h("header.panel__head", null, h("h2#answer-title", null, t("Answer"))),
    h(`div.result.result--${tone}`, { role: "status" }, icon(name), h("p", null, h("strong", null, words), h("span", null, t("The spoken answer counts: ask again if you could not hear it.")))));
}

/** @param {VisitView} visit */
function summary(visit) {
  const verdict = visit.identity?.decision?.verdict;
  return verdict && h("section.panel.panel--line", { dataset: { key: "summary" } }, h("p.row", null, icon("face"), h("span.grow", null, t("Identity")), chip("good", "check-circle", verdictWord(verdict, !visit.consents.face))));
}

/** What the decision rests on. @param {VisitView} visit */
function decision(visit) {
  const identity = visit.identity?.decision;
  const rows = /** @type {[string, boolean, string][]} */ ([
    [t("Recording of both sides"), visit.recording.state === "on", t("being recorded")],
    [t("Identity"), !!identity, identity ? verdictWord(identity.verdict, !visit.consents.face) : t("open")],
    [t("Customer has checked the change"), !!visit.form?.customer_seen, visit.form?.customer_seen ? t("yes") : t("no")],
    [t("Confirmed aloud and by a tap"), !!visit.form?.confirmed, visit.form?.confirmed ? t("yes") : t("no")],
  ]);
  return h("section.panel", { "aria-labelledby": "decision-title", dataset: { key: "decision" } },
    h("header.panel__head", null, h("h2#decision-title", null, visit.current ? t("Decision") : t("All steps are done"))),
    h("ul.rests", null, rows.map(([words, ok, value]) => h("li", { class: ok ? "is-ok" : "is-open" }, icon(ok ? "check-circle" : "alert"), h("span.grow", null, words), h("span", null, value)))),
    h("p.muted", null, t("The change reaches the bank’s systems only after the recording has been sealed and verified.")));
}

/** @param {Console} app @param {VisitView} visit */
function dock(app, visit) {
  const primary = app.primary();
  if (!primary) return null;
  if (app.deciding) return actButton("decide-now", t("Record the verdict"), { kind: app.deciding === "refuse" ? "danger" : "primary", block: true, key: "Ctrl ↵", busy: app.busy === "decide-now", dataset: { key: "decide-now" } });
  const why = whyBlocked(primary, visit);
  const failed = visit.recording.state === "failed";
  const refusable = !failed && visit.current?.can.includes("refuse") && primary.act !== "refuse" && !visit.identity?.may.length;
  return [
    why && h("p.dock__why#dock-why", { role: "status" }, icon(failed ? "alert" : primary.reason === "blocked" ? "lock" : "clock"), why),
    actButton(primary.act, label(primary, visit), {
      kind: primary.tone === "danger" ? "danger" : "primary", block: true, key: "Enter ↵", busy: app.busy === primary.act, blocked: primary.blocked,
      "aria-describedby": why ? "dock-why" : null, dataset: { key: "primary", first: "", ...(primary.verdict ? { verdict: primary.verdict } : {}) },
    }),
    refusable && actButton("refuse", t("Refuse this step…"), { kind: "ghost", small: true, key: "X", block: true, dataset: { key: "refuse" } }),
  ];
}

/** @param {Primary} primary @param {VisitView} visit */
function whyBlocked(primary, visit) {
  if (visit.recording.state === "failed") return t("The recording has failed. Every step is blocked.");
  if (primary.act === "draft" && primary.blocked) return t("Enter what the customer wants to change.");
  if (!primary.blocked) return "";
  return visit.current?.blocked_message ?? (visit.state === "connecting" ? t("Steps begin when both sides are being recorded.") : t("Waiting for the customer."));
}

/** @param {Primary} primary @param {VisitView} visit */
function label(primary, visit) {
  const title = visit.current?.title ?? "";
  if (primary.act === "complete" && visit.state === "connecting") return t("Connecting…");
  if (primary.act === "decide" && primary.verdict) return verdictWord(primary.verdict, !visit.consents.face);
  if (primary.act === "complete") return visit.current?.kind === "teller_decision" ? t("Accept the change") : t("Finish: {title}", { title });
  return { start: t("Begin: {title}", { title }), check: t("Compare the faces"), draft: t("Show to the customer"), hold: t("Go on with the call"),
    finish: t("Say goodbye and end the call"), end: t("End the visit…"), refuse: t("Record the refusal…") }[primary.act] ?? title;
}
