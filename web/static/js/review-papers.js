/** Every paper: each look at each page on one line of time, who agreed and signed, whether it holds. */

import { banner, chip, h, icon } from "./dom.js";
import { n, t } from "./i18n.js";
import { dateTime, digest } from "./format.js";
import { shortPages } from "./review-attention.js";
import { readFor } from "./review-clock.js";
import { signatures } from "./review-signatures.js";
import { styled } from "./staff-patch.js";
import { panel } from "./review-verdict.js";

/** @typedef {import("./review-types.js").Reader} Reader */
/** @typedef {import("./review-types.js").PaperLine} PaperLine */
/** @typedef {import("./review-types.js").Look} Look */

/** @param {Reader} reader */
export function papers(reader) {
  const shown = reader.found.papers;
  if (!shown.length)
    return [
      h(
        "div.empty",
        null,
        icon("document", "icon icon--display"),
        h("h3", null, t("No paper was shown")),
        h("p", null, t("Nothing was read or signed in this visit.")),
      ),
    ];
  return shown.map((paper) => one(reader, paper));
}

/** @param {Reader} reader @param {PaperLine} paper */
function one(reader, paper) {
  const short = shortPages(paper);
  return panel(
    `paper-${paper.id}`,
    paper.title,
    short.length || !paper.read
      ? chip("bad", "alert", t("Not read in full"))
      : chip("good", "check", t("Read in full")),
    h(
      "p.paper__open",
      null,
      h(
        "a.button.button--quiet.button--small",
        { href: reader.object(paper.pdf), target: "_blank", rel: "noopener" },
        icon("document"),
        t("Open the PDF"),
      ),
      h("code.digest", { title: paper.digest }, digest(paper.digest, 4)),
    ),
    events(reader, paper),
    short.length > 0 && banner("bad", shortWords(paper, short)),
    pages(reader, paper),
    paper.check && signatures(reader, paper.check),
  );
}

/** @param {PaperLine} paper @param {number[]} short */
function shortWords(paper, short) {
  return n(
    "Page {pages} was before the reader’s eyes for less than {least}.",
    "Pages {pages} were before the reader’s eyes for less than {least}.",
    short.length,
    { pages: short.join(t(", ")), least: readFor(paper.least_s * 1000) },
  );
}

/** What happened to it, in order. @param {Reader} reader @param {PaperLine} paper */
function events({ clock }, paper) {
  const line = (/** @type {string} */ name, /** @type {string} */ words, /** @type {string | null} */ at) =>
    h("li", null, icon(name), h("span.grow", null, words), at ? clock.jump(at) : null);
  const answered = {
    agreed: t("{who} agreed to it", { who: paper.party_title }),
    seen: t("{who} confirmed having read it", { who: paper.party_title }),
    refused: t("{who} did not agree to it", { who: paper.party_title }),
  }[/** @type {"agreed"|"seen"|"refused"} */ (paper.answer)];
  return h(
    "ul.paper__events",
    null,
    line("eye", t("Shown to: {who}", { who: paper.party_title }), paper.shown_at),
    answered
      ? line(paper.answer === "refused" ? "x-circle" : "check", answered, paper.answered_at)
      : line("close", t("Neither agreed to nor confirmed"), null),
    paper.set_aside?.map(({ title, reason, at }) =>
      line("x-circle", t("Signature of {who} set aside and made anew: {reason}", { who: title, reason }), at),
    ),
    paper.signed.map(({ title, at }) => line("pen", t("Signed by: {who}", { who: title }), at)),
    paper.sealed_at
      ? line("seal", t("The bank’s seal was put on"), paper.sealed_at)
      : paper.signed.length > 0 && line("clock", t("The bank’s seal is still to come"), null),
  );
}

/** @param {Reader} reader @param {PaperLine} paper */
function pages(reader, paper) {
  const axis = axisOf(paper);
  return h(
    "ol.leaves",
    { "aria-label": t("Pages of: {title}", { title: paper.title }) },
    Array.from({ length: paper.pages }, (_, i) => leaf(reader, paper, i + 1, axis)),
  );
}

/** @param {PaperLine} paper @returns {{from: number, to: number}} from the first look to the last end */
function axisOf({ looks, shown_at: shown, answered_at: answered }) {
  const starts = looks.map(({ at }) => Date.parse(at));
  const ends = looks.map(({ at, ms }) => Date.parse(at) + ms);
  const from = Math.min(...(shown ? [Date.parse(shown)] : []), ...starts);
  const to = Math.max(...ends, ...(answered ? [Date.parse(answered)] : []), from + 1000);
  return { from, to };
}

/** @param {Reader} reader @param {PaperLine} paper @param {number} page @param {{from: number, to: number}} axis */
function leaf(reader, paper, page, axis) {
  const looks = paper.looks.filter((look) => look.page === page);
  const read = paper.dwell_ms[page - 1] ?? 0;
  const short = shortPages(paper).includes(page);
  return h(
    "li.leaf",
    { class: short ? "is-bad" : "is-good" },
    h(
      "p.leaf__head",
      null,
      h("strong.leaf__page", null, t("Page {page}", { page })),
      icon(short ? "x-circle" : "check"),
      h("span.figures", null, read ? t("read for {time}", { time: readFor(read) }) : t("never before the reader’s eyes")),
      h("span.grow"),
      h("span.muted.figures", null, t("at least {time}", { time: readFor(paper.least_s * 1000) })),
    ),
    strip(reader, looks, axis),
    looks.length > 0 &&
      h(
        "p.leaf__looks",
        null,
        looks.map(({ at, ms }) => reader.clock.jump(at, ` · ${readFor(ms)}`)),
      ),
  );
}

/** The same looks to the eye; the buttons below it are for everybody. @param {Reader} reader @param {Look[]} looks @param {{from: number, to: number}} axis */
function strip({ clock }, looks, { from, to }) {
  const share = (/** @type {number} */ at) => ((at - from) / (to - from)).toFixed(4);
  return h(
    "div.leaf__strip",
    { "aria-hidden": "true" },
    looks.map(({ at, ms }) => {
      const begun = Date.parse(at);
      const film = clock.ms(at);
      return styled(
        h("span.leaf__look", {
          title: `${dateTime(at)} · ${readFor(ms)}`,
          onclick: film === null ? null : () => clock.seek(film),
        }),
        { "--from": share(begun), "--to": share(begun + ms) },
      );
    }),
  );
}
