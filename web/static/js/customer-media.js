/** The customer's devices and call, kept in step with the view: one place that opens and closes them. */

import { announce, toast } from "./dom.js";
import { t } from "./i18n.js";
import { Call } from "./call.js";
import { explain, list, openBoth, openCamera, openMicrophone, release, watch } from "./devices.js";
import { mediaExpected } from "./customer-state.js";

/** @typedef {import("./wire.js").Wire} Wire */

const DEVICES_OPEN = "devices";
/** Whose picture is the large one, on a customer's page and on a guest's. */
export const MAIN = "teller";
const WAITING = new Set(["waiting", "offered"]);
const LIVE = new Set(["connecting", "in_service", "reverify", "on_hold", "wrap_up"]);

export class CustomerMedia {
  /** @param {Wire} wire */
  constructor(wire) {
    this.wire = wire;
    /** @type {import("./customer-state.js").View | null} */
    this.view = null;
    /** @type {MediaStream | null} */
    this.stream = null;
    /** @type {MediaStream | null} the teller's */
    this.remote = null;
    /** @type {import("./call.js").Remotes} everybody's, by party */
    this.remotes = new Map();
    /** @type {Call | null} */
    this.call = null;
    /** @type {import("./quality.js").Quality} */
    this.quality = "good";
    /** @type {import("./call.js").CallState} */
    this.callState = "connecting";
    /** @type {number | null} milliseconds when our own line broke */
    this.lostAt = null;
    this.soundBlocked = false;
    /** @type {Set<HTMLVideoElement>} that may not play before a tap */
    this.silent = new Set();
    this.cameras = 0;
    /** @type {"user"|"environment"} */
    this.facing = "user";
    this.tried = false;
    /** @type {() => void} */
    this.onchange = () => {};
    /** @type {any} */
    this.wakeLock = null;
    this.awake = false;
    this.deviceFailed = (/** @type {unknown} */ error) => {
      const { title, remedy } = explain(error);
      toast(`${title}. ${remedy}`);
      announce(title, "assertive");
    };
    watch(() => void this.devicesChanged());
    document.addEventListener("visibilitychange", () => {
      if (!document.hidden) this.shownAgain();
    });
  }

  /** @param {import("./customer-state.js").View | null} view */
  setView(view) {
    this.view = view;
  }

  /** Open camera and microphone; the caller explains a failure. */
  async openDevices() {
    if (this.stream?.getTracks().every((track) => track.readyState === "live")) return;
    release(this.stream);
    this.stream = await openBoth({ facing: this.facing });
    sessionStorage.setItem(DEVICES_OPEN, "1");
    for (const track of this.stream.getTracks()) track.onended = () => void this.devicesChanged();
    this.cameras = (await list()).cameras.length;
    this.keepAwake();
    this.follow();
    this.onchange();
  }

  /** Make the call match the view. */
  follow() {
    const view = this.view;
    const state = view?.visit?.state ?? "";
    const wanted = !!view?.call?.media_allowed && LIVE.has(state);
    if (!wanted) this.endCall();
    if (view?.receipt || state === "closed" || state === "in_review") this.endMedia();
    else if (!this.stream && (wanted || WAITING.has(state))) this.reopen();
    if (!wanted || !this.stream) return;
    this.call ??= this.startCall();
    this.call.expected = mediaExpected(view.call);
  }

  /** After a reload the permission is still there: try once without a tap. */
  reopen() {
    if (!this.tried && sessionStorage.getItem(DEVICES_OPEN)) void this.openDevices().catch(() => {});
    this.tried = true;
  }

  /** @returns {Call} */
  startCall() {
    const media = /** @type {import("./customer-state.js").CallView} */ (this.view?.call);
    const call = new Call({
      wire: this.wire,
      stream: /** @type {MediaStream} */ (this.stream),
      seats: media.seats ?? [MAIN],
      iceServers: media.ice_servers,
      relayOnly: media.relay_only,
    });
    this.callState = "connecting";
    call.onremote = (remotes) => {
      this.remotes = remotes;
      this.remote = remotes.get(MAIN) ?? null;
      this.onchange();
    };
    call.onquality = (word) => {
      if (word !== this.quality) {
        this.quality = word;
        this.lineChanged();
      }
    };
    call.onstate = (state) => {
      this.callState = state;
      this.lineChanged();
    };
    call.start();
    return call;
  }

