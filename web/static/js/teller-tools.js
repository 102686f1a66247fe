/** The bottom bar: call controls with their keys, and how far the recording is on disk. */

import { h, icon } from "./dom.js";
import { t } from "./i18n.js";
import { keyHint } from "./staff.js";
import { isLive } from "./teller-state.js";
import { partyWord } from "./teller-words.js";

/** @typedef {import("./teller.js").Console} Console */

const LATE_SECONDS = 3;

/** @param {Console} app @param {import("./teller-types.js").Scene} scene */
export function tools(app, scene) {
  const live = isLive(app.view);
  const held = app.view?.visit?.state === "on_hold";
  return [
    h("div.tools__health", null, live && scene === "visit" ? health(app) : null),
    h(
      "div.tools__call",
      { role: "group", "aria-label": t("Call controls") },
      live && [
        tool(
          "mute",
          app.media.muted ? "mic-off" : "mic",
          app.media.muted ? t("Unmute") : t("Mute"),
          "M",
          app.media.muted,
        ),
        tool(
          "camera",
          app.media.videoOn ? "video" : "video-off",
          app.media.videoOn ? t("Camera off") : t("Camera on"),
          "V",
          !app.media.videoOn,
        ),
        tool("hold", held ? "play" : "hold", held ? t("Go on") : t("Hold"), "H", held),
        tool("break-off", "flag", t("Suspicion…"), "Q", null),
        tool("end", "hangup", t("End…"), "E", false, true),
      ],
    ),
    h(
      "div.tools__more",
      null,
      h(
        "button.button.button--ghost.button--small",
        { type: "button", dataset: { act: "keys" }, "aria-keyshortcuts": "?" },
        icon("key"),
        t("All keys"),
        keyHint("?"),
      ),
    ),
  ];
}

/** @param {string} act @param {string} name @param {string} words @param {string} key @param {boolean | null} on null: it is no switch @param {boolean} [danger] */
function tool(act, name, words, key, on, danger = false) {
  return h(
    "button.control",
    {
      type: "button",
      class: danger ? "control--danger" : null,
      dataset: { act, key: act },
      "aria-pressed": danger || on === null ? null : String(on),
      "aria-keyshortcuts": key,
    },
    icon(name),
    h("span", null, words),
    keyHint(key),
  );
}

/** @param {Console} app */
function health(app) {
  const recording = app.view?.visit?.recording;
  const parties = Object.entries(recording?.parties ?? {});
  if (recording?.state === "failed")
    return h("span.chip.chip--bad", null, icon("alert"), t("Not recording"));
  if (!parties.length) return h("span.muted", null, t("Nothing on disk yet"));
  return [
    h("span.health__title", null, icon("seal"), t("Sealed on disk")),
    parties.map(([party, { seconds, behind_s: behind }]) =>
      h(
        "span.health",
        { class: behind > LATE_SECONDS ? "is-late" : null, dataset: { key: party } },
        h("span", null, partyWord(party)),
        h("strong.figures", null, t("{n} s", { n: seconds.toFixed(0) })),
        h("span.figures", null, t("{n} s behind", { n: behind.toFixed(1) })),
      ),
    ),
  ];
}
