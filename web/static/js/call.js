/**
 * The call: one RTCPeerConnection at a time, replaced when it is no good. No DOM.
 *
 * Use:
 *   const call = new Call({ wire, stream, iceServers, relayOnly, seats: view.call.seats });
 *   call.onremote = (remotes) => video.srcObject = remotes.get("teller");
 *   call.onquality = (word, health) => …;      // good | fair | poor | lost
 *   call.onstate = (state) => …;               // connecting | connected | reconnecting
 *   call.start();
 *   call.expected = view.call.peers.some((p) => p.state === "up") && !view.call.on_hold;
 *   call.mute(true); call.video(false, "photographing"); call.replace(track); call.close();
 *
 * This side always offers (JSEP RFC 9429); the server only answers, so there is no glare. A path
 * that fails is not repaired by ICE restart but by a new connection with a new leg name; the old
 * one stays until the new one works, so that the last picture does not go black.
 *
 * One pair of lines is offered for each party that may ever take part (`seats`), also for a guest
 * who is not here yet: their lines stay silent, and nothing is negotiated anew when they come.
 */

import { isVirtual } from "./devices.js";
import { vp8First, withAudioNack } from "./sdp.js";
import { Steady, compare, judge, totals } from "./quality.js";

/** @typedef {import("./wire.js").Wire} Wire */
/** @typedef {import("./quality.js").Quality} Quality */
/** @typedef {import("./quality.js").Health} Health */
/** @typedef {"connecting"|"connected"|"reconnecting"} CallState */
/** @typedef {Map<string, MediaStream>} Remotes by party */
/** @typedef {{leg: string, pc: RTCPeerConnection, born: number, remotes: Remotes}} Leg */

const TICK = 2000;
const HEALTH_EVERY = 5000;
const STALL_SECONDS = 5;
const CONNECT_WITHIN = 12_000;
const LEAST_BETWEEN_LEGS = 1000;
const AUDIO_BITRATE = 40_000;
const VIDEO_BITRATE = 900_000;

export class Call {
  /** @param {{wire: Wire, stream: MediaStream, seats: string[], iceServers?: RTCIceServer[], relayOnly?: boolean}} parts */
  constructor({ wire, stream, seats, iceServers = [], relayOnly = false }) {
    this.wire = wire;
    this.seats = seats;
    this.audioTrack = stream.getAudioTracks()[0] ?? null;
    this.videoTrack = stream.getVideoTracks()[0] ?? null;
    /** @type {RTCConfiguration} */
    this.config = { iceServers, iceTransportPolicy: relayOnly ? "relay" : "all", bundlePolicy: "max-bundle" };
    /** Whether the far side's media should be arriving just now. */
    this.expected = false;
    /** @type {(remotes: Remotes) => void} */
    this.onremote = () => {};
    /** @type {(quality: Quality, health: Health) => void} */
    this.onquality = () => {};
    /** @type {(state: CallState) => void} */
    this.onstate = () => {};
    /** @type {Leg | null} */
    this.leg = null;
    /** @type {Leg | null} */
    this.former = null;
    this.muted = false;
    this.videoOn = true;
    this.closed = false;
    this.steady = new Steady();
    /** @type {import("./quality.js").Totals | null} */
    this.before = null;
    this.stall = 0;
    this.reported = 0;
    /** @type {ReturnType<typeof setInterval> | undefined} */
    this.timer = undefined;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.pending = undefined;
    this.unhear = [
      wire.on("call.answer", (body) => void this.answered(body)),
      wire.on("call.rejoin", () => this.rejoin()),
    ];
  }

  /** Make the first leg. */
  start() {
    this.timer = setInterval(() => void this.tick(), TICK);
    void this.connect();
  }

  /** Build a new connection beside the present one; the server swaps legs when it answers. */
  rejoin() {
    if (this.closed || this.pending) return;
    this.onstate("reconnecting");
    // A fault that repeats at once must not become a storm of offers.
    const wait = Math.max(0, LEAST_BETWEEN_LEGS - (Date.now() - (this.leg?.born ?? 0)));
    this.pending = setTimeout(() => {
      this.pending = undefined;
      if (!this.closed) void this.connect();
    }, wait);
  }

