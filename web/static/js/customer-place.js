/** May we know where your device is? One sentence why, and two answers of the same weight. */

import { announce, h, icon } from "./dom.js";
import { t } from "./i18n.js";

/** @typedef {import("./customer.js").Customer} Customer */
/** @typedef {import("./customer-position.js").Place} Place */
/** @typedef {import("./customer-position.js").Position} Position */

/** @type {Record<string, () => string>} */
const WHY = {
  chosen: () => t("You chose not to share the position."),
  denied: () =>
    t(
      "Your browser does not let this page see the position. Allow it in the browser’s settings, then try again.",
    ),
  unavailable: () => t("Your device can’t tell where it is just now."),
  timeout: () => t("Your device took too long to say where it is."),
};

/**
 * The card; empty where nobody asks. In the call it goes away once nothing is left to be said or done.
 * @param {Customer} app
 * @param {{call?: boolean}} [where]
 */
export function placeCard(app, { call = false } = {}) {
  const body = h("div.place__body");
  const node = h("section.place", { "aria-labelledby": "place-title", hidden: true }, body);
  let drawn = "";
  const update = () => {
    const { shown, asking } = app.position;
    const now = shown && open(shown, call) ? shown : null;
    const key = JSON.stringify([now && { ...now, at: null, until: null }, asking]);
    if (key === drawn) return;
    const held = node.contains(document.activeElement);
    if (drawn && shown) announce(spoken(shown, asking));
    drawn = key;
    node.hidden = !now;
    node.classList.toggle("place--line", now?.status === "told");
    body.replaceChildren(...(now ? parts(now, app.position) : []));
    if (held) keepFocus(node);
  };
  update();
  return { node, update };
}

/** Whether there is anything to ask or to say. @param {Place} place @param {boolean} call */
function open({ status, max_age_s: age, required, why }, call) {
  if (!call || status === "asked" || status === "stale") return true;
  return status === "told" ? age > 0 : required || why !== "chosen";
}

/** @param {HTMLElement} node whose controls were drawn anew, or are gone */
function keepFocus(node) {
  const next = node.hidden ? document.querySelector("h1") : node.querySelector("button");
  /** @type {HTMLElement | null} */ (next)?.focus({ preventScroll: true });
}

/** @param {Place} place @param {boolean} asking */
function spoken(place, asking) {
  return outcome(place, asking) || t("Share your device’s position?");
}

/** What came of it, in a sentence. @param {Place} place @param {boolean} asking */
function outcome({ status, why, accuracy }, asking) {
  if (asking) return t("Your device is being asked. Your browser may ask you first.");
  if (status === "declined") return WHY[why ?? "chosen"]();
  if (status === "stale") return t("The position you shared is out of date.");
  if (status === "told") return accuracy ? t("Position shared, {accuracy}", { accuracy }) : t("Position shared");
  return "";
}

/** @param {Place} place @param {Position} position @returns {HTMLElement[]} */
function parts(place, position) {
  const { asking } = position;
  const words = outcome(place, asking);
  const said = words && h("p.place__said", null, words);
  if (place.status === "told" && !asking)
    return [title("check-circle", t("Position of your device"), "sr"), said, stop(position)];
  return [
    title("place", t("Share your device’s position?")),
    ...(place.status === "asked" ? reasons(place) : []),
    said,
    place.status === "stale" && h("ul.place__purposes", null, renewal(place)),
    consequence(place),
    answers(place, position),
  ].filter(Boolean);
}

/** @param {string} name @param {string} words @param {string} [style] */
function title(name, words, style = "") {
  return h("h2.place__title#place-title", null, icon(name), h("span", { class: style }, words));
}

/** @param {Place} place */
function reasons(place) {
  return [
    h("p", null, t("The rules of this service ask where your device is.")),
    h(
      "ul.place__purposes",
      null,
      place.purposes.map((words) => line("li", "shield", words)),
      line("li", "lock", t("It is kept with the recording, under seal.")),
      renewal(place),
    ),
  ];
}

/** @param {Place} place */
function renewal({ max_age_s: age }) {
  const words = t("Once shared, it is shared again by itself before it is out of date.");
  return age > 0 && line("li", "refresh", words);
}

/** @param {Place} place */
function consequence({ consequence: words, status }) {
  if (words) return line("p.place__without", "info", words);
  if (status === "declined") return h("p.hint", null, t("Your visit goes on without it."));
  return h("p.hint", null, t("You may say no: your visit goes on without it."));
}

/** @param {string} spec @param {string} name @param {string} words */
function line(spec, name, words) {
  return h(spec, null, icon(name), h("span", null, words));
}

/** Two answers, neither of which is the bigger one. @param {Place} place @param {Position} position */
function answers({ status, why }, position) {
  const failed = status === "declined" && why !== "chosen" && !position.asking;
  const yes = answer(failed ? t("Try again") : t("Share position"), () => position.share());
  if (position.asking) yes.setAttribute("aria-busy", "true");
  const refused = why === "chosen" && !position.asking;
  return h(
    "div.place__answers",
    null,
    yes,
    !refused && answer(t("Don’t share"), () => position.decline()),
  );
}

/** @param {string} words @param {() => void} onclick */
function answer(words, onclick) {
  return h("button.button.button--quiet", { type: "button", onclick }, words);
}

/** @param {Position} position */
function stop(position) {
  return h(
    "button.button.button--ghost.button--small",
    { type: "button", onclick: () => position.decline() },
    t("Stop sharing"),
  );
}
