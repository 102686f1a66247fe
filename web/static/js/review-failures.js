/** What the review page says when a permission has run out or the findings can't be had. */

import { h, icon } from "./dom.js";
import { t } from "./i18n.js";

/** @param {() => void} again @returns {HTMLElement} */
export function expiredStrip(again) {
  return h(
    "div.strip.strip--warn",
    { role: "alert" },
    icon("clock"),
    h("strong", null, t("Your permission to view this visit has run out.")),
    h("span.grow", null, t("Enter the purpose again to go on; it is written down once more.")),
    h(
      "button.button.button--quiet.button--small",
      { type: "button", dataset: { act: "again" }, onclick: again },
      t("Enter the purpose again"),
    ),
  );
}

/** @param {string} why @param {() => void} again @returns {HTMLElement} */
export function findingsFailed(why, again) {
  return h(
    "div.findings__failed",
    { role: "alert" },
    h(
      "div.result.result--warn",
      null,
      icon("alert"),
      h(
        "p.grow",
        null,
        h("strong", null, t("The findings could not be loaded")),
        h("span", null, why),
      ),
      h(
        "button.button.button--quiet.button--small",
        { type: "button", onclick: again },
        t("Try again"),
      ),
    ),
  );
}

/** @returns {HTMLElement} */
export function damagedStrip() {
  return h(
    "div.strip.strip--stop",
    { role: "alert" },
    icon("alert"),
    h("strong", null, t("This recording is damaged or forged.")),
    h("span", null, t("Do not rely on what it shows. Report it to the head of compliance.")),
  );
}

/** What stands where the film would be. @param {string} title @param {string} text */
export function noFilm(title, text) {
  return h(
    "div.empty.purpose",
    null,
    icon("video-off", "icon icon--display"),
    h("h2", null, title),
    h("p", null, text),
  );
}

export function opening() {
  return h(
    "div.purpose",
    null,
    h("p.row", { role: "status" }, h("span.spinner"), t("The recording is being opened…")),
  );
}
