/** Instants as places in the film: whatever has a time can be clicked, and the film is there. */

import { h, icon } from "./dom.js";
import { t } from "./i18n.js";
import { clock, dateTime, secondsUntil, span } from "./format.js";

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export class FilmClock {
  /**
   * @param {string | null} zero the instant of the film's beginning
   * @param {number} durationMs 0 when there is no film
   * @param {(ms: number) => void} seek
   */
  constructor(zero, durationMs, seek) {
    this.zero = zero ? Date.parse(zero) : NaN;
    this.durationMs = durationMs;
    this.seek = seek;
  }

  /** Milliseconds of the film, or null when it was not in the film. @param {string | null} at */
  ms(at) {
    const ms = at ? Date.parse(at) - this.zero : NaN;
    return Number.isFinite(ms) && ms >= 0 && ms <= this.durationMs ? ms : null;
  }

  /**
   * A time that jumps; a plain time for what happened outside the film; nothing without a time.
   * @param {string | null} at
   * @param {string} [more] words after the time
   */
  jump(at, more = "") {
    if (!at) return null;
    const ms = this.ms(at);
    return ms === null ? h("span.muted.figures", null, dateTime(at), more) : this.jumpTo(ms, more);
  }

  /** A place in the film that jumps. @param {number} ms @param {string} [more] words after the time */
  jumpTo(ms, more = "") {
    const where = span(ms / 1000);
    return h(
      "button.jump.figures",
      {
        type: "button",
        title: t("Show this in the film"),
        "aria-label": `${t("Film at {time}", { time: where })}${more}`,
        onclick: () => this.seek(ms),
      },
      icon("play"),
      h("span", null, where, more),
    );
  }
}

/** How long, in words. @param {number} seconds */
export function lasting(seconds) {
  if (seconds >= DAY)
    return t("{days} d {hours} h", {
      days: Math.floor(seconds / DAY),
      hours: Math.floor((seconds % DAY) / HOUR),
    });
  if (seconds >= HOUR)
    return t("{hours} h {minutes} min", {
      hours: Math.floor(seconds / HOUR),
      minutes: Math.floor((seconds % HOUR) / MINUTE),
    });
  return t("{minutes} min", { minutes: Math.max(1, Math.round(seconds / MINUTE)) });
}

/** A span of reading, to the tenth of a second when it is short. @param {number} ms */
export function readFor(ms) {
  if (ms < 10_000) return t("{seconds} s", { seconds: (Math.floor(ms / 100) / 10).toFixed(1) });
  return ms < 120_000
    ? t("{seconds} s", { seconds: Math.floor(ms / 1000) })
    : t("{minutes} min {seconds} s", {
        minutes: Math.floor(ms / 60_000),
        seconds: Math.floor((ms % 60_000) / 1000),
      });
}

/**
 * When something is due, in words first.
 * @param {string} at
 * @returns {{words: string, when: string, tone: "good"|"warn"|"bad"}}
 */
export function dueLook(at) {
  const left = secondsUntil(at);
  const sameDay = new Date(at).toDateString() === new Date().toDateString();
  const when = sameDay ? t("today at {time}", { time: clock(at) }) : dateTime(at);
  if (left > 0)
    return { words: t("{time} left", { time: lasting(left) }), when, tone: left < 2 * HOUR ? "warn" : "good" };
  const over = (Date.now() - Date.parse(at)) / 1000;
  return { words: t("{time} overdue", { time: lasting(over) }), when, tone: "bad" };
}
