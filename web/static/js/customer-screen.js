/** The frame of every scene outside the call: bar, progress, heading, body, and one dock of actions. */

import { h, icon } from "./dom.js";
import { t } from "./i18n.js";

/** @typedef {import("./dom.js").Children} Children */
/**
 * A scene owns one node. `update` is called with every view, `leave` once.
 * @typedef {{node: HTMLElement, update?: () => void, leave?: () => void}} Scene
 */

const PREPARATION = 4;

/**
 * @param {object} parts
 * @param {string} parts.title the page's only h1; receives focus when the scene changes
 * @param {Children} [parts.lead]
 * @param {Children} [parts.body]
 * @param {Children} [parts.actions] the first is the one primary action
 * @param {number} [parts.step] 1–4 while preparing
 * @param {number} [parts.steps] how many there are
 * @param {(() => void) | null} [parts.back]
 * @param {string} [parts.mark] icon above the heading, for notices
 * @param {"info"|"good"|"warn"|"bad"} [parts.tone]
 * @param {boolean} [parts.told] a notice with more to read: smaller mark, text from the left
 * @returns {HTMLElement}
 */
export function screen({
  title,
  lead,
  body,
  actions,
  step,
  steps = PREPARATION,
  back,
  mark,
  tone = "info",
  told,
}) {
  const centred = mark ? `.screen--notice${told ? ".screen--told" : ""}` : "";
  return h(
    `div.screen${centred}`,
    null,
    (step || back) &&
      h(
        "div.screen__top",
        null,
        back &&
          h(
            "button.button.button--ghost.button--small.screen__back",
            { type: "button", onclick: back },
            icon("chevron-left"),
            t("Back"),
          ),
        step && progress(step, steps),
      ),
    mark && h(`div.mark.mark--${tone}`, null, icon(mark)),
    h("h1", { tabIndex: -1 }, title),
    lead && h("div.lead.screen__lead", null, lead),
    body && h("div.screen__body", null, body),
    actions && h("div.dock", null, h("div.dock__inner", null, actions)),
  );
}

/** @param {number} step @param {number} count */
function progress(step, count) {
  const text = t("Preparation {step}/{count}", { step, count });
  return h(
    "div.prep",
    null,
    h("span.prep__text", null, text),
    h(
      "span.ticks",
      { "aria-hidden": "true" },
      Array.from({ length: count }, (_, i) => h(`i${i < step ? ".on" : ""}`)),
    ),
  );
}

/**
 * @param {string} label
 * @param {(event: Event) => void} onclick
 * @param {{kind?: string, name?: string, [attribute: string]: any}} [options] kind: primary, quiet, danger, ghost
 * @returns {HTMLButtonElement}
 */
export function button(label, onclick, { kind = "primary", name, ...attributes } = {}) {
  return h(
    `button.button.button--${kind}.button--block`,
    { type: "button", onclick, ...attributes },
    name && icon(name),
    h("span", null, label),
  );
}

/**
 * Text of the bank's, with its line breaks as paragraphs.
 * @param {string} text
 * @returns {HTMLElement[]}
 */
export function paragraphs(text) {
  return text
    .split(/\n+/)
    .filter(Boolean)
    .map((line) => h("p", null, line));
}

/**
 * Run `work` while the button says that it is busy; a second tap does nothing.
 * @param {HTMLButtonElement} control
 * @param {() => Promise<void>} work
 */
export async function busy(control, work) {
  if (control.getAttribute("aria-busy") === "true") return;
  control.setAttribute("aria-busy", "true");
  try {
    await work();
  } finally {
    control.removeAttribute("aria-busy");
  }
}
