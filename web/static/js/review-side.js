/** The right of a review: the verdict with its numbered steps, marks, stills, and who has watched. */

import { h, icon } from "./dom.js";
import { t } from "./i18n.js";
import { dateTime, digest, span } from "./format.js";
import { gapsOf, verdictLook } from "./review-state.js";
import { causeWord, custodyWord, detailWords, mediaKind, purposes, stepName, verdictWord } from "./review-words.js";
import { partyWord } from "./teller-words.js";

/** @typedef {import("./review-state.js").Verdict} Verdict */
/** @typedef {import("./review-state.js").Mark} Mark */
/** @typedef {{at: string, actor: string, act: string, purpose?: string | null, detail?: string | null}} Custody */
/** @typedef {{digest: string, role: string, media_type: string}} Still */

const MOST_STILLS = 9;

/** @param {Verdict | null} verdict @param {string | null} failure */
export function verdictPanel(verdict, failure) {
  if (failure) return panel("verdict", t("Verification"), null, h("div.result.result--warn", null, icon("alert"), h("p", null, h("strong", null, t("The verification could not be run")), h("span", null, failure))));
  if (!verdict) return panel("verdict", t("Verification"), null, h("div.result.result--running", { role: "status" }, h("span.spinner"), h("p", null, h("strong", null, t("Verifying…")), h("span", null, t("Every segment, seal and timestamp is checked, without a key.")))));
  const { tone, icon: name } = verdictLook(verdict.status);
  return panel("verdict", t("Verification"), h("span.muted", null, verdict.trust === "outside" ? t("by the bank’s certificates") : t("by the package’s certificates")),
    h(`div.result.result--${tone}`, { role: "status" }, icon(name), h("p", null, h("strong", null, verdictWord(verdict.status)), h("span", null, summary(verdict)))),
    h("details.proofs", { open: verdict.status !== "complete" }, h("summary", null, t("Numbered steps"), h("span.proofs__count.figures", null, `${verdict.steps.filter((s) => s.ok).length} / ${verdict.steps.length}`)),
      h("ol.proofs__list", null, verdict.steps.map(step))),
    verdict.evidence_digest && h("div.seal", null, icon("seal"), h("div", null, h("span.seal__word", null, t("Evidence digest (SHA-256)")), h("code.seal__digest", null, digest(verdict.evidence_digest)))),
    verdict.notes.length > 0 && h("ul.notes", null, verdict.notes.map((note) => h("li", null, note))));
}

/** @param {Verdict} verdict */
function summary(verdict) {
  if (verdict.first_bad) {
    const where = ["file", "segment", "offset"].flatMap((name) => (verdict.first_bad?.[name] === undefined ? [] : [`${name} ${verdict.first_bad[name]}`]));
    return t("First bad position: {where}", { where: [verdict.first_bad.code, ...where].join(" · ") });
  }
  if (verdict.status === "interrupted") return t("Last attested at {time}.", { time: verdict.last_head ? dateTime(verdict.last_head) : "–" });
  return verdict.stamped ? t("Sealed and stamped at {time}.", { time: dateTime(verdict.stamped) }) : t("Sealed; the timestamp is still to come.");
}

/** @param {import("./review-state.js").VerdictStep} one */
function step(one) {
  const [name, word] = one.ok === null ? ["info", t("not applicable")] : one.ok ? ["check-circle", t("in order")] : ["x-circle", t("bad")];
  return h("li.proof", { class: one.ok === false ? "is-bad" : one.ok ? "is-good" : "is-open" }, h("span.proof__n.figures", null, String(one.n)), icon(name),
    h("div", null, h("span.proof__name", null, stepName(one.name), h("span.sr", null, `: ${word}`)), h("span.proof__detail", null, one.detail)));
}

/** Marks and gaps in one list, in order of time. @param {import("./review-state.js").Timeline} timeline @param {(ms: number) => void} seek */
export function marksPanel(timeline, seek) {
  const gaps = timeline.parties.flatMap(({ party }) => gapsOf(timeline.gaps, party)).map((gap) => ({
    kind: "gap", at_ms: gap.from_ms, until_ms: gap.to_ms, title: `${partyWord(gap.party)}: ${gap.kinds.map(mediaKind).join(" + ")}`, detail: causeWord(gap.cause) }));
  const rows = /** @type {Mark[]} */ ([...timeline.marks, ...gaps]).sort((a, b) => a.at_ms - b.at_ms);
  return panel("marks", t("Marks"), h("span.muted.figures", null, String(rows.length)), rows.length === 0 ? h("p.muted", null, t("No marks in this recording."))
    : h("ul.marks", null, rows.map((mark) => h("li", null, h("button.mark-row", { type: "button", class: mark.kind === "gap" ? "mark-row--gap" : null, dataset: { at: String(mark.at_ms) }, onclick: () => seek(mark.at_ms) },
      h("span.figures.mark-row__time", null, span(mark.at_ms / 1000)), h("span.grow", null, h("span.mark-row__title", null, mark.kind === "gap" && icon("alert"), mark.title), mark.detail && h("span.mark-row__detail", null, detailWords(mark.detail))),
      mark.until_ms !== null && h("span.muted.figures", null, span((mark.until_ms - mark.at_ms) / 1000)))))));
}

/** @param {Still[]} stills @param {(digest: string) => string} address */
export function stillsPanel(stills, address) {
  const pictures = stills.filter((still) => still.media_type.startsWith("image/")).slice(-MOST_STILLS);
  if (!pictures.length) return null;
  return panel("stills", t("Identity"), null, h("div.stills", null, pictures.map((still) => h("figure.still", null,
    h("img", { src: address(still.digest), alt: stillWord(still.role), loading: "lazy" }), h("figcaption", null, stillWord(still.role))))));
}

/** @param {string} role @returns {string} */
function stillWord(role) {
  return { document: t("Document"), document_photo: t("Document"), photo: t("Document"), portrait: t("Portrait on the document"), live: t("Face from the live picture"), live_face: t("Face from the live picture") }[role] ?? role;
}

/** @param {Custody[]} entries */
export function custodyPanel(entries) {
  return panel("custody", t("Custody"), h("span.muted.figures", null, String(entries.length)), entries.length === 0 ? h("p.muted", null, t("Nobody has opened this recording."))
    : h("ol.custody", null, entries.map((entry) => h("li", null, h("div", null, h("strong", null, entry.actor), " ", custodyWord(entry.act)), h("span.muted.figures", null, dateTime(entry.at)), entry.purpose && h("p.custody__why", null, purposeWord(entry.purpose))))));
}

/** @param {string} purpose `code` or `code: remark` */
function purposeWord(purpose) {
  const [code, ...rest] = purpose.split(": ");
  const known = purposes().find(([name]) => name === code)?.[1];
  return known ? [known, ...rest].join(": ") : purpose;
}

/** @param {string} id @param {string} title @param {Node | null} extra @param {...import("./dom.js").Children} body */
function panel(id, title, extra, ...body) {
  return h("section.panel", { "aria-labelledby": `${id}-title` }, h("header.panel__head", null, h(`h2#${id}-title`, null, title), h("span.grow"), extra), ...body);
}
