/** The viewer's name and the present time over a picture: it moves, and comes back when taken away. */

import { h } from "./dom.js";
import { dateTime } from "./format.js";

const MARKS = 12;
const ROUND_MS = 24_000;
const DRIFT_PERCENT = 6;

export class ViewerMark {
  /** @param {string} viewer @param {HTMLElement} take the picture it stands over */
  constructor(viewer, take) {
    this.viewer = viewer;
    this.take = take;
    this.spans = Array.from({ length: MARKS }, () => h("span"));
    this.node = h("div.take__viewer", { "aria-hidden": "true" }, this.spans);
    this.keep();
  }

  /** Stand where it belongs, a little further on; called for as long as the picture is there. */
  keep() {
    if (this.node.parentElement !== this.take) this.take.append(this.node);
    if (this.node.className !== "take__viewer") this.node.className = "take__viewer";
    this.node.hidden = false;
    const words = `${this.viewer} · ${dateTime(new Date())}`;
    const stands = [...this.node.children].every((span, n) => span === this.spans[n]);
    if (!stands || this.node.children.length !== MARKS) this.node.replaceChildren(...this.spans);
    for (const span of this.spans) span.dataset.words = words; // faint on purpose: drawn, not text
    const turn = ((performance.now() % ROUND_MS) / ROUND_MS) * 2 * Math.PI;
    const [x, y] = [Math.cos(turn), Math.sin(turn)].map((part) => (part * DRIFT_PERCENT).toFixed(2));
    this.node.style.cssText = `translate: ${x}% ${y}%`;
  }
}
