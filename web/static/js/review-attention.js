/** What a second person should look at first. Pure: from the findings to points, each in its tab. */

import { n, t } from "./i18n.js";

/** @typedef {{tab: string, tone: "warn"|"bad", words: string, at: string | null, at_ms?: number}} Point `at_ms`: in the film */
/** @typedef {import("./review-types.js").Findings} Findings */
/** @typedef {import("./review-state.js").Mark} Mark */

/** @param {Findings} found @param {Mark[]} [marks] of the film @returns {Point[]} the grave ones first */
export function points(found, marks = []) {
  return [
    ...repudiation(found),
    ...identity(found),
    ...noticed(marks),
    ...answers(found),
    ...papers(found),
    ...decision(found),
    ...scope(found),
  ].sort((a, b) => Number(b.tone === "bad") - Number(a.tone === "bad"));
}

/** @param {Findings} found @returns {Point[]} */
function repudiation({ repudiation: said }) {
  return said
    ? [{ tab: "decision", tone: "bad", at: null, words: t("The customer says it was somebody else") }]
    : [];
}

/** @param {Findings} found @returns {Point[]} */
function identity({ people }) {
  return people.flatMap(({ title: who, check, decision: decided, movements = [], instead, registers = [] }) => {
    /** @type {Point[]} */
    const found = [];
    const tab = "identity";
    const at = check?.at ?? decided?.at ?? null;
    if (check?.outcome === "failed")
      found.push({ tab, tone: "bad", at, words: t("{who}: the faces do not agree", { who }) });
    if (check?.outcome === "referred")
      found.push({ tab, tone: "warn", at, words: t("{who}: the face comparison was in doubt", { who }) });
    if (decided?.verdict === "alternative")
      found.push({ tab, tone: "warn", at: decided.at, words: t("{who}: recognised by eye, without a face comparison", { who }) });
    for (const draw of movements.filter(({ outcome }) => outcome === "failed"))
      found.push({ tab, tone: "warn", at: draw.at, words: t("{who}: movements were not recognised", { who }) });
    if (instead)
      found.push({ tab, tone: "warn", at: instead.at, words: t("{who}: spoken tasks instead of movements", { who }) });
    for (const { status, title, asked_at: asked } of lastOf(registers)) {
      if (status === "mismatch")
        found.push({ tab, tone: "bad", at: asked, words: t("{title}: not confirmed", { title }) });
      if (status === "unreachable")
        found.push({ tab, tone: "warn", at: asked, words: t("{title}: no answer", { title }) });
    }
    return found;
  });
}

/** What was noticed between the checks, each once: where it began. @param {Mark[]} marks @returns {Point[]} */
function noticed(marks) {
  /** @type {Map<string, Point>} */
  const found = new Map();
  for (const { at_ms, title, stands_out: who } of marks) {
    const words = who ? t("{title}: {who}", { title, who }) : "";
    if (words && !found.has(words)) found.set(words, { tab: "identity", tone: "warn", words, at: null, at_ms });
  }
  return [...found.values()];
}

/** Of each register the answer that counts. @param {import("./review-types.js").Inquiry[]} asked */
function lastOf(asked) {
  return [...new Map(asked.map((one) => [one.check, one])).values()];
}

/** @param {Findings} found @returns {Point[]} */
function answers({ answers: given }) {
  const tab = "answers";
  /** @type {Point[]} */
  const found = [];
  for (const { finding, flag, ask, at } of given.flatMap(({ asked }) => asked)) {
    if (flag) found.push({ tab, at, tone: "bad", words: t("Red flag: {what}", { what: flag }) });
    else if (finding === "unexpected")
      found.push({ tab, at, tone: "warn", words: t("Not the answer hoped for: {ask}", { ask }) });
    else if (finding === "unclear")
      found.push({ tab, at, tone: "warn", words: t("No clear answer: {ask}", { ask }) });
  }
  return found;
}

/** @param {Findings} found @returns {Point[]} */
function papers({ papers: shown }) {
  const tab = "papers";
  return shown.flatMap((paper) => {
    const { title } = paper;
    const short = shortPages(paper);
    /** @type {Point[]} */
    const found = [];
    if (short.length)
      found.push({
        tab,
        at: paper.shown_at,
        tone: "bad",
        words: n("{title}: {n} page was not read long enough", "{title}: {n} pages were not read long enough", short.length, { title }),
      });
    if (paper.check && !paper.check.good)
      found.push({ tab, at: null, tone: "bad", words: t("{title}: the signatures do not hold", { title }) });
    if (paper.answer === "refused")
      found.push({ tab, at: paper.answered_at, tone: "warn", words: t("{title}: not agreed to", { title }) });
    return found;
  });
}

/**
 * Pages that were not before the reader's eyes for the least time.
 * @param {import("./review-types.js").PaperLine} paper @returns {number[]} page numbers
 */
export function shortPages({ pages, dwell_ms: dwell, least_s: least }) {
  return Array.from({ length: pages }, (_, i) => i + 1).filter(
    (page) => (dwell[page - 1] ?? 0) < Math.max(1, least * 1000),
  );
}

/** @param {Findings} found @returns {Point[]} */
function decision({ decision: decided }) {
  if (!decided) return [];
  const at = decided.at;
  const tab = "decision";
  /** @type {Point[]} */
  const found = decided.flags.map(({ label, blocking }) => ({
    tab,
    at,
    tone: blocking ? "bad" : "warn",
    words: t("The teller noted: {what}", { what: label }),
  }));
  for (const what of decided.bank?.reasons ?? [])
    found.push({ tab, at, tone: "bad", words: t("The bank’s system said beforehand: {what}", { what }) });
  if (decided.verdict === "refer")
    found.push({ tab, at, tone: "warn", words: t("The teller refers this to the second person") });
  return found;
}

/** @param {Findings} found @returns {Point[]} */
function scope({ scope: clauses }) {
  const unseen = clauses.filter(({ verified }) => !verified).length;
  return unseen
    ? [{ tab: "overview", at: null, tone: "warn", words: n("{n} rule applied here whose wording we have not seen", "{n} rules applied here whose wording we have not seen", unseen) }]
    : [];
}
