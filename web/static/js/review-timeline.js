/**
 * `<vb-timeline>`: one line for all parties. Steps as named spans, marks as flags; for each party a
 * lane for the picture and one for the sound, where what is missing is hatched and says why. The
 * present moment is a line that can be dragged or moved by keys, also from gap to gap.
 * Fires `seek` (detail: milliseconds).
 */

import { h, icon } from "./dom.js";
import { t } from "./i18n.js";
import { span } from "./format.js";
import { styled } from "./staff-patch.js";
import {
  clamp,
  gapBeside,
  lossesAt,
  markAt,
  pointsOf,
  spansOf,
  tickEvery,
} from "./review-state.js";
import { SoundLane } from "./review-sound.js";
import { causeWord, mediaKind, partyWord } from "./review-words.js";

/** @typedef {import("./review-state.js").Timeline} Timeline */
/** @typedef {import("./review-state.js").Mark} Mark */

const HUES = 6;
const SMALL_STEP = 1000;
const LARGE_STEP = 10_000;

const LANES = ["video", "audio"];

/** What is missing, and why. @param {import("./review-state.js").Gap} gap */
function gapWords(gap) {
  return `${mediaKind(gap.kind)}: ${causeWord(gap.cause)}`;
}

/** @param {string} kind @returns {string} icon of a mark */
function markIcon(kind) {
  if (/broke|lost|refused|required/i.test(kind)) return "alert";
  if (/check|face|identity|reverify/i.test(kind)) return "face";
  if (/document|object|photo/i.test(kind)) return "card";
  if (/leg|worker/i.test(kind)) return "signal";
  if (/hold/i.test(kind)) return "hold";
  if (/answered/i.test(kind)) return "user";
  if (/form/i.test(kind)) return "edit";
  return /recording|effect|head|seal/i.test(kind) ? "seal" : "flag";
}

export class TimelineView extends HTMLElement {
  /** @type {Timeline} */
  timeline = { duration_ms: 1, parties: [], marks: [], gaps: [] };
  at = 0;
  dragging = false;
  /** @type {SoundLane[]} */
  lanes = [];
  head = h("div.line__head", { "aria-hidden": "true" }, h("span.line__now.figures"));
  hint = h("div.line__hint", { hidden: true, "aria-hidden": "true" });
  track = h("div.line__track", {
    role: "slider",
    tabIndex: 0,
    "aria-label": t("Position in the recording"),
    "aria-description": t("Shift and an arrow key go to where something is missing."),
    "aria-valuemin": 0,
  });

  /** @param {Timeline} timeline */
  load(timeline) {
    this.timeline = timeline;
    this.lanes = [];
    this.track.setAttribute("aria-valuemax", String(Math.round(timeline.duration_ms / 1000)));
    this.track.replaceChildren(
      this.scale(),
      this.steps(),
      this.flags(),
      ...timeline.parties.map(({ party, from_ms: from }) => this.party(party, from)),
      this.head,
      this.hint,
    );
    this.replaceChildren(
      h(
        "div.line__names",
        { "aria-hidden": "true" },
        h("span", null, t("Time")),
        h("span", null, t("Steps")),
        h("span", null, t("Marks")),
        timeline.parties.map(({ party }) => h("span", null, partyWord(party))),
      ),
      this.track,
    );
    this.listen();
    this.now(0);
  }

  /** @param {number} ms */
  share(ms) {
    return (clamp(ms, this.timeline.duration_ms) / Math.max(1, this.timeline.duration_ms)).toFixed(
      5,
    );
  }

  /** @param {HTMLElement} node @param {number} from @param {number} to */
  placed(node, from, to) {
    return styled(node, { "--from": this.share(from), "--to": this.share(to) });
  }

  scale() {
    const every = tickEvery(this.timeline.duration_ms);
    const count = Math.floor(this.timeline.duration_ms / every) + 1;
    return h(
      "div.line__row.line__row--scale",
      null,
      Array.from({ length: count }, (_, i) =>
        styled(h("span.tick.figures", null, span((i * every) / 1000)), {
          "--from": this.share(i * every),
        }),
      ),
    );
  }

  steps() {
    return h(
      "div.line__row.line__row--steps",
      null,
      spansOf(this.timeline.marks).map((mark, i) =>
        this.placed(
          h(
            `span.span.span--${mark.detail === "refused" ? "bad" : i % HUES}`,
            { title: mark.title },
            mark.detail === "refused" && icon("x-circle"),
            h("span", null, mark.title),
          ),
          mark.at_ms,
          mark.until_ms ?? mark.at_ms,
        ),
      ),
    );
  }

  flags() {
    return h(
      "div.line__row.line__row--flags",
      null,
      pointsOf(this.timeline.marks).map((mark) =>
        styled(
          h(
            "span.flag",
            { title: `${span(mark.at_ms / 1000)} ${mark.title}` },
            icon(markIcon(mark.kind)),
          ),
          { "--from": this.share(mark.at_ms) },
        ),
      ),
    );
  }

