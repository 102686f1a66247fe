/** What every opening asks: why, and how much of the recording. */

import { h } from "./dom.js";
import { t } from "./i18n.js";
import { purposes } from "./review-words.js";
import { readSpan } from "./review-state.js";

/** @typedef {{purpose: string, kind: "view" | "export", from_ms?: number, until_ms?: number}} Wanted */

/**
 * Fields of a form, and what is in them. `id` keeps two forms on one page apart.
 * @param {string} id @param {"view" | "export"} kind
 */
export function openingFields(id, kind) {
  const note = h(`textarea.input#${id}-note`, { rows: 2, maxLength: 300, name: "note" });
  const from = moment(`${id}-from`);
  const until = moment(`${id}-until`);
  const choices = h(
    "fieldset.purpose__choices",
    null,
    h("legend.sr", null, t("Purpose")),
    purposes().map(([code, words], i) =>
      h(
        "label.choice.choice--line",
        null,
        h("input", { type: "radio", name: `${id}-purpose`, value: code, checked: i === 0 }),
        h("span", null, words),
      ),
    ),
  );
  const nodes = [
    choices,
    field(note, [t("Case number or remark"), " ", h("span.muted", null, t("(optional)"))]),
    h(
      "details.purpose__range",
      null,
      h("summary", null, t("Only a part of the recording")),
      h("div.row", null, field(from, [t("From")]), field(until, [t("To")])),
      h("p.muted", null, t("Minutes and seconds, 3:10; keys are opened for this part alone.")),
    ),
  ];

  /** @returns {Wanted | null} null where the part is none; the field at fault is then marked */
  function read() {
    const code = choices.querySelector("input:checked").value;
    const span = { from: readSpan(from.value), until: readSpan(until.value) };
    const bad = Number.isNaN(span.from) || Number.isNaN(span.until) || (span.until !== null && span.until <= (span.from ?? 0));
    until.toggleAttribute("aria-invalid", bad);
    if (bad) return null;
    return {
      purpose: note.value.trim() ? `${code}: ${note.value.trim()}` : code,
      kind,
      ...(span.from === null ? {} : { from_ms: span.from }),
      ...(span.until === null ? {} : { until_ms: span.until }),
    };
  }

  return { nodes, read, until };
}

/** @param {string} id */
function moment(id) {
  return h(`input.input#${id}`, { inputMode: "numeric", maxLength: 9, placeholder: "0:00", autocomplete: "off" });
}

/** @param {HTMLElement} input @param {(Node | string)[]} words */
function field(input, words) {
  return h("div.field", null, h("label", { htmlFor: input.id }, words), input);
}
