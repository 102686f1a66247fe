/** Movements that the machine judges: how each one goes, and what the teller may do about it. */

import { h, icon } from "./dom.js";
import { n, t } from "./i18n.js";
import { actButton } from "./staff.js";

/** @typedef {import("./teller.js").Console} Console */
/** @typedef {import("./teller-types.js").Current} Current */
/** @typedef {import("./teller-types.js").Challenge} Challenge */
/** @typedef {import("./teller-types.js").Movement} Movement */

/** @param {Console} app @param {Current} current @param {Challenge} challenge @param {boolean} open */
export function challengePanel(app, current, challenge, open) {
  return h(
    "section.panel.challenge",
    { "aria-labelledby": "challenge-title", dataset: { key: "challenge" } },
    h(
      "header.panel__head",
      null,
      h("h2#challenge-title", null, t("Movements")),
      h("span.grow"),
      challenge.attempt > 0 && h("span.figures.muted", null, t("Draw {n}", { n: challenge.attempt })),
    ),
    challenge.alternative ? instead(challenge.alternative) : state(challenge),
    !challenge.alternative && challenge.actions.length > 0 && list(challenge),
    open && (app.challengeInstead ? reason(app) : choices(current)),
  );
}

/** @param {{reason: string}} alternative */
function instead({ reason: why }) {
  return h(
    "div.result.result--info",
    null,
    icon("info"),
    h("p", null, h("strong", null, t("Spoken tasks instead of movements")), h("span", null, why)),
  );
}

/** @param {Challenge} challenge */
function state(challenge) {
  const { status, failed } = challenge;
  if (status === "none")
    return h("p.note", null, t("The customer is shown one movement after the other. The machine judges; you watch."));
  const looks = {
    running: ["running", "", challenge.calm ? t("The customer looks ahead…") : t("The customer is moving…")],
    passed: ["good", "check-circle", t("All movements were recognised")],
    failed: ["bad", "x-circle", t("Not recognised: this can’t be accepted as passed")],
    unusable: ["warn", "alert", t("Could not be judged")],
  };
  const [tone, name, words] = looks[status];
  const tries = n("{n} try left", "{n} tries left", challenge.tries_left);
  return h(
    `div.result.result--${tone}`,
    { role: "status" },
    name ? icon(name) : h("span.spinner"),
    h(
      "p",
      null,
      h("strong", null, words),
      challenge.reason && h("span", null, challenge.reason),
      (status === "failed" || status === "unusable" || failed > 0) && h("span.muted", null, tries),
    ),
  );
}

/** @param {Challenge} challenge */
function list({ actions, count }) {
  return h("ol.asked__list", null, actions.map((one, i) => movement(one, i, count)));
}

/** @param {Movement} one @param {number} i @param {number} count */
function movement(one, i, count) {
  const look = { passed: "is-expected", failed: "is-unexpected", unusable: "is-unclear" };
  return h(
    "li.asked__one",
    { class: one.outcome ? look[one.outcome] : "is-present", dataset: { key: `move-${i}` } },
    h("span.asked__number.figures", { "aria-hidden": "true" }, String(i + 1)),
    h("p.asked__text", null, one.title, h("span.sr", null, ` ${t("{index} of {count}", { index: i + 1, count })}`)),
    one.outcome && h("p.asked__answer", null, finding(one), one.reason && h("span", null, one.reason)),
  );
}

/** @param {Movement} one */
function finding({ outcome, measured }) {
  const [tone, name, words] =
    outcome === "passed"
      ? ["good", "check-circle", t("recognised")]
      : outcome === "failed"
        ? ["warn", "x-circle", t("not recognised")]
        : ["warn", "alert", t("could not be judged")];
  return h(`span.finding.finding--${tone}`, null, icon(name), words, measured && h("span.figures", null, measured));
}

/** @param {Current} current */
function choices(current) {
  if (!current.can.includes("alternative")) return null;
  return h(
    "div.asked__controls",
    null,
    actButton("challenge-instead", t("Spoken tasks instead"), { small: true, block: true }),
    h("p.hint", null, t("Nobody has to move: a spoken task counts just as much.")),
  );
}

/** Why nobody has to move. @param {Console} app */
function reason(app) {
  return h(
    "div.deciding.stack",
    null,
    h("label", { htmlFor: "instead-why" }, t("Why spoken tasks instead?")),
    h("textarea.input#instead-why", { rows: 2, maxLength: 2000 }),
    h(
      "div.answers",
      null,
      actButton("challenge-instead-now", t("Use spoken tasks"), { busy: app.busy === "challenge-instead-now" }),
      actButton("challenge-back", t("Cancel"), {}),
    ),
  );
}
