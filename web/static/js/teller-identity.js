/** Is this the person on the document? The machine's words, the two faces, the teller's verdict. */

import { chip, h, icon } from "./dom.js";
import { n, t } from "./i18n.js";
import { actButton } from "./staff.js";
import { CUSTOMER, needsReason, titleOf } from "./teller-state.js";
import { outcomeLook, verdictWord } from "./teller-words.js";

/** @typedef {import("./teller.js").Console} Console */
/** @typedef {import("./teller-types.js").VisitView} VisitView */
/** @typedef {import("./teller-types.js").Identity} Identity */
/** @typedef {import("./teller-types.js").Check} Check */
/** @typedef {import("./teller-types.js").Verdict} Verdict */

const KEYS = { accept: "1", repeat: "2", alternative: "3", refuse: "4" };
const ORDER = /** @type {Verdict[]} */ (["accept", "repeat", "alternative", "refuse"]);

/** @param {Console} app @param {VisitView} visit @param {Identity} identity */
export function identityPanel(app, visit, identity) {
  const { check, decision } = identity;
  return h(
    "section.panel.identity",
    { "aria-labelledby": "identity-title", dataset: { key: "identity" } },
    h(
      "header.panel__head",
      null,
      h("h2#identity-title", null, whose(visit)),
      h("span.grow"),
      decision ? decided(decision, visit) : documentChip(identity),
    ),
    (identity.document.status === "none" || identity.document.status === "checking") &&
      !identity.document.photo &&
      h(
        "div.identity__empty",
        null,
        icon("card", "icon icon--display"),
        h(
          "p",
          null,
          identity.document.status === "checking"
            ? t("The photograph is being checked…")
            : t("No photograph of the document yet."),
        ),
      ),
    check && result(check),
    faces(identity),
    !visit.consents.face &&
      h("p.note", null, t("No consent to face processing: compare by eye, and say how.")),
    app.deciding ? reason(identity, app.deciding, visit) : verdicts(app, identity, visit),
    identity.document.photo &&
      h(
        "a.identity__document",
        { href: identity.document.photo, target: "_blank", rel: "noopener" },
        h("img", {
          src: identity.document.photo,
          alt: t("Photograph of the identity document"),
          loading: "lazy",
        }),
      ),
  );
}

/** @param {VisitView} visit */
function whose(visit) {
  const party = visit.current?.party ?? CUSTOMER;
  return party === CUSTOMER
    ? t("Identity")
    : t("Identity of: {who}", { who: visit.current?.party_title || titleOf(visit, party) });
}

/** @param {Identity} identity */
function documentChip({ document: doc }) {
  const looks = {
    none: ["plain", "card", t("No document")],
    checking: ["info", "clock", t("Being checked")],
    accepted: ["good", "check-circle", t("Document readable")],
    rejected: ["bad", "x-circle", t("Photograph rejected")],
  };
  const [tone, name, words] = looks[doc.status];
  return chip(tone, name, words);
}

/** @param {{verdict: Verdict}} decision @param {VisitView} visit */
function decided({ verdict }, visit) {
  const good = verdict === "accept" || (verdict === "alternative" && !visit.consents.face);
  return chip(
    good ? "good" : verdict === "repeat" ? "info" : "bad",
    good ? "check-circle" : "info",
    verdictWord(verdict, !visit.consents.face),
  );
}

/** @param {Identity} identity */
function faces({ document: doc, check }) {
  const portrait = check?.portrait ?? doc.portrait;
  if (!portrait && !check) return null;
  return h(
    "div.faces",
    null,
    face(portrait, t("On the document"), t("Portrait on the document"), false),
    face(
      check?.live ?? null,
      t("Live"),
      t("Face from the live picture"),
      check?.status === "running",
    ),
  );
}

/** @param {string | null} src @param {string} caption @param {string} alt @param {boolean} running */
function face(src, caption, alt, running) {
  return h(
    "figure.face",
    null,
    src
      ? h("img", { src, alt })
      : h("div.face__none", null, running ? h("span.spinner") : icon("face", "icon icon--display")),
    h("figcaption", null, caption),
  );
}

