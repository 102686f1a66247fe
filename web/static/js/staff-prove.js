/** Prove again who is signed in: before a recording is opened, or something can't be undone. */

import { banner, fill, h, openDialog } from "./dom.js";
import { t } from "./i18n.js";
import { Refused } from "./http.js";
import { ask, audience } from "./staff.js";

/** Whether a refusal asks for that. @param {unknown} error */
export function asksForProof(error) {
  return error instanceof Refused && error.code === "fresh_authentication_required";
}

/** Ask for the password again. @param {string} why @param {() => void} proved */
export function proveAgain(why, proved) {
  const message = h("div", { "aria-live": "polite" });
  const password = h("input.input#fresh-password", {
    type: "password",
    autocomplete: "current-password",
    autofocus: true,
    required: true,
    maxLength: 256,
  });
  const code = h("input.input.signin__code#fresh-code", {
    inputMode: "numeric",
    autocomplete: "one-time-code",
    maxLength: 6,
  });
  const codeField = h(
    "div.field",
    { hidden: true },
    h("label", { htmlFor: "fresh-code" }, t("Code from your authenticator")),
    code,
  );
  const form = h(
    "form#fresh.stack",
    { noValidate: true },
    h("p.muted", null, why),
    message,
    h("div.field", null, h("label", { htmlFor: "fresh-password" }, t("Password")), password),
    codeField,
  );
  const dialog = openDialog({
    title: t("Confirm who you are"),
    sheet: false,
    body: form,
    actions: [
      h(
        "button.button.button--quiet",
        { type: "button", onclick: () => dialog.close() },
        t("Cancel"),
      ),
      h("button.button.button--primary", { type: "submit", form: "fresh" }, t("Confirm")),
    ],
  });
  dialog.querySelector("[type=submit]")?.setAttribute("form", "fresh");
  form.addEventListener("submit", async (/** @type {Event} */ event) => {
    event.preventDefault();
    try {
      await ask("POST", `/api/${audience()}/fresh`, {
        password: password.value,
        ...(code.value ? { totp: code.value.trim() } : {}),
      });
      dialog.close();
      proved();
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      if (error.code === "totp_required") codeField.hidden = false;
      fill(
        message,
        banner(error.code === "totp_required" && !code.value ? "info" : "bad", error.message),
      );
      (error.code === "totp_required" ? code : password).focus();
    }
  });
}
