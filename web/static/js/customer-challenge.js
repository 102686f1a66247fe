/** Movements before the camera: one at a time, drawn, with its seconds; or spoken tasks instead. */

import { fill, h, icon } from "./dom.js";
import { n, t } from "./i18n.js";
import { button } from "./customer-screen.js";
import { asked } from "./customer-question.js";

/** @typedef {import("./customer.js").Customer} Customer */
/** @typedef {import("./customer-step.js").Step} Step */
/** @typedef {import("./customer-step.js").Challenge} Challenge */
/** @typedef {import("./customer-step.js").Part} Part */

const TICK_MS = 250;
/** What shows the way without moving. @type {Record<string, string>} */
const SIGNS = { turn_left: "arrow-left", turn_right: "arrow-right" };

/** One thing after the other; what is on the screen stays until there is something new. @param {Customer} app @param {Step} step @returns {Part} */
export function liveness(app, step) {
  if (!step.challenge && !step.prompt) return {};
  const box = h("div.stack", { "aria-live": "polite" });
  const now = { key: "", leave: () => {} };
  /** @param {Step} next */
  const update = (next) => {
    const key = JSON.stringify([next.can, next.prompt, { ...next.challenge, left: 0 }]);
    if (key === now.key) return;
    now.leave();
    const part = shown(app, next);
    fill(box, part.body, part.actions && h("div.task__actions", null, part.actions));
    Object.assign(now, { key, leave: part.leave ?? (() => {}) });
  };
  update(step);
  return { quiet: true, body: box, update, leave: () => now.leave() };
}

/** @param {Customer} app @param {Step} step @returns {Part} */
function shown(app, step) {
  const { challenge } = step;
  if (!challenge || challenge.phase === "passed") return spoken(step);
  const cannot =
    step.can.includes("decline_challenge") &&
    button(t("I can’t do this"), () => decline(app, step), { kind: "quiet" });
  if (challenge.phase === "action") return moving(challenge, step, cannot);
  if (challenge.phase === "calm") return { body: calm(challenge, step), actions: cannot };
  const ask = challenge.phase === "ready" ? step.task : again(challenge);
  return {
    body: [asked({ ask, index: 1, count: 1 }, step.title, "face"), hints()],
    actions: cannot,
  };
}

/** What is said or read aloud, and watched by the teller. @param {Step} step @returns {Part} */
function spoken(step) {
  if (!step.prompt) return {};
  const { digits } = step.prompt;
  return {
    body: [
      asked(step.prompt, step.title, digits ? "mic" : "face"),
      digits &&
        h("p.digits", { "aria-label": [...digits].join(" ") }, [...digits].map((one) => h("span", null, one))),
      h("p.hint", null, t("If you cannot do this, just tell the teller. There is another way.")),
    ],
  };
}

/** @param {Challenge} challenge @param {Step} step @param {import("./dom.js").Children} cannot @returns {Part} */
function moving(challenge, step, cannot) {
  const { index, count, ask, action } = challenge;
  const until = performance.now() + challenge.left * 1000;
  const left = h("span.figures", null, "");
  const bar = h("progress.progress.countdown", { max: challenge.seconds, "aria-hidden": "true" });
  const tick = () => {
    const seconds = Math.max(0, (until - performance.now()) / 1000);
    const whole = Math.ceil(seconds);
    left.textContent = whole > 0 ? n("{n} second left", "{n} seconds left", whole) : t("One moment…");
    bar.value = seconds;
  };
  const timer = setInterval(tick, TICK_MS);
  tick();
  return {
    body: [
      asked({ ask: ask ?? "", index, count }, step.title, "face"),
      h("div.move-row", null, picture(action ?? ""), h("div.move-row__time", null, left, bar)),
    ],
    actions: cannot,
    leave: () => clearInterval(timer),
  };
}

/** @param {Challenge} challenge @param {Step} step */
function calm({ index, count }, step) {
  const ask = index > 1 ? t("Good. Look straight into the camera again.") : t("Look straight into the camera.");
  return [
    asked({ ask, index, count }, step.title, "face"),
    h(
      "div.move-row",
      null,
      picture("calm"),
      h("p.move-row__time.hint", null, t("Keep still. The next movement comes in a moment.")),
    ),
  ];
}

/** @param {Challenge} challenge */
function again({ phase }) {
  return phase === "failed"
    ? t("The movement was not recognised. The teller will tell you how to go on.")
    : t("We could not see you well enough. The teller will tell you how to go on.");
}

function hints() {
  return h(
    "ul.hints",
    null,
    h("li", null, icon("face"), t("Look straight into the camera")),
    h("li", null, icon("info"), t("Let light fall on your face, not from behind")),
    h("li", null, icon("clock"), t("You have a few seconds for each movement")),
  );
}

/** A face that does it, as in a mirror. @param {string} action */
function picture(action) {
  return h(
    `div.move.move--${action}`,
    { "aria-hidden": "true" },
    h("div.move__head", null, h("div.move__face", null, h("i.move__eyes"), h("i.move__mouth"))),
    action === "cover_face" && h("i.move__hand"),
    SIGNS[action] && h("span.move__sign", null, icon(SIGNS[action])),
  );
}

/** @param {Customer} app @param {Step} step */
function decline(app, step) {
  app.wire.send("challenge.decline", { step: step.id });
}
