/**
 * `<vb-player>`: the pictures of all parties on one clock.
 *
 * The clock is ours, not a video's: it runs on performance.now(), waits while any picture is still
 * loading, and every picture is held to it (drift over 30 ms → a nudge in speed, far off → a seek).
 * All files share one zero, so `currentTime` is the same moment in each of them.
 * Fires `time` (detail: milliseconds) while it moves, `change` when play, speed or waiting changes.
 */

import { h, icon } from "./dom.js";
import { t } from "./i18n.js";
import { clamp, correction, gapAt } from "./review-state.js";
import { ViewerMark } from "./review-viewer.js";
import { causeWord, partyWord } from "./review-words.js";

/** @typedef {import("./review-state.js").Timeline} Timeline */
/** @typedef {{party: string, from: number, video: HTMLVideoElement, cover: HTMLElement, mark: ViewerMark, broken: boolean}} Picture */

const SYNC_EVERY = 100;
const HAVE_CURRENT_DATA = 2;
const HAVE_FUTURE_DATA = 3;

export class Player extends HTMLElement {
  /** @type {Timeline} */
  timeline = { duration_ms: 0, parties: [], marks: [], gaps: [] };
  /** @type {Picture[]} */
  pictures = [];
  playing = false;
  waiting = false;
  rate = 1;
  /** The moment on the clock when it was last set. */
  anchorMs = 0;
  anchorAt = 0;
  /** @type {ReturnType<typeof setInterval> | undefined} */
  timer = undefined;

  /**
   * @param {Timeline} timeline
   * @param {string} viewer written over every picture
   */
  load(timeline, viewer) {
    this.timeline = timeline;
    this.pictures = timeline.parties.map(({ party, media, from_ms: from }) =>
      this.picture(party, media, from, viewer),
    );
    this.replaceChildren(
      ...this.pictures.map(({ video }) => /** @type {HTMLElement} */ (video.parentElement)),
    );
    this.dataset.parties = String(this.pictures.length);
    clearInterval(this.timer);
    this.timer = setInterval(() => this.sync(), SYNC_EVERY);
    this.sync();
  }

  disconnectedCallback() {
    clearInterval(this.timer);
  }

  /** @param {string} party @param {string} media @param {number} from @param {string} viewer @returns {Picture} */
  picture(party, media, from, viewer) {
    const video = h("video", {
      src: media,
      preload: "auto",
      playsInline: true,
      disablePictureInPicture: true,
      "aria-label": t("Recording of: {party}", { party: partyWord(party) }),
    });
    const cover = h("div.take__cover", { hidden: true });
    const sound = h(
      "button.take__sound",
      {
        type: "button",
        "aria-pressed": "true",
        "aria-label": t("Sound of: {party}", { party: partyWord(party) }),
      },
      icon("speaker"),
    );
    const take = h(
      "figure.take.on-dark",
      { dataset: { party } },
      video,
      cover,
      h("figcaption", null, partyWord(party)),
      sound,
    );
    const mark = new ViewerMark(viewer, take);
    const picture = { party, from, video, cover, mark, broken: false };
    video.addEventListener("error", () => {
      picture.broken = true;
      this.dispatchEvent(new CustomEvent("broken", { detail: party }));
      this.sync();
    });
    video.addEventListener("contextmenu", (/** @type {Event} */ event) => event.preventDefault());
    sound.addEventListener("click", () => {
      video.muted = !video.muted;
      sound.setAttribute("aria-pressed", String(!video.muted));
    });
    return picture;
  }

  /** @returns {number} the moment on the common clock, in milliseconds */
  get ms() {
    const passed =
      this.playing && !this.waiting ? (performance.now() - this.anchorAt) * this.rate : 0;
    return clamp(this.anchorMs + passed, this.timeline.duration_ms);
  }

  /** Set the clock without moving the pictures. @param {number} ms */
  anchor(ms) {
    this.anchorMs = ms;
    this.anchorAt = performance.now();
  }

  play() {
    if (this.ms >= this.timeline.duration_ms) this.seek(0);
    this.anchor(this.ms);
    this.playing = true;
    this.sync();
    this.changed();
  }

  pause() {
    this.anchor(this.ms);
    this.playing = false;
    for (const { video } of this.pictures) video.pause();
    this.place();
    this.changed();
  }

  toggle() {
    if (this.playing) this.pause();
    else this.play();
  }

  /** @param {number} ms */
  seek(ms) {
    this.anchor(clamp(ms, this.timeline.duration_ms));
    this.place();
    this.sync();
  }

  /** @param {number} rate */
  speed(rate) {
    this.anchor(this.ms);
    this.rate = rate;
    this.sync();
    this.changed();
  }

  /** Put every picture exactly on the clock. */
  place() {
    const at = this.ms;
    for (const { video, broken } of this.pictures) if (!broken) video.currentTime = at / 1000;
  }

  /** Hold every picture to the clock; hold the clock while one of them has nothing to show. */
  sync() {
    const now = this.ms;
    for (const { mark } of this.pictures) mark.keep();
    const late = this.pictures.some(
      (one) =>
        this.due(one, now) &&
        (one.video.seeking || one.video.readyState < HAVE_FUTURE_DATA) &&
        !one.video.ended,
    );
    if (this.playing && late !== this.waiting) {
      this.anchor(now);
      this.waiting = late;
      this.changed();
    }
    for (const one of this.pictures) this.hold(one, now);
    if (this.playing && now >= this.timeline.duration_ms) this.pause();
    this.dispatchEvent(new CustomEvent("time", { detail: now }));
  }

  /** Whether a picture has media at this moment. @param {Picture} one @param {number} now */
  due({ video, from, broken }, now) {
    return (
      !broken &&
      now >= from &&
      (!Number.isFinite(video.duration) || now < video.duration * 1000 - 50)
    );
  }

  /** @param {Picture} one @param {number} now */
  hold(one, now) {
    const { video } = one;
    this.cover(one, now);
    if (!this.playing || this.waiting || !this.due(one, now)) {
      if (!video.paused) video.pause();
      return;
    }
    if (video.paused) {
      video.currentTime = now / 1000;
      void video.play().catch(() => {});
    }
    if (video.seeking) return;
    const { seek, rate } = correction(video.currentTime * 1000 - now, this.rate);
    if (seek) video.currentTime = now / 1000;
    if (video.playbackRate !== rate) video.playbackRate = rate;
  }

  /** Say why there is no picture, instead of an old one. @param {Picture} one @param {number} now */
  cover(one, now) {
    const { party, from, video, cover, broken } = one;
    const gap = gapAt(
      this.timeline.gaps.filter(({ kind }) => kind !== "audio"),
      party,
      now,
    );
    const loading =
      !broken &&
      now >= from &&
      !gap &&
      this.due(one, now) &&
      video.readyState < HAVE_CURRENT_DATA;
    const words = loading
      ? t("Loading…")
      : broken
        ? t("This recording cannot be played")
        : now < from
          ? t("Not yet in the call")
          : gap
            ? t("No picture: {cause}", { cause: causeWord(gap.cause) })
            : "";
    if (cover.textContent !== words)
      cover.replaceChildren(
        ...(words
          ? [
              loading
                ? h("span.spinner")
                : icon(broken ? "alert" : "video-off", "icon icon--display"),
              h("p", null, words),
            ]
          : []),
      );
    cover.hidden = !words;
  }

  changed() {
    this.dispatchEvent(new Event("change"));
  }
}

customElements.define("vb-player", Player);
