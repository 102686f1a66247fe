/** The decision at the foot of the page: when it is due, the three verdicts, or why there are none. */

import { chip, fill, h, icon } from "./dom.js";
import { t } from "./i18n.js";
import { dueLook } from "./review-clock.js";
import { ask } from "./review-ask.js";

/** @typedef {import("./review-types.js").Findings} Findings */
/** @typedef {"approve"|"return"|"refuse"|"confirm"|"disagree"|"answer"} Act */

export class DecisionBar {
  /**
   * @param {HTMLElement} node
   * @param {(act: Act, words: string) => Promise<void>} send refused as `Refused`
   */
  constructor(node, send) {
    this.node = node;
    this.send = send;
  }

  /** @param {Findings | null} found */
  draw(found) {
    const part = found?.review?.open ? this.verdicts(found) : found && this.answering(found);
    this.node.hidden = !part;
    fill(this.node, part);
  }

  /** @param {Findings} found */
  verdicts(found) {
    const review = /** @type {import("./review-types.js").ReviewLine} */ (found.review);
    const due = dueLook(review.due_at);
    const why = blockedBy(found);
    const spent = review.returns_left === 0 ? t("It has been asked back as often as is allowed.") : "";
    return h(
      "div.bar",
      null,
      h(
        "div.bar__words",
        null,
        h("h2", null, t("Your decision")),
        chip(due.tone, "clock", due.words),
        review.refusal && chip("bad", "x-circle", t("Not approved by a colleague")),
        review.escalated && chip("bad", "bell", t("Escalated")),
        h("span.muted.figures", null, t("due {when}", { when: due.when })),
      ),
      why && h("p.bar__why#bar-why", { role: "note" }, icon("info"), h("span", null, why)),
      !why && spent && h("p.bar__why#bar-spent", { role: "note" }, icon("info"), h("span", null, spent)),
      h("span.grow"),
      ...this.choices(review, why, spent),
    );
  }

  /** On a colleague's refusal there is one question only. @param {import("./review-types.js").ReviewLine} review @param {string} why @param {string} spent */
  choices(review, why, spent) {
    if (review.refusal)
      return [
        this.button("disagree", t("Disagree"), "quiet", "undo", why, "bar-why"),
        this.button("confirm", t("Confirm: not approved"), "danger", "x-circle", why, "bar-why"),
      ];
    return [
      this.button("return", t("Ask back"), "quiet", "undo", why || spent, why ? "bar-why" : "bar-spent"),
      this.button("refuse", t("Do not approve"), "quiet", "x-circle", why, "bar-why"),
      this.button("approve", t("Approve the visit"), "primary", "check", why, "bar-why"),
    ];
  }

  /** @param {Findings} found */
  answering(found) {
    const filed = found.objection;
    if (!filed || filed.answer) return null;
    const due = dueLook(filed.due_at);
    const why = found.mine
      ? t("You served this visit; a colleague answers the objection.")
      : found.may_answer === false
        ? t("You refused this visit; a colleague answers the objection.")
        : "";
    return h(
      "div.bar",
      null,
      h(
        "div.bar__words",
        null,
        h("h2", null, t("The customer objects")),
        chip(due.tone, "clock", due.words),
        h("span.muted.figures", null, t("due {when}", { when: due.when })),
      ),
      why && h("p.bar__why#bar-why", { role: "note" }, icon("info"), h("span", null, why)),
      h("span.grow"),
      this.button("answer", t("Answer the objection"), "primary", "edit", why, "bar-why"),
    );
  }

  /** @param {Act} act @param {string} words @param {string} kind @param {string} name @param {string} why @param {string} said */
  button(act, words, kind, name, why, said) {
    return h(
      `button.button.button--${kind}`,
      {
        type: "button",
        class: act === "refuse" && !why ? "bar__refuse" : null,
        dataset: { act },
        "aria-disabled": why ? "true" : null,
        "aria-describedby": why ? said : null,
        onclick: () => {
          if (!why) ask(act, (text) => this.send(act, text));
        },
      },
      icon(name),
      h("span", null, words),
    );
  }
}

/** Why this reader can't decide now, in words; empty when they can. @param {Findings} found */
function blockedBy({ mine, review }) {
  if (mine) return t("You served this visit. Nobody checks their own work: a colleague decides.");
  if (review?.refusal && review.refused_by_me)
    return t("You did not approve this visit. A colleague has to confirm it.");
  return review?.asked ? t("The teller has not answered your question yet.") : "";
}
