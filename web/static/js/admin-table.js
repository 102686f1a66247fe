/** What the administrator's lists share: tables, empty places, acts that ask why. */

import { banner, fill, h, icon, openDialog } from "./dom.js";
import { t } from "./i18n.js";
import { ask, saying } from "./staff.js";
import { asksForProof, proveAgain } from "./staff-prove.js";

/** @param {string} id @returns {HTMLElement} */
export const at = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

/** @param {string} caption @param {string[]} heads @param {HTMLElement[]} rows */
export function table(caption, heads, rows) {
  return h(
    "table",
    null,
    h("caption.sr", null, caption),
    h(
      "thead",
      null,
      h(
        "tr",
        null,
        heads.map((word) => h("th", { scope: "col" }, word)),
      ),
    ),
    h("tbody", null, rows),
  );
}

/** @param {string} name icon @param {string} title @param {string} words */
export function empty(name, title, words) {
  return h(
    "div.empty",
    null,
    icon(name, "icon icon--display"),
    h("h3", null, title),
    h("p", null, words),
  );
}

/**
 * Post something; when the last sign-in was too long ago, prove it again first.
 * @param {string} path @param {unknown} body @param {(answer: any) => void} done
 * @param {(words: string) => void} failed
 */
export async function post(path, body, done, failed) {
  try {
    done(await ask("POST", path, body));
  } catch (error) {
    if (asksForProof(error))
      proveAgain(
        t("Your last sign-in was too long ago for this."),
        () => void post(path, body, done, failed),
      );
    else failed(saying(error));
  }
}

/**
 * Ask before something is done.
 * @param {{title: string, words: string, act: string, danger?: boolean, why?: boolean}} what
 *   `why`: a reason has to be given
 * @param {string} path
 * @param {(reason: string) => unknown} body
 * @param {(answer: any) => void} done
 */
export function askFirst({ title, words, act, danger, why }, path, body, done) {
  const message = h("div", { "aria-live": "polite" });
  const reason = h("textarea.input#reason", { rows: 3, maxLength: 300, required: true });
  const form = h(
    "form#ask-first.stack",
    { noValidate: true },
    h("p", null, words),
    message,
    why &&
      h(
        "div.field",
        null,
        h("label", { htmlFor: "reason" }, t("Reason")),
        h("p.hint", null, t("It is kept in the custody list of the visit.")),
        reason,
      ),
  );
  const dialog = openDialog({
    title,
    sheet: false,
    body: form,
    actions: [
      h(
        "button.button.button--quiet",
        { type: "button", onclick: () => dialog.close() },
        t("Back"),
      ),
      h(`button.button.button--${danger ? "danger" : "primary"}`, { type: "submit" }, act),
    ],
  });
  dialog.querySelector("[type=submit]")?.setAttribute("form", "ask-first");
  form.addEventListener("submit", (/** @type {Event} */ event) => {
    event.preventDefault();
    const given = reason.value.trim();
    if (why && given.length < 4) {
      fill(message, banner("bad", t("Please give a reason, four characters at least.")));
      reason.focus();
      return;
    }
    void post(
      path,
      body(given),
      (answer) => {
        dialog.close();
        done(answer);
      },
      (said) => fill(message, banner("bad", said)),
    );
  });
}
