/** The teller's own decision, what it rests on, and what is handed over to somebody else. */

import { bankSays } from "./bank-says.js";
import { chip, h, icon } from "./dom.js";
import { n, t } from "./i18n.js";
import { needsWhy } from "./teller-next.js";
import { isLeftOut, takingPlace } from "./teller-state.js";
import { judgementWord, verdictWord } from "./teller-words.js";

/** @typedef {import("./teller.js").Console} Console */
/** @typedef {import("./teller-types.js").VisitView} VisitView */
/** @typedef {import("./teller-types.js").Decision} Decision */
/** @typedef {import("./teller-types.js").Flag} Flag */
/** @typedef {import("./teller-types.js").HandOver} HandOver */
/** @typedef {import("./teller-types.js").Judgement} Judgement */

const KEYS = { approve: "1", refer: "2", refuse: "3" };
const ICONS = { approve: "check-circle", refer: "users", refuse: "x-circle" };

/** @param {Console} app @param {VisitView} visit @param {Decision} decision @param {boolean} open */
export function decisionPanel(app, visit, decision, open) {
  const why = app.work.verdict && needsWhy(visit.current, app.work);
  return [
    h(
      "section.panel.decision",
      { "aria-labelledby": "decision-title", dataset: { key: "decision" } },
      h("header.panel__head", null, h("h2#decision-title", null, t("Decision"))),
      open && verdicts(app, visit, decision),
      open && why && reason(app),
      decision.bank && bankSays(decision.bank, false),
      raised(decision),
      noticed(app, decision, open, true),
      noticed(app, decision, open, false),
    ),
    rests(visit),
  ];
}

/** @param {Console} app @param {VisitView} visit @param {Decision} decision */
function verdicts(app, visit, decision) {
  const out = app.work.ruledOut(visit);
  return [
    h(
      "div.judge",
      { role: "group", "aria-labelledby": "decision-title", dataset: { key: "judge" } },
      decision.verdicts.map((verdict) =>
        h(
          `button.judge__one.judge__one--${verdict}`,
          {
            type: "button",
            dataset: { act: "verdict", verdict, key: verdict },
            "aria-pressed": String(app.work.verdict === verdict),
            "aria-disabled": verdict === "approve" && out ? "true" : null,
            "aria-keyshortcuts": KEYS[verdict],
          },
          icon(ICONS[verdict]),
          h("span", null, judgementWord(verdict)),
          h("kbd.button__key", { "aria-hidden": "true" }, KEYS[verdict]),
        ),
      ),
    ),
    out &&
      h("p.judge__out", { role: "status" }, icon("lock"), t("What you noticed rules an approval out.")),
  ];
}

/** What answers have raised. @param {Decision} decision */
function raised({ raised: found }) {
  return (
    found.length > 0 &&
    h(
      "div.raised",
      null,
      h("h3.sub", null, n("Raised by an answer", "Raised by answers", found.length)),
      h(
        "ul",
        { class: "raised__list" },
        found.map((one) =>
          h("li", null, icon("flag"), h("span", null, typeof one === "string" ? one : one.label)),
        ),
      ),
    )
  );
}

/** @param {Console} app @param {Decision} decision @param {boolean} open @param {boolean} blocking */
function noticed(app, decision, open, blocking) {
  const flags = decision.flags.filter((flag) => flag.blocking === blocking);
  if (!flags.length) return null;
  return h(
    "fieldset.noticed",
    { disabled: !open, dataset: { key: `noticed-${blocking}` } },
    h(
      "legend.sub",
      null,
      blocking ? t("Noticed? Rules an approval out") : t("Noticed? Needs a reason"),
    ),
    flags.map((flag) => box(app, flag)),
  );
}

/** @param {Console} app @param {Flag} flag */
function box(app, flag) {
  return h(
    "label.flag",
    { dataset: { key: flag.id } },
    h("input", {
      type: "checkbox",
      name: "flag",
      value: flag.id,
      checked: !!app.work.flags[flag.id],
      dataset: { flag: flag.id },
    }),
    h("span.grow", null, flag.label),
  );
}

/** @param {Console} app */
function reason(app) {
  return h(
    "div.deciding",
    { dataset: { key: "why" } },
    h("label", { htmlFor: "why" }, t("Reason")),
    h(
      "p.hint#why-hint",
      null,
      app.work.verdict === "refuse"
        ? t("The customer reads a neutral text and may object; your own words stay with the evidence.")
        : t("In your own words; it is kept with the evidence."),
    ),
    h("textarea.input#why", {
      rows: 3,
      maxLength: 500,
      required: true,
      "aria-describedby": "why-hint",
      dataset: { keep: "" },
    }),
  );
}

/** What the decision rests on. @param {VisitView} visit */
export function rests(visit) {
  const live = takingPlace(visit.steps).filter((step) => step.id !== visit.current?.id);
  const done = live.filter((step) => step.status === "done").length;
  const skipped = visit.steps.filter(isLeftOut).length;
  const identity = visit.identity?.decision;
  const rows = /** @type {[string, boolean, string][]} */ ([
    [t("Recording of all parties"), visit.recording.state === "on", t("being recorded")],
    [
      t("Identity"),
      !!identity,
      identity ? verdictWord(identity.verdict, !visit.consents.face) : t("open"),
    ],
    [t("Steps carried out"), done >= live.length, `${done} / ${live.length}`],
  ]);
  if (skipped) rows.push([t("Steps left out by the script"), true, String(skipped)]);
  if (visit.form)
    rows.push([
      t("Entries checked by the customer"),
      visit.form.customer_seen,
      visit.form.customer_seen ? t("yes") : t("no"),
    ]);
  return h(
    "section.panel",
    { "aria-labelledby": "rests-title", dataset: { key: "rests" } },
    h("h2.sub#rests-title", null, visit.current ? t("Based on") : t("All steps are done")),
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
      t("Nothing reaches the bank’s systems before the recording has been sealed and verified."),
    ),
  );
}

/** What remains to be done elsewhere. @param {HandOver} over */
export function handOverPanel(over) {
  return h(
    "section.panel.over",
    { "aria-labelledby": "over-title", dataset: { key: "over" } },
    h(
      "header.panel__head",
      null,
      h("h2#over-title", null, t("Hand-over")),
      h("span.grow"),
      over.outcome_title && chip("info", "branch", over.outcome_title),
    ),
    h(
      "div.over__card",
      null,
      h("span", null, t("Reference")),
      h("strong.mono.over__number", null, over.reference),
      h("span.muted", null, t("The customer has it on the screen; read it aloud once.")),
    ),
    h("h3.sub", null, t("Still to do")),
    h("ol", { class: "over__items" }, over.items.map((item) => h("li", null, item))),
  );
}
