/** Reviews that nobody has decided in time: an alarm for whoever can find somebody. */

import { chip, fill, h } from "./dom.js";
import { t } from "./i18n.js";
import { dateTime } from "./format.js";
import { at, table } from "./admin-table.js";

/** @typedef {{visit: string, ticket: string | null, service_title: string, due_at: string | null, escalated: boolean, waits_for: "second_person" | "colleague" | "teller"}} Overdue */

/** @param {Overdue[]} reviews */
export function drawOverdue(reviews) {
  at("overdue-section").hidden = !reviews.length;
  fill(
    at("overdue"),
    table(
      t("Reviews whose time has run out"),
      [t("Visit"), t("Service"), t("Waits for"), t("Limit"), t("State")],
      reviews.map(row),
    ),
  );
}

/** @param {Overdue} one */
function row(one) {
  return h(
    "tr",
    null,
    h("th", { scope: "row" }, one.ticket ?? "–", h("span.visits__id.mono", null, one.visit)),
    h("td", null, one.service_title),
    h("td", null, whom(one.waits_for)),
    h("td.figures", null, one.due_at ? dateTime(one.due_at) : "–"),
    h("td", null, one.escalated ? chip("bad", "bell", t("Escalated")) : chip("warn", "clock", t("Overdue"))),
  );
}

/** @param {Overdue["waits_for"]} who */
function whom(who) {
  return { second_person: t("a second person"), colleague: t("a colleague who confirms"), teller: t("the teller’s answer") }[who];
}
