/**
 * From getStats() to one word. Pure: numbers in, word out; no DOM, no peer connection.
 *
 * good: loss < 2 %, concealed < 2 %, rtt < 250 ms · fair: < 5 %, < 5 %, < 450 ms · poor: worse ·
 * lost: no packet for two ticks although media is expected. It takes three ticks to get worse and
 * five to get better, so that the chip does not flicker.
 */

/** @typedef {"good"|"fair"|"poor"|"lost"} Quality */
/**
 * Totals at one moment (as in RTCStatsReport), over all inbound streams.
 * @typedef {object} Totals
 * @property {number} at milliseconds
 * @property {number} packets received
 * @property {number} lost
 * @property {number} concealed audio samples
 * @property {number} samples audio samples received
 * @property {number} frames decoded video frames
 * @property {number | null} rtt milliseconds
 */
/** @typedef {{stall: number, rtt: number | null, loss: number, fps: number, concealed: number}} Health */

const ORDER = /** @type {Quality[]} */ (["good", "fair", "poor", "lost"]);
export const TICKS_TO_WORSEN = 3;
export const TICKS_TO_IMPROVE = 5;

/**
 * @param {Iterable<any>} reports values of an RTCStatsReport
 * @param {number} at milliseconds
 * @returns {Totals}
 */
export function totals(reports, at) {
  /** @type {Totals} */
  const sum = { at, packets: 0, lost: 0, concealed: 0, samples: 0, frames: 0, rtt: null };
  for (const s of reports) {
    if (s.type === "inbound-rtp") {
      sum.packets += s.packetsReceived ?? 0;
      sum.lost += s.packetsLost ?? 0;
      sum.concealed += Math.max(0, (s.concealedSamples ?? 0) - (s.silentConcealedSamples ?? 0));
      sum.samples += s.totalSamplesReceived ?? 0;
      sum.frames += s.framesDecoded ?? 0;
    } else if (s.type === "remote-inbound-rtp" && s.roundTripTime) {
      sum.rtt = Math.max(sum.rtt ?? 0, s.roundTripTime * 1000);
    }
  }
  return sum;
}

/**
 * @param {Totals} before
 * @param {Totals} now
 * @param {number} stall seconds without a packet so far
 * @returns {Health} loss and concealed as fractions; stall in seconds
 */
export function compare(before, now, stall) {
  const packets = now.packets - before.packets;
  const lost = Math.max(0, now.lost - before.lost);
  const samples = now.samples - before.samples;
  const seconds = Math.max(0.001, (now.at - before.at) / 1000);
  return {
    stall: packets > 0 ? 0 : stall + seconds,
    rtt: now.rtt,
    loss: packets + lost > 0 ? lost / (packets + lost) : 0,
    concealed: samples > 0 ? Math.max(0, now.concealed - before.concealed) / samples : 0,
    fps: Math.max(0, now.frames - before.frames) / seconds,
  };
}

/**
 * @param {Health} health
 * @param {boolean} expected whether media should be arriving (not on hold, peer present)
 * @returns {Quality}
 */
export function judge(health, expected) {
  if (expected && health.stall >= 4) return "lost";
  const rtt = health.rtt ?? 0;
  if (health.loss < 0.02 && health.concealed < 0.02 && rtt < 250) return "good";
  if (health.loss < 0.05 && health.concealed < 0.05 && rtt < 450) return "fair";
  return "poor";
}

/** Smooths the verdicts of single ticks. `lost` and leaving `lost` count at once. */
export class Steady {
  constructor() {
    /** @type {Quality} */
    this.value = "good";
    this.streak = 0;
  }

  /**
   * @param {Quality} tick
   * @returns {Quality}
   */
  take(tick) {
    if (tick === this.value) {
      this.streak = 0;
      return this.value;
    }
    const worse = ORDER.indexOf(tick) > ORDER.indexOf(this.value);
    const needed = tick === "lost" || this.value === "lost" ? 1 : worse ? TICKS_TO_WORSEN : TICKS_TO_IMPROVE;
    const direction = worse ? 1 : -1;
    this.streak = Math.sign(this.streak) === direction ? this.streak + direction : direction;
    if (Math.abs(this.streak) >= needed) {
      this.value = tick;
      this.streak = 0;
    }
    return this.value;
  }
}