  async connect() {
    if (this.leg && this.former) retire(this.leg);
    else if (this.leg) this.former = this.leg;
    const pc = new RTCPeerConnection(this.config);
    /** @type {Leg} */
    const leg = { leg: crypto.randomUUID(), pc, born: Date.now(), remotes: new Map() };
    this.leg = leg;
    this.before = null;
    this.stall = 0;
    this.wire.drop(({ type }) => type === "call.offer" || type === "call.candidate");
    this.listen(leg);
    this.addMedia(pc);
    const offer = await pc.createOffer();
    const sdp = withAudioNack(offer.sdp ?? "");
    await pc.setLocalDescription({ type: "offer", sdp });
    if (this.leg === leg) this.wire.send("call.offer", { leg: leg.leg, sdp });
    this.tellState();
  }

  /** @param {Leg} leg */
  listen(leg) {
    const { pc } = leg;
    pc.onicecandidate = ({ candidate }) => {
      if (this.leg !== leg) return;
      this.wire.send("call.candidate", {
        leg: leg.leg,
        candidate: candidate?.candidate || null,
        mid: candidate?.sdpMid ?? null,
      });
    };
    pc.ontrack = ({ track, streams }) => {
      const party = this.seats[seatOf(streams[0]?.id)];
      if (!party) return;
      if (!leg.remotes.has(party)) leg.remotes.set(party, new MediaStream());
      leg.remotes.get(party)?.addTrack(track);
    };
    pc.onconnectionstatechange = () => {
      if (this.leg !== leg || this.closed) return;
      if (pc.connectionState === "connected") this.connected(leg);
      else if (pc.connectionState === "failed") this.rejoin();
    };
  }

  /** @param {Leg} leg */
  connected(leg) {
    this.onremote(leg.remotes);
    retire(this.former);
    this.former = null;
    this.onstate("connected");
  }

  /** @param {RTCPeerConnection} pc */
  addMedia(pc) {
    if (this.audioTrack) this.audioTrack.contentHint = "speech";
    if (this.videoTrack) this.videoTrack.contentHint = "motion";
    pc.addTransceiver(this.audioTrack ?? "audio", {
      direction: "sendrecv",
      sendEncodings: [{ maxBitrate: AUDIO_BITRATE, priority: "high", networkPriority: "high" }],
    });
    const video = pc.addTransceiver((this.videoOn && this.videoTrack) || "video", {
      direction: "sendrecv",
      sendEncodings: [{ maxBitrate: VIDEO_BITRATE }],
    });
    preferVp8(video);
    keepSize(video.sender);
    for (let more = 1; more < this.seats.length; more++) {
      pc.addTransceiver("audio", { direction: "recvonly" });
      preferVp8(pc.addTransceiver("video", { direction: "recvonly" }));
    }
  }

  /** @param {{leg: string, sdp: string}} body */
  async answered({ leg, sdp }) {
    const mine = this.leg;
    if (!mine || mine.leg !== leg || mine.pc.signalingState !== "have-local-offer") return;
    try {
      await mine.pc.setRemoteDescription({ type: "answer", sdp });
    } catch {
      if (this.leg === mine) this.rejoin();
    }
  }

  async tick() {
    const leg = this.leg;
    if (!leg || this.closed) return;
    if (leg.pc.connectionState !== "connected") {
      this.onquality(this.steady.take("lost"), {
        stall: (Date.now() - leg.born) / 1000,
        rtt: null,
        loss: 0,
        fps: 0,
        concealed: 0,
      });
      // Without the wire an offer would only wait; the leg is made when the wire is back.
      if (Date.now() - leg.born > CONNECT_WITHIN && this.wire.ready) this.rejoin();
      return;
    }
    const now = totals((await leg.pc.getStats()).values(), performance.now());
    const before = this.before;
    this.before = now;
    if (!before || this.leg !== leg) return;
    const health = compare(before, now, this.stall);
    this.stall = this.expected ? health.stall : 0;
    this.onquality(this.steady.take(judge(health, this.expected)), health);
    this.report(health);
    if (this.expected && health.stall >= STALL_SECONDS && this.wire.ready) this.rejoin();
  }

