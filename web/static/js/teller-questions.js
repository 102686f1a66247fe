/** The questions that were drawn, in order: asked aloud, answered aloud, taken down here. */

import { chip, h, icon } from "./dom.js";
import { n, t } from "./i18n.js";
import { actButton } from "./staff.js";
import { answerControls } from "./teller-answer.js";
import { openPrompt, openQuestion } from "./teller-state.js";
import { valueWord } from "./teller-words.js";

/** @typedef {import("./teller.js").Console} Console */
/** @typedef {import("./teller-types.js").Current} Current */
/** @typedef {import("./teller-types.js").Question} Question */
/** @typedef {import("./teller-types.js").Prompt} Prompt */

/** @param {Console} app @param {Current} current @param {Question[]} questions @param {boolean} open */
export function questionPanel(app, current, questions, open) {
  const now = open ? openQuestion(current, app.work.again) : null;
  const answered = questions.filter((one) => one.finding && one.finding !== "unclear").length;
  return h(
    "section.panel.asked",
    { "aria-labelledby": "asked-title", dataset: { key: "questions" } },
    head(t("Questions"), answered, questions.length),
    h(
      "ol.asked__list",
      null,
      questions.map((one, i) => (one === now ? present(app, one, i) : row(one, i, open && !now))),
    ),
  );
}

/** @param {string} title @param {number} done @param {number} all */
function head(title, done, all) {
  return h(
    "header.panel__head",
    null,
    h("h2#asked-title", null, title),
    h("span.grow"),
    done >= all
      ? chip("good", "check-circle", t("Complete"))
      : h("span.figures.muted", null, t("{n} of {all}", { n: done, all })),
  );
}

/** @param {Console} app @param {Question} one @param {number} i */
function present(app, one, i) {
  return h(
    "li.asked__one.is-present",
    { "aria-current": "true", dataset: { key: one.id } },
    number(i),
    h("p.asked__text", { id: `ask-${one.id}` }, one.ask),
    h("div.asked__controls", null, answerControls(app, one, `ask-${one.id}`)),
    h(
      "p.asked__hint",
      null,
      one.expect && h("span", null, t("Expected: {answer}", { answer: valueWord(one, one.expect) })),
      one.finding === "unclear"
        ? h("strong", null, n("{n} attempt left", "{n} attempts left", one.attempts_left))
        : h("span", null, n("{n} attempt", "{n} attempts", one.attempts_left)),
    ),
  );
}

/** @param {Question} one @param {number} i @param {boolean} may whether it may be asked once more */
function row(one, i, may) {
  return h(
    "li.asked__one",
    { class: one.finding ? `is-${one.finding}` : "is-ahead", dataset: { key: one.id } },
    number(i),
    h("p.asked__text", { id: `ask-${one.id}` }, one.ask),
    one.finding &&
      h(
        "p.asked__answer",
        null,
        h("strong", null, one.finding === "unclear" ? t("Unclear") : valueWord(one, one.value ?? "")),
        finding(one),
        may && one.attempts_left > 0 && askAgain(one),
      ),
    one.finding === "unexpected" && raised(one),
  );
}

/** A slip of the hand is put right by asking once more; the first answer stays on record. @param {Question} one */
function askAgain(one) {
  return h(
    "button.asked__again",
    {
      type: "button",
      dataset: { act: "ask-again", question: one.id, key: `again-${one.id}` },
      "aria-describedby": `ask-${one.id}`,
    },
    t("Ask again"),
  );
}

/** What an answer means that was not hoped for. @param {Question} one */
function raised({ otherwise, flag }) {
  if (otherwise === "end")
    return h("p.asked__flag", null, icon("x-circle"), t("This answer rules the service out. Refuse the step."));
  return otherwise !== "note" && flag && h("p.asked__flag", null, icon("flag"), flag);
}

/** @param {number} i */
function number(i) {
  return h("span.asked__number.figures", { "aria-hidden": "true" }, String(i + 1));
}

/** @param {Question} question */
function finding({ finding: found }) {
  if (found === "expected") return mark("good", "check-circle", t("as expected"));
  if (found === "unexpected") return mark("warn", "alert", t("unexpected"));
  if (found === "unclear") return mark("warn", "alert", t("unclear"));
  return mark("plain", "check", t("noted"));
}

/** @param {string} tone @param {string} name @param {string} words */
function mark(tone, name, words) {
  return h(`span.finding.finding--${tone}`, null, icon(name), words);
}

/** Signs of life, watched by the teller. @param {Console} app @param {Current} current @param {Prompt[]} prompts @param {boolean} open */
export function promptPanel(app, current, prompts, open) {
  const now = open ? openPrompt(current, app.work.something) : null;
  const shown = prompts.filter((one) => one.drawn || one.finding || one === now);
  return h(
    "section.panel.asked",
    { "aria-labelledby": "asked-title", dataset: { key: "prompts" } },
    head(
      t("What to watch for"),
      prompts.filter((one) => one.finding === "expected").length,
      prompts.filter((one) => one.drawn).length,
    ),
    h(
      "ol.asked__list",
      null,
      shown.map((one, i) =>
        h(
          "li.asked__one",
          {
            class: one === now ? "is-present" : one.finding ? `is-${one.finding}` : "is-ahead",
            "aria-current": one === now ? "true" : null,
            dataset: { key: one.id },
          },
          number(i),
          h("p.asked__text", { id: `ask-${one.id}` }, one.ask, one.digits && h("strong.figures.asked__digits", null, ` ${one.digits}`)),
          one === now && watch(app, one, prompts),
          one.finding && h("p.asked__answer", null, seen(one)),
        ),
      ),
    ),
    open &&
      !now &&
      current.blocked &&
      h("p.note", null, t("Too little was seen, and there is nothing left to ask for. Refuse the step, or end the visit.")),
  );
}

/** @param {Console} app @param {Prompt} prompt @param {Prompt[]} prompts */
function watch(app, prompt, prompts) {
  const other = prompt.drawn && prompts.some((one) => !one.drawn && !one.finding);
  return h(
    "div.asked__controls",
    null,
    h(
      "div.answers",
      { role: "group", "aria-labelledby": `ask-${prompt.id}` },
      actButton("answer-yes", t("Seen"), { key: "Y", busy: app.busy === "answer-yes", class: "answers__one" }),
      actButton("answer-no", t("Not seen"), { key: "N", busy: app.busy === "answer-no", class: "answers__one" }),
    ),
    other &&
      actButton("something", t("Ask for something else"), {
        key: "O",
        small: true,
        block: true,
        dataset: { key: "something" },
      }),
    other && h("p.hint", null, t("Nobody has to move: a spoken task counts just as much.")),
  );
}

/** @param {Prompt} prompt */
function seen({ finding: found }) {
  return found === "expected"
    ? mark("good", "check-circle", t("seen"))
    : mark("warn", "alert", t("not seen"));
}