/** Words first, the number second. @param {Check} check */
function result(check) {
  if (check.status === "running")
    return h(
      "div.result.result--running",
      { role: "status" },
      h("span.spinner"),
      h(
        "p",
        null,
        h("strong", null, t("Comparing…")),
        h("span", null, t("Ask the customer to look into the camera.")),
      ),
    );
  if (check.status === "failed")
    return h(
      "div.result.result--bad",
      { role: "status" },
      icon("x-circle"),
      h("p", null, h("strong", null, check.score_words || t("No result")), reasons(check)),
    );
  const look = outcomeLook(check.outcome ?? "failed");
  const second = {
    agrees: t("The second opinion agrees."),
    lowers: t("The second opinion is more doubtful: it lowered the result."),
    none: "",
  }[check.second_opinion ?? "none"];
  return h(
    `div.result.result--${look.tone}`,
    { role: "status" },
    icon(look.icon),
    h(
      "div.grow",
      null,
      h("strong", null, check.score_words),
      check.score !== null &&
        h(
          "p.result__score.figures",
          null,
          t("Similarity {score} · attempt {attempt}", {
            score: check.score.toFixed(2),
            attempt: check.attempt,
          }),
        ),
      reasons(check),
      second && h("p.result__second", null, second),
    ),
  );
}

/** @param {Check} check */
function reasons(check) {
  return (
    check.reasons.length > 0 &&
    h(
      "ul.result__reasons",
      null,
      check.reasons.map((words) => h("li", null, words)),
    )
  );
}

/** @param {Console} app @param {Identity} identity @param {VisitView} visit */
function verdicts(app, { may, check }, visit) {
  const can = visit.current?.can ?? [];
  if (!can.includes("decide") && !can.includes("check")) return null;
  const blocked = check?.outcome === "failed" && check.status === "done";
  return h(
    "div.verdicts",
    { role: "group", "aria-label": t("Verdict") },
    can.includes("check") &&
      actButton("check", check ? t("Compare again") : t("Compare the faces"), {
        key: "C",
        small: true,
        busy: app.busy === "check",
        block: true,
      }),
    blocked && h("p.muted", null, t("A failed comparison cannot be accepted by one person.")),
    can.includes("decide") &&
      ORDER.filter((verdict) => may.includes(verdict)).map((verdict) =>
        actButton(
          "decide",
          verdictWord(verdict, !visit.consents.face) + (needsReason(verdict, check) ? "…" : ""),
          {
            key: KEYS[verdict],
            small: true,
            kind: verdict === "refuse" ? "ghost" : "quiet",
            dataset: { verdict, key: verdict },
            class: verdict === "refuse" ? "is-bad" : "",
          },
        ),
      ),
    check &&
      check.attempt > 1 &&
      h("p.muted", null, n("{n} comparison so far", "{n} comparisons so far", check.attempt)),
  );
}

/** @param {Identity} identity @param {Verdict} verdict @param {VisitView} visit */
function reason({ check }, verdict, visit) {
  const hint =
    verdict === "accept"
      ? t(
          "The comparison is in doubt. Say what convinced you: features you compared, questions you asked.",
        )
      : verdict === "alternative"
        ? t("Say how the customer is identified instead.")
        : t("Say what does not agree.");
  return h(
    "div.deciding",
    {
      role: "group",
      "aria-labelledby": "reason-label",
      dataset: { key: `deciding-${verdict}-${check?.id ?? ""}` },
    },
    h(
      "label#reason-label",
      { htmlFor: "reason" },
      t("{verdict}: your reason", { verdict: verdictWord(verdict, !visit.consents.face) }),
    ),
    h("p.hint#reason-hint", null, hint),
    h("textarea.input#reason", {
      rows: 3,
      maxLength: 500,
      required: true,
      "aria-describedby": "reason-hint",
      dataset: { keep: "" },
    }),
    actButton("undecide", t("Back"), { kind: "ghost", small: true, key: "Esc" }),
  );
}
