/** In the call: the teller large, one task in the sheet, and always a way out. */

import { announce, fill, h, icon, openDialog } from "./dom.js";
import { t } from "./i18n.js";
import { since, span } from "./format.js";
import { tellerPeer } from "./customer-state.js";
import { task } from "./customer-task.js";

/** @typedef {import("./customer.js").Customer} Customer */
/** @typedef {import("./customer-screen.js").Scene} Scene */

const WAY_OUT_AFTER = 20;
const QUALITY = /** @type {Record<string, {icon: string, tone: string, words: () => string}>} */ ({
  good: { icon: "signal", tone: "dark", words: () => t("Good line") },
  fair: { icon: "signal", tone: "dark", words: () => t("Fair line") },
  poor: { icon: "signal-low", tone: "dark chip--warn", words: () => t("Weak line") },
  lost: { icon: "signal-off", tone: "dark chip--bad", words: () => t("Line lost") },
});

/** @param {Customer} app @returns {Scene} */
export function call(app) {
  const remote = h("video.stage__remote", { autoplay: true, playsInline: true, "aria-label": t("Picture of the teller") });
  const own = h("video", { autoplay: true, muted: true, playsInline: true, "aria-label": t("Your own picture") });
  const pip = h("div.pip", null, own, h("span.pip__off", { hidden: true }, icon("video-off"), h("span.sr", null, t("Your camera is off"))));
  const who = h("div.stage__who");
  const chips = h("div.stage__chips");
  const veil = h("div.stage__veil", { hidden: true });
  const tools = h("div.stage__tools", { role: "group", "aria-label": t("Call controls") });
  const sheet = h("section.sheet-panel", { "aria-label": t("Your task") });
  const heading = h("h1.sr", { tabIndex: -1 }, t("Video visit with the teller"));
  const stage = h("div.stage.on-dark", null, remote, veil, h("div.stage__top", null, who, chips), pip, tools);
  let veilWord = "";
  let sheetKey = "";

  const update = () => {
    const view = app.view;
    if (!view?.visit) return;
    stage.classList.toggle("stage--face", !!view.reverify || (view.step?.kind === "face_match" && view.step.wait !== "teller"));
    if (app.stream && own.srcObject !== app.stream) own.srcObject = app.stream;
    if (app.remote && remote.srcObject !== app.remote) {
      remote.srcObject = app.remote;
      void play(remote, app);
    }
    fill(who, view.teller && [h("strong", null, view.teller.name), h("span", null, t("Teller {number}", { number: view.teller.number }))]);
    drawTools();
    const key = JSON.stringify([view.step, view.reverify, view.notice, view.visit.state, view.call?.recording, [...app.answered.keys()]]);
    if (key !== sheetKey) {
      sheetKey = key;
      drawSheet();
    }
    tick();
  };
  const drawSheet = () => {
    const focused = sheet.contains(document.activeElement);
    const { node, spoken } = task(app);
    sheet.replaceChildren(node);
    if (spoken) announce(spoken);
    if (focused) (sheet.querySelector("button") ?? heading).focus({ preventScroll: true });
  };
  const drawTools = () => {
    const videoOn = app.call?.videoOn ?? true;
    pip.classList.toggle("pip--off", !videoOn || !app.stream?.getVideoTracks().length);
    pip.classList.toggle("pip--rear", app.facing === "environment");
    pip.lastElementChild.hidden = videoOn;
    fill(tools,
      tool("mic", "mic-off", app.call?.muted ?? false, t("Mute"), t("Unmute"), () => app.toggleMute()),
      tool("video", "video-off", !videoOn, t("Camera off"), t("Camera on"), () => app.toggleVideo()),
      app.cameras > 1 && tool("camera-flip", "camera-flip", false, t("Flip"), t("Flip"), () => app.flip()),
      h("button.tool.tool--danger", { type: "button", onclick: () => leaveDialog(app) }, h("span.tool__disc", null, icon("hangup")), t("Hang up")));
  };
  const tick = () => {
    const view = app.view;
    if (!view?.call) return;
    const { recording, recording_since: from } = view.call;
    const q = QUALITY[app.quality];
    fill(chips, recording === "on" && h("span.chip.chip--dark", null, h("span.dot.dot--rec"), h("span.figures", null, t("REC {time}", { time: span(since(from)) }))),
      recording === "failed" && h("span.chip.chip--dark.chip--bad", null, icon("alert"), t("Not recording")),
      app.callState !== "connecting" && h(`span.chip.chip--${q.tone.replace(" ", ".")}`, null, icon(q.icon), h("span", null, q.words())));
    const cover = veilOf(app);
    veil.hidden = !cover;
    stage.classList.toggle("stage--dim", !!cover);
    if (cover) fill(veil, cover.node);
    const word = cover?.word ?? "";
    if (word !== veilWord) announce(veilWord = word, cover?.urgent ? "assertive" : "polite");
  };
  const timer = setInterval(tick, 1000);
  update();
  return { node: h("div.call", null, heading, stage, sheet), update, leave: () => clearInterval(timer) };
}

