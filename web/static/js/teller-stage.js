/** The call itself: the customer's picture, and what lies over it. */

import { h, icon } from "./dom.js";
import { t } from "./i18n.js";
import { since, span } from "./format.js";
import { CUSTOMER, customerPeer, titleOf } from "./teller-state.js";
import { actButton } from "./staff.js";

/** @typedef {import("./teller.js").Console} Console */
/** @typedef {import("./teller-state.js").VisitView} VisitView */

const CALL_BACK_AFTER = 60;
const QUALITY = /** @type {Record<string, {icon: string, tone: string, words: () => string}>} */ ({
  good: { icon: "signal", tone: "", words: () => t("Good line") },
  fair: { icon: "signal", tone: "", words: () => t("Fair line") },
  poor: { icon: "signal-low", tone: ".chip--warn", words: () => t("Weak line") },
  lost: { icon: "signal-off", tone: ".chip--bad", words: () => t("Line lost") },
});
const DOUBTS = /** @type {Record<string, () => string>} */ ({
  another_face: () => t("Another face"),
  several_faces: () => t("More than one face"),
  no_face: () => t("No face in the picture"),
  still_picture: () => t("The picture stands still"),
});
const HINTS = /** @type {Record<string, () => string>} */ ({
  virtual_camera: () => t("Virtual camera"),
  repeated_frames: () => t("Recorded pictures repeat"),
  impossible_rate: () => t("Too many pictures a second"),
  hidden_frames: () => t("Encoded as for a file"),
});

/** @param {Console} app @param {VisitView} visit */
export function stage(app, visit) {
  const { media } = app;
  const cover = coverOf(app, visit);
  const peer = customerPeer(visit);
  return h(
    "section.stage.on-dark",
    { "aria-label": t("Call"), class: cover ? "stage--dim" : null, dataset: { key: "stage" } },
    h("video.stage__remote", {
      autoplay: true,
      playsInline: true,
      dataset: { stream: CUSTOMER },
      "aria-label": t("Picture of the customer"),
    }),
    h("div.stage__veil", { hidden: !cover, "aria-live": "polite" }, cover),
    h(
      "div.stage__top",
      null,
      recordingChip(visit),
      qualityChip(app, visit),
      peer &&
        !peer.audio &&
        peer.state === "up" &&
        h("span.chip.chip--dark.chip--warn", null, icon("mic-off"), t("Customer muted")),
      visit.state === "on_hold" && h("span.chip.chip--dark", null, icon("hold"), t("On hold")),
      h("span.stage__doubts", { role: "status", dataset: { key: "doubts" } }, doubtsOf(peer)),
    ),
    h(
      "div.stage__caption",
      null,
      h("span", null, visit.name_masked),
      h("span.muted-dark", null, visit.service_title),
    ),
    others(visit),
    h(
      "div.pip",
      { class: media.videoOn && media.stream ? null : "pip--off" },
      h("video", {
        autoplay: true,
        muted: true,
        playsInline: true,
        dataset: { stream: "own" },
        "aria-label": t("Your own picture"),
      }),
      h(
        "span.pip__word",
        null,
        icon(media.videoOn ? "user" : "video-off"),
        media.videoOn ? t("Me") : t("Camera off"),
      ),
      media.muted &&
        h("span.pip__mute", null, icon("mic-off"), h("span.sr", null, t("Microphone off"))),
    ),
  );
}

/** Further parties: small pictures with names. @param {VisitView} visit */
function others(visit) {
  const peers = (visit.call?.peers ?? []).filter(
    (peer) => peer.party !== CUSTOMER && peer.state !== "absent",
  );
  return h(
    "div.others",
    { role: "group", "aria-label": t("Others in the call"), hidden: peers.length === 0 },
    peers.map((peer) => other(peer, titleOf(visit, peer.party))),
  );
}

/** @param {import("./customer-state.js").Peer} peer @param {string} name */
function other(peer, name) {
  const away = peer.state !== "up";
  return h(
    "figure.other",
    {
      class: [away && "other--away", !peer.video && "other--off"].filter(Boolean).join(" ") || null,
      dataset: { key: `other-${peer.party}` },
    },
    h("video", {
      autoplay: true,
      playsInline: true,
      dataset: { stream: peer.party },
      "aria-label": t("Picture of: {name}", { name }),
    }),
    h(
      "figcaption",
      null,
      !peer.audio && icon("mic-off"),
      !peer.video && icon("video-off"),
      h("span", null, name),
      away && h("span.other__state", null, t("reconnecting")),
    ),
  );
}

