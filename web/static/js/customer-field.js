/** Labelled questions with their hint and their fault, and the summary of all faults. */

import { h, icon } from "./dom.js";
import { t } from "./i18n.js";

/**
 * A question on a form: `fault(null)` clears it, `id` is what receives the focus.
 * @typedef {object} Question
 * @property {string} id
 * @property {HTMLElement} node
 * @property {() => string} read
 * @property {(message: string | null) => {id: string, message: string}} fault
 */

/**
 * @param {string} id
 * @param {string} label
 * @param {string} value
 * @param {Record<string, any>} attributes
 * @param {string} [hint]
 * @param {string} [unit] written before the value
 * @returns {Question & {input: any}}
 */
export function field(id, label, value, attributes, hint, unit) {
  const error = h(`p.field__error#${id}-error`, { hidden: true });
  const described = [hint && `${id}-hint`, `${id}-error`].filter(Boolean).join(" ");
  const { tag = "input.input", ...rest } = attributes;
  const input = h(`${tag}#${id}`, {
    ...(tag.startsWith("input") && { type: "text" }),
    name: id,
    value,
    required: true,
    "aria-describedby": described,
    ...rest,
  });
  const node = h(
    "div.field",
    null,
    h("label", { htmlFor: id }, label),
    hint && h(`p.hint#${id}-hint`, null, hint),
    unit ? h("div.unit", null, h("span.unit__sign", { "aria-hidden": "true" }, unit), input) : input,
    error,
  );
  /** @param {string | null} message */
  const fault = (message) => {
    say(error, message);
    input.setAttribute("aria-invalid", String(message !== null));
    return { id, message: message ?? "" };
  };
  return { id, node, input, fault, read: () => input.value.trim() };
}

/**
 * One of several, each a large row.
 * @param {string} name
 * @param {string} label
 * @param {import("./customer-state.js").Option[]} options
 * @param {string} value
 * @param {(value: string) => void} [onchange]
 * @returns {Question}
 */
export function choice(name, label, options, value, onchange) {
  const error = h(`p.field__error#${name}-error`, { hidden: true });
  const inputs = options.map((option, i) =>
    h(`input#${name}-${i}`, {
      type: "radio",
      name,
      value: option.value,
      checked: option.value === value,
      "aria-describedby": `${name}-error`,
      onchange: () => onchange?.(option.value),
    }),
  );
  const node = h(
    "fieldset.field",
    null,
    h("legend.label", null, label),
    h(
      `div.choices${options.some((option) => breadth(option.label) > 13) ? ".choices--long" : ""}`,
      null,
      options.map((option, i) => h("label.choice", null, inputs[i], h("span", null, option.label))),
    ),
    error,
  );
  return {
    id: `${name}-0`,
    node,
    read: () => inputs.find((input) => input.checked)?.value ?? "",
    fault: (message) => {
      say(error, message);
      return { id: `${name}-0`, message: message ?? "" };
    },
  };
}

/** How broad a text is, in Latin letters. @param {string} text */
function breadth(text) {
  return [...text].reduce((sum, character) => sum + (character > "\u2e80" ? 2.2 : 1), 0);
}

/** @param {HTMLElement} error @param {string | null} message */
function say(error, message) {
  error.hidden = message === null;
  error.replaceChildren(...(message === null ? [] : [icon("alert"), message]));
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
