/**
 * The server's catalogue in the browser. The English text is the key:
 * `t("Hang up")`, `t("Teller {name}", {name})`, `n("{n} person ahead", "{n} people ahead", 2)`.
 * Keys are read from the source by a test, so always write them as literals.
 */

/** @type {Record<string, string | string[]>} */
let messages = {};
let current = "en";
/** @type {Intl.PluralRules} */
let rules = new Intl.PluralRules("en");

/**
 * Load a language; call it before anything is drawn.
 * @param {string} language `zh-CN` or `en`
 */
export async function load(language) {
  const reply = await fetch(new URL(`../i18n/${language}.json`, import.meta.url));
  if (!reply.ok) throw new Error(`catalogue ${language}: ${reply.status}`);
  messages = await reply.json();
  current = language;
  rules = new Intl.PluralRules(language);
}

/** @returns {string} the language in use, as a BCP 47 tag */
export function language() {
  return current;
}

/**
 * Translate `message` and put `values` in place of `{names}`.
 * @param {string} message
 * @param {Record<string, string | number>} [values]
 * @returns {string}
 */
export function t(message, values) {
  const found = messages[message] ?? message;
  return put(Array.isArray(found) ? found[0] : found, values);
}

/**
 * Translate with a number; `{n}` is the number.
 * @param {string} one
 * @param {string} other
 * @param {number} count
 * @param {Record<string, string | number>} [values]
 * @returns {string}
 */
export function n(one, other, count, values) {
  const found = messages[one] ?? [one, other];
  const forms = Array.isArray(found) ? found : [found];
  const chosen = rules.select(count) === "one" ? forms[0] : forms[forms.length - 1];
  return put(chosen, { n: count, ...values });
}

/**
 * @param {string} text
 * @param {Record<string, string | number>} [values]
 */
function put(text, values) {
  return values ? text.replace(/\{(\w+)\}/g, (all, key) => String(values[key] ?? all)) : text;
}
