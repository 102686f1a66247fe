/** JSON over HTTP with the page's CSRF token; refusals become `Refused` with a stable code. */

import { meta } from "./dom.js";
import { setClock } from "./format.js";
import { t } from "./i18n.js";

/** The server said no, or could not be reached (`code: "offline"`). */
export class Refused extends Error {
  /**
   * @param {string} code stable, snake_case
   * @param {string} message in the person's language
   * @param {number} status HTTP status, 0 when there was no answer
   * @param {string | null} field name of the form field at fault
   */
  constructor(code, message, status = 0, field = null) {
    super(message);
    this.code = code;
    this.status = status;
    this.field = field;
  }
}

/**
 * @param {"GET"|"POST"} method
 * @param {string} path
 * @param {unknown} [body] JSON, or a Blob sent as it is
 * @param {{signal?: AbortSignal}} [options]
 * @returns {Promise<any>} the JSON answer, null for an empty one
 * @throws {Refused}
 */
export async function request(method, path, body, { signal } = {}) {
  /** @type {Record<string, string>} */
  const headers = { Accept: "application/json" };
  if (method !== "GET") {
    headers["X-CSRF"] = meta("csrf");
    const proof = sessionStorage.getItem(proofName(path));
    if (proof) headers["X-Fresh"] = proof;
  }
  const raw = body instanceof Blob;
  if (body !== undefined) headers["Content-Type"] = raw ? body.type : "application/json";
  let reply;
  try {
    reply = await fetch(path, {
      method,
      headers,
      signal,
      credentials: "same-origin",
      body: body === undefined ? undefined : raw ? body : JSON.stringify(body),
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new Refused("offline", t("We cannot reach the branch. Please check your network and try again."));
  }
  setClock(reply.headers.get("Date"));
  const answer = await reply.json().catch(() => null);
  if (reply.ok) {
    // A new session has a new token: the cookie came with this answer.
    if (answer?.csrf) document.querySelector('meta[name="csrf"]')?.setAttribute("content", answer.csrf);
    // What the last password gave this tab: who has only stolen the cookie has not got it.
    if (answer?.proof) sessionStorage.setItem(proofName(path), answer.proof);
    return answer;
  }
  throw new Refused(
    answer?.code ?? "unexpected",
    answer?.message ?? t("Something went wrong on our side. Please try again."),
    reply.status,
    answer?.field ?? null,
  );
}

/** Each door has its own. @param {string} path */
function proofName(path) {
  return `proof:${path.split("/")[2] ?? ""}`;
}

/** A link of ours as it can be sent to somebody: the server may not know its own name. @param {string} link */
export function absolute(link) {
  return new URL(link, location.origin).href;
}
