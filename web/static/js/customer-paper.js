/** A paper, read page by page beside the teller. The server decides when it has been read. */

import { announce, h, icon } from "./dom.js";
import { n, t } from "./i18n.js";
import { ticking } from "./customer-step.js";
import { Dwell } from "./customer-dwell.js";
import { Leaf } from "./customer-leaf.js";
import { button } from "./customer-screen.js";
import { consequence } from "./customer-answer.js";
import { zoomable } from "./customer-zoom.js";

/** @typedef {import("./customer.js").Customer} Customer */
/** @typedef {import("./customer-step.js").Step} Step */
/** @typedef {import("./customer-step.js").Paper} Paper */
/** @typedef {import("./customer-step.js").Part} Part */

const MAY_CONFIRM = ["read", "see", "agree"];
/** Milliseconds that a message may be on its way longer than the one before. */
const MARGIN = 400;

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
    this.dwell = new Dwell(this.paper.dwell_ms, (page) =>
      app.wire.send("paper.page", { paper: this.paper.id, page }),
    );
    this.settled = new Set();
    this.leaf = new Leaf(() => this.report());
    this.frame = h("div.reader__frame", { tabIndex: 0, role: "group" }, this.leaf.picture, this.leaf.text);
    this.marks = h(
      "div.reader__marks",
      { "aria-hidden": "true" },
      this.paper.dwell_ms.map(() => h("i", null, h("b"))),
    );
    this.count = h("p.reader__count.figures");
    this.near = this.tool("zoom-in", t("Larger"), () => this.zoom.nearer());
    this.far = this.tool("zoom-out", t("Smaller"), () => this.zoom.further());
    this.hint = h("p.reader__hint");
    this.previous = this.tool("chevron-left", t("Page before"), () => this.show(this.page - 1));
    this.next = this.tool("chevron-right", t("Next page"), () => this.show(this.page + 1));
    this.main = h("div.reader__main");
    this.follow = h("div.reader__follow");
    this.zoom = zoomable(this.frame, this.leaf.picture, {
      turned: (direction) => this.show(this.page + direction),
      changed: (near) => {
        this.far.disabled = !near;
      },
    });
    this.far.disabled = true;
    this.previous.classList.add("reader__turn");
    this.next.classList.add("reader__turn");
    const say = h("p.reader__say", { hidden: true }, step.say ?? "");
    const told = this.tool("teller", t("What the teller says"), () => {
      say.hidden = !say.hidden;
      told.setAttribute("aria-expanded", String(!say.hidden));
    });
    told.setAttribute("aria-expanded", "false");
    this.node = h(
      "div.reader",
      null,
      h(
        "div.reader__top",
        null,
        h("div.grow", null, h("p.reader__title", { "aria-hidden": "true" }, this.paper.title), this.count),
        step.say && told,
        this.far,
        this.near,
      ),
      this.marks,
      say,
      h("div.reader__view", null, this.leaf.wait, this.frame, this.previous, this.follow, this.next),
      step.acknowledge === "agree" && step.if_refused && consequence(step.if_refused),
    );
    this.actions = h("div.reader__foot", null, this.hint, this.main);
    this.hidden = () => this.report();
    document.addEventListener("visibilitychange", this.hidden);
    this.stop = ticking(() => this.tick());
  }

  /** @param {string} name @param {string} label @param {() => void} onclick */
  tool(name, label, onclick) {
    return h("button.reader__tool", { type: "button", "aria-label": label, onclick }, icon(name));
  }

  /** @param {number} page from 1 */
  show(page) {
    if (page < 1 || page > this.paper.pages || page === this.page) return;
    this.page = page;
    const { title, pages } = this.paper;
    const name = t("Page {page} of {count}: {title}", { page, count: pages, title });
    this.frame.setAttribute("aria-label", name);
    this.leaf.show(page, this.paper);
    this.zoom.reset();
    this.frame.scrollTo(0, 0);
    announce(t("Page {page} of {count}", { page, count: pages }));
    this.draw();
  }

  /** Tell the server what is before the person's eyes. */
  report() {
    this.dwell.report(this.leaf.seen && !document.hidden ? this.page : 0);
  }

  /** @param {Step} step */
  update(step) {
    const before = this.paper.page;
    this.step = step;
    this.paper = step.paper ?? this.paper;
    this.dwell.learn(this.paper.dwell_ms);
    if (this.paper.page !== before && this.paper.page !== this.page) this.show(this.paper.page);
    else this.draw();
  }

  tick() {
    const least = this.paper.seconds * 1000;
    [...this.marks.children].forEach((mark, i) => {
      const part = least ? Math.min(1, this.dwell.of(i + 1) / least) : 1;
      /** @type {HTMLElement} */ (mark.firstElementChild).style.width = `${Math.round(part * 100)}%`;
      mark.classList.toggle("here", i + 1 === this.page);
    });
    if (!this.page) return;
    const left = Math.ceil((least - this.dwell.of(this.page)) / 1000);
    if (left <= 0 && !this.settled.has(this.page)) {
      this.settled.add(this.page);
      this.draw();
    }
    if (this.overdue()) this.dwell.nudge();
    const more = left > 0 ? ` · ${n("{n} second more", "{n} seconds more", left)}` : "";
    this.count.textContent = `${t("Page {page} of {count}", { page: this.page, count: this.paper.pages })}${more}`;
  }

  /** Every page has had its time by our clock, and the server has not yet said so by its own. */
  overdue() {
    const least = this.paper.seconds * 1000;
    const done = this.step.can.some((word) => MAY_CONFIRM.includes(word)) || this.paper.read;
    return !done && this.dwell.of(this.page) >= least + MARGIN && this.dwell.all(least);
  }

  /** @returns {number} the next page that needs more time, beginning after this one; 0 when none does */
  unread() {
    const { pages, seconds } = this.paper;
    const after = Array.from({ length: pages }, (_, i) => ((this.page + i) % pages) + 1);
    return after.find((page) => page !== this.page && this.dwell.of(page) < seconds * 1000) ?? 0;
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
        ? [
            h(
              "button.reader__teller",
              { type: "button", onclick: () => this.show(it.page) },
              icon("teller"),
              t("The teller is on page {page}", { page: it.page }),
            ),
          ]
        : []),
    );
    this.hint.textContent =
      it.read || may
        ? ""
        : unread
          ? t("Pinch or double-tap to enlarge")
          : t("Take your time. This opens when every page has been read.");
    const focused = this.main.contains(document.activeElement);
    this.main.replaceChildren(...this.choices(may, answered, unread));
    if (focused) this.main.querySelector("button:last-of-type")?.focus();
    this.tick();
  }

  /** @param {boolean} may @param {boolean} answered @param {number} unread */
  choices(may, answered, unread) {
    const { step, app } = this;
    if (answered || (this.paper.read && !may))
      return [h("p.working", null, icon("check-circle"), t("You have read this paper."))];
    if (!may && unread)
      return [
        button(unread === this.page + 1 ? t("Next page") : t("Go to page {page}", { page: unread }), () =>
          this.show(unread),
        ),
      ];
    const agree = step.acknowledge === "agree";
    const refuse =
      agree &&
      step.can.includes("refuse") &&
      button(t("I don’t agree"), () => app.answer(step.id, { agreed: false }), { kind: "quiet" });
    const confirm = button(
      agree ? t("Read, and I agree") : t("I have read this"),
      () => app.answer(step.id, agree ? { agreed: true } : { seen: true }),
      { name: "check", disabled: !may },
    );
    return refuse ? [refuse, confirm] : [confirm];
  }

  leave() {
    this.stop();
    document.removeEventListener("visibilitychange", this.hidden);
    if (this.app.view?.step?.id === this.step.id) this.dwell.report(0);
  }
}
