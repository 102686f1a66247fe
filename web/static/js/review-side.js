/** The right of a review, below the verdict: marks, stills, and who has watched. */

import { banner, h, icon } from "./dom.js";
import { t } from "./i18n.js";
import { dateTime, span } from "./format.js";
import { gapsOf, SHORT_GAP_MS } from "./review-state.js";
import { causeWord, custodyWord, mediaKind, partyWord, purposes } from "./review-words.js";
import { panel } from "./review-verdict.js";

/** @typedef {import("./review-state.js").Mark} Mark */
/** @typedef {{at: string, actor: string, act: string, purpose?: string | null, reason?: string | null, detail?: string | null}} Custody */
/** @typedef {{digest: string, role: string, media_type: string}} Still */

const MOST_STILLS = 9;

/** Marks and gaps in one list, in order of time. @param {import("./review-state.js").Timeline} timeline @param {(ms: number) => void} seek */
export function marksPanel(timeline, seek) {
  const missing = timeline.parties.flatMap(({ party }) => gapsOf(timeline.gaps, party));
  const short = missing.filter(({ from_ms: from, to_ms: to }) => to - from < SHORT_GAP_MS);
  const gaps = missing
    .filter((gap) => !short.includes(gap))
    .map((gap) => ({
      kind: "gap",
      at_ms: gap.from_ms,
      until_ms: gap.to_ms,
      title: `${partyWord(gap.party)}: ${gap.kinds.map(mediaKind).join(" + ")}`,
      detail: causeWord(gap.cause),
    }));
  const rows = /** @type {Mark[]} */ ([...timeline.marks, ...gaps]).sort(
    (a, b) => a.at_ms - b.at_ms,
  );
  return panel(
    "marks",
    t("Marks"),
    h("span.muted.figures", null, String(rows.length)),
    rows.length === 0
      ? h("p.muted", null, t("No marks in this recording."))
      : h(
          "ul.marks",
          null,
          rows.map((mark) =>
            h(
              "li",
              null,
              h(
                "button.mark-row",
                {
                  type: "button",
                  class: mark.kind === "gap" ? "mark-row--gap" : null,
                  dataset: { at: String(mark.at_ms) },
                  onclick: () => seek(mark.at_ms),
                },
                h("span.figures.mark-row__time", null, span(mark.at_ms / 1000)),
                h(
                  "span.grow",
                  null,
                  h("span.mark-row__title", null, mark.kind === "gap" && icon("alert"), mark.title),
                  mark.detail && h("span.mark-row__detail", null, mark.detail),
                ),
                mark.until_ms !== null &&
                  h("span.muted.figures", null, span((mark.until_ms - mark.at_ms) / 1000)),
              ),
            ),
          ),
        ),
    short.length > 0 &&
      h(
        "p.muted",
        null,
        t("Gaps under half a second, on the timeline only: {count}", { count: short.length }),
      ),
  );
}

/** @param {Still[]} stills @param {(digest: string) => string} address */
export function stillsPanel(stills, address) {
  const pictures = stills
    .filter((still) => still.media_type.startsWith("image/"))
    .slice(-MOST_STILLS);
  if (!pictures.length) return null;
  return panel(
    "stills",
    t("Identity"),
    null,
    h(
      "div.stills",
      null,
      pictures.map((still) =>
        h(
          "figure.still",
          null,
          h("img", { src: address(still.digest), alt: stillWord(still.role), loading: "lazy" }),
          h("figcaption", null, stillWord(still.role)),
        ),
      ),
    ),
  );
}

/** @param {string} role @returns {string} */
function stillWord(role) {
  return (
    {
      document: t("Document"),
      document_photo: t("Document"),
      document_upright: t("Document, set straight"),
      photo: t("Document"),
      portrait: t("Portrait on the document"),
      live: t("Face from the live picture"),
      live_face: t("Face from the live picture"),
    }[role] ?? role
  );
}

/** @param {Custody[] | null} entries null: not known (yet) @param {string | null} [why] it isn't @param {boolean} [demoKeys] */
export function custodyPanel(entries, why = null, demoKeys = false) {
  return panel(
    "custody",
    t("Custody"),
    entries && h("span.muted.figures", null, String(entries.length)),
    why && banner("warn", why),
    demoKeys &&
      banner("warn", t("The key that opens this recording is kept in a file on this server: for demonstrations only.")),
    entries?.length === 0
      ? h("p.muted", null, t("Nobody has opened this recording."))
      : entries && h(
          "ol.custody",
          null,
          entries.map((entry) =>
            h(
              "li",
              null,
              h("div", null, h("strong", null, entry.actor), " ", custodyWord(entry.act)),
              h("span.muted.figures", null, dateTime(entry.at)),
              entry.purpose && h("p.custody__why", null, purposeWord(entry.purpose)),
              entry.reason && h("p.custody__why", null, entry.reason),
            ),
          ),
        ),
  );
}

/** @param {string} purpose `code` or `code: remark` */
function purposeWord(purpose) {
  const [code, ...rest] = purpose.split(": ");
  const known = purposes().find(([name]) => name === code)?.[1];
  return known ? [known, ...rest].join(": ") : purpose;
}
