/**
 * How loud a party was, second by second, under its pictures. The server decodes at most ten minutes
 * in one answer; a lane asks on until the end and draws what it has.
 */

import { Refused } from "./http.js";
import { ask } from "./staff.js";
import { shape } from "./review-state.js";

const SVG = "http://www.w3.org/2000/svg";

export class SoundLane {
  /** @type {(number | null)[]} */
  levels = [];
  path = part("path", {});

  /** @param {string} address with its grant @param {number} durationMs */
  constructor(address, durationMs) {
    this.address = address;
    this.seconds = Math.max(1, durationMs / 1000);
    // No title and no role: the slider around it says what there is to say.
    this.node = part(
      "svg",
      {
        class: "wave",
        viewBox: `0 -1 ${this.seconds} 2`,
        preserveAspectRatio: "none",
        "aria-hidden": "true",
      },
      part("line", { x1: "0", x2: String(this.seconds), y1: "0", y2: "0" }),
      this.path,
    );
  }

  /** @param {() => boolean} wanted whether anybody still looks */
  async load(wanted) {
    while (this.levels.length < this.seconds && wanted()) {
      const piece = await this.piece();
      if (!piece.length) return;
      this.levels.push(...piece);
      this.path.setAttribute("d", shape(this.levels));
    }
  }

  /** Nothing where the sound can't be had: the film does not depend on it. @returns {Promise<(number | null)[]>} */
  async piece() {
    try {
      return (await ask("GET", `${this.address}&from=${this.levels.length}`)).levels;
    } catch (error) {
      if (error instanceof Refused) return [];
      throw error;
    }
  }
}

/** @param {string} tag @param {Record<string, string>} attributes @param {...Element} children */
function part(tag, attributes, ...children) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}
