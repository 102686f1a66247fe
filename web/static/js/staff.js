/** What all staff pages share: leaving, refusals of a session that is over, keys in sight. */

import { h, icon, meta } from "./dom.js";
import { request, Refused } from "./http.js";
import { load } from "./i18n.js";

/** Load the page's catalogue, and wire the buttons that the template has drawn. */
export async function open() {
  await load(meta("language"));
  document.querySelector("[data-sign-out]")?.addEventListener("click", () => void signOut());
  for (const control of document.querySelectorAll("[data-language]")) {
    control.addEventListener("click", () =>
      chooseLanguage(/** @type {HTMLElement} */ (control).dataset.language ?? "en"),
    );
  }
}

/** @returns {string} `teller`, `review` or `core` */
export function audience() {
  return document.documentElement.dataset.audience ?? "teller";
}

/** @param {string} next */
export function chooseLanguage(next) {
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `vb_language=${next}; path=/; max-age=31536000; SameSite=Lax${secure}`;
  location.reload();
}

/** Go to the sign-in page, which says why. @param {string} [reason] */
export function toSignIn(reason) {
  location.assign(`/${audience()}/sign-in${reason ? `?reason=${reason}` : ""}`);
}

export async function signOut() {
  try {
    await request("POST", `/api/${audience()}/sign-out`, {});
  } catch {
    // The session may be over already; the sign-in page is right either way.
  }
  toSignIn("signed_out");
}

/**
 * A request whose session may have ended meanwhile.
 * @param {"GET"|"POST"} method
 * @param {string} path
 * @param {unknown} [body]
 */
export async function ask(method, path, body) {
  try {
    return await request(method, path, body);
  } catch (error) {
    if (error instanceof Refused && error.status === 401) toSignIn("expired");
    throw error;
  }
}

/** @param {unknown} error @returns {string} what to tell the person */
export function saying(error) {
  return error instanceof Refused ? error.message : String(error);
}

/** @param {string} key */
export function keyHint(key) {
  return h("kbd.button__key", { "aria-hidden": "true" }, key);
}

/**
 * @param {string} act name of the action
 * @param {string} label
 * @param {{kind?: string, key?: string, name?: string, small?: boolean, block?: boolean, busy?: boolean, blocked?: boolean, [attribute: string]: any}} [options]
 * @returns {HTMLButtonElement}
 */
export function actButton(
  act,
  label,
  {
    kind = "quiet",
    key,
    name,
    small,
    block,
    busy,
    blocked,
    dataset,
    class: more = "",
    ...attributes
  } = {},
) {
  return h(
    `button.button.button--${kind}`,
    {
      type: "button",
      class:
        [small && "button--small", block && "button--block", more].filter(Boolean).join(" ") ||
        null,
      dataset: { act, ...dataset },
      "aria-keyshortcuts": key || null,
      "aria-busy": busy ? "true" : null,
      "aria-disabled": blocked ? "true" : null,
      ...attributes,
    },
    name && icon(name),
    h("span", null, label),
    key && keyHint(key),
  );
}
