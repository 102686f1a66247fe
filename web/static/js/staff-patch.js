/**
 * Draw again without replacing what is there: focus, half-typed text, running video and scroll
 * positions survive every view. Fresh trees carry `data-act` names instead of listeners, so an old
 * element is as good as a new one.
 *
 *   data-key   (or id) matches children by name instead of by place
 *   data-keep  the element belongs to someone else: its children and value are never touched
 */

import { h } from "./dom.js";

/** @typedef {import("./dom.js").Children} Children */

/** Fields that a person has changed; only their owner may write them. @type {WeakSet<Element>} */
const touched = new WeakSet();

/** Fields found empty when they were handed in; the mark stays until something is written. @type {WeakSet<Element>} */
const owing = new WeakSet();

document.addEventListener(
  "input",
  (event) => {
    if (!(event.target instanceof Element)) return;
    touched.add(event.target);
    owing.delete(event.target);
  },
  true,
);

/** Mark a field as owed; it outlives the next views. @param {Element} field */
export function owe(field) {
  owing.add(field);
  field.setAttribute("aria-invalid", "true");
}

/**
 * Make the children of `node` look like `children`.
 * @param {Element} node
 * @param {...Children} children
 */
export function patch(node, ...children) {
  children_(node, h("div", null, ...children));
}

/** @param {Element} old @param {Element} fresh */
function children_(old, fresh) {
  const named = new Map([...old.children].flatMap((x) => (keyOf(x) ? [[keyOf(x), x]] : [])));
  const wanted = new Set([...fresh.children].map(keyOf));
  let place = old.firstChild;
  for (const next of [...fresh.childNodes]) {
    const key = keyOf(next);
    // What is gone makes room first: an element that is moved would lose the focus.
    while (key && place && keyOf(place) && !wanted.has(keyOf(place))) {
      const gone = place;
      place = place.nextSibling;
      gone.remove();
    }
    const found = key
      ? named.get(key)
      : place && !keyOf(place) && alike(place, next)
        ? place
        : null;
    if (!found || !alike(found, next)) {
      old.insertBefore(next, place);
      continue;
    }
    if (found !== place) old.insertBefore(found, place);
    else place = place.nextSibling;
    if (key) named.delete(key);
    merge(found, next);
  }
  while (place) {
    const gone = place;
    place = place.nextSibling;
    gone.remove();
  }
}

/** @param {Node} node @returns {string | undefined} */
function keyOf(node) {
  return node instanceof HTMLElement ? (node.dataset.key ?? (node.id || undefined)) : undefined;
}

/** @param {Node} a @param {Node} b */
function alike(a, b) {
  return a.nodeName === b.nodeName && keyOf(a) === keyOf(b);
}

/** @param {Node} old @param {Node} fresh */
function merge(old, fresh) {
  if (!(old instanceof Element) || !(fresh instanceof Element)) {
    if (old.nodeValue !== fresh.nodeValue) old.nodeValue = fresh.nodeValue;
    return;
  }
  attributes(old, fresh);
  if (old instanceof HTMLElement && old.dataset.keep !== undefined) return;
  value(old, fresh);
  children_(old, fresh);
}

/** @param {Element} old @param {Element} fresh */
function attributes(old, fresh) {
  const own = ["style", "open", owing.has(old) && "aria-invalid"];
  for (const { name } of [...old.attributes]) {
    if (!fresh.hasAttribute(name) && !own.includes(name)) old.removeAttribute(name);
  }
  for (const { name, value: wanted } of fresh.attributes) {
    if (name !== "style" && old.getAttribute(name) !== wanted) old.setAttribute(name, wanted);
  }
  // The policy forbids style attributes but not the object model.
  const a = /** @type {HTMLElement} */ (old).style;
  const b = /** @type {HTMLElement} */ (fresh).style;
  if (a && b && a.cssText !== b.cssText) a.cssText = b.cssText;
}

/** @param {Element} old @param {Element} fresh */
function value(old, fresh) {
  if (touched.has(old)) return;
  if (old instanceof HTMLInputElement && fresh instanceof HTMLInputElement) {
    if (old.value !== fresh.value) old.value = fresh.value;
    old.checked = fresh.checked;
  } else if (old instanceof HTMLTextAreaElement && fresh instanceof HTMLTextAreaElement) {
    if (old.value !== fresh.value) old.value = fresh.value;
  }
}

/**
 * An element that carries numbers for its style sheet as custom properties.
 * @template {HTMLElement} T
 * @param {T} node
 * @param {Record<string, string | number>} properties
 * @returns {T}
 */
export function styled(node, properties) {
  for (const [name, number] of Object.entries(properties))
    node.style.setProperty(name, String(number));
  return node;
}
