/** Where the teller's eyes and hands go when the page has changed. */

const busy = () => !!document.querySelector("dialog[open]");

/** Focus never falls to nowhere: it goes to what is to be done, or to the heading. */
export function refocus() {
  if (busy()) return;
  const target = document.querySelector("[data-first]") ?? document.querySelector("#main h1");
  /** @type {HTMLElement | null} */ (target)?.focus({ preventScroll: true });
}

/** A new question is answered at once: by a key, or in its field. */
export function toAnswer() {
  if (busy()) return;
  const field = /** @type {HTMLElement | null} */ (document.querySelector("[data-answer]"));
  field?.focus({ preventScroll: true });
  document.querySelector(".asked__one.is-present")?.scrollIntoView({ block: "nearest" });
}

/** To the field that has to be put right. @param {string} name */
export function toField(name) {
  /** @type {HTMLElement | null} */ (document.querySelector(`[data-field="${name}"]`))?.focus();
}

/** The present step stays in sight in a long script. */
export function showPlace() {
  document.querySelector(".step[aria-current]")?.scrollIntoView({ block: "nearest" });
}