/** What a look a second finds wrong with the face or the picture; it decides nothing. @param {ReturnType<typeof customerPeer>} peer */
function doubtsOf(peer) {
  const said = (peer?.doubts ?? []).map((code) =>
    h("span.chip.chip--dark.chip--bad", { dataset: { key: code } }, icon("alert"), (DOUBTS[code] ?? DOUBTS.another_face)()),
  );
  const hinted = (peer?.hints ?? []).map((code) =>
    h("span.chip.chip--dark.chip--warn", { dataset: { key: code } }, icon("alert"), (HINTS[code] ?? HINTS.virtual_camera)()),
  );
  return [...said, ...hinted];
}

/** @param {VisitView} visit */
function recordingChip(visit) {
  const call = visit.call;
  const state = visit.recording.state;
  if (state === "failed")
    return h("span.chip.chip--dark.chip--bad", null, icon("alert"), t("Not recording"));
  if (state === "on")
    return h(
      "span.chip.chip--dark",
      null,
      h("span.dot.dot--rec"),
      h("span.figures", null, t("REC {time}", { time: span(since(call?.recording_since)) })),
    );
  return h("span.chip.chip--dark", null, h("span.spinner.spinner--s"), t("Starting the recording"));
}

/** @param {Console} app @param {VisitView} visit */
function qualityChip({ media }, visit) {
  if (visit.state === "connecting" || !media.call) return null;
  const q = QUALITY[media.quality];
  const rtt = media.rtt ? ` · ${Math.round(media.rtt)} ms` : "";
  return h(
    `span.chip.chip--dark${q.tone}`,
    null,
    icon(q.icon),
    h("span.figures", null, q.words() + rtt),
  );
}

/**
 * What lies over the customer's picture; the most urgent first. The last frame stays below.
 * @param {Console} app @param {VisitView} visit
 */
function coverOf(app, visit) {
  const peer = customerPeer(visit);
  const gone = peer && (peer.state === "paused" || peer.state === "dead");
  if (app.media.trouble && !app.media.stream)
    return veil(
      "video-off",
      app.media.trouble.title,
      app.media.trouble.remedy,
      actButton("devices", t("Try again"), { kind: "primary" }),
    );
  if (gone && visit.state !== "connecting") return away(visit, peer);
  if (visit.state === "connecting" || !peer || peer.state === "absent") {
    const seen = app.media.remote
      ? t("Checking that every party is being recorded…")
      : t("Sound and picture appear in a moment.");
    return veil(null, t("Connecting with {name}", { name: visit.name_masked }), seen, null, true);
  }
  if (visit.state === "on_hold")
    return veil(
      "hold",
      t("The call is on hold"),
      t("The recording goes on."),
      actButton("hold", t("Go on"), { kind: "primary", key: "H" }),
    );
  if (app.media.callState === "reconnecting")
    return veil(
      null,
      t("Your own connection is being renewed"),
      t("The recording goes on."),
      null,
      true,
    );
  if (!peer.video)
    return veil(
      "video-off",
      t("The customer’s camera is off"),
      t("Steps that need live video wait."),
    );
  return null;
}

/** @param {VisitView} visit @param {{since: string}} peer */
function away(visit, peer) {
  const gone = since(peer.since);
  const left = visit.call?.rejoin_deadline
    ? (Date.parse(visit.call.rejoin_deadline) - Date.now()) / 1000
    : 0;
  return veil(
    null,
    t("The customer is reconnecting · {time}", { time: span(gone) }),
    left > 0
      ? t("The recording goes on. The place is kept for another {time}.", { time: span(left) })
      : t("The recording goes on. Last picture frozen."),
    gone > CALL_BACK_AFTER ? actButton("end", t("End the visit…"), { key: "E" }) : null,
    true,
  );
}

/**
 * @param {string | null} name @param {string} title @param {string} detail
 * @param {Node | null} [action] @param {boolean} [turning]
 */
function veil(name, title, detail, action = null, turning = false) {
  return h(
    "div.veil",
    null,
    turning ? h("span.spinner") : name && icon(name, "icon icon--display"),
    h("p.veil__title.figures", null, title),
    h("p.veil__detail", null, detail),
    action,
  );
}
