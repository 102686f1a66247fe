/** Playing and moving: the buttons under the timeline, and their keys. */

import { announce, fill, h, icon } from "./dom.js";
import { t } from "./i18n.js";
import { span } from "./format.js";
import { keyHint } from "./staff.js";
import { nextMark, previousMark } from "./review-state.js";

/** @typedef {import("./review-player.js").Player} Player */

const JUMP = 5000;
const SPEEDS = [0.5, 0.75, 1, 1.25, 1.5, 2];
const TYPING = "input, textarea, select";

export class Transport {
  /** @param {Player} player with its timeline loaded */
  constructor(player) {
    this.player = player;
    this.where = h("span.transport__time.figures");
    this.playButton = h("button.button.button--primary.transport__play", {
      type: "button",
      onclick: () => player.toggle(),
    });
    this.speed = h(
      "select.input.transport__speed",
      { "aria-label": t("Speed"), onchange: () => player.speed(Number(this.speed.value)) },
      SPEEDS.map((s) => h("option", { value: s, selected: s === 1 }, `${s}×`)),
    );
    this.node = this.buttons();
    player.addEventListener("change", () => this.drawPlay());
    document.addEventListener("keydown", (event) => this.key(event));
    this.drawPlay();
  }

  buttons() {
    const button = (
      /** @type {string} */ name,
      /** @type {string} */ words,
      /** @type {string} */ key,
      /** @type {() => void} */ run,
    ) =>
      h(
        "button.button.button--quiet.button--small",
        { type: "button", onclick: run, "aria-keyshortcuts": key, title: words },
        icon(name),
        h("span.transport__word", null, words),
        keyHint(key),
      );
    return h(
      "div.transport",
      { role: "group", "aria-label": t("Playback") },
      this.where,
      h("span.grow"),
      button("chevron-left", t("Previous mark"), "P", () => this.toMark(-1)),
      button("skip-back", t("5 s back"), "J", () => this.jump(-JUMP)),
      this.playButton,
      button("skip-forward", t("5 s on"), "L", () => this.jump(JUMP)),
      button("chevron-right", t("Next mark"), "N", () => this.toMark(1)),
      h("span.grow"),
      this.speed,
    );
  }

  drawPlay() {
    const { playing, waiting } = this.player;
    fill(
      this.playButton,
      icon(playing ? "pause" : "play"),
      h("span", null, playing ? (waiting ? t("Loading…") : t("Pause")) : t("Play")),
      keyHint("K"),
    );
  }

  /** @param {number} ms */
  now(ms) {
    this.where.textContent = `${span(ms / 1000)} / ${span(this.player.timeline.duration_ms / 1000)}`;
  }

  /** @param {number} by */
  jump(by) {
    this.player.seek(this.player.ms + by);
  }

  /** @param {1 | -1} way */
  toMark(way) {
    const marks = this.player.timeline.marks;
    const mark = way === 1 ? nextMark(marks, this.player.ms) : previousMark(marks, this.player.ms);
    this.player.seek(mark ? mark.at_ms : way === 1 ? this.player.timeline.duration_ms : 0);
    if (mark) announce(`${span(mark.at_ms / 1000)} ${mark.title}`);
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const target = /** @type {Element} */ (event.target);
    if (
      event.defaultPrevented ||
      event.ctrlKey ||
      event.metaKey ||
      event.altKey ||
      target.closest(TYPING) ||
      document.querySelector("dialog[open]")
    )
      return;
    const space = event.key === " " && !target.closest("button, a, summary");
    const run = {
      k: () => this.player.toggle(),
      j: () => this.jump(-JUMP),
      l: () => this.jump(JUMP),
      n: () => this.toMark(1),
      p: () => this.toMark(-1),
    }[space ? "k" : event.key.toLowerCase()];
    if (!run) return;
    event.preventDefault();
    run();
  }
}
