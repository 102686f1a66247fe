/** What the teller thought, what the second person asked and decided, what the customer objected to. */

import { bankSays } from "./bank-says.js";
import { chip, h, icon } from "./dom.js";
import { t } from "./i18n.js";
import { dateTime } from "./format.js";
import { dueLook } from "./review-clock.js";
import { repudiationEnd } from "./repudiation-words.js";
import { judgementWord } from "./teller-words.js";
import { panel } from "./review-verdict.js";

/** @typedef {import("./review-types.js").Reader} Reader */
/** @typedef {import("./review-types.js").LogLine} LogLine */

/** @param {Reader} reader */
export function decision(reader) {
  const parts = [repudiation(reader), objection(reader), log(reader), teller(reader)].filter(Boolean);
  if (parts.length) return parts;
  return [
    h(
      "div.empty",
      null,
      icon("scales", "icon icon--display"),
      h("h3", null, t("Nothing was decided")),
      h("p", null, t("The visit ended before the teller’s decision.")),
    ),
  ];
}

/** @param {Reader} reader */
function teller({ found, clock }) {
  const decided = found.decision;
  if (!decided) return null;
  const tone = { approve: "good", refer: "warn", refuse: "bad" }[decided.verdict];
  const name = { approve: "check-circle", refer: "alert", refuse: "x-circle" }[decided.verdict];
  return panel(
    "teller-decision",
    t("The teller’s decision"),
    clock.jump(decided.at),
    h(
      `div.result.result--${tone}`,
      null,
      icon(name),
      h("p", null, h("strong", null, judgementWord(decided.verdict)), h("span", null, decided.who)),
    ),
    decided.reason
      ? h("blockquote.said__text", null, decided.reason)
      : h("p.muted", null, t("No reason was given; none was needed.")),
    decided.bank && bankSays(decided.bank, true),
    flags(decided),
  );
}

/** “This was not me”: what was said, and what the bank did about it. @param {Reader} reader */
function repudiation({ found: { repudiation: said } }) {
  if (!said) return null;
  const done = repudiationEnd(said.end);
  return panel(
    "repudiation",
    t("“This was not me”"),
    chip(done.tone, done.name, done.words),
    h("p.muted.figures", null, dateTime(said.at), " · ", heardBy(said)),
    said.note && h("blockquote.said__text", null, said.note),
    said.detail && h("p.mono", null, said.detail),
  );
}

/** @param {import("./review-types.js").RepudiationLine} said */
function heardBy({ by, receiver }) {
  if (by === "hotline") return t("by the bank’s hotline");
  return receiver === "before"
    ? t("by the link sent to the number before")
    : t("by the link sent to the number after");
}

/** @param {import("./review-types.js").DecisionLine} decided */
function flags({ flags: noted, raised }) {
  if (!noted.length && !raised.length)
    return h("p.muted", null, t("The teller noted no red flag, and no answer raised one."));
  return h(
    "ul.points",
    { "aria-label": t("Red flags") },
    noted.map(({ label, blocking }) =>
      h(
        `li.point.point--${blocking ? "bad" : "warn"}`,
        null,
        icon("flag"),
        h("span.grow", null, label),
        h("span.muted", null, blocking ? t("noted by the teller, rules out approval") : t("noted by the teller")),
      ),
    ),
    raised.map((words) =>
      h("li.point.point--bad", null, icon("flag"), h("span.grow", null, words), h("span.muted", null, t("raised by an answer"))),
    ),
  );
}

/** @param {Reader} reader */
function log({ found: { review } }) {
  if (!review) return null;
  const due = dueLook(review.due_at);
  return panel(
    "review-log",
    t("Second person"),
    review.open ? chip(due.tone, "clock", due.words) : null,
    h(
      "ol.log",
      null,
      review.log.map((line) =>
        h(
          `li.log__one.log__one--${tone(line)}`,
          null,
          h(
            "p.log__head",
            null,
            h("strong", null, title(line)),
            line.who && h("span", null, line.who),
            h("span.grow"),
            h("span.muted.figures", null, dateTime(line.at)),
          ),
          line.text && h("blockquote.said__text", null, line.text),
        ),
      ),
    ),
  );
}

/** @param {LogLine} line */
function title({ approved, title: words }) {
  if (approved === null) return words;
  return approved ? t("Approved") : t("Not approved");
}

/** @param {LogLine} line */
function tone({ kind, approved }) {
  if (approved !== null) return approved ? "good" : "bad";
  return { ReviewReturned: "warn", ReviewRefused: "bad", RefusalSetAside: "warn", ReviewEscalated: "bad", ReviewAnswered: "info" }[kind] ?? "plain";
}

/** @param {Reader} reader */
function objection({ found: { objection: filed } }) {
  if (!filed) return null;
  const due = dueLook(filed.due_at);
  return panel(
    "objection",
    t("The customer’s objection"),
    filed.answer ? chip("good", "check", t("Answered")) : chip(due.tone, "clock", due.words),
    filed.at && h("p.muted.figures", null, dateTime(filed.at)),
    h("blockquote.said__text", null, filed.reason),
    filed.answer &&
      h(
        "div.said",
        null,
        h(
          "p.said__head",
          null,
          h("strong", null, t("The bank’s answer")),
          h("span", null, filed.who),
          h("span.grow"),
          filed.answered_at && h("span.muted.figures", null, dateTime(filed.answered_at)),
        ),
        h("blockquote.said__text", null, filed.answer),
      ),
  );
}
