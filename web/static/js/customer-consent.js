/** Each consent its own page and its own tap; what a no means stands beside it. */

import { banner, h, icon } from "./dom.js";
import { t } from "./i18n.js";
import { Refused, request } from "./http.js";
import { busy, button, paragraphs, screen } from "./customer-screen.js";

/** @typedef {import("./customer.js").Customer} Customer */
/** @typedef {import("./customer-screen.js").Scene} Scene */
/** @typedef {import("./customer-state.js").Consent} Consent */

/** @type {Record<string, {icon: string, head: () => string, yes: () => string, no: () => string}>} */
const KNOWN = {
  recording: {
    icon: "video",
    head: () => t("Sound and picture of both sides"),
    yes: () => t("I agree to the recording"),
    no: () => t("I don’t agree"),
  },
  face: {
    icon: "face",
    head: () => t("Your face beside the picture on your document"),
    yes: () => t("I agree to face comparison"),
    no: () => t("Continue without it"),
  },
  other: {
    icon: "shield",
    head: () => t("Your consent, for this purpose only"),
    yes: () => t("I agree"),
    no: () => t("I don’t agree"),
  },
};

/** @param {Customer} app @returns {Scene} */
export function consent(app) {
  const asked = app.consentAsked();
  if (!asked) return { node: screen({ title: t("Loading…") }) };
  const words = KNOWN[asked.id] ?? KNOWN.other;
  const problem = h("div", { role: "alert" });
  /** @param {boolean} agreed @param {HTMLButtonElement} control */
  const answer = (agreed, control) =>
    void busy(control, async () => {
      app.order.consents[asked.id] = agreed;
      if (!agreed && asked.required) app.go("refused");
      else if (app.consentAsked()) app.anew();
      else await enter(app, problem, asked);
    });
  const agree = button(words.yes(), () => answer(true, agree));
  const refuse = button(words.no(), () => answer(false, refuse), { kind: "quiet" });
  return {
    node: screen({
      step: app.local.joined ? 1 : 3,
      steps: app.local.joined ? 2 : undefined,
      back: () => app.consentBack(),
      title: asked.title,
      body: [
        problem,
        h(
          "div.card.consent",
          null,
          h("div.consent__head", null, icon(words.icon), h("span", null, words.head())),
          h("div.consent__text", null, paragraphs(asked.body)),
        ),
        asked.if_refused &&
          h(
            "div.note.row",
            null,
            icon("info"),
            h("div.grow", null, h("strong", null, t("If you prefer not to: ")), asked.if_refused),
          ),
      ],
      actions: [agree, refuse],
    }),
  };
}

/**
 * All consents have been answered: the door opens.
 * @param {Customer} app @param {HTMLElement} problem @param {Consent} last
 */
async function enter(app, problem, last) {
  const guest = app.local.joined;
  try {
    if (guest) await request("POST", "/api/customer/join/consents", { consents: app.order.consents });
    else await request("POST", "/api/customer/visits", app.orderBody());
    app.entered();
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    delete app.order.consents[last.id];
    if (error.field === "name" || error.field === "document_number") {
      app.refusal = error;
      app.go("details");
    } else problem.replaceChildren(banner("bad", error.message));
  }
}

/** A consent that nothing can go on without was not given. @param {Customer} app @returns {Scene} */
export function refused(app) {
  const asked = app.consents().find(({ id, required }) => required && app.order.consents[id] === false);
  const recording = asked?.id === "recording";
  return {
    node: screen({
      mark: recording ? "video-off" : "flag",
      tone: "warn",
      title: recording
        ? t("Without recording there is no service by video")
        : t("Without this consent we cannot go on by video"),
      lead: recording
        ? t(
            "Our regulator requires it, for your protection and ours. You can do the same thing in other ways.",
          )
        : (asked?.if_refused ?? t("You can do the same thing in other ways.")),
      body: h(
        "ul.cells.ways",
        null,
        way("branch", t("At any of our branches"), t("Bring your identity document")),
        way("phone", t("By telephone banking"), t("For questions and enquiries")),
      ),
      actions: [
        button(t("Read the notice again"), () => {
          if (asked) delete app.order.consents[asked.id];
          app.go("consent");
        }),
        button(t("End here"), () => app.restart(), { kind: "ghost" }),
      ],
    }),
  };
}

/**
 * @param {string} name
 * @param {string} title
 * @param {string} detail
 */
export function way(name, title, detail) {
  return h(
    "li.cell",
    null,
    icon(name),
    h("span.grow", null, h("span.cell__title", null, title), h("span.cell__detail", null, detail)),
  );
}
