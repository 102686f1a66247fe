/** The left: who waits, for what, since when; in a call the script, and of the queue one line. */

import { h, icon } from "./dom.js";
import { n, t } from "./i18n.js";
import { since, span } from "./format.js";
import { outline } from "./teller-outline.js";
import { waitingOf } from "./teller-state.js";
import { languageName } from "./teller-words.js";

/** @typedef {import("./teller.js").Console} Console */
/** @typedef {import("./teller-types.js").View} View */
/** @typedef {import("./teller-types.js").Waiting} Waiting */

const LONG = 600;

/** @param {Console} app @param {import("./teller-types.js").Scene} scene */
export function queue(app, scene) {
  if (scene === "superseded" || scene === "closed" || scene === "signed_out") return null;
  const view = app.view;
  if (!view)
    return [
      h("h2.sr", null, t("Queue")),
      h("div.skeleton.queue__skeleton"),
      h("div.skeleton.queue__skeleton"),
      h("div.skeleton.queue__skeleton"),
    ];
  if (view.visit && scene === "visit") return [outline(app, view.visit), foot(view)];
  const lines = view.queue;
  const { count, since: first } = waitingOf(view);
  const long = since(first) > LONG;
  return [
    h(
      "header.queue__head",
      null,
      h("h2", null, t("Queue")),
      h(
        "p.queue__count",
        null,
        h("strong.figures", null, String(count)),
        " ",
        n("waiting", "waiting", count),
      ),
    ),
    h(
      "p.queue__longest",
      { class: long ? "is-late" : null },
      icon("clock"),
      first ? t("Longest wait {time}", { time: span(since(first)) }) : t("Nobody is waiting"),
    ),
    lines.length
      ? h("ul.queue__list", null, lines.map(line))
      : h(
          "div.queue__empty",
          null,
          icon("ticket", "icon icon--display"),
          h("p", null, t("The queue is empty.")),
        ),
  ];
}

/** What a teller in a call has to know of the queue. @param {View} view */
function foot(view) {
  const { count, since: first } = waitingOf(view);
  return h(
    "footer.queue__foot",
    { class: since(first) > LONG ? "is-late" : null, dataset: { key: "foot" } },
    icon("users"),
    h("span", null, n("{n} is waiting", "{n} are waiting", count)),
    first && h("span.figures", null, t("longest {time}", { time: span(since(first)) })),
  );
}

/** @param {Waiting} one */
function line(one) {
  const status = { waiting: "", offered: t("Ringing"), in_call: t("In a call") }[one.status];
  return h(
    "li.ticket",
    {
      class: one.mine ? "ticket--mine" : null,
      "aria-current": one.mine ? "true" : null,
      dataset: { key: one.ticket },
    },
    h(
      "div.ticket__top",
      null,
      h("span.ticket__number.figures", null, one.ticket),
      h("span.ticket__name", null, one.name_masked),
      h("span.ticket__wait.figures", null, span(since(one.waiting_since))),
    ),
    h("p.ticket__service", null, one.service_title),
    h(
      "p.ticket__tags",
      null,
      h("span.tag", null, languageName(one.language)),
      one.priority > 0 && h("span.tag.tag--accent", null, icon("star"), t("Priority")),
      status &&
        h(
          "span.tag",
          { class: one.mine ? "tag--mine" : "tag--quiet" },
          one.mine ? t("{status}, with me", { status }) : status,
        ),
    ),
  );
}
