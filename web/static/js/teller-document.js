/** What was read on each side of a document, beside its photograph: looked at and put right. */

import { chip, h, icon } from "./dom.js";
import { t } from "./i18n.js";
import { actButton } from "./staff.js";

/** @typedef {import("./teller.js").Console} Console */
/** @typedef {import("./teller-types.js").PaperInHand} PaperInHand */
/** @typedef {import("./teller-types.js").PaperSide} PaperSide */
/** @typedef {import("./teller-types.js").PaperField} PaperField */
/** @typedef {import("./teller-types.js").PaperAsk} PaperAsk */

/** @param {Console} app @param {PaperInHand} document @param {boolean} open */
export function documentPanel(app, document, open) {
  return h(
    "section.panel.papers",
    { "aria-labelledby": "papers-title", dataset: { key: "document" } },
    h(
      "header.panel__head",
      null,
      h("h2#papers-title", null, document.title),
      h("span.grow"),
      state(document),
    ),
    document.sides.map((side) => sideOf(app, document, side, open)),
    document.asks.length > 0 && asks(document.asks, open),
  );
}

/** @param {PaperInHand} document */
function state(document) {
  const fields = document.sides.flatMap((side) => side.fields);
  const wrong = fields.filter((one) => one.problem).length;
  if (document.checking) return chip("info", "clock", t("Being checked"));
  if (document.sides.some((side) => side.status !== "accepted"))
    return chip("plain", "card", t("Not complete"));
  if (wrong) return chip("warn", "alert", t("{n} to check", { n: wrong }));
  return chip("good", "check-circle", t("Document readable"));
}

/** @param {Console} app @param {PaperInHand} document @param {PaperSide} side @param {boolean} open */
function sideOf(app, document, side, open) {
  const picture = side.upright ?? side.photo;
  return h(
    "section.paper-side",
    { "aria-labelledby": `side-${side.side}`, dataset: { key: `side-${side.side}` } },
    h("h3.paper-side__title", { id: `side-${side.side}` }, side.title),
    !picture && waiting(side, document.checking),
    picture &&
      side.photo &&
      h(
        "a.identity__document",
        { href: side.photo, target: "_blank", rel: "noopener" },
        h("img", { src: picture, alt: t("Photograph: {side}", { side: side.title }), loading: "lazy" }),
      ),
    side.reading === "running" &&
      h("p.working", { role: "status" }, h("span.spinner.spinner--s"), t("Being read…")),
    side.notes.length > 0 &&
      h(
        "ul.paper-side__notes",
        null,
        side.notes.map((words) => h("li", null, icon("info"), words)),
      ),
    side.fields.length > 0 &&
      h(
        "div.paper-fields",
        { class: open ? "is-open" : null },
        side.fields.map((one) => fieldOf(side, one, open)),
      ),
    picture && compared(app, document, side, open),
  );
}

/** @param {PaperSide} side @param {boolean} checking */
function waiting(side, checking) {
  if (side.message) return h("p.note.is-bad", null, icon("x-circle"), side.message);
  return h("p.muted", null, checking ? t("The photograph is being checked…") : t("Not photographed yet."));
}

/** A field is sent when it is left: what is typed stays until then. @param {PaperSide} side @param {PaperField} one @param {boolean} open */
function fieldOf(side, one, open) {
  const id = `read-${side.side}-${one.name}`;
  return h(
    "div.paper-field",
    {
      class: one.blocking ? "is-bad" : one.problem ? "is-doubtful" : null,
      dataset: { key: `${one.name}-${one.shown}` },
    },
    h("label", { htmlFor: id }, one.label),
    h("input.input", {
      id,
      value: one.shown,
      readOnly: !open,
      maxLength: 500,
      autocomplete: "off",
      spellcheck: false,
      "aria-describedby": `${id}-how`,
      dataset: { read: one.name, side: side.side, was: one.shown },
    }),
    h(
      "p.paper-field__how",
      { id: `${id}-how` },
      one.problem && h("strong", null, icon("alert"), one.problem),
      h("span", null, how(one)),
    ),
  );
}

/** @param {PaperField} one */
function how(one) {
  if (one.corrected) return t("corrected by you");
  if (one.confidence === null || !one.value) return t("not read");
  const share = Math.round(one.confidence * 100);
  return one.sure ? t("clear, {n} %", { n: share }) : t("doubtful, {n} %", { n: share });
}

/** @param {Console} app @param {PaperInHand} document @param {PaperSide} side @param {boolean} open */
function compared(app, document, side, open) {
  const found = side.compared;
  const words = !found
    ? null
    : found.failed
      ? ["plain", "info", t("Could not be compared with the video.")]
      : found.found
        ? ["good", "check-circle", t("Seen in the video, likeness {n} %", { n: Math.round(found.likeness * 100) })]
        : ["warn", "alert", t("Not found in the video, likeness {n} %", { n: Math.round(found.likeness * 100) })];
  return h(
    "div.paper-side__video",
    null,
    words && h(`span.finding.finding--${words[0]}`, { role: "status" }, icon(words[1]), words[2]),
    open &&
      actButton("compare-document", t("Look for it in the video"), {
        kind: "quiet",
        small: true,
        busy: document.comparing || app.busy === "compare-document",
        dataset: { side: side.side, key: `compare-${side.side}` },
      }),
  );
}

/** Drawn by chance: what to ask for, and what to look for. @param {PaperAsk[]} list @param {boolean} open */
function asks(list, open) {
  return h(
    "section.paper-asks",
    { "aria-labelledby": "paper-asks-title" },
    h("h3#paper-asks-title.paper-side__title", null, t("While it is held up")),
    h(
      "ol.asked__list",
      null,
      list.map((one, i) =>
        h(
          "li.asked__one",
          { class: one.finding ? `is-${one.finding}` : "is-open", dataset: { key: one.id } },
          h("span.asked__number.figures", { "aria-hidden": "true" }, String(i + 1)),
          h("p.asked__text", { id: `paper-ask-${i}` }, one.ask),
          open
            ? h(
                "div.paper-asks__answers",
                { role: "group", "aria-labelledby": `paper-ask-${i}` },
                answers(one).map(([value, finding, words]) =>
                  h(
                    "button.paper-asks__one",
                    {
                      type: "button",
                      "aria-pressed": one.finding === finding ? "true" : "false",
                      dataset: { act: "looked", question: one.id, value, key: `${one.id}-${value}` },
                    },
                    words,
                  ),
                ),
              )
            : h("p.asked__answer", null, answers(one).find(([, finding]) => finding === one.finding)?.[2]),
        ),
      ),
    ),
  );
}

/** @param {PaperAsk} one @returns {[string, string, string][]} */
function answers(one) {
  return [
    ["seen", "expected", one.feature ? t("Seen") : t("Done")],
    ["not_seen", "unexpected", one.feature ? t("Not there") : t("Not done")],
    ["not_visible", "noted", t("Can’t tell")],
  ];
}

/** Send a field that was changed. @param {Console} app @param {HTMLInputElement} input */
export function correctField(app, input) {
  const { read, side, was } = input.dataset;
  const value = input.value.trim();
  const step = app.view?.visit?.current?.id;
  if (!read || !step || value === was || !value) return;
  app.send("document.correct", { step, side, field: read, value }, "correct-field");
}
