/** Every action of the console: name, key, words, when it is possible, what it does. */

import { t } from "./i18n.js";
import { chooseLanguage, signOut } from "./staff.js";
import { isLive } from "./teller-state.js";
import { STEP_ACTIONS } from "./teller-step-actions.js";
import { answerReview, wrapUp } from "./teller-submit.js";
import { askBreakOff, askEnd, showKeys } from "./teller-dialogs.js";

/** @typedef {import("./teller.js").Console} Console */
/**
 * @typedef {object} Action
 * @property {string} [key] as in KeyboardEvent.key
 * @property {() => string} [words] for the list of keys
 * @property {(app: Console) => boolean} [when] whether the key does anything now
 * @property {(app: Console, data: DOMStringMap) => void} run
 */

const live = (/** @type {Console} */ app) => isLive(app.view);

/** @type {Record<string, Action>} */
export const ACTIONS = {
  primary: {
    key: "Enter",
    words: () => t("Do the next thing: the large button"),
    when: (app) => !!nextOf(app),
    run: (app) => {
      const next = nextOf(app);
      if (next) app.act(next.act, next.data);
    },
  },
  decline: {
    key: "d",
    words: () => t("Decline the customer, with a reason"),
    when: (app) => !!app.view?.offer,
    run: (app) => {
      app.declining = !app.declining;
      app.draw();
    },
  },
  mute: {
    key: "m",
    words: () => t("Microphone on or off"),
    when: live,
    run: (app) => app.media.toggleMute(),
  },
  camera: {
    key: "v",
    words: () => t("Camera on or off"),
    when: live,
    run: (app) => app.media.toggleVideo(),
  },
  hold: {
    key: "h",
    words: () => t("Hold the call, or go on; the recording goes on"),
    when: live,
    run: (app) => app.send("call.hold", { on: app.view?.visit?.state !== "on_hold" }, "hold"),
  },
  end: {
    key: "e",
    words: () => t("End the visit with another outcome"),
    when: live,
    run: (app) => askEnd(app),
  },
  "break-off": {
    key: "q",
    words: () => t("Break the call off for suspicion, discreetly"),
    when: live,
    run: (app) => askBreakOff(app),
  },
  ...STEP_ACTIONS,
  ready: {
    key: "r",
    words: () => t("I am ready for customers"),
    when: (app) => !app.view?.visit,
    run: (app) => app.send("teller.state", { state: "ready", reason: null }, "ready"),
  },
  break: {
    key: "b",
    words: () => t("I take a break"),
    when: (app) => !app.view?.visit,
    run: (app) => app.send("teller.state", { state: "break", reason: null }, "break"),
  },
  away: {
    key: "a",
    words: () => t("I am away"),
    when: (app) => !app.view?.visit,
    run: (app) => app.send("teller.state", { state: "away", reason: null }, "away"),
  },
  keys: { key: "?", words: () => t("This list"), run: () => showKeys(keyed()) },

  accept: {
    run: (app) => {
      void app.media.openDevices();
      app.send("pairing.accept", { pairing: app.view?.offer?.pairing }, "accept");
    },
  },
  "decline-for": {
    run: (app, { reason }) =>
      app.send("pairing.decline", { pairing: app.view?.offer?.pairing, reason }, "decline"),
  },
  "wrap-up": { run: wrapUp },
  "answer-review": { run: answerReview },
  chapter: {
    run: (app, { chapter, open }) => {
      if (chapter) app.opened[chapter] = open !== "true";
      app.draw();
    },
  },
  devices: { run: (app) => void app.media.openDevices() },
  speaker: { run: (app) => void app.media.testSpeaker() },
  "take-over": {
    run: (app) => {
      app.wire.forget();
      app.wire.start();
    },
  },
  reload: { run: () => location.reload() },
  language: { run: (_app, { language }) => chooseLanguage(language ?? "en") },
  "sign-out": { run: () => void signOut() },
};

/**
 * @param {Console} app
 * @param {string} name
 * @param {DOMStringMap} data
 */
export function perform(app, name, data) {
  if (app.busy === name && name !== "decline") return;
  ACTIONS[name]?.run(app, data);
}

/**
 * What Enter does now.
 * @param {Console} app
 * @returns {{act: string, data: DOMStringMap} | null}
 */
export function nextOf(app) {
  if (app.scene === "ring") return { act: "accept", data: {} };
  if (app.scene === "wrap_up") return { act: "wrap-up", data: {} };
  if (app.scene === "idle" && app.view && app.view.me.state !== "ready")
    return { act: "ready", data: {} };
  if (app.scene === "superseded") return { act: "take-over", data: {} };
  const primary = app.scene === "visit" ? app.primary() : null;
  if (!primary || primary.blocked) return null;
  const { verdict, party } = primary;
  return { act: primary.act, data: { ...(verdict && { verdict }), ...(party && { party }) } };
}

/** Keys and what they do, each once. @returns {[string, string][]} */
function keyed() {
  return Object.values(ACTIONS).flatMap(({ key, words }) =>
    key && words ? [/** @type {[string, string]} */ ([key, words()])] : [],
  );
}
