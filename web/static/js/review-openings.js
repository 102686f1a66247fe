/** Requests to open a recording: what others ask of me, and what became of what I asked. */

import { banner, chip, fill, h, toast } from "./dom.js";
import { dateTime } from "./format.js";
import { t } from "./i18n.js";
import { ask, saying } from "./staff.js";
import { handOver } from "./review-export.js";
import { asksForProof, proveAgain } from "./staff-prove.js";

/**
 * @typedef {{id: string, visit: string, customer_masked: string, by: string, mine: boolean, kind: "view"|"export",
 *   from_ms: number | null, until_ms: number | null, purpose: string | null, asked_at: string, expires_at: string,
 *   approved: boolean | null, decided_by: string | null, reason: string | null}} Wish
 * @typedef {import("./review-purpose.js").Grant} Grant
 */

export class Openings {
  /**
   * @param {HTMLElement} node
   * @param {{visit?: string, granted?: (grant: Grant) => void, none?: () => HTMLElement}} [here]
   *   on a visit's own page: only mine of this visit
   */
  constructor(node, here = {}) {
    this.node = node;
    this.here = here;
  }

  async load() {
    try {
      const { requests } = await ask("GET", "/api/review/openings");
      this.draw(requests.filter((/** @type {Wish} */ wish) => this.concerns(wish)));
    } catch (error) {
      fill(this.node, banner("bad", saying(error)));
    }
  }

  /** @param {Wish} wish */
  concerns({ mine, visit }) {
    return this.here.visit ? mine && visit === this.here.visit : true;
  }

  /** @param {Wish[]} wishes */
  draw(wishes) {
    fill(
      this.node,
      (wishes.length > 0 || this.here.none) &&
        h(
          "section.work",
          { "aria-labelledby": "openings-title" },
          h("div.work__head", null, h("h2#openings-title", null, t("Requests to open recordings"))),
          wishes.length
            ? h("ul.work__list", { role: "list" }, wishes.map((wish) => this.line(wish)))
            : this.here.none?.(),
        ),
    );
  }

  /** @param {Wish} wish */
  line(wish) {
    const message = h("div", { "aria-live": "polite" });
    const what =
      wish.kind === "export"
        ? t("{who} asks to export the recording of {customer}", this.names(wish))
        : t("{who} asks to view the recording of {customer}", this.names(wish));
    return h(
      "li.openings__one.stack",
      null,
      h("p", null, h("a", { href: `/review/${encodeURIComponent(wish.visit)}` }, what), " ", state(wish)),
      h("p.muted", null, [dateTime(wish.asked_at), range(wish), wish.purpose ?? ""].filter(Boolean).join(" · ")),
      wish.reason && h("p", null, wish.reason),
      message,
      wish.mine ? this.use(wish, message) : this.decide(wish, message),
    );
  }

  /** @param {Wish} wish */
  names({ by, customer_masked: customer }) {
    return { who: by, customer };
  }

  /** @param {Wish} wish @param {HTMLElement} message */
  decide(wish, message) {
    const reason = h("input.input", { id: `reason-${wish.id}`, maxLength: 300 });
    const go = (/** @type {boolean} */ approve) => () =>
      void this.post(wish, "decision", { approve, reason: reason.value.trim() }, message, () => {
        toast(approve ? t("You have agreed.") : t("You have not agreed."));
        void this.load();
      });
    return h(
      "div.stack",
      null,
      h("label", { htmlFor: reason.id }, t("Reason (needed where you do not agree)")),
      reason,
      h(
        "div.row",
        null,
        h("button.button.button--primary.button--small", { type: "button", onclick: go(true) }, t("Agree")),
        h("button.button.button--ghost.button--small", { type: "button", onclick: go(false) }, t("Do not agree")),
      ),
    );
  }

  /** @param {Wish} wish @param {HTMLElement} message */
  use(wish, message) {
    const { granted } = this.here;
    if (!wish.approved || (wish.kind === "view" && !granted)) return null;
    const used = (/** @type {Grant} */ grant) => {
      if (wish.kind === "view") granted?.(grant);
      else handOver(wish.visit, grant);
    };
    const words = wish.kind === "view" ? t("Watch now") : t("Hand over now");
    const go = () => void this.post(wish, "grant", {}, message, used);
    return h("button.button.button--primary.button--small", { type: "button", onclick: go }, words);
  }

  /**
   * @param {Wish} wish @param {string} act @param {object} body @param {HTMLElement} message
   * @param {(answer: any) => void} done
   */
  async post(wish, act, body, message, done) {
    try {
      done(await ask("POST", `/api/review/openings/${wish.id}/${act}`, body));
    } catch (error) {
      if (asksForProof(error))
        proveAgain(t("Your last sign-in was too long ago to decide."), () => void this.post(wish, act, body, message, done));
      else fill(message, banner("bad", saying(error)));
    }
  }
}

/** @param {Wish} wish */
function state({ mine, approved }) {
  if (approved === true) return chip("good", "check", t("Agreed"));
  if (approved === false) return chip("bad", "x-circle", t("Not agreed"));
  return mine ? chip("info", "clock", t("Waits for a second person")) : null;
}

/** @param {Wish} wish */
function range({ from_ms: from, until_ms: until }) {
  if (from === null && until === null) return t("the whole recording");
  return t("from {from} s to {until} s", { from: (from ?? 0) / 1000, until: until === null ? "…" : until / 1000 });
}
