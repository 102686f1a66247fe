/** Before any picture: why it is watched, and, where asked, who is watching, proved again. */

import { fill, banner, h, icon, openDialog } from "./dom.js";
import { t } from "./i18n.js";
import { Refused } from "./http.js";
import { ask } from "./staff.js";
import { purposes } from "./review-words.js";

/** @typedef {{grant: string, expires_at: string}} Grant */

/**
 * The form that stands where the pictures will be.
 * @param {string} visit
 * @param {(grant: Grant) => void} granted
 * @returns {HTMLElement}
 */
export function purposeForm(visit, granted) {
  const message = h("div", { "aria-live": "polite" });
  const note = h("textarea.input#purpose-note", { rows: 2, maxLength: 300, name: "note" });
  const button = h(
    "button.button.button--primary.button--block",
    { type: "submit" },
    icon("eye"),
    h("span", null, t("Enter the purpose and watch")),
  );
  const form = h(
    "form.purpose__form",
    { noValidate: true },
    h("span.purpose__mark", null, icon("lock")),
    h("h2", null, t("Why do you watch this recording?")),
    h(
      "p.muted",
      null,
      t(
        "Your name, the time and the purpose are entered in the custody list before the first picture is sent.",
      ),
    ),
    message,
    h(
      "fieldset.purpose__choices",
      null,
      h("legend.sr", null, t("Purpose")),
      purposes().map(([code, words], i) =>
        h(
          "label.choice.choice--line",
          null,
          h("input", { type: "radio", name: "purpose", value: code, checked: i === 0 }),
          h("span", null, words),
        ),
      ),
    ),
    h(
      "div.field",
      null,
      h(
        "label",
        { htmlFor: "purpose-note" },
        t("Case number or remark"),
        " ",
        h("span.muted", null, t("(optional)")),
      ),
      note,
    ),
    button,
  );
  form.addEventListener("submit", (/** @type {Event} */ event) => {
    event.preventDefault();
    const code = String(new FormData(form).get("purpose"));
    const purpose = note.value.trim() ? `${code}: ${note.value.trim()}` : code;
    void open(visit, purpose, button, message, granted);
  });
  return h("section.purpose", { "aria-label": t("Purpose") }, form);
}

/**
 * @param {string} visit @param {string} purpose @param {HTMLElement} button @param {HTMLElement} message
 * @param {(grant: Grant) => void} granted
 */
async function open(visit, purpose, button, message, granted) {
  if (button.getAttribute("aria-busy") === "true") return;
  button.setAttribute("aria-busy", "true");
  fill(message);
  try {
    granted(
      await ask("POST", `/api/review/visits/${encodeURIComponent(visit)}/views`, { purpose }),
    );
  } catch (error) {
    if (error instanceof Refused && error.code === "fresh_authentication_required") {
      proveAgain(() => void open(visit, purpose, button, message, granted));
    } else if (error instanceof Refused) fill(message, banner("bad", error.message));
    else throw error;
  } finally {
    button.removeAttribute("aria-busy");
  }
}

/** Ask for the password again. @param {() => void} proved */
function proveAgain(proved) {
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
    h("p.muted", null, t("Your last sign-in was too long ago to open a recording.")),
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
      await ask("POST", "/api/review/fresh", {
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
