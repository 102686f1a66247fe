/** What waits for a second person, and objections that wait for an answer: before any list of visits. */

import { chip, fill, h, icon } from "./dom.js";
import { n, t } from "./i18n.js";
import { ask, saying } from "./staff.js";
import { dueLook } from "./review-clock.js";

/** @typedef {import("./review-types.js").Waiting} Waiting */
/** @typedef {import("./review-types.js").WaitingCheck} WaitingCheck */

const AGAIN_MS = 30_000;

export class WorkList {
  /** @param {HTMLElement} node */
  constructor(node) {
    this.node = node;
    /** @type {{checks: WaitingCheck[], objections: Waiting[]} | null} */
    this.last = null;
  }

  async begin() {
    fill(this.node, loading());
    await this.load();
    setInterval(() => {
      if (document.visibilityState === "visible") void this.load();
    }, AGAIN_MS);
  }

  async load() {
    try {
      const fresh = await ask("GET", "/api/review/checks");
      // Nobody loses their place in the list because nothing has changed.
      if (this.last && JSON.stringify(fresh) === JSON.stringify(this.last)) return;
      this.last = fresh;
      this.draw(fresh);
    } catch (error) {
      if (!this.last) this.failed(error);
    }
  }

  /** @param {{checks: WaitingCheck[], objections: Waiting[]}} work */
  draw({ checks, objections }) {
    fill(
      this.node,
      section("checks", t("To be checked"), checks, check, t("Nothing waits for a second person.")),
      objections.length > 0 && section("objections", t("Objections"), objections, objection, ""),
    );
  }

  /** @param {unknown} error */
  failed(error) {
    fill(
      this.node,
      h(
        "div.work.work--failed",
        { role: "alert" },
        icon("alert"),
        h("p.grow", null, h("strong", null, t("The work list could not be loaded")), " ", saying(error)),
        h(
          "button.button.button--quiet.button--small",
          { type: "button", onclick: () => void this.begin() },
          t("Try again"),
        ),
      ),
    );
  }
}

/**
 * @template {Waiting} W
 * @param {string} id @param {string} title @param {W[]} rows @param {(one: W) => HTMLElement} draw
 * @param {string} none
 */
function section(id, title, rows, draw, none) {
  const open = rows.filter(({ mine, refused_by_me: refused }) => !mine && !refused).length;
  return h(
    "section.work",
    { "aria-labelledby": `${id}-title` },
    h(
      "header.work__head",
      null,
      h(`h2#${id}-title`, null, title),
      rows.length > 0 && h("span.muted.figures", null, n("{n} for you", "{n} for you", open)),
    ),
    rows.length === 0
      ? h("p.work__none", null, icon("check-circle"), none)
      : h("ul.work__list", null, rows.map(draw)),
  );
}

/** @param {WaitingCheck} one */
function check(one) {
  const due = one.due_at ? dueLook(one.due_at) : null;
  const marks = [
    one.escalated && chip("bad", "bell", t("Escalated")),
    !!one.refusal && chip("bad", "x-circle", t("Not approved by a colleague")),
    !!one.refusal && !!one.refused_by_me && chip("plain", "lock", t("By you: a colleague confirms")),
    one.asked && chip("info", "question", t("Waiting for the teller’s answer")),
    !one.asked && one.returned > 0 && chip("info", "undo", t("Answered by the teller")),
    one.verdict === "refer" && chip("warn", "alert", t("Referred by the teller")),
    one.mine && chip("plain", "lock", t("Served by you: a colleague checks")),
  ];
  return row(one, due, marks, one.teller ? t("Teller {name}", { name: one.teller }) : "");
}

/** @param {Waiting} one */
function objection(one) {
  const due = one.due_at ? dueLook(one.due_at) : null;
  const marks = [
    one.mine && chip("plain", "lock", t("Served by you: a colleague answers")),
    !!one.refused_by_me && chip("plain", "lock", t("Refused by you: a colleague answers")),
  ];
  return row({ ...one, mine: one.mine || !!one.refused_by_me }, due, marks, "");
}

/**
 * @param {Waiting} one @param {ReturnType<typeof dueLook> | null} due
 * @param {(HTMLElement | false)[]} marks @param {string} more
 */
function row(one, due, marks, more) {
  return h(
    "li.work__one",
    { class: one.mine ? "is-mine" : due?.tone === "bad" ? "is-late" : null },
    h("a.work__link", { href: `/review/${encodeURIComponent(one.visit)}` }, h("strong", null, one.ticket ?? one.visit)),
    h(
      "span.work__what",
      null,
      h("span.work__service", null, one.service_title),
      h("span.muted", null, [one.customer_masked || t("Name no longer readable"), more].filter(Boolean).join(" · ")),
    ),
    h("span.work__marks", null, marks),
    due && h("span.work__due", null, chip(due.tone, "clock", due.words), h("span.muted.figures", null, due.when)),
    icon("chevron-right", "icon work__go"),
  );
}

function loading() {
  return h(
    "section.work",
    { "aria-busy": "true" },
    h("p.sr", { role: "status" }, t("Loading…")),
    h("div.skeleton.work__skeleton"),
    h("div.skeleton.work__skeleton"),
  );
}
