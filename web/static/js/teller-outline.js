/** The script at the left of a call: chapters, of which the present one is open. */

import { h, icon } from "./dom.js";
import { t } from "./i18n.js";
import { since, span } from "./format.js";
import { chaptersOf } from "./teller-chapters.js";
import { CUSTOMER, isAfterCall, isLeftOut, takingPlace, titleOf } from "./teller-state.js";
import { chapterWord, whenWords } from "./teller-words.js";

/** @typedef {import("./teller.js").Console} Console */
/** @typedef {import("./teller-types.js").VisitView} VisitView */
/** @typedef {import("./teller-types.js").StepLine} StepLine */
/** @typedef {import("./teller-chapters.js").Chapter} Chapter */

/** @param {Console} app @param {VisitView} visit */
export function outline(app, visit) {
  const live = takingPlace(visit.steps);
  const gone = live.filter((step) => step.status === "done").length;
  return h(
    "div.outline",
    { dataset: { key: "outline" } },
    h(
      "header.outline__head",
      null,
      h("h2", null, t("Script")),
      h("span.figures.muted", null, t("{n} of {all}", { n: gone, all: live.length })),
    ),
    h(
      "ol.outline__chapters",
      {
        "aria-label": t("Steps of the service"),
        class: visit.recording.state === "failed" ? "is-blocked" : null,
      },
      chaptersOf(visit.steps).map((chapter) => part(app, visit, chapter)),
    ),
  );
}

/** @param {Console} app @param {VisitView} visit @param {Chapter} chapter */
function part(app, visit, chapter) {
  const present = chapter.steps.some((step) => step.id === visit.current?.id);
  const open = app.opened[chapter.id] ?? present;
  const live = chapter.steps.filter((step) => !isLeftOut(step));
  const gone = live.filter((step) => step.status === "done").length;
  const all = gone === live.length;
  const state = present ? "present" : !live.length ? "out" : all ? "done" : gone ? "begun" : "ahead";
  return h(
    `li.chapter.chapter--${state}`,
    { dataset: { key: chapter.id } },
    h(
      "button.chapter__head",
      {
        type: "button",
        dataset: { act: "chapter", chapter: chapter.id, open: String(open) },
        "aria-expanded": String(open),
      },
      state === "done"
        ? icon("check-circle", "icon chapter__mark")
        : icon("chevron-right", "icon chapter__mark is-turning"),
      h(
        "span.chapter__title",
        null,
        h(live.length ? "span" : "s", null, chapterWord(chapter.theme, titleOf(visit, chapter.party))),
      ),
      h(
        "span.chapter__count.figures",
        null,
        present || (gone && !all) ? `${gone} / ${live.length}` : live.length || "",
        h("span.sr", null, ` ${chapterState(state)}`),
      ),
    ),
    open &&
      h(
        "ol.chapter__steps",
        null,
        chapter.steps.map((step) => line(visit, step, chapter)),
      ),
  );
}

/** @param {string} state */
function chapterState(state) {
  if (state === "out") return t("left out");
  return state === "done" ? t("done") : state === "present" ? t("now") : t("to do");
}

/** @param {VisitView} visit @param {StepLine} step @param {Chapter} chapter */
function line(visit, step, chapter) {
  const next = step.status === "todo" && visit.current?.id === step.id;
  const after = isAfterCall(step);
  const out = isLeftOut(step);
  const words = {
    todo: out ? t("left out") : after ? t("after the call") : t("to do"),
    current: t("now"),
    done: t("done"),
    refused: t("refused"),
    skipped: t("left out"),
  }[step.status];
  const party = step.party ?? CUSTOMER;
  return h(
    `li.step.step--${out ? "skipped" : step.status}`,
    {
      class: next ? "is-next" : after ? "is-after" : null,
      "aria-current": step.status === "current" || next ? "step" : null,
      dataset: { key: step.id },
    },
    h("span.step__mark", { "aria-hidden": "true" }, mark(step.status)),
    h(
      "span.step__title",
      null,
      out ? h("s", null, step.title) : step.title,
      h("span.sr", null, `, ${words}`),
      out && h("span.step__note", null, why(step)),
    ),
    !out && h("span.step__time.figures", null, time(step)),
    party !== CUSTOMER && chapter.theme !== "guest" && h("span.tag", null, titleOf(visit, party)),
  );
}

/** Why a step is left out. @param {StepLine} step */
function why({ when }) {
  return when ? t("Only if: {when}", { when: whenWords(when) }) : t("Not needed in this visit");
}

/** @param {StepLine["status"]} status */
function mark(status) {
  if (status === "done") return icon("check");
  return status === "refused" ? icon("close") : null;
}

/** @param {StepLine} step */
function time(step) {
  if (!step.started_at) return "";
  const { started_at: from, ended_at: to } = step;
  return span(to ? (Date.parse(to) - Date.parse(from)) / 1000 : since(from));
}
