/** A paper, read page by page beside the teller. The server decides when it has been read. */

import { announce, h, icon } from "./dom.js";
import { n, t } from "./i18n.js";
import { ticking } from "./customer-step.js";
import { button } from "./customer-screen.js";
import { consequence } from "./customer-answer.js";
import { zoomable } from "./customer-zoom.js";

/** @typedef {import("./customer.js").Customer} Customer */
/** @typedef {import("./customer-step.js").Step} Step */
/** @typedef {import("./customer-step.js").Paper} Paper */
/** @typedef {import("./customer-step.js").Part} Part */

const MAY_CONFIRM = ["read", "see", "agree"];

/** @param {Customer} app @param {Step} step @returns {Part} */
export function paper(app, step) {
  if (!step.paper)
    return { body: h("p.working", null, h("span.spinner"), t("The paper appears here in a moment.")) };
  const reading = new Reading(app, step);
  reading.show(step.paper.page);
  return {
    tall: true,
    quiet: true,
    body: reading.node,
    actions: reading.actions,
    update: (next) => reading.update(next),
    leave: () => reading.leave(),
  };
}

class Reading {
  /** @param {Customer} app @param {Step} step */
  constructor(app, step) {
    this.app = app;
    this.step = step;
    this.paper = /** @type {Paper} */ (step.paper);
    this.page = 0;
    /** @type {number[]} what each page had when the server last said so, or we last left it */
    this.had = [...this.paper.dwell_ms];
    this.since = performance.now();
    this.settled = new Set();
    this.picture = h("img.reader__page", { draggable: false, decoding: "async" });
    this.frame = h("div.reader__frame", { tabIndex: 0, role: "group", onkeydown: (/** @type {KeyboardEvent} */ e) => this.key(e) }, this.picture);
    this.marks = h("div.reader__marks", { "aria-hidden": "true" }, this.had.map(() => h("i", null, h("b"))));
    this.count = h("p.reader__count.figures");
    this.near = this.tool("zoom-in", t("Larger"), () => this.zoom.nearer());
    this.far = this.tool("zoom-out", t("Smaller"), () => this.zoom.further());
    this.hint = h("p.reader__hint");
    this.previous = this.tool("chevron-left", t("Page before"), () => this.show(this.page - 1));
    this.next = this.tool("chevron-right", t("Next page"), () => this.show(this.page + 1));
    this.main = h("div.reader__main");
    this.follow = h("div.reader__follow");
    this.zoom = zoomable(this.frame, this.picture, {
      swiped: (direction) => this.show(this.page + direction),
      changed: (near) => {
        this.far.disabled = !near;
      },
    });
    this.far.disabled = true;
    this.node = h(
      "div.reader",
      null,
      h(
        "div.reader__top",
        null,
        h("div.grow", null, h("p.reader__title", { "aria-hidden": "true" }, this.paper.title), this.count),
        this.far,
        this.near,
      ),
      this.marks,
      h("div.reader__view", null, this.frame, this.follow),
      step.acknowledge === "agree" && step.if_refused && consequence(step.if_refused),
    );
    this.actions = h("div.reader__foot", null, this.hint, h("div.reader__buttons", null, this.previous, this.main, this.next));
    this.hidden = () => this.report(document.hidden ? 0 : this.page);
    document.addEventListener("visibilitychange", this.hidden);
    this.stop = ticking(() => this.tick());
  }

  /** @param {string} name @param {string} label @param {() => void} onclick */
  tool(name, label, onclick) {
    return h("button.reader__tool", { type: "button", "aria-label": label, onclick }, icon(name));
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const moves = /** @type {Record<string, () => void>} */ ({
      ArrowRight: () => !this.zoom.near && this.show(this.page + 1),
      ArrowLeft: () => !this.zoom.near && this.show(this.page - 1),
      PageDown: () => this.show(this.page + 1),
      PageUp: () => this.show(this.page - 1),
      "+": () => this.zoom.nearer(),
      "=": () => this.zoom.nearer(),
      "-": () => this.zoom.further(),
    });
    const move = moves[event.key];
    if (!move || event.ctrlKey || event.metaKey) return;
    if (!(this.zoom.near && event.key.startsWith("Arrow"))) event.preventDefault();
    move();
  }

  /** @param {number} page from 1 */
  show(page) {
    if (page < 1 || page > this.paper.pages || page === this.page) return;
    this.settle();
    this.page = page;
    this.since = performance.now();
    const { url, title, pages } = this.paper;
    this.picture.src = `${url}${page}`;
    this.picture.alt = t("Page {page} of {count}: {title}", { page, count: pages, title });
    this.frame.setAttribute("aria-label", this.picture.alt);
    this.zoom.reset();
    this.frame.scrollTo(0, 0);
    this.report(document.hidden ? 0 : page);
    announce(t("Page {page} of {count}", { page, count: pages }));
    this.draw();
    if (page < pages) new Image().src = `${url}${page + 1}`;
  }

