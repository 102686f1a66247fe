/** Other ways in: an invitation's link, or a code from the device where the visit began. */

import { banner, h } from "./dom.js";
import { t } from "./i18n.js";
import { Refused, request } from "./http.js";
import { field } from "./customer-field.js";
import { busy, button, screen } from "./customer-screen.js";

/** @typedef {import("./customer.js").Customer} Customer */
/** @typedef {import("./customer-screen.js").Scene} Scene */

/** Opening the link consumed nothing; this tap does. @param {Customer} app @returns {Scene} */
export function invitation(app) {
  const problem = h("div", { role: "alert" });
  const accept = button(
    t("Accept the invitation"),
    () =>
      void busy(accept, async () => {
        try {
          const answer = await request("POST", "/api/customer/redeem", { secret: app.local.invitation });
          app.invited(answer);
        } catch (error) {
          if (!(error instanceof Refused)) throw error;
          problem.replaceChildren(
            banner(
              "bad",
              h("p", null, error.message),
              h(
                "p",
                null,
                t("If you opened it on another device already, you can go on here with a code from there."),
              ),
            ),
          );
          other.hidden = false;
        }
      }),
  );
  const other = button(t("Continue from another device"), () => app.go("handoff"), {
    kind: "quiet",
    hidden: true,
  });
  return {
    node: screen({
      mark: "bell",
      title: t("Your bank has invited you to a video visit"),
      lead: t("The link is for you alone. It is used only when you accept."),
      body: problem,
      actions: [accept, other, button(t("Not now"), () => app.declineInvitation(), { kind: "ghost" })],
    }),
  };
}

/** A visit begun elsewhere goes on here with a short code. @param {Customer} app @returns {Scene} */
export function handoff(app) {
  const code = field("code", t("Code from the other device"), "", {
    autocomplete: "one-time-code",
    inputMode: "numeric",
    maxLength: 12,
  });
  const go = button(
    t("Continue here"),
    () =>
      void busy(go, async () => {
        const value = code.input.value.trim();
        if (!value) {
          code.fault(t("Enter the code"));
          code.input.focus();
          return;
        }
        try {
          await request("POST", "/api/customer/handoff/redeem", { code: value });
          app.entered();
        } catch (error) {
          if (!(error instanceof Refused)) throw error;
          code.fault(error.message);
          code.input.focus();
        }
      }),
  );
  return {
    node: screen({
      back: () => app.go("start"),
      title: t("Continue from another device"),
      lead: t("On the device where the visit began, choose “Use another device”. It shows a code."),
      body: code.node,
      actions: go,
    }),
  };
}
