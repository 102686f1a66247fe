/** The dark bar: branch, today, own state, who is signed in. */

import { h, icon, pageData } from "./dom.js";
import { n, t } from "./i18n.js";
import { span } from "./format.js";
import { language } from "./i18n.js";
import { stateWord } from "./teller-words.js";

/** @typedef {import("./teller.js").Console} Console */

const OWN = ["ready", "break", "away"];
const KEYS = /** @type {Record<string, string>} */ ({ ready: "R", break: "B", away: "A" });

/** @param {Console} app */
export function bar(app) {
  const me = app.view?.me;
  return [
    h(
      "div.topbar__brand",
      null,
      icon("branch"),
      h("span.topbar__name", null, app.view?.branch.name ?? pageData().bank),
      app.view &&
        !app.view.branch.open &&
        h("span.chip.chip--dark", null, icon("clock"), t("Closed now")),
    ),
    me &&
      h(
        "dl.today",
        null,
        figure(t("Served today"), String(me.visits_today)),
        figure(t("On average"), me.average_s === null ? "–" : span(me.average_s)),
      ),
    h("div.grow", null),
    !!app.view?.returned?.length &&
      app.view.visit &&
      h(
        "span.chip.chip--dark",
        { dataset: { key: "returned" } },
        icon("users"),
        n("{n} question from a checker", "{n} questions from checkers", app.view.returned.length),
      ),
    me && stateControl(app, me.state),
    me &&
      h(
        "div.whoami",
        null,
        h("span.whoami__mark", { "aria-hidden": "true" }, me.name.slice(0, 1)),
        h(
          "span",
          null,
          h("strong", null, me.name),
          h("span.whoami__number.figures", null, me.number),
        ),
      ),
    h(
      "button.topbar__button",
      {
        type: "button",
        dataset: { language: language() === "en" ? "zh-CN" : "en", act: "language" },
        lang: language() === "en" ? "zh-CN" : "en",
      },
      icon("globe"),
      language() === "en" ? "中文" : "English",
    ),
    h(
      "button.topbar__button",
      { type: "button", dataset: { act: "sign-out" }, disabled: !!app.view?.visit },
      icon("sign-out"),
      t("Sign out"),
    ),
  ];
}

/** @param {string} term @param {string} value */
function figure(term, value) {
  return h("div", null, h("dt", null, term), h("dd.figures", null, value));
}

/** @param {Console} app @param {string} state */
function stateControl(app, state) {
  if (!OWN.includes(state)) {
    const tone = state === "offered" ? "ring" : "busy";
    return h(`div.own.own--${tone}`, { role: "status" }, h("span.dot"), stateWord(state));
  }
  return h(
    "div.segments",
    { role: "group", "aria-label": t("My state") },
    OWN.map((name) =>
      h(
        "button.segments__one",
        {
          type: "button",
          dataset: { act: name, key: name, state: name },
          "aria-pressed": String(name === state),
          "aria-keyshortcuts": KEYS[name],
        },
        h("span.dot"),
        stateWord(name),
        h("kbd", { "aria-hidden": "true" }, KEYS[name]),
      ),
    ),
  );
}
