/** Sign in at a staff door: account, password, and the second factor when it is asked for. */

import { banner, fill } from "./dom.js";
import { request, Refused } from "./http.js";
import { t } from "./i18n.js";
import { audience, open } from "./staff.js";

/** @param {string} id @returns {any} */
const at = (id) => document.getElementById(id);

/** Why the person is here, from the address; other words are not shown. */
function arrival() {
  const reason = new URLSearchParams(location.search).get("reason");
  if (reason === "expired")
    return banner("info", t("Your session has ended. Please sign in again."));
  return reason === "signed_out" ? banner("good", t("You have signed out.")) : null;
}

/** @param {Refused} refused */
function explain(refused) {
  const { code, message } = refused;
  if (code === "totp_required") {
    const first = at("code-field").hidden;
    at("code-field").hidden = false;
    at("totp").required = true;
    at("totp").focus();
    fill(
      at("message"),
      first && !at("totp").value ? banner("info", message) : banner("bad", message),
    );
    return;
  }
  fill(at("message"), banner(code === "throttled" ? "warn" : "bad", message));
  for (const name of ["account", "password"])
    at(name).setAttribute("aria-invalid", String(code === "bad_credentials"));
  at("password").value = "";
  at("totp").value = "";
  at(code === "bad_credentials" ? "password" : "account").focus();
}

/** @param {HTMLFormElement} form */
async function submit(form) {
  const button = /** @type {HTMLButtonElement} */ (form.querySelector("[type=submit]"));
  if (button.getAttribute("aria-busy") === "true") return;
  const empty = [...form.querySelectorAll("input")].find(
    (field) => field.required && !field.value.trim(),
  );
  if (empty) {
    fill(at("message"), banner("bad", t("Please fill in every field.")));
    empty.focus();
    return;
  }
  button.setAttribute("aria-busy", "true");
  try {
    const body = {
      account: at("account").value.trim(),
      password: at("password").value,
      ...(at("totp").value ? { totp: at("totp").value.trim() } : {}),
    };
    const { next } = await request("POST", `/api/${audience()}/sign-in`, body);
    location.assign(next);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    explain(error);
  } finally {
    button.removeAttribute("aria-busy");
  }
}

await open();
fill(at("message"), arrival());
at("sign-in").addEventListener("input", (/** @type {Event} */ event) =>
  /** @type {Element} */ (event.target).removeAttribute("aria-invalid"),
);
at("sign-in").addEventListener("submit", (/** @type {SubmitEvent} */ event) => {
  event.preventDefault();
  void submit(at("sign-in"));
});