  /** @param {import("./wire.js").Status} _status */
  wireChanged(_status) {
    this.lineChanged();
  }

  /** Our own line is lost when the socket is away in a call, or media has broken. */
  lineChanged() {
    const broken =
      !!this.call &&
      (this.callState === "reconnecting" ||
        (this.wire.status === "waiting" && this.quality !== "good") ||
        (this.quality === "lost" && this.callState === "connected"));
    this.lostAt = broken ? (this.lostAt ?? Date.now()) : null;
    this.onchange();
  }

  endCall() {
    this.call?.close();
    this.call = null;
    this.remote = null;
    this.remotes = new Map();
    this.silent.clear();
    this.soundBlocked = false;
    this.lostAt = null;
    this.quality = "good";
  }

  endMedia() {
    this.endCall();
    release(this.stream);
    this.stream = null;
    sessionStorage.removeItem(DEVICES_OPEN);
    this.awake = false;
    void this.wakeLock?.release?.();
  }

  toggleMute() {
    this.call?.mute(!this.call.muted);
    announce(this.call?.muted ? t("Microphone off") : t("Microphone on"));
    this.onchange();
  }

  async toggleVideo() {
    await this.call?.video(!this.call.videoOn, this.call.videoOn ? "customer_choice" : null);
    announce(this.call?.videoOn ? t("Camera on") : t("Camera off"));
    this.onchange();
  }

  async flip() {
    this.facing = this.facing === "user" ? "environment" : "user";
    await this.reopenCamera();
  }

  /** The document camera needs the device: most phones open one at a time. @param {string} reason */
  async pauseVideo(reason) {
    await this.call?.video(false, reason);
    if (this.cameras > 1) this.stream?.getVideoTracks().forEach((track) => track.stop());
  }

  async resumeVideo() {
    const track = this.stream?.getVideoTracks()[0];
    if (!track || track.readyState !== "live") await this.reopenCamera();
    await this.call?.video(true);
    this.onchange();
  }

  async reopenCamera() {
    try {
      this.stream?.getVideoTracks().forEach((track) => track.stop());
      await this.useTrack(await openCamera({ facing: this.facing }));
    } catch (error) {
      this.deviceFailed(error);
    }
    this.onchange();
  }

  /** Put a newly opened track in the place of the old one, in the preview and in the call. @param {MediaStreamTrack} track */
  async useTrack(track) {
    const stream = this.stream;
    if (!stream) return;
    for (const old of stream.getTracks().filter((x) => x.kind === track.kind)) {
      old.onended = null;
      old.stop();
      stream.removeTrack(old);
    }
    stream.addTrack(track);
    track.onended = () => void this.devicesChanged();
    await this.call?.replace(track);
  }

  /** Phones end camera tracks and screen locks of a page that was hidden. */
  shownAgain() {
    if (this.awake) this.keepAwake();
    if (this.stream?.getTracks().some((track) => track.readyState === "ended")) void this.devicesChanged();
  }

  /** A camera or microphone came or went: replace what has ended by what is there. */
  async devicesChanged() {
    if (!this.stream) return;
    this.cameras = (await list()).cameras.length;
    for (const track of this.stream.getTracks().filter((x) => x.readyState === "ended")) {
      const video = track.kind === "video";
      if (video && this.call?.videoOn === false) continue;
      try {
        await this.useTrack(video ? await openCamera({ facing: this.facing }) : await openMicrophone());
        toast(video ? t("Another camera is in use now.") : t("Another microphone is in use now."));
      } catch (error) {
        this.deviceFailed(error);
      }
    }
    this.onchange();
  }

  /** @param {boolean} blocked @param {HTMLVideoElement} video */
  setSoundBlocked(blocked, video) {
    if (blocked) this.silent.add(video);
    else this.silent.delete(video);
    if (this.silent.size > 0 === this.soundBlocked) return;
    this.soundBlocked = this.silent.size > 0;
    this.onchange();
  }

  unblockSound() {
    for (const video of this.silent)
      void video.play().then(
        () => this.setSoundBlocked(false, video),
        () => {},
      );
  }

  /** Keep the screen on; the browser forgets it whenever the page is hidden. */
  keepAwake() {
    this.awake = true;
    void (
      /** @type {any} */ (navigator).wakeLock?.request("screen").then(
        (/** @type {any} */ lock) => {
          this.wakeLock = lock;
        },
        () => {},
      )
    );
  }
}