  /** @param {Health} health */
  report(health) {
    if (Date.now() - this.reported < HEALTH_EVERY) return;
    this.reported = Date.now();
    this.wire.send(
      "call.health",
      {
        stall: Math.round(health.stall * 1000),
        rtt_ms: health.rtt === null ? null : Math.round(health.rtt),
        loss: Math.round(health.loss * 1000) / 1000,
        fps: Math.round(health.fps * 10) / 10,
      },
      { keep: false },
    );
  }

  /** @param {boolean} on */
  mute(on) {
    this.muted = on;
    if (this.audioTrack) this.audioTrack.enabled = !on;
    this.tellState();
  }

  /**
   * Stop or resume the picture. The line stays, so that it is reversible without a new offer.
   * @param {boolean} on
   * @param {string | null} [reason] a short word for the other side
   */
  async video(on, reason = null) {
    this.videoOn = on;
    await this.sender("video")?.replaceTrack(on ? this.videoTrack : null);
    this.tellState(reason);
  }

  /**
   * Put another microphone or camera in the call.
   * @param {MediaStreamTrack} track
   */
  async replace(track) {
    if (track.kind === "audio") {
      this.audioTrack = track;
      track.enabled = !this.muted;
    } else this.videoTrack = track;
    if (track.kind === "audio" || this.videoOn) await this.sender(track.kind)?.replaceTrack(track);
    this.tellState();
  }

  /**
   * @param {string} kind
   * @returns {RTCRtpSender | undefined}
   */
  sender(kind) {
    return this.leg?.pc.getTransceivers().find((x) => x.receiver.track.kind === kind)?.sender;
  }

  /** @param {string | null} [reason] */
  tellState(reason = null) {
    this.wire.drop(({ type }) => type === "media.state");
    this.wire.send("media.state", {
      audio: !this.muted && !!this.audioTrack,
      video: this.videoOn && !!this.videoTrack,
      reason,
      virtual: isVirtual(this.videoTrack?.label),
    });
  }

  /** End it; local tracks stay with their owner. */
  close() {
    this.closed = true;
    clearInterval(this.timer);
    clearTimeout(this.pending);
    for (const stop of this.unhear) stop();
    this.wire.drop(({ type }) => type.startsWith("call.") || type === "media.state");
    retire(this.leg);
    retire(this.former);
    this.leg = this.former = null;
  }
}

/** The number in `seat0`, `seat1`, … as the server names its streams. @param {string | undefined} stream */
function seatOf(stream) {
  return Number(/^seat(\d+)$/.exec(stream ?? "")?.[1] ?? 0);
}

/**
 * A thin line takes detail and then smoothness, not size: once it has made the picture small, Chrome
 * leaves it small for half a minute after the line is wide again.
 * @param {RTCRtpSender} sender
 */
function keepSize(sender) {
  const parameters = /** @type {any} */ (sender.getParameters());
  parameters.degradationPreference = "maintain-resolution";
  sender.setParameters(parameters).catch(() => {}); // an old browser chooses for itself
}

/** @param {RTCRtpTransceiver} video */
function preferVp8(video) {
  const codecs = RTCRtpReceiver.getCapabilities?.("video")?.codecs ?? [];
  if (codecs.length === 0) return;
  try {
    video.setCodecPreferences(vp8First(codecs));
  } catch {
    /* older browsers choose for themselves */
  }
}

/** @param {Leg | null} leg */
function retire(leg) {
  if (!leg) return;
  leg.pc.onconnectionstatechange = leg.pc.onicecandidate = leg.pc.ontrack = null;
  leg.pc.close();
}
