/** The review desk's arithmetic: time on one line, drift between pictures, marks. Pure: no DOM. */

/** @typedef {{kind: string, at_ms: number, until_ms: number | null, title: string, detail: string | null, stands_out?: string | null}} Mark */
/** @typedef {{party: string, kind: string, from_ms: number, to_ms: number, cause: string}} Gap */
/** @typedef {{party: string, media: string, from_ms: number, sound?: string}} Party */
/** @typedef {{duration_ms: number, parties: Party[], marks: Mark[], gaps: Gap[]}} Timeline */
/** @typedef {{n: number, name: string, ok: boolean | null, detail: string}} VerdictStep */
/** @typedef {{status: "complete"|"incomplete"|"interrupted"|"damaged", exit_code: number, steps: VerdictStep[], first_bad: Record<string, string | number> | null, last_head: string | null, evidence_digest: string | null, stamped: string | null, trust: string, notes: string[]}} Verdict */

/** Further than this from the clock a picture is brought back: two of them, one on either side, are
 * then still within 80 ms of each other. */
export const DRIFT_MS = 30;
/** Beyond this, chasing by speed would take too long: jump. */
export const JUMP_MS = 600;
const NUDGE = 0.06;
/** A mark within this of the present moment is where we are, not where we go. */
const HERE_MS = 400;

/**
 * What one picture must do to be where the master clock is.
 * @param {number} driftMs picture minus clock
 * @param {number} rate wanted speed
 * @returns {{seek: boolean, rate: number}}
 */
export function correction(driftMs, rate) {
  const apart = Math.abs(driftMs);
  if (apart > JUMP_MS) return { seek: true, rate };
  if (apart <= DRIFT_MS) return { seek: false, rate };
  return { seek: false, rate: rate * (driftMs > 0 ? 1 - NUDGE : 1 + NUDGE) };
}

/** @param {number} ms @param {number} duration */
export function clamp(ms, duration) {
  return Math.min(Math.max(0, ms), Math.max(0, duration));
}

/** @param {Mark[]} marks @param {number} ms @returns {Mark | null} */
export function nextMark(marks, ms) {
  return sorted(marks).find((mark) => mark.at_ms > ms + HERE_MS) ?? null;
}

/** @param {Mark[]} marks @param {number} ms @returns {Mark | null} */
export function previousMark(marks, ms) {
  return (
    sorted(marks)
      .reverse()
      .find((mark) => mark.at_ms < ms - HERE_MS) ?? null
  );
}

/** The step or mark that the moment belongs to. @param {Mark[]} marks @param {number} ms @returns {Mark | null} */
export function markAt(marks, ms) {
  const spans = marks.filter(
    (mark) => mark.until_ms !== null && mark.at_ms <= ms && ms < mark.until_ms,
  );
  return spans.sort((a, b) => b.at_ms - a.at_ms)[0] ?? null;
}

/** @param {Mark[]} marks */
export function spansOf(marks) {
  return sorted(marks.filter((mark) => mark.until_ms !== null));
}

/** @param {Mark[]} marks */
export function pointsOf(marks) {
  return sorted(marks.filter((mark) => mark.until_ms === null));
}

/** @param {Gap[]} gaps @param {string} party @param {number} ms */
export function gapAt(gaps, party, ms) {
  return gaps.find((gap) => gap.party === party && gap.from_ms <= ms && ms < gap.to_ms) ?? null;
}

/**
 * Gaps of one party, those of sound and picture at the same time as one.
 * @param {Gap[]} gaps @param {string} party
 * @returns {(Gap & {kinds: string[]})[]}
 */
export function gapsOf(gaps, party) {
  /** @type {(Gap & {kinds: string[]})[]} */
  const merged = [];
  for (const gap of gaps.filter((one) => one.party === party)) {
    const same = merged.find(
      (one) => one.cause === gap.cause && one.from_ms === gap.from_ms && one.to_ms === gap.to_ms,
    );
    if (same) same.kinds.push(gap.kind);
    else merged.push({ ...gap, kinds: [gap.kind] });
  }
  return merged;
}

/** Gaps shorter than this are counted, not listed. */
export const SHORT_GAP_MS = 500;

/** What is missing at a moment. @param {Gap[]} gaps @param {number} ms @returns {Gap[]} */
export function lossesAt(gaps, ms) {
  return gaps.filter((gap) => gap.from_ms <= ms && ms < gap.to_ms);
}

/**
 * Where the next missing stretch begins, or the one before; null when there is none.
 * @param {Gap[]} gaps @param {number} ms @param {1 | -1} way
 * @returns {number | null}
 */
export function gapBeside(gaps, ms, way) {
  const begins = gaps.map((gap) => gap.from_ms).sort((a, b) => (a - b) * way);
  return begins.find((at) => (at - ms) * way > 0) ?? null;
}

/** @param {Mark[]} marks */
function sorted(marks) {
  return [...marks].sort((a, b) => a.at_ms - b.at_ms);
}

/** Distance of scale lines, so that about eight fit. @param {number} durationMs @returns {number} milliseconds */
export function tickEvery(durationMs) {
  const steps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600];
  return (steps.find((s) => durationMs / (s * 1000) <= 10) ?? 3600) * 1000;
}

/** @param {Verdict["status"] | string} status @returns {{tone: "good"|"warn"|"bad"|"plain", icon: string}} */
export function verdictLook(status) {
  if (status === "complete") return { tone: "good", icon: "seal" };
  if (status === "incomplete" || status === "interrupted") return { tone: "warn", icon: "alert" };
  return status === "damaged"
    ? { tone: "bad", icon: "x-circle" }
    : { tone: "plain", icon: "clock" };
}

/** As quiet as this and less is a line. */
const QUIET_DB = -60;

/**
 * Loudness as an outline around the middle: one step a second, from 0 (quiet) to 1 (full scale).
 * @param {(number | null)[]} levels dBFS a second; null where nothing was heard
 * @returns {string} of an SVG path, seconds by −1…1
 */
export function shape(levels) {
  const steps = levels.map((db) => (db === null ? 0 : Math.max(0, 1 - db / QUIET_DB)));
  return steps
    .map((high, at) => (high ? `M${at} ${(-high).toFixed(2)}h.8v${(2 * high).toFixed(2)}h-.8z` : ""))
    .join("");
}

/**
 * `1:02:03`, `3:10` or `95` as milliseconds; null for nothing, NaN for what is no moment.
 * @param {string} words @returns {number | null}
 */
export function readSpan(words) {
  const plain = words.trim();
  if (!plain) return null;
  if (!/^(?:(?:\d{1,2}:)?[0-5]?\d:[0-5]\d|\d{1,6})$/.test(plain)) return NaN;
  return plain.split(":").reduce((sum, part) => sum * 60 + Number(part), 0) * 1000;
}