  /** @param {string} party @param {number} from */
  party(party, from) {
    return h(
      "div.line__row.line__row--party",
      null,
      LANES.flatMap((kind) => [
        this.placed(
          h(`span.present.present--${kind}`, null, kind === "audio" && this.wave(party)),
          kind === "audio" ? 0 : from,
          this.timeline.duration_ms,
        ),
        ...this.timeline.gaps
          .filter((gap) => gap.party === party && gap.kind === kind)
          .map((gap) => this.gap(gap)),
      ]),
    );
  }

  /** Drawn as it comes; without it the line is as it was. @param {string} party */
  wave(party) {
    const { parties, duration_ms: duration } = this.timeline;
    const sound = parties.find((one) => one.party === party)?.sound;
    if (!sound) return null;
    const lane = new SoundLane(sound, duration);
    this.lanes.push(lane);
    return lane.node;
  }

  /** Fetch what was heard, party after party, until another film is loaded. */
  async hear() {
    const { lanes } = this;
    for (const lane of lanes) await lane.load(() => this.isConnected && this.lanes === lanes);
  }

  /** @param {import("./review-state.js").Gap} gap */
  gap(gap) {
    const words = gapWords(gap);
    return this.placed(
      h(
        `span.gap.gap--${gap.kind}`,
        { title: words, class: gap.cause === "unknown" ? "gap--unknown" : null },
        h("span", null, words),
      ),
      gap.from_ms,
      gap.to_ms,
    );
  }

  listen() {
    const { track } = this;
    track.onpointerdown = (/** @type {PointerEvent} */ event) => {
      if (event.button !== 0) return;
      track.setPointerCapture(event.pointerId);
      this.dragging = true;
      this.seek(this.under(event));
    };
    track.onpointermove = (/** @type {PointerEvent} */ event) => {
      this.show(event);
      if (this.dragging) this.seek(this.under(event));
    };
    track.onpointerup = track.onpointercancel = () => {
      this.dragging = false;
    };
    track.onpointerleave = () => {
      this.hint.hidden = true;
    };
    track.onkeydown = (/** @type {KeyboardEvent} */ event) => this.key(event);
  }

  /** @param {PointerEvent} event @returns {number} milliseconds */
  under(event) {
    const box = this.track.getBoundingClientRect();
    return clamp(
      ((event.clientX - box.left) / box.width) * this.timeline.duration_ms,
      this.timeline.duration_ms,
    );
  }

  /** @param {PointerEvent} event */
  show(event) {
    const ms = this.under(event);
    const step = markAt(this.timeline.marks, ms);
    this.hint.textContent = `${span(ms / 1000)}${step ? ` · ${step.title}` : ""}`;
    this.hint.hidden = false;
    styled(this.hint, { "--from": this.share(ms) });
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const way = { ArrowLeft: /** @type {const} */ (-1), ArrowRight: /** @type {const} */ (1) }[
      event.key
    ];
    if (event.shiftKey && way) {
      const to = gapBeside(this.timeline.gaps, this.at, way);
      event.preventDefault();
      event.stopPropagation();
      if (to !== null) this.seek(to);
      return;
    }
    const move = {
      ArrowLeft: -SMALL_STEP,
      ArrowRight: SMALL_STEP,
      PageDown: -LARGE_STEP,
      PageUp: LARGE_STEP,
    }[event.key];
    const to =
      event.key === "Home"
        ? 0
        : event.key === "End"
          ? this.timeline.duration_ms
          : move === undefined
            ? null
            : this.at + move;
    if (to === null) return;
    event.preventDefault();
    event.stopPropagation();
    this.seek(clamp(to, this.timeline.duration_ms));
  }

  /** @param {number} ms */
  seek(ms) {
    this.dispatchEvent(new CustomEvent("seek", { detail: ms }));
  }

  /** Show the present moment. @param {number} ms */
  now(ms) {
    this.at = ms;
    const step = markAt(this.timeline.marks, ms);
    styled(this.head, { "--from": this.share(ms) });
    this.head.firstChild.textContent = span(ms / 1000);
    this.head.classList.toggle("is-late", ms > this.timeline.duration_ms * 0.94);
    this.track.setAttribute("aria-valuenow", String(Math.round(ms / 1000)));
    const missing = lossesAt(this.timeline.gaps, ms).map(
      (gap) => `${partyWord(gap.party)}, ${gapWords(gap)}`,
    );
    const words = [span(ms / 1000), ...(step ? [step.title] : []), ...missing];
    this.track.setAttribute("aria-valuetext", words.join(", "));
  }
}

customElements.define("vb-timeline", TimelineView);
