/** A labelled text field with its hint and its fault, and the summary of all faults. */

import { h, icon } from "./dom.js";
import { t } from "./i18n.js";

/**
 * @param {string} id
 * @param {string} label
 * @param {string} value
 * @param {Record<string, any>} attributes
 * @param {string} [hint]
 */
export function field(id, label, value, attributes, hint) {
  const error = h(`p.field__error#${id}-error`, { hidden: true });
  const described = [hint && `${id}-hint`, `${id}-error`].filter(Boolean).join(" ");
  const input = h(`input.input#${id}`, {
    type: "text",
    name: id,
    value,
    required: true,
    "aria-describedby": described,
    ...attributes,
  });
  const node = h(
    "div.field",
    null,
    h("label", { htmlFor: id }, label),
    hint && h(`p.hint#${id}-hint`, null, hint),
    input,
    error,
  );
  /** @param {string | null} message */
  const fault = (message) => {
    error.hidden = message === null;
    error.replaceChildren(...(message === null ? [] : [icon("alert"), message]));
    input.setAttribute("aria-invalid", String(message !== null));
    return { id, message: message ?? "" };
  };
  return { node, input, fault };
}

/**
 * @param {HTMLElement} summary
 * @param {{id: string, message: string}[]} faults
 * @param {boolean} [focus]
 * @returns {boolean} whether there were any
 */
export function showFaults(summary, faults, focus = true) {
  summary.hidden = faults.length === 0;
  summary.replaceChildren(
    h("h2", null, t("Please check")),
    h(
      "ul",
      null,
      faults.map(({ id, message }) =>
        h(
          "li",
          null,
          h(
            "a",
            {
              href: `#${id}`,
              onclick: (/** @type {Event} */ e) => {
                e.preventDefault();
                document.getElementById(id)?.focus();
              },
            },
            message,
          ),
        ),
      ),
    ),
  );
  if (faults.length && focus) summary.focus();
  return faults.length > 0;
}
