/** A paper that is read together: the page in the middle, the reading times at the right. */

import { chip, h, icon } from "./dom.js";
import { t } from "./i18n.js";
import { digest } from "./format.js";
import { styled } from "./staff-patch.js";

/** @typedef {import("./teller.js").Console} Console */
/** @typedef {import("./teller-types.js").Paper} Paper */
/** @typedef {import("./teller-types.js").VisitView} VisitView */

/** The page itself, large enough to be read. @param {Console} app @param {Paper} paper */
export function paperPage(app, paper) {
  const page = Math.max(1, paper.page);
  return h(
    "section.paper",
    { "aria-label": t("Paper on both screens"), dataset: { key: "paper" } },
    h(
      "div.paper__scroll",
      { tabIndex: 0, role: "group", "aria-label": t("Page {n} of {title}", { n: page, title: paper.title }), dataset: { key: `page-${paper.id}-${page}` } },
      h("img.paper__page", {
        src: paper.url + page,
        alt: t("Page {n} of {title}", { n: page, title: paper.title }),
        width: 794,
        height: 1123,
      }),
    ),
    h(
      "div.paper__turn",
      { role: "group", "aria-label": t("Turn the pages") },
      turn("page-back", "chevron-left", t("Previous page"), "←", page <= 1),
      h("span.paper__place.figures", null, t("{n} of {all}", { n: page, all: paper.pages })),
      turn("page-on", "chevron-right", t("Next page"), "→", page >= paper.pages),
      h("span.grow"),
      where(paper, page),
      h(
        "button.button.button--ghost.button--small",
        {
          type: "button",
          dataset: { act: "zoom", key: "zoom" },
          "aria-pressed": String(app.zoomed),
          "aria-keyshortcuts": "Z",
        },
        icon("search"),
        app.zoomed ? t("Smaller") : t("Larger"),
        h("kbd.button__key", { "aria-hidden": "true" }, "Z"),
      ),
    ),
  );
}

/** @param {string} act @param {string} name @param {string} words @param {string} key @param {boolean} last */
function turn(act, name, words, key, last) {
  return h(
    "button.button.button--quiet.button--small.paper__button",
    {
      type: "button",
      "aria-label": words,
      title: `${words} (${key})`,
      dataset: { act, key: act },
      "aria-disabled": last ? "true" : null,
      "aria-keyshortcuts": key === "←" ? "ArrowLeft" : "ArrowRight",
    },
    icon(name),
  );
}

/** Where the reader is. @param {Paper} paper @param {number} page */
function where({ customer_page: at }, page) {
  if (!at) return chip("warn", "eye", t("Not on their screen"));
  return at === page
    ? chip("good", "eye", t("On the same page"))
    : chip("info", "eye", t("They are on page {n}", { n: at }));
}

/** How far the reading has come. @param {Console} app @param {Paper} paper */
export function paperPanel(app, paper) {
  return h(
    "section.panel.reading",
    { "aria-labelledby": "paper-title", dataset: { key: "paper" } },
    h(
      "header.panel__head",
      null,
      h("h2#paper-title", null, paper.title),
      h("span.grow"),
      paper.signed
        ? chip("good", "seal", t("Signed"))
        : paper.read
          ? chip("good", "check-circle", t("Read"))
          : chip("info", "eye", t("Being read")),
    ),
    h(
      "ol.reading__pages",
      { "aria-label": t("Pages") },
      paper.dwell_ms.map((_, i) => pageRow(app, paper, i + 1)),
    ),
    h(
      "p.muted",
      null,
      paper.seconds
        ? t("At least {n} s on each page, counted on the reader’s own screen.", { n: paper.seconds })
        : t("Counted on the reader’s own screen."),
    ),
    h(
      "p.reading__digest",
      null,
      h("span", null, t("Digest")),
      h("span.mono", { title: paper.digest }, digest(paper.digest, 4)),
    ),
  );
}

/** @param {Console} app @param {Paper} paper @param {number} page */
function pageRow(app, paper, page) {
  const here = paper.customer_page === page;
  const read = readFor(app, paper, page);
  const enough = paper.read || (read >= paper.seconds && read > 0);
  const whole = Math.max(1, paper.seconds);
  return h(
    "li",
    { dataset: { key: String(page) } },
    h(
      "button.reading__page",
      {
        type: "button",
        dataset: { act: "turn-to", page: String(page) },
        class: enough ? "is-read" : null,
        "aria-current": paper.page === page ? "page" : null,
      },
      h("span.reading__number", null, t("Page {n}", { n: page })),
      styled(h("span.reading__bar", { "aria-hidden": "true" }), {
        "--done": Math.min(1, read / whole).toFixed(3),
      }),
      h(
        "span.reading__time.figures",
        null,
        paper.seconds && !enough
          ? t("{n} / {all} s", { n: Math.floor(read), all: paper.seconds })
          : t("{n} s", { n: Math.floor(read) }),
      ),
      h(
        "span.reading__mark",
        null,
        here ? icon("eye") : enough ? icon("check") : null,
        h("span.sr", null, [here ? t("the reader is here") : "", enough ? t("read") : ""].filter(Boolean).join(", ")),
      ),
    ),
  );
}

/** Seconds that a page has been before the reader's eyes. @param {Console} app @param {Paper} paper @param {number} page */
function readFor(app, paper, page) {
  const now = paper.customer_page === page && !paper.read ? Date.now() - app.seenAt : 0;
  return ((paper.dwell_ms[page - 1] ?? 0) + now) / 1000;
}

/** Whether every page has had its time. @param {Console} app @param {Paper} paper */
export function isThrough(app, paper) {
  return paper.dwell_ms.every((_, i) => {
    const read = readFor(app, paper, i + 1);
    return read > 0 && read >= paper.seconds;
  });
}

/** The paper of the present step, once it is made. @param {VisitView} visit @returns {Paper | null} */
export function paperOf(visit) {
  const paper = visit.current?.paper;
  return paper && paper.pages > 0 ? paper : null;
}
