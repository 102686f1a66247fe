/** A further party's way in: who invites, to what, and that it is their own visit too. */

import { banner, h, icon } from "./dom.js";
import { t } from "./i18n.js";
import { Refused, request } from "./http.js";
import { busy, button, screen } from "./customer-screen.js";

/** @typedef {import("./customer.js").Customer} Customer */
/** @typedef {import("./customer-screen.js").Scene} Scene */
/** @typedef {import("./customer-state.js").Joined} Joined */

/** Opening the link uses nothing up; this tap does. @param {Customer} app @returns {Scene} */
export function join(app) {
  const problem = h("div", { role: "alert" });
  const open = button(
    t("Open the invitation"),
    () =>
      void busy(open, async () => {
        try {
          app.summoned(await request("POST", "/api/customer/join", { secret: app.local.summons }));
        } catch (error) {
          if (!(error instanceof Refused)) throw error;
          problem.replaceChildren(
            banner(
              "bad",
              h("p", null, error.message),
              h("p", null, t("Please ask the person who sent it to you for a new link.")),
            ),
          );
        }
      }),
  );
  return {
    node: screen({
      mark: "users",
      title: t("You are asked to join a video visit"),
      lead: t("{branch} has been asked to let you take part.", {
        branch: app.local.branch?.branch.name ?? "",
      }),
      body: [
        problem,
        h(
          "ul.promises",
          null,
          h(
            "li",
            null,
            icon("lock"),
            h("span", null, t("The link is for you alone and opens once. Do not pass it on.")),
          ),
          h("li", null, icon("card"), h("span", null, t("Have your own identity document at hand."))),
          h(
            "li",
            null,
            icon("users"),
            h("span", null, t("You decide for yourself. You may say no at any point.")),
          ),
        ),
      ],
      actions: [open, button(t("Not now"), () => app.declineSummons(), { kind: "ghost" })],
    }),
  };
}

/** What the guest was asked to, before the own consents. @param {Customer} app @returns {Scene} */
export function joined(app) {
  const { party_title: title, service_title: service } = /** @type {Joined} */ (app.local.joined);
  return {
    node: screen({
      mark: "users",
      title: t("You join as: {party}", { party: title }),
      lead: t("This is what will happen."),
      body: [
        h(
          "dl.facts.card",
          null,
          h("dt", null, t("Service")),
          h("dd", null, service),
          h("dt", null, t("Branch")),
          h("dd", null, app.local.branch?.branch.name ?? ""),
          h("dt", null, t("Your part")),
          h("dd", null, title),
        ),
        h(
          "ol.path",
          null,
          h("li", null, t("You read what is recorded, and agree or not")),
          h("li", null, t("We check your camera and microphone")),
          h("li", null, t("The teller checks who you are, and speaks with you about your own part")),
        ),
      ],
      actions: button(t("Continue"), () => app.go("consent")),
    }),
  };
}

/** Ready before the visit is: nothing to do but stay. @param {Customer} app @returns {Scene} */
export function gathering(app) {
  return {
    node: screen({
      mark: "clock",
      title: t("You are ready"),
      lead: t("The visit begins in a moment. Please stay on this page."),
      body: h("p.working.centre", null, h("span.spinner"), app.view?.visit?.service_title ?? ""),
    }),
  };
}

/** Let go by the teller, or gone by themself: nothing is heard or seen of the call any more. @param {Customer} app @returns {Scene} */
export function left(app) {
  app.endMedia();
  return {
    node: screen({
      mark: "check-circle",
      title: t("You have left the call"),
      lead: t("You are not seen, heard or recorded any more."),
      body: h(
        "p.note",
        null,
        t("Your receipt appears on this page when the visit has ended. You may also close it."),
      ),
    }),
  };
}
