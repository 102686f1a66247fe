/** The device's position: asked of the browser after a tap, said on the wire, kept up to date. No drawing. */

import { secondsUntil } from "./format.js";

/** @typedef {"chosen"|"denied"|"unavailable"|"timeout"} Why */
/**
 * @typedef {object} Place what the server says of it; null where nobody asks
 * @property {"asked"|"told"|"declined"|"stale"} status
 * @property {boolean} required
 * @property {string[]} purposes
 * @property {string | null} accuracy
 * @property {Why | null} why
 * @property {string | null} consequence of a no
 * @property {number} max_age_s 0: it never grows too old
 * @property {string | null} at
 * @property {string | null} until
 */
/** @typedef {{status: Place["status"], why: Why | null, accuracy: string | null, id: string | null, at: string | null}} Said */

const WITHIN = 15_000;
/** The server takes no two positions within five seconds. */
const CALM_S = 6;
/** How long before it is too old a position is told again; half its age where that is less. */
const AHEAD_S = 20;
/** @type {Record<number, Why>} codes of GeolocationPositionError */
const WHY = { 1: "denied", 2: "unavailable", 3: "timeout" };

export class Position {
  /**
   * @param {(type: string, body: object) => string | null} send
   * @param {() => void} onchange
   */
  constructor(send, onchange) {
    this.send = send;
    this.onchange = onchange;
    /** @type {Place | null} */
    this.place = null;
    /** @type {Said | null} what was said and the server has not shown yet */
    this.said = null;
    this.asking = false;
    this.renewing = false;
    /** Shared by a tap in this page: only then may the page tell it again by itself. */
    this.shared = false;
    this.visit = "";
    this.turn = 0;
    this.toldAt = 0;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
  }

  /** How it stands, as far as this page knows. @returns {Place | null} */
  get shown() {
    const { place, said } = this;
    return place && said ? { ...place, status: said.status, why: said.why, accuracy: said.accuracy } : place;
  }

  /** @param {import("./customer-state.js").View | null} view */
  see(view) {
    this.place = view?.place ?? null;
    if (!this.place || this.visit !== view?.visit?.id) this.forget();
    this.visit = view?.visit?.id ?? "";
    if (this.said && this.said.at !== this.place?.at) this.said = null;
    this.wait();
  }

  /** A tap: ask the device, and say what it says. */
  share() {
    if (this.asking) return;
    Object.assign(this, { asking: true, renewing: false });
    const turn = ++this.turn;
    void locate().then((found) => {
      if (turn === this.turn) this.found(found);
    });
    this.onchange();
  }

  /** A tap: the person's own no, also to what is being asked or was told. */
  decline() {
    this.forget();
    this.say("place.declined", { reason: "chosen" }, "declined", "chosen");
  }

  /** The server did not take it. @param {string | null} id of the message */
  refused(id) {
    if (this.said && this.said.id === id) this.said = null;
  }

  /** @param {GeolocationPosition | Why} found */
  found(found) {
    this.asking = false;
    this.shared = typeof found !== "string";
    if (typeof found === "string") this.say("place.declined", { reason: found }, "declined", found);
    else this.tell(found);
  }

  /** @param {GeolocationPosition} found */
  tell({ coords: { latitude, longitude, accuracy }, timestamp }) {
    this.toldAt = Date.now();
    this.say("place.told", { latitude, longitude, accuracy, at: Math.round(timestamp) }, "told", null);
  }

  /** @param {string} type @param {object} body @param {Place["status"]} status @param {Why | null} why */
  say(type, body, status, why) {
    const id = this.send(type, body);
    this.said = { status, why, accuracy: null, id, at: this.place?.at ?? null };
    this.onchange();
  }

  /** Shortly before a position that was shared here is too old, it is told again. */
  wait() {
    clearTimeout(this.timer);
    const { place } = this;
    if (!this.shared || this.asking || this.renewing || place?.status !== "told" || !place.until) return;
    const ahead = secondsUntil(place.until) - Math.min(AHEAD_S, place.max_age_s / 2);
    const calm = CALM_S - (Date.now() - this.toldAt) / 1000;
    this.timer = setTimeout(() => this.again(), 1000 * Math.max(0, ahead, calm));
  }

  /** Where the device doesn't say, the page falls silent: when it is too old, the person is asked. */
  again() {
    const turn = ++this.turn;
    this.renewing = true;
    void locate().then((found) => {
      if (turn !== this.turn) return;
      this.renewing = false;
      if (typeof found === "string") this.shared = false;
      else this.tell(found);
    });
  }

  /** What the device still answers counts no more, and nothing is told by itself. */
  forget() {
    clearTimeout(this.timer);
    this.turn += 1;
    Object.assign(this, { asking: false, renewing: false, shared: false, said: null });
  }
}

/** @returns {Promise<GeolocationPosition | Why>} why not, where there is none */
function locate() {
  const wishes = { timeout: WITHIN, enableHighAccuracy: false, maximumAge: 0 };
  return new Promise((resolve) => {
    if (!navigator.geolocation) resolve("unavailable");
    else
      navigator.geolocation.getCurrentPosition(
        resolve,
        ({ code }) => resolve(WHY[code] ?? "unavailable"),
        wishes,
      );
  });
}
