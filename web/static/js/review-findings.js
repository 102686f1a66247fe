/** The column of findings: tabs over what was found, drawn once per load, so that reading is not disturbed. */

import { fill } from "./dom.js";
import { t } from "./i18n.js";
import { answers } from "./review-answers.js";
import { points } from "./review-attention.js";
import { decision } from "./review-decision.js";
import { identity } from "./review-identity.js";
import { overview } from "./review-overview.js";
import { papers } from "./review-papers.js";
import { Tabs } from "./review-tabs.js";

/** @typedef {import("./review-types.js").Reader} Reader */

/**
 * @param {Omit<Reader, "turn">} given
 * @param {string} [shown] the tab to begin with
 * @returns {Tabs}
 */
export function findingsTabs(given, shown) {
  const seen = points(given.found, given.marks);
  const tab = (/** @type {string} */ id, /** @type {string} */ title) => ({
    id,
    title,
    alerts: id === "overview" ? 0 : seen.filter((point) => point.tab === id).length,
  });
  const tabs = new Tabs(t("Findings"), [
    tab("overview", t("Overview")),
    tab("identity", t("Identity")),
    tab("answers", t("Questions")),
    tab("papers", t("Papers")),
    tab("decision", t("Decision")),
    tab("evidence", t("Evidence")),
  ]);
  /** @type {Reader} */
  const reader = { ...given, turn: (id) => tabs.go(id) };
  fill(tabs.panel("overview"), overview(reader));
  fill(tabs.panel("identity"), identity(reader));
  fill(tabs.panel("answers"), answers(reader));
  fill(tabs.panel("papers"), papers(reader));
  fill(tabs.panel("decision"), decision(reader));
  if (shown) tabs.turn(shown);
  return tabs;
}
