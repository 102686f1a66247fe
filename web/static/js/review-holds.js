/** Legal holds: what stands on hold is never shredded. Set and lifted with a reason, both in custody. */

import { banner, chip, fill, h, icon, openDialog, toast } from "./dom.js";
import { t } from "./i18n.js";
import { dateTime } from "./format.js";
import { ask, saying } from "./staff.js";
import { asksForProof, proveAgain } from "./staff-prove.js";

/** @typedef {{id: string, visit: string, customer_masked: string, by: string, at: string, reason: string | null}} Hold */

export class Holds {
  /** @type {Hold[]} */
  held = [];

  /** @param {HTMLElement} node @param {{visit?: string, changed?: () => void}} [here] on a visit's own page: its holds alone */
  constructor(node, here = {}) {
    this.node = node;
    this.here = here;
  }

  async load() {
    try {
      const { holds } = await ask("GET", "/api/review/holds");
      this.held = holds.filter((/** @type {Hold} */ hold) => !this.here.visit || hold.visit === this.here.visit);
      this.draw();
    } catch (error) {
      fill(this.node, banner("bad", saying(error)));
    }
  }

  draw() {
    const { visit } = this.here;
    fill(
      this.node,
      h(
        visit ? "section.panel" : "section.work",
        { "aria-labelledby": "holds-title" },
        h(
          visit ? "header.panel__head" : "header.work__head",
          null,
          h("h2#holds-title", null, t("Legal hold")),
          h("span.grow"),
          this.held.length > 0 && chip("warn", "lock", t("Never shredded")),
        ),
        this.held.length
          ? h("ul.holds", { role: "list" }, this.held.map((hold) => this.line(hold)))
          : h("p.work__none.muted", null, visit ? t("No hold stands on this visit.") : t("No hold stands.")),
        visit && this.button(t("Set a legal hold"), "lock", () => this.askWhy(visit)),
      ),
    );
  }

  /** @param {Hold} hold */
  line(hold) {
    const { visit } = this.here;
    return h(
      "li.holds__one",
      null,
      h(
        "div.grow",
        null,
        !visit && h("a", { href: `/review/${encodeURIComponent(hold.visit)}` }, h("strong", null, hold.customer_masked || hold.visit)),
        h("p", null, hold.reason ?? t("The reason can no longer be read.")),
        h("p.muted", null, [hold.by, dateTime(hold.at)].join(" · ")),
      ),
      this.button(t("Lift"), "undo", () => this.askWhy(hold.visit, hold)),
    );
  }

  /** @param {string} words @param {string} name @param {() => void} run */
  button(words, name, run) {
    return h("button.button.button--quiet.button--small", { type: "button", onclick: run }, icon(name), h("span", null, words));
  }

  /** A reason, then the act; `hold`: lift it. @param {string} visit @param {Hold} [hold] */
  askWhy(visit, hold) {
    const message = h("div", { "aria-live": "polite" });
    const reason = h("textarea.input#hold-reason", { rows: 3, maxLength: 300, required: true, autofocus: true });
    const go = h("button.button.button--primary", { type: "submit" }, hold ? t("Lift the hold") : t("Set the hold"));
    go.setAttribute("form", "hold-form");
    const words = hold
      ? t("From then on the time limits of the rules count again for this visit.")
      : t("From now on nothing shreds this visit, whatever the time limits say.");
    const form = h(
      "form#hold-form.stack",
      { noValidate: true },
      h("p.muted", null, words),
      message,
      h("div.field", null, h("label", { htmlFor: "hold-reason" }, t("Reason")), reason),
    );
    const dialog = openDialog({
      title: hold ? t("Lift the legal hold?") : t("Set a legal hold"),
      sheet: false,
      body: form,
      actions: [h("button.button.button--quiet", { type: "button", onclick: () => dialog.close() }, t("Cancel")), go],
    });
    const path = hold ? `/api/review/holds/${hold.id}/lift` : `/api/review/visits/${encodeURIComponent(visit)}/holds`;
    const send = async () => {
      try {
        await ask("POST", path, { reason: reason.value.trim() });
        dialog.close();
        toast(hold ? t("The hold is lifted.") : t("The hold is set."));
        await this.load();
        this.here.changed?.();
      } catch (error) {
        if (asksForProof(error)) proveAgain(t("Your last sign-in was too long ago to decide."), () => void send());
        else fill(message, banner("bad", saying(error)));
      }
    };
    form.addEventListener("submit", (/** @type {Event} */ event) => {
      event.preventDefault();
      void send();
    });
  }
}
