/** One visit in the list. */

import { chip, h } from "./dom.js";
import { t } from "./i18n.js";
import { dateTime, span } from "./format.js";
import { outcomeWord } from "./teller-words.js";
import { effectLook, sealWord, verdictWord } from "./review-words.js";
import { verdictLook } from "./review-state.js";

/** @typedef {{id: string, ticket: string | null, service_title: string, service?: string, customer_masked: string, teller: string | null, started_at: string, seconds: number | null, outcome: string | null, effect: string, verdict: string | null, seal: string | null}} Row */

/** @param {Row} one */
export function row(one) {
  const verdict = verdictLook(one.verdict ?? "pending");
  const effect = effectLook(one.effect);
  return h(
    "tr.visits__row",
    null,
    h(
      "th",
      { scope: "row" },
      h("a.visits__link", { href: `/review/${encodeURIComponent(one.id)}` }, one.ticket ?? one.id),
      h("span.visits__id.mono", null, one.id),
    ),
    h("td", null, one.service_title),
    h("td", null, one.customer_masked),
    h("td", null, one.teller ?? "–"),
    h("td.figures", null, dateTime(one.started_at)),
    h("td.figures", null, one.seconds === null ? "–" : span(one.seconds)),
    h("td", null, one.outcome ? outcomeWord(one.outcome) : h("span.muted", null, t("running"))),
    h("td", null, chip(effect.tone, effect.icon, effect.words)),
    h(
      "td",
      null,
      h(
        "span.visits__evidence",
        null,
        chip(verdict.tone, verdict.icon, verdictWord(one.verdict ?? "pending")),
        h("span.muted", null, sealWord(one.seal ?? "none")),
      ),
    ),
  );
}
