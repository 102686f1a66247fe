/** In the call: the teller large, one task in the sheet, and always a way out. */

import { announce, fill, h, icon } from "./dom.js";
import { t } from "./i18n.js";
import { since, span } from "./format.js";
import { placeCard } from "./customer-place.js";
import { task } from "./customer-task.js";
import { leaveDialog, veilOf } from "./customer-veil.js";
import { others } from "./customer-others.js";
import { otherParty } from "./customer-guests.js";

/** @typedef {import("./customer.js").Customer} Customer */
/** @typedef {import("./customer-screen.js").Scene} Scene */

const QUALITY = /** @type {Record<string, {icon: string, tone: string, words: () => string}>} */ ({
  good: { icon: "signal", tone: "dark", words: () => t("Good line") },
  fair: { icon: "signal", tone: "dark", words: () => t("Fair line") },
  poor: { icon: "signal-low", tone: "dark chip--warn", words: () => t("Weak line") },
  lost: { icon: "signal-off", tone: "dark chip--bad", words: () => t("Line lost") },
});

/** @param {Customer} app @returns {Scene} */
export function call(app) {
  const remote = h("video.stage__remote", {
    autoplay: true,
    playsInline: true,
    "aria-label": t("Picture of the teller"),
  });
  const own = h("video", {
    autoplay: true,
    muted: true,
    playsInline: true,
    "aria-label": t("Your own picture"),
  });
  const pip = h(
    "div.pip",
    null,
    own,
    h("span.pip__off", { hidden: true }, icon("video-off"), h("span.sr", null, t("Your camera is off"))),
  );
  const more = others((video) => void play(video, app));
  const who = h("div.stage__who");
  const chips = h("div.stage__chips");
  const veil = h("div.stage__veil", { hidden: true });
  const tools = h("div.stage__tools", { role: "group", "aria-label": t("Call controls") });
  const place = placeCard(app, { call: true });
  const sheet = h("section.sheet-panel", { "aria-label": t("Your task") }, place.node);
  const heading = h("h1.sr", { tabIndex: -1 }, t("Video visit with the teller"));
  const stage = h(
    "div.stage.on-dark",
    null,
    remote,
    veil,
    h("div.stage__top", null, who, chips),
    more.node,
    pip,
    tools,
  );
  const reach = new ResizeObserver(() => scrollableByKey(sheet));
  reach.observe(sheet);
  let veilWord = "";
  let sheetKey = "";
  /** @type {import("./customer-task.js").Sheet | null} */
  let panel = null;

  const update = () => {
    const view = app.view;
    if (!view?.visit) return;
    stage.classList.toggle("stage--face", !!view.reverify || (facing(view.step) && !otherParty(view)));
    if (app.stream && own.srcObject !== app.stream) own.srcObject = app.stream;
    if (app.remote && remote.srcObject !== app.remote) {
      remote.srcObject = app.remote;
      void play(remote, app);
    }
    more.update(app);
    fill(
      who,
      view.teller && [
        h("strong", null, view.teller.name),
        h("span", null, t("Teller {number}", { number: view.teller.number })),
      ],
    );
    drawTools();
    place.update();
    const key = JSON.stringify([
      view.step,
      view.guests,
      view.reverify,
      view.notice,
      view.visit.state,
      view.call?.recording,
      [...app.answered.keys()],
    ]);
    if (key !== sheetKey) {
      sheetKey = key;
      drawSheet();
    }
    tick();
  };
  const drawSheet = () => {
    const before = panel;
    const focused = before?.node.contains(document.activeElement);
    panel = task(app, before);
    if (panel === before) return;
    node.classList.toggle("call--tall", !!panel.tall);
    if (before) before.node.replaceWith(panel.node);
    else sheet.append(panel.node);
    reach.observe(panel.node);
    sheet.scrollTo(0, 0);
    if (panel.spoken !== before?.spoken) announce(panel.spoken);
    if (focused) (panel.node.querySelector("button") ?? heading).focus({ preventScroll: true });
  };
  const drawTools = () => {
    const videoOn = app.call?.videoOn ?? true;
    pip.classList.toggle("pip--off", !videoOn || !app.stream?.getVideoTracks().length);
    pip.classList.toggle("pip--rear", app.facing === "environment");
    pip.lastElementChild.hidden = videoOn;
    fill(
      tools,
      tool("mic", "mic-off", app.call?.muted ?? false, t("Mute"), t("Unmute"), () => app.toggleMute()),
      tool("video", "video-off", !videoOn, t("Camera off"), t("Camera on"), () => app.toggleVideo()),
      app.cameras > 1 && tool("camera-flip", "camera-flip", false, t("Flip"), t("Flip"), () => app.flip()),
      h(
        "button.tool.tool--danger",
        { type: "button", onclick: () => leaveDialog(app) },
        h("span.tool__disc", null, icon("hangup")),
        t("Hang up"),
      ),
    );
  };
  const tick = () => {
    const view = app.view;
    if (!view?.call) return;
    const { recording, recording_since: from } = view.call;
    const q = QUALITY[app.quality];
    fill(
      chips,
      recording === "on" &&
        h(
          "span.chip.chip--dark",
          null,
          h("span.dot.dot--rec"),
          h("span.figures", null, t("REC {time}", { time: span(since(from)) })),
        ),
      recording === "failed" && h("span.chip.chip--dark.chip--bad", null, icon("alert"), t("Not recording")),
      app.callState !== "connecting" &&
        h(`span.chip.chip--${q.tone.replace(" ", ".")}`, null, icon(q.icon), h("span", null, q.words())),
    );
    const cover = veilOf(app);
    veil.hidden = !cover;
    stage.classList.toggle("stage--dim", !!cover);
    if (cover) fill(veil, cover.node);
    const word = cover?.word ?? "";
    if (word !== veilWord) announce((veilWord = word), cover?.urgent ? "assertive" : "polite");
  };
  const node = h("div.call", null, heading, stage, sheet);
  const timer = setInterval(tick, 1000);
  update();
  const leave = () => {
    clearInterval(timer);
    panel?.leave?.();
    reach.disconnect();
  };
  return { node, update, leave };
}

/** What runs over its edge is reached by Tab and scrolled with the arrows. @param {HTMLElement} node */
function scrollableByKey(node) {
  if (node.scrollHeight > node.clientHeight) node.tabIndex = 0;
  else node.removeAttribute("tabindex");
}

/** Whether the person must look at themselves. @param {import("./customer-step.js").Step | null | undefined} step */
function facing(step) {
  return !!step && (step.kind === "face_match" || (step.kind === "liveness" && (!!step.prompt || !!step.challenge)));
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
  return h(
    "button.tool",
    { type: "button", onclick, "aria-pressed": String(off) },
    h("span.tool__disc", null, icon(off ? nameOff : name)),
    off ? turnOn : turnOff,
  );
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
