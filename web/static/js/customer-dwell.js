/** How long each page of a paper has been before the person's eyes; told to the server as it changes. */

const PATIENCE = 2000;

export class Dwell {
  /**
   * @param {number[]} had milliseconds of each page, as the server last said
   * @param {(page: number) => void} tell the server: this page is on the screen now; 0: none
   */
  constructor(had, tell) {
    this.had = [...had];
    this.tell = tell;
    /** @type {number} the page that the server was told last */
    this.page = 0;
    this.since = performance.now();
    this.nudged = 0;
    /** Whether the server has been asked and its next word goes before ours. */
    this.asked = false;
  }

  /** @param {number} page from 1; 0 when nothing can be read (hidden tab, picture not there yet) */
  report(page) {
    this.settle();
    if (page || this.page) this.tell(page);
    this.page = page;
  }

  /** @param {number} least milliseconds @returns {boolean} whether every page has had them */
  all(least) {
    return this.had.every((_, i) => this.of(i + 1) >= least);
  }

  /**
   * Make the server look at its own clock: away and back, not more often than every two seconds.
   * What it says then holds, also where it saw a page for a shorter time: messages travel unevenly.
   */
  nudge() {
    if (!this.page || performance.now() - this.nudged < PATIENCE) return;
    this.nudged = performance.now();
    const { page } = this;
    this.report(0);
    this.report(page);
    this.asked = true;
  }

  settle() {
    if (this.page) this.had[this.page - 1] = this.of(this.page);
    this.since = performance.now();
  }

  /** @param {number} page @returns {number} milliseconds, the server's figure continued */
  of(page) {
    const running = page === this.page ? performance.now() - this.since : 0;
    return (this.had[page - 1] ?? 0) + running;
  }

  /** @param {number[]} had what the server says now */
  learn(had) {
    this.settle();
    this.had = this.had.map((ms, i) => (this.asked ? (had[i] ?? 0) : Math.max(ms, had[i] ?? 0)));
    this.asked = false;
  }
}
