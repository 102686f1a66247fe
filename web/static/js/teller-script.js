/** The script: its steps as a ribbon, and the words to read aloud. */

import { h, icon } from "./dom.js";
import { t } from "./i18n.js";
import { since, span } from "./format.js";
import { languageName } from "./teller-words.js";

/** @typedef {import("./teller-state.js").VisitView} VisitView */

/** @param {VisitView} visit */
export function ribbon(visit) {
  const blocked = visit.recording.state === "failed";
  return h(
    "ol.ribbon",
    { "aria-label": t("Steps of the service"), class: blocked ? "is-blocked" : null },
    visit.steps.map((step, i) => {
      const words = { todo: t("to do"), current: t("now"), done: t("done"), refused: t("refused") }[
        step.status
      ];
      const mark =
        step.status === "done"
          ? icon("check")
          : step.status === "refused"
            ? icon("close")
            : String(i + 1);
      const next = step.status === "todo" && visit.current?.id === step.id;
      return h(
        `li.ribbon__step.ribbon__step--${step.status}`,
        {
          class: next ? "is-next" : null,
          "aria-current": step.status === "current" ? "step" : null,
          dataset: { key: step.id },
        },
        h("span.ribbon__mark", { "aria-hidden": "true" }, mark),
        h("span.ribbon__title", null, step.title, h("span.sr", null, `, ${words}`)),
        step.started_at &&
          h(
            "span.ribbon__time.figures",
            null,
            span(
              step.ended_at
                ? (Date.parse(step.ended_at) - Date.parse(step.started_at)) / 1000
                : since(step.started_at),
            ),
          ),
      );
    }),
  );
}

/** The card with the words to read. @param {VisitView} visit */
export function script(visit) {
  const current = visit.current;
  if (!current?.say)
    return h(
      "section.script.script--empty",
      null,
      h(
        "p.muted",
        null,
        visit.state === "in_service"
          ? t("Nothing to read aloud here.")
          : t("The words to read aloud appear here."),
      ),
    );
  const step = visit.steps.find((one) => one.id === current.id);
  const upcoming = step?.status === "todo";
  return h(
    "section.script",
    { class: upcoming ? "is-upcoming" : null, "aria-label": t("Read aloud") },
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
      answer(current),
    ),
    h("p.script__text", { lang: current.say_language }, current.say),
  );
}

/** @param {import("./teller-state.js").Current} current */
function answer(current) {
  if (current.customer_answer === "refused")
    return h("span.chip.chip--bad", null, icon("x-circle"), t("Customer: no"));
  if (current.customer_answer === "agreed")
    return h("span.chip.chip--good", null, icon("check-circle"), t("Customer: yes"));
  return current.customer_answer === "seen"
    ? h("span.chip.chip--good", null, icon("eye"), t("Customer has checked it"))
    : null;
}
