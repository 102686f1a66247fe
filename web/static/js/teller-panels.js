/** The panels of the right column: who the customer is, and what the present step needs. */

import { chip, h, icon } from "./dom.js";
import { t } from "./i18n.js";
import { decisionPanel, handOverPanel, rests } from "./teller-decision.js";
import { documentPanel } from "./teller-document.js";
import { formPanel } from "./teller-form.js";
import { identityPanel } from "./teller-identity.js";
import { paperOf, paperPanel } from "./teller-paper.js";
import { challengePanel } from "./teller-challenge.js";
import { promptPanel, questionPanel } from "./teller-questions.js";
import { registersPanel } from "./teller-registers.js";
import { codePanel, signPanel } from "./teller-sign.js";
import { customerPeer, isOpen, isStarted } from "./teller-state.js";
import { conditionWord, languageName, verdictWord } from "./teller-words.js";

/** @typedef {import("./teller.js").Console} Console */
/** @typedef {import("./teller-types.js").VisitView} VisitView */
/** @typedef {import("./teller-types.js").Current} Current */

const ASKED = new Set(["notice", "consent", "disclosure"]);
/** Conditions that only repeat what the customer asked for. */
const OF_THE_REQUEST = new Set(["phone", "light", "renewal", "housing", "basic_account"]);
const FORM_BESIDE = new Set(["form", "disclosure", "teller_decision"]);

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
      "dl.customer__facts",
      null,
      fact(t("Document"), h("span.mono", null, visit.document_masked || "–")),
      fact(t("Language"), languageName(visit.language)),
      visit.intake?.map(({ label, value }) => fact(label, value)),
      visit.place && fact(t("Position"), visit.place.line),
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
      (visit.conditions ?? [])
        .filter((one) => one.holds && !OF_THE_REQUEST.has(one.name))
        .map((one) => chip("plain", "flag", conditionWord(one))),
    ),
    !!visit.scope?.length &&
      h(
        "ul.bounds",
        { "aria-label": t("Limits of this visit") },
        visit.scope.map((words) => h("li.bounds__one", null, icon("shield"), words)),
      ),
  );
}

/** @param {string} term @param {any} value */
function fact(term, value) {
  return h("div", null, h("dt", null, term), h("dd", null, value));
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
  const { identity, current } = visit;
  const kind = visit.reverify ? "face_match" : (current?.kind ?? "");
  const open = isOpen(visit);
  if (current?.document && kind === "identity_document")
    return documentPanel(app, current.document, open);
  if (identity && (kind === "identity_document" || kind === "face_match"))
    return identityPanel(app, visit, identity);
  return [
    current ? ofStep(app, visit, current, open) : rests(visit),
    formOf(app, visit, open),
    current?.hand_over && handOverPanel(current.hand_over),
    identity?.decision && !current?.decision && current && summary(visit),
  ];
}

/** @param {Console} app @param {VisitView} visit @param {Current} current @param {boolean} open */
function ofStep(app, visit, current, open) {
  const paper = paperOf(visit);
  return [
    !!current.questions?.length && questionPanel(app, current, current.questions, open),
    current.challenge && challengePanel(app, current, current.challenge, open),
    !!current.prompts?.length && promptPanel(app, current, current.prompts, open),
    paper
      ? paperPanel(app, paper)
      : open && current.kind === "document" && beingMade(),
    current.sign && signPanel(current.sign, open && current.can.includes("sign_anew")),
    current.registers && registersPanel(current.registers, open),
    current.kind === "one_time_code" && codePanel(current.code ?? null, open),
    current.decision && decisionPanel(app, visit, current.decision, open),
    ASKED.has(current.kind) && answerPanel(visit, current),
  ];
}

function beingMade() {
  return h(
    "section.panel",
    { dataset: { key: "being-made" } },
    h(
      "div.result.result--running",
      { role: "status" },
      h("span.spinner"),
      h("p", null, h("strong", null, t("The paper is being made…"))),
    ),
  );
}

/** @param {Console} app @param {VisitView} visit @param {boolean} open */
function formOf(app, visit, open) {
  const { form, current } = visit;
  const step = visit.steps.find((one) => one.id === form?.step);
  if (!form || !step || step.status === "todo" || current?.paper || current?.sign) return null;
  const present = current?.id === form.step;
  return (present || FORM_BESIDE.has(current?.kind ?? "")) &&
    formPanel(app, form, step.title, open && present);
}

/** The spoken answer, and the tap that goes with it. @param {VisitView} visit @param {Current} current */
function answerPanel(visit, current) {
  const [name, tone, words] = isStarted(visit)
    ? (looks()[current.customer_answer ?? ""] ?? [
        "clock",
        "info",
        current.kind === "notice"
          ? t("Waiting for the text to be read and acknowledged.")
          : t("Waiting for the spoken answer and the tap."),
      ])
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
        current.kind !== "notice" &&
          h("span", null, t("The spoken answer counts: ask again if you could not hear it.")),
      ),
    ),
  );
}

/** @returns {Record<string, [string, string, string]>} */
function looks() {
  return {
    agreed: ["check-circle", "good", t("“I agree” was tapped.")],
    refused: ["x-circle", "bad", t("“I do not agree” was tapped.")],
    seen: ["eye", "good", t("Acknowledged by a tap.")],
  };
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