/**
 * @param {string} name
 * @param {string} nameOff
 * @param {boolean} off
 * @param {string} turnOff
 * @param {string} turnOn
 * @param {() => void} onclick
 */
function tool(name, nameOff, off, turnOff, turnOn, onclick) {
  return h("button.tool", { type: "button", onclick, "aria-pressed": String(off) },
    h("span.tool__disc", null, icon(off ? nameOff : name)), off ? turnOn : turnOff);
}

/**
 * What lies over the teller's picture, if anything; the most urgent first.
 * @param {Customer} app
 * @returns {{node: Node, word: string, urgent?: boolean} | null}
 */
function veilOf(app) {
  const view = app.view;
  const media = view?.call;
  if (!view || !media) return null;
  const peer = tellerPeer(media);
  if (!app.stream) return cover("video", t("Tap to go on with your visit"), t("The page was reloaded. Your camera and microphone are off."), [h("button.button.button--primary", { type: "button", onclick: () => void app.openDevices().catch(app.deviceFailed) }, t("Go on"))]);
  if (app.soundBlocked) return cover("speaker", t("Tap to hear the teller"), "", [h("button.button.button--primary", { type: "button", onclick: () => app.unblockSound() }, t("Play the sound"))]);
  const broken = app.lostAt ? (Date.now() - app.lostAt) / 1000 : 0;
  if (broken > 0) {
    const left = media.rejoin_deadline ? (Date.parse(media.rejoin_deadline) - Date.now()) / 1000 : null;
    return { ...cover(null, t("Reconnecting… {time}", { time: span(broken) }),
      left !== null && left > 0 ? t("Your visit is kept for another {time}. Please stay on this page.", { time: span(left) }) : t("Your visit is kept. Please stay on this page."),
      broken > WAY_OUT_AFTER ? [h("button.button.button--quiet", { type: "button", onclick: () => leaveDialog(app) }, t("End the visit"))] : []), word: t("Connection lost. Reconnecting."), urgent: true };
  }
  if (media.on_hold) return cover("hold", t("The teller has asked you to wait a moment"), t("The recording goes on."));
  if (peer && (peer.state === "dead" || peer.state === "paused") && view.visit?.state !== "connecting") {
    return { ...cover(null, t("The teller’s connection is interrupted · {time}", { time: span(since(peer.since)) }), t("Your visit is kept. Please stay on this page.")), word: t("The teller’s connection is interrupted.") };
  }
  if (!app.remote || peer?.state === "absent" || app.callState === "connecting") return cover(null, view.teller ? t("Connecting you with {name}", { name: view.teller.name }) : t("Connecting you with the teller"), t("Sound and picture appear in a moment."));
  if (peer && !peer.video) return cover("video-off", t("The teller’s camera is off"), t("You can still hear each other."));
  return null;
}

/**
 * @param {string | null} name icon; null shows a spinner
 * @param {string} title
 * @param {string} detail
 * @param {Node[]} [actions]
 */
function cover(name, title, detail, actions = []) {
  return { word: title, node: h("div.veil", null, name ? icon(name, "icon icon--display") : h("span.spinner"),
    h("p.veil__title.figures", null, title), detail && h("p.veil__detail", null, detail), actions) };
}

/** @param {HTMLVideoElement} video @param {Customer} app */
async function play(video, app) {
  try {
    await video.play();
    app.setSoundBlocked(false, video);
  } catch (error) {
    if (error instanceof DOMException && error.name === "NotAllowedError") app.setSoundBlocked(true, video);
  }
}

/** @param {Customer} app */
function leaveDialog(app) {
  const dialog = openDialog({
    title: t("End this visit?"),
    body: h("p", null, t("What has not been confirmed will not be carried out. What was recorded so far is kept under seal.")),
    actions: [
      h("button.button.button--primary", { type: "button", autofocus: true, onclick: () => dialog.close() }, t("Go on with the visit")),
      h("button.button.button--danger", { type: "button", onclick: () => { dialog.close(); app.wire.send("visit.leave", { reason: "customer_left" }); } }, t("End the visit")),
    ],
  });
}
