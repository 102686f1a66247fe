/** The teller's camera, microphone and call, kept in step with the view. */

import { announce, toast } from "./dom.js";
import { t } from "./i18n.js";
import { Call } from "./call.js";
import {
  chime,
  explain,
  levelMeter,
  list,
  openBoth,
  openCamera,
  openMicrophone,
  release,
  watch,
} from "./devices.js";
import { CUSTOMER, customerPeer, isLive } from "./teller-state.js";

/** @typedef {import("./teller-state.js").View} View */

export class TellerMedia {
  /** @param {import("./wire.js").Wire} wire */
  constructor(wire) {
    this.wire = wire;
    /** @type {View | null} */
    this.view = null;
    /** @type {MediaStream | null} */
    this.stream = null;
    /** @type {MediaStream | null} the customer's */
    this.remote = null;
    /** @type {import("./call.js").Remotes} everybody's, by party */
    this.remotes = new Map();
    /** @type {Call | null} */
    this.call = null;
    /** @type {import("./quality.js").Quality} */
    this.quality = "good";
    /** @type {number | null} */
    this.rtt = null;
    /** @type {import("./call.js").CallState} */
    this.callState = "connecting";
    /** @type {import("./devices.js").Trouble | null} */
    this.trouble = null;
    this.opening = false;
    this.level = 0;
    this.heard = false;
    this.speaker = "unknown";
    this.muted = false;
    this.videoOn = true;
    /** @type {(() => void) | null} */
    this.stopMeter = null;
    /** @type {() => void} */
    this.onchange = () => {};
    watch(() => void this.devicesChanged());
  }

  /** Open the devices without a question when the person has allowed them before. */
  async openIfAllowed() {
    try {
      const asked = await Promise.all(
        ["camera", "microphone"].map((name) =>
          navigator.permissions.query({ name: /** @type {PermissionName} */ (name) }),
        ),
      );
      if (asked.every((permission) => permission.state === "granted")) await this.openDevices();
    } catch {
      // A browser that can't say is asked by the button.
    }
  }

  async openDevices() {
    if (this.opening || this.stream?.getTracks().every((track) => track.readyState === "live"))
      return;
    this.opening = true;
    this.onchange();
    try {
      release(this.stream);
      this.stream = await openBoth();
      this.trouble = null;
      for (const track of this.stream.getTracks()) track.onended = () => void this.devicesChanged();
      this.meter();
      this.follow();
    } catch (error) {
      this.trouble = explain(error);
    } finally {
      this.opening = false;
      this.onchange();
    }
  }

  meter() {
    this.stopMeter?.();
    if (!this.stream?.getAudioTracks().length) return;
    this.stopMeter = levelMeter(this.stream, (level) => {
      this.level = level;
      const bars = document.querySelectorAll("[data-level] > i");
      bars.forEach((bar, i) => bar.classList.toggle("on", level * bars.length > i + 0.5));
      if (level > 0.35 && !this.heard) {
        this.heard = true;
        this.onchange();
      }
    });
  }

  async testSpeaker() {
    await chime();
    this.speaker = "played";
    this.onchange();
  }

  /** @param {View} view */
  setView(view) {
    this.view = view;
    this.follow();
  }

  /** Make the call match the view. */
  follow() {
    if (!isLive(this.view)) {
      this.endCall();
      return;
    }
    if (!this.stream) {
      if (!this.trouble) void this.openDevices();
      return;
    }
    this.call ??= this.startCall();
    const visit = this.view?.visit;
    this.call.expected = !!visit && !visit.call?.on_hold && customerPeer(visit)?.state === "up";
  }

  startCall() {
    const media = /** @type {import("./customer-state.js").CallView} */ (this.view?.visit?.call);
    const call = new Call({
      wire: this.wire,
      stream: /** @type {MediaStream} */ (this.stream),
      seats: media.seats ?? [CUSTOMER],
      iceServers: media.ice_servers,
      relayOnly: media.relay_only,
    });
    this.callState = "connecting";
    call.onremote = (remotes) => {
      this.remotes = remotes;
      this.remote = remotes.get(CUSTOMER) ?? null;
      this.onchange();
    };
    call.onquality = (word, health) => {
      this.quality = word;
      this.rtt = health.rtt;
      this.onchange();
    };
    call.onstate = (state) => {
      this.callState = state;
      this.onchange();
    };
    call.muted = this.muted;
    call.videoOn = this.videoOn;
    call.start();
    return call;
  }

  /** What a video element marked `data-stream` shows: `own`, or a party. @param {string} name */
  streamOf(name) {
    return name === "own" ? this.stream : (this.remotes.get(name) ?? null);
  }

  endCall() {
    this.call?.close();
    this.call = null;
    this.remote = null;
    this.remotes = new Map();
    this.quality = "good";
    this.rtt = null;
  }

  toggleMute() {
    this.muted = !this.muted;
    this.call?.mute(this.muted);
    announce(this.muted ? t("Microphone off") : t("Microphone on"));
    this.onchange();
  }

  toggleVideo() {
    this.videoOn = !this.videoOn;
    void this.call?.video(this.videoOn, this.videoOn ? null : "teller_choice");
    announce(this.videoOn ? t("Camera on") : t("Camera off"));
    this.onchange();
  }

  /** A camera or microphone came or went: replace what has ended by what is there. */
  async devicesChanged() {
    const stream = this.stream;
    if (!stream) return;
    const { cameras, microphones } = await list();
    for (const old of stream.getTracks().filter((track) => track.readyState === "ended")) {
      const video = old.kind === "video";
      if ((video ? cameras : microphones).length === 0) continue;
      try {
        const track = video ? await openCamera() : await openMicrophone();
        stream.removeTrack(old);
        stream.addTrack(track);
        track.onended = () => void this.devicesChanged();
        await this.call?.replace(track);
        toast(video ? t("Another camera is in use now.") : t("Another microphone is in use now."));
      } catch (error) {
        this.trouble = explain(error);
      }
    }
    this.meter();
    this.onchange();
  }
}
