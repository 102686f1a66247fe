/** Whether the evidence holds and who has opened it: known before any purpose is entered. */

import { announce, fill, h } from "./dom.js";
import { ask, saying } from "./staff.js";
import { Holds } from "./review-holds.js";
import { damagedStrip } from "./review-failures.js";
import { custodyPanel, marksPanel, stillsPanel } from "./review-side.js";
import { verdictPanel } from "./review-verdict.js";
import { verdictWord } from "./review-words.js";

/** @typedef {import("./review-state.js").Timeline & {objects?: import("./review-side.js").Still[]}} Film */

export class Evidence {
  /** @type {import("./review-state.js").Verdict | null} */
  verdict = null;
  /** @type {string | null} */
  failure = null;
  /** Who has opened it; null until that is known. @type {import("./review-side.js").Custody[] | null} */
  custody = null;
  /** Whether keys are in a file, as in a demonstration. */
  demoKeys = false;
  /** Why that is not known. @type {string | null} */
  unknown = null;
  /** @type {Film | null} */
  film = null;
  /** Addresses of the photographs, where nothing else on the page shows them. @type {((sha: string) => string) | null} */
  stills = null;

  holds = new Holds(h("div"), {
    visit: decodeURIComponent(location.pathname.split("/").at(-1) ?? ""),
    changed: () => void this.load(),
  });

  /** @param {string} api @param {HTMLElement} home @param {HTMLElement} strip @param {(ms: number) => void} seek */
  constructor(api, home, strip, seek) {
    this.api = api;
    this.home = home;
    this.strip = strip;
    this.seek = seek;
  }

  async verify() {
    try {
      this.verdict = await ask("GET", `${this.api}/verify`);
      if (this.verdict?.status === "damaged") fill(this.strip, damagedStrip());
      announce(verdictWord(this.verdict?.status ?? ""));
    } catch (error) {
      this.failure = saying(error);
    }
    this.draw();
  }

  async load() {
    try {
      const answer = await ask("GET", `${this.api}/custody`);
      this.custody = Array.isArray(answer) ? answer : answer.entries;
      this.demoKeys = Boolean(answer.demo_keys);
      this.unknown = null;
    } catch (error) {
      this.unknown = saying(error); // the verdict and the recording do not depend on it
    }
    this.draw();
  }

  draw() {
    fill(
      this.home,
      verdictPanel(this.verdict, this.failure),
      this.film && marksPanel(this.film, this.seek),
      this.film && this.stills && stillsPanel(this.film.objects ?? [], this.stills),
      this.holds.node,
      custodyPanel(this.custody, this.unknown, this.demoKeys),
    );
  }
}
