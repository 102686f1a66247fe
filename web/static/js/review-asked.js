/** What machines and registers were asked about a person: each draw of movements, each answer. */

import { chip, h, icon } from "./dom.js";
import { n, t } from "./i18n.js";
import { panel } from "./review-verdict.js";

/** @typedef {import("./review-types.js").Reader} Reader */
/** @typedef {import("./review-types.js").PersonLine} PersonLine */
/** @typedef {import("./review-types.js").Draw} Draw */
/** @typedef {import("./review-types.js").Moved} Moved */
/** @typedef {import("./review-types.js").Inquiry} Inquiry */

/** @param {Reader} reader @param {PersonLine} person @returns {(Node | null)[]} */
export function asked(reader, person) {
  return [movements(reader, person), registers(reader, person)];
}

/** @param {Reader} reader @param {PersonLine} person */
function movements(reader, { party, movements: draws = [], instead }) {
  if (!draws.length && !instead) return null;
  return panel(
    `movements-${party}`,
    t("Movements"),
    draws.length > 0 && h("span.muted.figures", null, n("{n} draw", "{n} draws", draws.length)),
    draws.map((one) => drawn(reader, one)),
    instead &&
      h(
        "div.said",
        null,
        h("p.said__head", null, h("strong", null, t("Spoken tasks instead of movements")), h("span.grow"), reader.clock.jump(instead.at)),
        h("p.muted", null, instead.reason),
        instead.note && h("blockquote.said__text", null, instead.note),
      ),
  );
}

/** @param {Reader} reader @param {Draw} draw */
function drawn(reader, { attempt, at, digits, outcome, reason, actions }) {
  return h(
    "div.draw",
    null,
    h(
      "p.asked__line",
      null,
      h("strong", null, t("Draw {n}", { n: attempt })),
      digits && h("span.muted.figures", null, t("digits {digits}", { digits })),
      reason && outcome === "unusable" && h("span.muted", null, reason),
      h("span.grow"),
      result(outcome),
      reader.clock.jump(at),
    ),
    h("ol.asked", null, actions.map((one) => movement(reader, one))),
  );
}

/** @param {Reader} reader @param {Moved} one */
function movement(reader, { title, at, outcome, measured, seen_s: seen, reason }) {
  const figures = [measured, seen !== null && t("{seconds} s after it was shown", { seconds: seen.toFixed(1) })];
  return h(
    `li.asked__one.is-${outcome ? LOOKS[outcome][0] : "plain"}`,
    null,
    h(
      "p.asked__line",
      null,
      h("span", null, title),
      h("span.muted.figures", null, figures.filter(Boolean).join(" · ")),
      h("span.grow"),
      at ? result(outcome) : h("span.muted", null, t("not shown")),
      reader.clock.jump(at),
    ),
    reason && h("p.asked__ask", null, reason),
  );
}

/** @type {Record<string, [string, string]>} */
const LOOKS = {
  passed: ["good", "check-circle"],
  failed: ["warn", "x-circle"],
  unusable: ["plain", "alert"],
};

/** @param {Draw["outcome"]} outcome */
function result(outcome) {
  if (!outcome) return null;
  const words = {
    passed: t("recognised"),
    failed: t("not recognised"),
    unusable: t("could not be judged"),
  };
  return chip(...LOOKS[outcome], words[outcome]);
}

/** @param {Reader} reader @param {PersonLine} person */
function registers(reader, { party, registers: lines = [] }) {
  if (!lines.length) return null;
  return panel(
    `registers-${party}`,
    t("Registers"),
    h("span.muted.figures", null, n("{n} question", "{n} questions", lines.length)),
    h("ol.asked", null, lines.map((one) => inquiry(reader, one))),
  );
}

/** @type {Record<Inquiry["status"], [string, string]>} */
const ANSWERS = {
  running: ["plain", "clock"],
  match: ["good", "check-circle"],
  mismatch: ["bad", "x-circle"],
  unreachable: ["warn", "signal-off"],
};

/** @param {Reader} reader @param {Inquiry} one */
function inquiry(reader, { title, attempt, status, status_title: words, reasons, reference, asked_at: at }) {
  const [tone, name] = ANSWERS[status];
  return h(
    `li.asked__one.is-${tone}`,
    null,
    h(
      "p.asked__line",
      null,
      h("span", null, title),
      attempt > 1 && h("span.muted", null, t("asked again ({n})", { n: attempt })),
      h("span.grow"),
      chip(tone, name, words),
      reader.clock.jump(at),
    ),
    reasons.map((why) =>
      status === "mismatch"
        ? h("p.asked__flag", null, icon("alert"), h("span", null, why))
        : h("p.asked__ask", null, why),
    ),
    reference && h("p.muted.mono", null, t("No. {number}", { number: reference })),
  );
}
