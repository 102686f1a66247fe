/**
 * The only place that makes elements. No innerHTML anywhere: the page runs under
 * `require-trusted-types-for 'script'`, and text is always text.
 */

/** @typedef {Node | string | number | null | undefined | false} Child */
/** @typedef {Child | Child[]} Children */

const SVG = "http://www.w3.org/2000/svg";

/** Base address of the static tree, e.g. `/s/0a1b2c3d4e5f`. */
export const STATIC = meta("static");

/**
 * Read a `<meta name>` of the page; empty when it is missing.
 * @param {string} name
 * @returns {string}
 */
export function meta(name) {
  return document.querySelector(`meta[name="${name}"]`)?.getAttribute("content") ?? "";
}

/**
 * Data the server wrote into the page.
 * @returns {Record<string, any>}
 */
export function pageData() {
  return JSON.parse(document.getElementById("page-data")?.textContent || "{}");
}

/**
 * Make an element: `h("button.button", {onclick, "aria-label": …}, "text", child)`.
 * `on…` are listeners; `class`, `dataset` and DOM properties such as `disabled` work as expected;
 * null and false attributes are left out.
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K | string} spec tag with optional `.class` names and `#id`
 * @param {Record<string, any> | null} [props]
 * @param {...Children} children
 * @returns {any}
 */
export function h(spec, props, ...children) {
  const [tag, ...marks] = spec.split(/(?=[.#])/);
  const node = document.createElement(tag);
  for (const mark of marks) {
    if (mark.startsWith("#")) node.id = mark.slice(1);
    else node.classList.add(mark.slice(1));
  }
  for (const [name, value] of Object.entries(props ?? {})) set(node, name, value);
  append(node, children);
  return node;
}

/**
 * @param {HTMLElement} node
 * @param {string} name
 * @param {any} value
 */
function set(node, name, value) {
  if (value === null || value === undefined || value === false) return;
  if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
  else if (name === "class") node.className = `${node.className} ${value}`.trim();
  else if (name === "dataset") Object.assign(node.dataset, value);
  else if (name in node && !name.startsWith("aria") && name !== "list" && name !== "form") {
    /** @type {any} */ (node)[name] = value;
  } else node.setAttribute(name, value === true ? "" : String(value));
}

/**
 * @param {Node} node
 * @param {Children[]} children
 */
function append(node, children) {
  for (const child of children.flat(3)) {
    if (child === null || child === undefined || child === false) continue;
    node.appendChild(child instanceof Node ? child : document.createTextNode(String(child)));
  }
}

/**
 * Replace the children of `node`, but keep it untouched when nothing changed (focus stays).
 * @param {Element} node
 * @param {...Children} children
 */
export function fill(node, ...children) {
  const fresh = document.createDocumentFragment();
  append(fresh, children);
  const before = [...node.childNodes];
  const after = [...fresh.childNodes];
  const same = before.length === after.length && before.every((n, i) => n.isEqualNode(after[i]));
  if (!same || before.some(hasListeners)) node.replaceChildren(fresh);
}

const FOCUSABLE = "button, a[href], input, textarea, select, summary, [tabindex]";

/**
 * Draw again without taking the keyboard away: the focus goes to the control of the same name in
 * the same row, else to the one that stands in the same place.
 * @param {Element[]} homes what is drawn again
 * @param {() => void} draw
 */
export function keepFocus(homes, draw) {
  const controls = () =>
    homes.flatMap((home) => [.../** @type {NodeListOf<HTMLElement>} */ (home.querySelectorAll(FOCUSABLE))]);
  const held = /** @type {HTMLElement} */ (document.activeElement);
  const before = controls();
  const place = before.indexOf(held);
  const name = place < 0 ? "" : nameOf(held);
  const turn = before.slice(0, Math.max(place, 0)).filter((one) => nameOf(one) === name).length;
  draw();
  if (place < 0 || held.isConnected) return;
  const now = controls();
  const named = now.filter((one) => nameOf(one) === name);
  const next = named[turn] ?? now[Math.min(place, now.length - 1)];
  next?.focus({ preventScroll: true });
}

/** @param {HTMLElement} control */
function nameOf(control) {
  const row = control.closest("tr, details")?.firstElementChild?.textContent;
  return `${row} ${control.dataset.act ?? control.textContent}`;
}

/**
 * Nodes with controls are always replaced: their listeners close over older values.
 * @param {Node} node
 */
function hasListeners(node) {
  return node instanceof Element && node.matches("button, a, input, :has(button, a, input)");
}

/**
 * An icon from the sprite; decorative, the word beside it carries the meaning.
 * @param {string} name symbol id in icons.svg
 * @param {string} [className]
 * @returns {SVGSVGElement}
 */
export function icon(name, className = "icon") {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", className);
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `${STATIC}/icons.svg#${name}`);
  svg.appendChild(use);
  return svg;
}

/**
 * A status chip: icon and word, never colour alone.
 * @param {"good"|"warn"|"bad"|"info"|"plain"|string} tone
 * @param {string} name icon
 * @param {string} text
 * @returns {HTMLElement}
 */
export function chip(tone, name, text) {
  return h(`span.chip.chip--${tone}`, null, icon(name), h("span", null, text));
}

/**
 * A strip with a message.
 * @param {"info"|"warn"|"bad"|"good"} tone
 * @param {...Children} children
 * @returns {HTMLElement}
 */
export function banner(tone, ...children) {
  const names = { info: "info", warn: "alert", bad: "alert", good: "check-circle" };
  return h(`div.banner.banner--${tone}`, null, icon(names[tone]), h("div.grow", null, ...children));
}

/**
 * Open a modal dialog and return its element; it removes itself when closed.
 * Focus is trapped by the browser and returns to where it was.
 * @param {{title: string, body?: Children, actions: Children, sheet?: boolean, onclose?: () => void}} parts
 * @returns {HTMLDialogElement}
 */
export function openDialog({ title, body, actions, sheet = true, onclose }) {
  const id = `dialog-${Math.random().toString(36).slice(2)}`;
  const node = h(
    sheet ? "dialog.sheet" : "dialog.dialog",
    { "aria-labelledby": id },
    h("div.dialog__body", null, h(`h2#${id}`, null, title), body),
    h("div.dialog__actions", null, actions),
  );
  node.addEventListener("close", () => {
    node.remove();
    onclose?.();
  });
  node.addEventListener("click", (/** @type {Event} */ e) => {
    if (e.target === node) node.close();
  });
  document.body.append(node);
  node.showModal();
  return node;
}

/**
 * Say something to screen readers without moving anything.
 * @param {string} text
 * @param {"polite"|"assertive"} [urgency]
 */
export function announce(text, urgency = "polite") {
  const id = `live-${urgency}`;
  let region = document.getElementById(id);
  if (!region) {
    region = h(`div#${id}.sr`, { "aria-live": urgency, role: urgency === "polite" ? "status" : "alert" });
    document.body.append(/** @type {HTMLElement} */ (region));
  }
  const target = /** @type {HTMLElement} */ (region);
  target.textContent = "";
  setTimeout(() => {
    target.textContent = text;
  }, 50);
}

/**
 * A short message at the foot of the page, gone after some seconds.
 * @param {string} text
 */
export function toast(text) {
  document.querySelector(".toast")?.remove();
  const node = h("div.toast", { role: "status" }, text);
  document.body.append(node);
  setTimeout(() => node.remove(), 6000);
}
