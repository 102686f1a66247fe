/** The panels of the right column: who the customer is, and what the present step needs. */

import { chip, h, icon } from "./dom.js";
import { t } from "./i18n.js";
import { formPanel } from "./teller-form.js";
import { identityPanel } from "./teller-identity.js";
import { customerPeer } from "./teller-state.js";
import { languageName, verdictWord } from "./teller-words.js";

/** @typedef {import("./teller.js").Console} Console */
/** @typedef {import("./teller-state.js").VisitView} VisitView */

/** @param {VisitView} visit */
export function customer(visit) {
  return h(
    "section.panel.customer",
    { "aria-labelledby": "customer-title", dataset: { key: "customer" } },
    h(
      "header.panel__head",
      null,
      h("h2#customer-title", null, visit.name_masked || t("Customer")),
      h("span.grow"),
      h("span.tag.figures", null, visit.ticket),
    ),
    h(
      "dl.facts",
      null,
      h("dt", null, t("Document")),
      h("dd.mono", null, visit.document_masked || "–"),
      h("dt", null, t("Language")),
      h("dd", null, languageName(visit.language)),
    ),
    h(
      "p.customer__consents",
      null,
      visit.consents.recording
        ? chip("good", "check", t("Recording"))
        : chip("bad", "close", t("No recording")),
      visit.consents.face
        ? chip("good", "check", t("Face comparison"))
        : chip("warn", "close", t("No face comparison")),
    ),
  );
}

/** How far the connection has come. @param {Console} app @param {VisitView} visit */
export function connecting(app, visit) {
  const peer = customerPeer(visit);
  const recorded = Object.keys(visit.recording.parties).length;
  const rows = /** @type {[string, boolean][]} */ ([
    [t("Your camera and microphone"), !!app.media.stream],
    [t("The customer’s connection"), peer?.state === "up"],
    [t("Sound and picture"), !!app.media.remote && peer?.state === "up"],
    [t("Recording of both sides on disk"), recorded > 1 && visit.recording.state === "on"],
  ]);
  return h(
    "section.panel",
    { "aria-labelledby": "connecting-title", dataset: { key: "connecting" } },
    h("header.panel__head", null, h("h2#connecting-title", null, t("Before the first step"))),
    h(
      "ul.rests",
      null,
      rows.map(([words, ok]) =>
        h(
          "li",
          { class: ok ? "is-ok" : null },
          ok ? icon("check-circle") : h("span.spinner.spinner--s"),
          h("span.grow", null, words),
          h("span.sr", null, ok ? t("done") : t("to do")),
        ),
      ),
    ),
    h(
      "p.muted",
      null,
      t(
        "No recording, no service: steps open when the first pictures of both sides are sealed on disk.",
      ),
    ),
  );
}

/** Panels of the present step first, finished ones below. @param {Console} app @param {VisitView} visit */
export function panels(app, visit) {
  const kind = visit.reverify ? "face_match" : (visit.current?.kind ?? "teller_decision");
  const { identity, form } = visit;
  const started = visit.steps.find((step) => step.id === form?.step);
  const editable =
    visit.current?.id === form?.step &&
    started?.status === "current" &&
    visit.state === "in_service" &&
    visit.recording.state !== "failed";
  const open = started && started.status !== "todo";
  const shownIdentity =
    identity &&
    (kind === "identity_document" || kind === "face_match") &&
    identityPanel(app, visit, identity);
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
  const [name, tone, words] =
    answer === "agreed"
      ? ["check-circle", "good", t("The customer has tapped “I agree”.")]
      : answer === "refused"
        ? ["x-circle", "bad", t("The customer has tapped “I do not agree”.")]
        : started
          ? ["clock", "info", t("Waiting for the customer to answer aloud and tap.")]
          : ["teller", "info", t("Start the step, then read the words aloud.")];
  return h(
    "section.panel",
    { "aria-labelledby": "answer-title", dataset: { key: "answer" } },
    h("header.panel__head", null, h("h2#answer-title", null, t("Answer"))),
    h(
      `div.result.result--${tone}`,
      { role: "status" },
      icon(name),
      h(
        "p",
        null,
        h("strong", null, words),
        h("span", null, t("The spoken answer counts: ask again if you could not hear it.")),
      ),
    ),
  );
}

/** @param {VisitView} visit */
function summary(visit) {
  const verdict = visit.identity?.decision?.verdict;
  return (
    verdict &&
    h(
      "section.panel.panel--line",
      { dataset: { key: "summary" } },
      h(
        "p.row",
        null,
        icon("face"),
        h("span.grow", null, t("Identity")),
        chip("good", "check-circle", verdictWord(verdict, !visit.consents.face)),
      ),
    )
  );
}

/** What the decision rests on. @param {VisitView} visit */
function decision(visit) {
  const identity = visit.identity?.decision;
  const rows = /** @type {[string, boolean, string][]} */ ([
    [t("Recording of both sides"), visit.recording.state === "on", t("being recorded")],
    [
      t("Identity"),
      !!identity,
      identity ? verdictWord(identity.verdict, !visit.consents.face) : t("open"),
    ],
    [
      t("Customer has checked the change"),
      !!visit.form?.customer_seen,
      visit.form?.customer_seen ? t("yes") : t("no"),
    ],
    [
      t("Confirmed aloud and by a tap"),
      !!visit.form?.confirmed,
      visit.form?.confirmed ? t("yes") : t("no"),
    ],
  ]);
  return h(
    "section.panel",
    { "aria-labelledby": "decision-title", dataset: { key: "decision" } },
    h(
      "header.panel__head",
      null,
      h("h2#decision-title", null, visit.current ? t("Decision") : t("All steps are done")),
    ),
    h(
      "ul.rests",
      null,
      rows.map(([words, ok, value]) =>
        h(
          "li",
          { class: ok ? "is-ok" : "is-open" },
          icon(ok ? "check-circle" : "alert"),
          h("span.grow", null, words),
          h("span", null, value),
        ),
      ),
    ),
    h(
      "p.muted",
      null,
      t(
        "The change reaches the bank’s systems only after the recording has been sealed and verified.",
      ),
    ),
  );
}
