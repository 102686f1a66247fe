/** The services of this branch: their steps with the clauses behind them, and the flow drawn. */

import { chip, fill, h } from "./dom.js";
import { n, t } from "./i18n.js";
import { ask, saying } from "./staff.js";
import { at, empty, table } from "./admin-table.js";

/** @typedef {{id: string, verified: boolean}} Clause */
/** @typedef {{id: string, kind_title: string, title: string, party_title: string, when: string, clauses: Clause[]}} Step */
/** @typedef {{service: string, title: string, summary: string, version: number, digest: string, steps: Step[], flow: string}} Service */

/** Fetched once: services change only when the branch starts anew. */
export async function drawServices() {
  try {
    const { services } = await ask("GET", "/api/admin/services");
    fill(at("services"), services.map(part));
  } catch (error) {
    fill(at("services"), empty("alert", t("The list could not be loaded"), saying(error)));
  }
}

/** @param {Service} one */
function part(one) {
  const inside = h("div.service__inside");
  const shown = h(
    "details.service",
    {
      ontoggle: () => {
        if (shown.open && !inside.childElementCount) fill(inside, flow(one), steps(one));
      },
    },
    h(
      "summary.service__head",
      null,
      h("strong", null, one.title),
      h("span.muted", null, t("version {version}", { version: one.version })),
      h("span.muted", null, n("{n} step", "{n} steps", one.steps.length)),
      h("span.mono.service__digest", null, one.digest.slice(0, 12)),
    ),
    inside,
  );
  return shown;
}

/** @param {Service} one */
function flow(one) {
  return h(
    "figure.service__flow",
    null,
    h(
      "div.service__frame",
      { tabIndex: 0, role: "group", "aria-label": t("The flow, drawn") },
      h("img", {
        src: one.flow,
        alt: t("{title}: the flow, drawn. The table below has the same steps.", { title: one.title }),
      }),
    ),
    h(
      "figcaption",
      null,
      h("a", { href: one.flow, target: "_blank" }, t("Open the drawing by itself")),
    ),
  );
}

/** @param {Service} one */
function steps(one) {
  return h(
    "div.table-card",
    { tabIndex: 0, role: "group", "aria-label": t("Steps and clauses") },
    table(
      t("Steps and clauses"),
      [t("Step"), t("Kind"), t("Who"), t("Only if"), t("Clauses")],
      one.steps.map((step) =>
        h(
          "tr",
          null,
          h("th", { scope: "row" }, step.title, h("span.visits__id.mono", null, step.id)),
          h("td", null, step.kind_title),
          h("td", null, step.party_title),
          h("td.mono", null, step.when || "–"),
          h("td.service__clauses", null, clauses(step.clauses)),
        ),
      ),
    ),
  );
}

/**
 * Those whose wording was seen first; the others stand apart, and say so.
 * @param {Clause[]} all
 */
function clauses(all) {
  const unseen = all.filter(({ verified }) => !verified);
  const seen = all.filter(({ verified }) => verified);
  if (!all.length) return ["–"];
  return [
    seen.length > 0 && h("span.service__clause", null, named(seen)),
    unseen.length > 0 &&
      h(
        "span.service__clause",
        null,
        chip("warn", "info", t("Wording not verified by us")),
        " ",
        named(unseen),
      ),
  ];
}

/** @param {Clause[]} some */
function named(some) {
  return some.map(({ id }) => id).join(" ");
}
