/** What the customer has chosen so far, and what must survive a reload of this tab. */

/**
 * @typedef {object} Order
 * @property {string} service
 * @property {string} language
 * @property {string} name
 * @property {string} document_number
 * @property {boolean} invited
 * @property {Record<string, string>} intake
 * @property {Record<string, boolean>} consents
 */
/** @typedef {{n: number, at: string, digest: string}} Head */
/** @typedef {import("./customer-state.js").Joined} Joined */

const INVITATION = "invitation";
const INVITED = "invited";
const SUMMONS = "summons";
const JOINED = "joined";
const HEADS = "heads";

/**
 * @param {string} [language]
 * @returns {Order}
 */
export function emptyOrder(language = "") {
  return {
    service: "",
    language,
    name: "",
    document_number: "",
    invited: false,
    intake: {},
    consents: {},
  };
}

/**
 * The body of POST /api/customer/visits. An invited person is known already.
 * @param {Order} order
 */
export function orderBody({ service, language, name, document_number: number, invited, intake, consents }) {
  const person = invited ? {} : { name, document_number: number };
  return { service, language, ...person, intake, consents };
}

/**
 * Take the secret out of the address bar at once: it must not be shared or kept in history.
 * @param {string} path
 * @param {string} key
 * @returns {string | null}
 */
function takeSecret(path, key) {
  const secret = location.pathname === path ? location.hash.slice(1) : "";
  if (secret) {
    sessionStorage.setItem(key, secret);
    history.replaceState(null, "", path);
  }
  return sessionStorage.getItem(key);
}

/** @returns {string | null} the bank's invitation of a customer */
export function takeInvitation() {
  return takeSecret("/i", INVITATION);
}

/** @returns {string | null} a customer's guest's link */
export function takeSummons() {
  const secret = takeSecret("/j", SUMMONS);
  if (location.pathname === "/j" && secret) sessionStorage.removeItem(INVITATION);
  return secret;
}

export function dropInvitation() {
  sessionStorage.removeItem(INVITATION);
}

export function dropSummons() {
  sessionStorage.removeItem(SUMMONS);
}

/**
 * The secret is used up; what it was for is kept until there is a visit.
 * @param {Partial<Order>} known
 */
export function rememberInvited(known) {
  sessionStorage.setItem(INVITED, JSON.stringify(known));
  dropInvitation();
}

/** @returns {Partial<Order> | null} */
export function recallInvited() {
  const known = sessionStorage.getItem(INVITED);
  return known ? { ...JSON.parse(known), invited: true } : null;
}

/** @param {Joined} joined the guest's secret is used up; the consents are still to be given */
export function rememberJoined(joined) {
  sessionStorage.setItem(JOINED, JSON.stringify(joined));
  dropSummons();
}

/** @returns {Joined | null} */
export function recallJoined() {
  return JSON.parse(sessionStorage.getItem(JOINED) ?? "null");
}

/** There is a visit now, or none any more. */
export function forgetTab() {
  for (const key of [INVITED, SUMMONS, JOINED, HEADS]) sessionStorage.removeItem(key);
}

/** @returns {Head[]} the attested heads that this tab was given */
export function keptHeads() {
  return JSON.parse(sessionStorage.getItem(HEADS) ?? "[]");
}

/** @param {Head[]} heads */
export function keepHeads(heads) {
  sessionStorage.setItem(HEADS, JSON.stringify(heads));
}
