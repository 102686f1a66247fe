/** Visits that their customers say were somebody else's: what the bank did, and what is left to do. */

import { chip, fill, h } from "./dom.js";
import { t } from "./i18n.js";
import { dateTime } from "./format.js";
import { at, table } from "./admin-table.js";
import { repudiationEnd } from "./repudiation-words.js";

/** @typedef {{visit: string, ticket: string | null, service_title: string, at: string, by: "link"|"hotline", end: "refused"|null, cause: string | null}} Repudiation */

/** @param {Repudiation[]} found */
export function drawRepudiations(found) {
  at("repudiations-section").hidden = !found.length;
  fill(
    at("repudiations"),
    table(
      t("Customers say that it was somebody else"),
      [t("Visit"), t("Service"), t("Since"), t("Heard by"), t("State"), t("Why")],
      found.map(row),
    ),
  );
}

/** @param {Repudiation} one */
function row(one) {
  const done = repudiationEnd(one.end);
  return h(
    "tr",
    null,
    h("th", { scope: "row" }, one.ticket ?? "–", h("span.visits__id.mono", null, one.visit)),
    h("td", null, one.service_title),
    h("td.figures", null, dateTime(one.at)),
    h("td", null, one.by === "hotline" ? t("Hotline") : t("Link of the notice")),
    h("td", null, chip(done.tone, done.name, done.words)),
    h("td.admin__why", null, one.cause ?? "–"),
  );
}
