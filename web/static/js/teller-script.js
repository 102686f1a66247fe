/** Where the call stands in its script, and the words to read aloud. */

import { h, icon } from "./dom.js";
import { n, t } from "./i18n.js";
import { since, span } from "./format.js";
import { styled } from "./staff-patch.js";
import { chaptersOf, placeOf } from "./teller-chapters.js";
import {
  CUSTOMER,
  isAfterCall,
  isLeftOut,
  isStarted,
  openPrompt,
  openQuestion,
  secondsLeft,
  takingPlace,
  titleOf,
} from "./teller-state.js";
import { chapterWord, languageName } from "./teller-words.js";

/** @typedef {import("./teller.js").Console} Console */
/** @typedef {import("./teller-types.js").VisitView} VisitView */
/** @typedef {import("./teller-types.js").StepLine} StepLine */
/** @typedef {import("./teller-types.js").Current} Current */

/** The present step by its name, between what is behind and what comes. @param {VisitView} visit */
export function ribbon(visit) {
  const live = takingPlace(visit.steps);
  const number = live.findIndex((step) => step.id === visit.current?.id) + 1;
  const chapters = chaptersOf(visit.steps);
  const { at, next } = placeOf(visit.steps, visit.current?.id);
  const chapter = chapters.find((one) => one.steps.some((step) => step.id === visit.current?.id));
  const started = visit.steps[at]?.started_at;
  return h(
    "header.ribbon",
    { class: visit.recording.state === "failed" ? "is-blocked" : null, dataset: { key: "ribbon" } },
    h(
      "div.ribbon__ticks",
      { "aria-hidden": "true" },
      chapters.map(({ id, steps }) =>
        styled(
          h(
            "span.ribbon__chapter",
            { dataset: { key: id } },
            steps.map((step) => h("i", { class: tick(step, visit) })),
          ),
          { "--steps": steps.length },
        ),
      ),
    ),
    h(
      "p.ribbon__line",
      null,
      h(
        "span.ribbon__place.figures",
        null,
        number < 1
          ? t("All steps are done")
          : t("Step {n} of {all}", { n: number, all: live.length }),
      ),
      chapter && h("span", null, chapterWord(chapter.theme, titleOf(visit, chapter.party))),
      h("span.grow"),
      next &&
        h(
          "span.ribbon__next",
          null,
          isAfterCall(next) ? t("Then, after the call: {title}", { title: next.title }) : t("Then: {title}", { title: next.title }),
          icon("chevron-right"),
        ),
    ),
    h(
      "div.ribbon__now",
      null,
      h("h2.ribbon__title", null, visit.current?.title ?? t("Say goodbye")),
      visit.current && badge(visit, visit.current),
      h("span.grow"),
      started && isStarted(visit) && h("span.ribbon__time.figures", null, span(since(started))),
    ),
  );
}

/** Whose step it is. @param {VisitView} visit @param {Current} current */
function badge(visit, current) {
  if (current.decision) return h("span.tag.tag--party", null, icon("teller"), t("Teller"));
  const party = current.party ?? CUSTOMER;
  return party === CUSTOMER
    ? h("span.tag.tag--party", null, icon("user"), t("Customer"))
    : h("span.tag.tag--accent", null, icon("users"), current.party_title || titleOf(visit, party));
}

/** @param {StepLine} step @param {VisitView} visit */
function tick(step, visit) {
  if (step.status === "todo" && visit.current?.id === step.id) return "is-next";
  if (isLeftOut(step)) return "is-skipped";
  return isAfterCall(step) && step.status === "todo" ? "is-after" : `is-${step.status}`;
}

/** The card with the words to read. @param {Console} app @param {VisitView} visit */
export function script(app, visit) {
  const current = visit.current;
  const words = wordsOf(app, current);
  if (!current || !words.aloud)
    return h(
      "section.script.script--empty",
      { dataset: { key: "script-empty" } },
      h(
        "p.muted",
        null,
        visit.state === "in_service"
          ? t("Nothing to read aloud here.")
          : t("The words to read aloud appear here."),
      ),
    );
  const upcoming = !isStarted(visit);
  return h(
    "section.script",
    {
      class: upcoming ? "is-upcoming" : null,
      "aria-label": t("Read aloud"),
      dataset: { key: "script" },
    },
    h(
      "header.script__head",
      null,
      h(
        "span.script__speaker",
        null,
        icon("teller"),
        upcoming ? t("Teller reads next") : t("Teller reads aloud"),
      ),
      h("span.tag", null, languageName(current.say_language)),
      h("span.grow"),
      answer(visit, current),
    ),
    words.before && h("p.script__before", { lang: current.say_language }, words.before),
    h(
      "p.script__text",
      { lang: current.say_language, tabIndex: 0, dataset: { key: `say-${words.key}` } },
      words.aloud,
    ),
    !upcoming && leastTime(visit, current),
  );
}

/** A question or prompt is read instead of the step's own words. @param {Console} app @param {Current | null} current */
function wordsOf(app, current) {
  const asked = openQuestion(current, app.work.again) ?? openPrompt(current, app.work.something);
  const lines = current?.questions ?? current?.prompts ?? [];
  if (!current || !asked) return { key: current?.id, before: "", aloud: current?.say ?? "" };
  return {
    key: asked.id,
    before: lines[0]?.id === asked.id ? current.say : "",
    aloud: asked.ask,
  };
}

/** How much of the least time has passed. @param {VisitView} visit @param {Current} current */
function leastTime(visit, current) {
  if (!current.ready_at) return null;
  const left = secondsLeft(current);
  const began = visit.steps.find((step) => step.id === current.id)?.started_at;
  const whole = began ? (Date.parse(current.ready_at) - Date.parse(began)) / 1000 : left;
  const done = whole > 0 ? 1 - left / whole : 1;
  return h(
    "div.least",
    { class: left > 0 ? null : "is-over", dataset: { key: "least" } },
    styled(h("span.least__bar", { "aria-hidden": "true" }), {
      "--done": Math.min(1, Math.max(0, done)).toFixed(3),
    }),
    h(
      "span.least__words.figures",
      null,
      left > 0
        ? n("{n} more second", "{n} more seconds", Math.ceil(left))
        : t("Minimum time reached"),
    ),
  );
}

/** @param {VisitView} visit @param {Current} current */
function answer(visit, current) {
  const who = (current.party ?? CUSTOMER) === CUSTOMER ? t("Customer") : titleOf(visit, current.party ?? "");
  const looks = /** @type {Record<string, [string, string, string]>} */ ({
    refused: ["bad", "x-circle", t("{who}: no", { who })],
    agreed: ["good", "check-circle", t("{who}: yes", { who })],
    seen: ["good", "eye", t("{who} has checked it", { who })],
    signed: ["good", "edit", t("{who} has signed", { who })],
  });
  const look = looks[current.customer_answer ?? ""];
  return look && h(`span.chip.chip--${look[0]}`, null, icon(look[1]), look[2]);
}
