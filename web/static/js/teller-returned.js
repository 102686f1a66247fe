/** Questions of second persons about finished visits: read them, answer them, in time. */

import { h, icon } from "./dom.js";
import { n, t } from "./i18n.js";
import { clock, span } from "./format.js";
import { actButton } from "./staff.js";

/** @typedef {import("./teller.js").Console} Console */
/** @typedef {import("./teller-types.js").Returned} Returned */

const SOON = 3600;

/** @param {Console} app @param {Returned[]} list */
export function returned(app, list) {
  if (!list.length) return null;
  return h(
    "section.returned",
    { "aria-labelledby": "returned-title", dataset: { key: "returned" } },
    h(
      "header.returned__head",
      null,
      icon("users"),
      h(
        "h2.grow#returned-title",
        null,
        n("A checker asks about {n} visit", "Checkers ask about {n} visits", list.length),
      ),
      h("span.muted", null, t("Their decision waits for your answer.")),
    ),
    h("ul.returned__list", null, list.map((one) => item(app, one))),
  );
}

/** @param {Console} app @param {Returned} one */
function item(app, one) {
  const id = `returned-${one.visit}`;
  return h(
    "li.returned__one",
    { dataset: { key: one.visit } },
    h(
      "p.returned__top",
      null,
      h("strong.figures", null, one.ticket),
      h("span", null, one.service_title),
      h("span.grow"),
      due(one.due_at),
    ),
    h(
      "label.returned__question",
      { htmlFor: id },
      h("span.returned__asked", null, t("Asked at {time}", { time: clock(one.asked_at) })),
      one.question,
    ),
    h(
      "div.returned__answer",
      null,
      h("textarea.input", {
        id,
        rows: 2,
        maxLength: 2000,
        placeholder: t("What you saw and heard, in your own words"),
        dataset: { keep: "", review: one.visit },
      }),
      actButton("answer-review", t("Send the answer"), {
        key: "Ctrl ↵",
        small: true,
        busy: app.busy === `review-${one.visit}`,
        dataset: { visit: one.visit, key: `send-${one.visit}` },
      }),
    ),
  );
}

/** @param {string} when */
function due(when) {
  const left = (Date.parse(when) - Date.now()) / 1000;
  return h(
    "span.chip",
    { class: left < SOON ? "chip--warn" : "chip--plain" },
    icon("clock"),
    left > 0
      ? h("span.figures", null, t("Due {time}, in {span}", { time: clock(when), span: span(left) }))
      : t("Overdue: now first on the reviewers’ list"),
  );
}