  /** Add what the present page has had since it came up. */
  settle() {
    if (this.page) this.had[this.page - 1] = this.dwell(this.page);
    this.since = performance.now();
  }

  /** @param {number} page @returns {number} milliseconds, the server's figure continued */
  dwell(page) {
    const running = page === this.page && !document.hidden ? performance.now() - this.since : 0;
    return (this.had[page - 1] ?? 0) + running;
  }

  /** @param {number} page which page is on the screen; 0: none */
  report(page) {
    if (page === 0) this.settle();
    else this.since = performance.now();
    this.app.wire.send("paper.page", { paper: this.paper.id, page });
  }

  /** @param {Step} step */
  update(step) {
    const before = this.paper.page;
    this.step = step;
    this.paper = step.paper ?? this.paper;
    this.settle();
    this.had = this.had.map((ms, i) => Math.max(ms, this.paper.dwell_ms[i] ?? 0));
    if (this.paper.page !== before && this.paper.page !== this.page) this.show(this.paper.page);
    else this.draw();
  }

  tick() {
    const least = this.paper.seconds * 1000;
    [...this.marks.children].forEach((mark, i) => {
      const part = least ? Math.min(1, this.dwell(i + 1) / least) : 1;
      /** @type {HTMLElement} */ (mark.firstElementChild).style.width = `${Math.round(part * 100)}%`;
      mark.classList.toggle("here", i + 1 === this.page);
    });
    if (!this.page) return;
    const left = Math.ceil((least - this.dwell(this.page)) / 1000);
    if (left <= 0 && !this.settled.has(this.page)) {
      this.settled.add(this.page);
      this.settle();
      this.report(document.hidden ? 0 : this.page); // so that the server looks at its own clock
      this.draw();
    }
    const more = left > 0 ? ` · ${n("{n} second more", "{n} seconds more", left)}` : "";
    this.count.textContent = `${t("Page {page} of {count}", { page: this.page, count: this.paper.pages })}${more}`;
  }

  /** @returns {number} the next page that needs more time, beginning after this one; 0 when none does */
  unread() {
    const { pages, seconds } = this.paper;
    const after = Array.from({ length: pages }, (_, i) => ((this.page + i) % pages) + 1);
    return after.find((page) => page !== this.page && this.dwell(page) < seconds * 1000) ?? 0;
  }

  draw() {
    const { step, app, paper: it } = this;
    this.previous.disabled = this.page === 1;
    this.next.disabled = this.page === it.pages;
    const answered = app.answered.has(step.id);
    const may = !answered && MAY_CONFIRM.some((word) => step.can.includes(word));
    const unread = it.read ? 0 : this.unread();
    this.follow.replaceChildren(
      ...(it.page !== this.page
        ? [h("button.reader__teller", { type: "button", onclick: () => this.show(it.page) }, icon("teller"), t("The teller is on page {page}", { page: it.page }))]
        : []),
    );
    this.hint.textContent =
      it.read || may ? "" : unread ? t("Pinch or double-tap to enlarge") : t("Take your time. This opens when every page has been read.");
    this.main.replaceChildren(...this.choices(may, answered, unread));
    this.tick();
  }

  /** @param {boolean} may @param {boolean} answered @param {number} unread */
  choices(may, answered, unread) {
    const { step, app } = this;
    if (answered || (it(step).read && !may))
      return [h("p.working", null, icon("check-circle"), t("You have read this paper."))];
    if (!may && unread)
      return [button(unread === this.page + 1 ? t("Next page") : t("Go to page {page}", { page: unread }), () => this.show(unread))];
    const agree = step.acknowledge === "agree";
    const refuse = agree && step.can.includes("refuse") && button(t("I don’t agree"), () => app.answer(step.id, { agreed: false }), { kind: "quiet" });
    const confirm = button(
      agree ? t("I have read this and agree") : t("I have read this"),
      () => app.answer(step.id, agree ? { agreed: true } : { seen: true }),
      { name: "check", disabled: !may },
    );
    return refuse ? [refuse, confirm] : [confirm];
  }

  leave() {
    this.stop();
    document.removeEventListener("visibilitychange", this.hidden);
    this.report(0);
  }
}

/** @param {Step} step */
function it(step) {
  return /** @type {Paper} */ (step.paper);
}
