/** One page of a paper on the screen: its picture, its text for a screen reader, the wait for it. */

import { h } from "./dom.js";
import { t } from "./i18n.js";
import { digest } from "./format.js";
import { request } from "./http.js";
import { button } from "./customer-screen.js";

export class Leaf {
  /** @param {() => void} changed a picture has come, or is awaited */
  constructor(changed) {
    this.changed = changed;
    this.page = 0;
    this.picture = h("div.reader__page");
    this.text = h("div.sr.reader__text");
    this.wait = h("div.reader__wait");
    /** @type {Map<number, HTMLImageElement>} pages fetched so far: turning back is instant */
    this.fetched = new Map();
    /** @type {Map<number, Promise<{text: string, digest: string}>>} */
    this.said = new Map();
    /** Whether there is something to read. */
    this.seen = false;
  }

  /**
   * @param {number} page
   * @param {import("./customer-step.js").Paper} paper
   */
  show(page, paper) {
    this.page = page;
    this.place(this.fetch(page, paper), paper);
    this.say(page, paper);
  }

  /**
   * The same page in words, from the same file. Without it the picture is still there: it is asked for
   * again when the page is shown again.
   * @param {number} page @param {import("./customer-step.js").Paper} paper
   */
  async say(page, paper) {
    this.text.replaceChildren();
    const asked = this.said.get(page) ?? request("GET", `${paper.url}${page}/text`);
    this.said.set(page, asked);
    try {
      const { text, digest: file } = await asked;
      if (page !== this.page) return;
      this.text.replaceChildren(
        h("p", null, t("Text of this page, from the very file that is shown; its fingerprint is {digest}", { digest: digest(file, 6) })),
        ...text.split("\n").map((/** @type {string} */ line) => h("p", null, line)),
      );
    } catch {
      this.said.delete(page);
    }
  }

  /** @param {number} page @param {import("./customer-step.js").Paper} paper @returns {HTMLImageElement} */
  fetch(page, paper) {
    const known = this.fetched.get(page);
    if (known) return known;
    const picture = h("img", {
      alt: t("Page {page} of {count}: {title}", { page, count: paper.pages, title: paper.title }),
      draggable: false,
      onload: () => page === this.page && this.place(picture, paper),
      onerror: () => page === this.page && this.missing(paper),
      src: `${paper.url}${page}`,
    });
    this.fetched.set(page, picture);
    return picture;
  }

  /** @param {HTMLImageElement} picture @param {import("./customer-step.js").Paper} paper */
  place(picture, paper) {
    this.seen = picture.complete && picture.naturalWidth > 0;
    this.picture.replaceChildren(...(this.seen ? [picture] : []));
    this.wait.replaceChildren(...(this.seen ? [] : [h("span.spinner")]));
    this.changed();
    if (this.seen && this.page < paper.pages) this.fetch(this.page + 1, paper);
  }

  /** @param {import("./customer-step.js").Paper} paper */
  missing(paper) {
    const again = () => {
      this.fetched.delete(this.page);
      this.show(this.page, paper);
    };
    this.wait.replaceChildren(
      h("p", null, t("This page could not be loaded.")),
      button(t("Try again"), again, { kind: "quiet", name: "refresh" }),
    );
  }
}
