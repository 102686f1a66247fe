/** What the customer has chosen so far, and what must survive a reload of this tab. */

/** @typedef {{service: string, language: string, name: string, document_number: string, invited: boolean}} Order */
/** @typedef {{n: number, at: string, digest: string}} Head */

const INVITATION = "invitation";
const INVITED = "invited";
const HEADS = "heads";

/**
 * @param {string} [language]
 * @returns {Order}
 */
export function emptyOrder(language = "") {
  return { service: "", language, name: "", document_number: "", invited: false };
}

/**
 * The body of POST /api/customer/visits. An invited person is known already.
 * @param {Order} order
 * @param {boolean} face whether face processing was agreed to
 */
export function orderBody({ service, language, name, document_number: number, invited }, face) {
  const person = invited ? {} : { name, document_number: number };
  return { service, language, ...person, consents: { recording: true, face } };
}

/**
 * Take the secret out of the address bar at once: it must not be shared or kept in history.
 * @returns {string | null}
 */
export function takeInvitation() {
  const secret = location.pathname === "/i" ? location.hash.slice(1) : "";
  if (secret) {
    sessionStorage.setItem(INVITATION, secret);
    history.replaceState(null, "", "/i");
  }
  return sessionStorage.getItem(INVITATION);
}

export function dropInvitation() {
  sessionStorage.removeItem(INVITATION);
}

/**
 * The secret is used up; what it was for is kept until there is a visit.
 * @param {{service: string, language: string}} known
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

/** There is a visit now, or none any more. */
export function forgetTab() {
  sessionStorage.removeItem(INVITED);
  sessionStorage.removeItem(HEADS);
}

/** @returns {Head[]} the attested heads that this tab was given */
export function keptHeads() {
  return JSON.parse(sessionStorage.getItem(HEADS) ?? "[]");
}

/** @param {Head[]} heads */
export function keepHeads(heads) {
  sessionStorage.setItem(HEADS, JSON.stringify(heads));
}
