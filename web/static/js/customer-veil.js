/** What lies over the teller's picture: waiting, broken, on hold, and the way out. */

import { h, icon, openDialog } from "./dom.js";
import { t } from "./i18n.js";
import { since, span } from "./format.js";
import { isGuest, tellerPeer } from "./customer-state.js";

/** @typedef {import("./customer.js").Customer} Customer */

const WAY_OUT_AFTER = 20;

/**
 * What lies over the teller's picture, if anything; the most urgent first.
 * @param {Customer} app
 * @returns {{node: Node, word: string, urgent?: boolean} | null}
 */
export function veilOf(app) {
  const view = app.view;
  const media = view?.call;
  if (!view || !media) return null;
  const peer = tellerPeer(media);
  if (!app.stream)
    return cover(
      "video",
      t("Tap to go on with your visit"),
      t("The page was reloaded. Your camera and microphone are off."),
      [
        h(
          "button.button.button--primary",
          { type: "button", onclick: () => void app.openDevices().catch(app.deviceFailed) },
          t("Go on"),
        ),
      ],
    );
  if (app.soundBlocked)
    return cover("speaker", t("Tap to hear the teller"), "", [
      h(
        "button.button.button--primary",
        { type: "button", onclick: () => app.unblockSound() },
        t("Play the sound"),
      ),
    ]);
  const broken = app.lostAt ? (Date.now() - app.lostAt) / 1000 : 0;
  if (broken > 0) {
    const left = media.rejoin_deadline ? (Date.parse(media.rejoin_deadline) - Date.now()) / 1000 : null;
    return {
      ...cover(
        null,
        t("Reconnecting… {time}", { time: span(broken) }),
        left !== null && left > 0
          ? t("Your visit is kept for another {time}. Please stay on this page.", { time: span(left) })
          : t("Your visit is kept. Please stay on this page."),
        broken > WAY_OUT_AFTER
          ? [
              h(
                "button.button.button--quiet",
                { type: "button", onclick: () => leaveDialog(app) },
                t("End the visit"),
              ),
            ]
          : [],
      ),
      word: t("Connection lost. Reconnecting."),
      urgent: true,
    };
  }
  if (media.on_hold)
    return cover("hold", t("The teller has asked you to wait a moment"), t("The recording goes on."));
  if (peer && (peer.state === "dead" || peer.state === "paused") && view.visit?.state !== "connecting") {
    return {
      ...cover(
        null,
        t("The teller’s connection is interrupted · {time}", { time: span(since(peer.since)) }),
        t("Your visit is kept. Please stay on this page."),
      ),
      word: t("The teller’s connection is interrupted."),
    };
  }
  if (!app.remote || peer?.state === "absent" || app.callState === "connecting")
    return cover(
      null,
      view.teller
        ? t("Connecting you with {name}", { name: view.teller.name })
        : t("Connecting you with the teller"),
      t("Sound and picture appear in a moment."),
    );
  if (peer && !peer.video)
    return cover("video-off", t("The teller’s camera is off"), t("You can still hear each other."));
  return null;
}

/**
 * @param {string | null} name icon; null shows a spinner
 * @param {string} title
 * @param {string} detail
 * @param {Node[]} [actions]
 */
function cover(name, title, detail, actions = []) {
  return {
    word: title,
    node: h(
      "div.veil",
      null,
      name ? icon(name, "icon icon--display") : h("span.spinner"),
      h("p.veil__title.figures", null, title),
      detail && h("p.veil__detail", null, detail),
      actions,
    ),
  };
}

/** @param {Customer} app */
export function leaveDialog(app) {
  const guest = isGuest(app.view);
  const dialog = openDialog({
    title: guest ? t("Leave the call?") : t("End this visit?"),
    body: h(
      "p",
      null,
      guest
        ? t("The visit goes on without you, as far as it can. The teller may send you a new link.")
        : t("What has not been confirmed will not be carried out. What was recorded so far is kept under seal."),
    ),
    actions: [
      h(
        "button.button.button--primary",
        { type: "button", autofocus: true, onclick: () => dialog.close() },
        guest ? t("Stay in the call") : t("Go on with the visit"),
      ),
      h(
        "button.button.button--danger",
        {
          type: "button",
          onclick: () => {
            dialog.close();
            app.wire.send("visit.leave", { reason: "customer_left" });
          },
        },
        guest ? t("Leave the call") : t("End the visit"),
      ),
    ],
  });
}
