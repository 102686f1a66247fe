/** Two consents, two pages, two taps: recording, and face processing. */

import { banner, h, icon } from "./dom.js";
import { t } from "./i18n.js";
import { Refused, request } from "./http.js";
import { busy, button, paragraphs, screen } from "./customer-screen.js";

/** @typedef {import("./customer.js").Customer} Customer */
/** @typedef {import("./customer-screen.js").Scene} Scene */

/** @param {Customer} app @returns {Scene} */
export function recording(app) {
  const notice = app.local.branch?.consents.recording;
  return {
    node: screen({
      step: 2,
      back: () => app.go(app.order.invited ? "invitation" : "details"),
      title: notice?.title ?? "",
      body: h(
        "div.card.consent",
        null,
        h("div.consent__head", null, icon("video"), h("span", null, t("Sound and picture of both sides"))),
        h("div.consent__text", null, paragraphs(notice?.body ?? "")),
      ),
      actions: [
        button(t("I agree to the recording"), () => app.go("consent_face")),
        button(t("I don’t agree"), () => app.go("no_recording"), { kind: "quiet" }),
      ],
    }),
  };
}

/** @param {Customer} app @returns {Scene} */
export function noRecording(app) {
  return {
    node: screen({
      mark: "video-off",
      tone: "warn",
      title: t("Without recording there is no service by video"),
      lead: t(
        "Our regulator requires it, for your protection and ours. You can do the same thing in other ways.",
      ),
      body: h(
        "ul.cells.ways",
        null,
        way("branch", t("At any of our branches"), t("Bring your identity document")),
        way("phone", t("By telephone banking"), t("For questions and enquiries")),
      ),
      actions: [
        button(t("Read the notice again"), () => app.go("consent_recording")),
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

/** @param {Customer} app @returns {Scene} */
export function face(app) {
  const notice = app.local.branch?.consents.face;
  const problem = h("div", { role: "alert" });
  /** @param {boolean} agreed @param {HTMLButtonElement} control */
  const answer = (agreed, control) =>
    void busy(control, async () => {
      try {
        await request("POST", "/api/customer/visits", app.orderBody(agreed));
        app.entered();
      } catch (error) {
        if (!(error instanceof Refused)) throw error;
        if (error.field === "name" || error.field === "document_number") {
          app.refusal = error;
          app.go("details");
        } else problem.replaceChildren(banner("bad", error.message));
      }
    });
  const agree = button(t("I agree to face comparison"), () => answer(true, agree));
  const refuse = button(t("Continue without it"), () => answer(false, refuse), { kind: "quiet" });
  return {
    node: screen({
      step: 2,
      back: () => app.go("consent_recording"),
      title: notice?.title ?? "",
      body: [
        problem,
        h(
          "div.card.consent",
          null,
          h(
            "div.consent__head",
            null,
            icon("face"),
            h("span", null, t("Your face beside the picture on your document")),
          ),
          h("div.consent__text", null, paragraphs(notice?.body ?? "")),
        ),
        notice?.if_refused &&
          h(
            "div.note.row",
            null,
            icon("info"),
            h("div.grow", null, h("strong", null, t("If you prefer not to: ")), notice.if_refused),
          ),
      ],
      actions: [agree, refuse],
    }),
  };
}
