/** The one thing to do next, and why it may have to wait. Pure: no DOM, no network. */

import { absentGuest, isFinished, isStarted, secondsLeft } from "./teller-state.js";

/** @typedef {import("./teller-types.js").VisitView} VisitView */
/** @typedef {import("./teller-types.js").Current} Current */
/** @typedef {import("./teller-types.js").Identity} Identity */
/** @typedef {import("./teller-types.js").Primary} Primary */
/** @typedef {import("./teller-types.js").Why} Why */
/** @typedef {import("./teller-work.js").Work} Work */

const RULED_OUT = new Set(["answer_rules_out", "registry_mismatch"]);
const TAPPED = new Set(["yes_no", "choice"]);

/**
 * What the page offers large and on Enter; null when there is nothing.
 * @param {VisitView} visit
 * @param {Work} work
 * @param {boolean} unsent whether the form differs from what the customer has been shown
 * @returns {Primary | null}
 */
export function primaryOf(visit, work, unsent) {
  const { current, recording, identity } = visit;
  if (recording.state === "failed") return go("end", "danger");
  if (!current)
    return visit.state === "in_service" ? go(...atTheEnd(isFinished(visit))) : null;
  const can = new Set(current.can);
  if (visit.state === "on_hold") return go("hold");
  if (can.has("check")) return go("check");
  if (can.has("decide") && identity?.check?.status === "done") return verdictOf(identity);
  if (can.has("decide") && !visit.consents.face) return { ...go("decide"), verdict: "alternative" };
  if (can.has("start")) return go("start");
  if (visit.state !== "in_service") return missingGuest(visit) ?? waiting("wait");
  const shut = current.blocked && !isStarted(visit) ? { ...waiting("blocked"), act: "start" } : null;
  return missingGuest(visit) ?? shut ?? stepOf(visit, current, work, unsent);
}

/** @param {boolean} finished @returns {[string, "primary"|"danger"]} */
function atTheEnd(finished) {
  return finished ? ["finish", "primary"] : ["end", "danger"];
}

/** @param {VisitView} visit @returns {Primary | null} */
function missingGuest(visit) {
  const guest = absentGuest(visit);
  if (!guest) return null;
  const asked = guest.status === "invited" || guest.status === "consented";
  return asked ? waiting("guest") : { ...go("invite"), party: guest.party };
}

/** @param {VisitView} visit @param {Current} current @param {Work} work @param {boolean} unsent @returns {Primary} */
function stepOf(visit, current, work, unsent) {
  const can = new Set(current.can);
  if (RULED_OUT.has(current.blocked ?? "") && can.has("refuse")) return go("refuse", "danger");
  if (current.customer_answer === "refused" && can.has("refuse") && !can.has("complete"))
    return go("refuse", "danger");
  const question = work.question(visit);
  if (question) return TAPPED.has(question.type) ? waiting("answer") : go("answer");
  if (can.has("challenge")) return go("challenge");
  if (work.prompt(visit)) return waiting("prompt");
  if (current.kind === "form" && (unsent || current.blocked === "form_not_drafted"))
    return { ...go("draft"), blocked: !unsent };
  if (current.decision) return decisionOf(visit, current, work);
  if (secondsLeft(current) > 0) return waiting("early");
  if (can.has("complete")) return go(unanswered(current) ? "go-on" : "complete");
  return waiting(current.blocked ? "blocked" : "wait");
}

/** Whether a register gave no answer. @param {Current} current */
function unanswered({ registers }) {
  return !!registers?.some((one) => one.status === "unreachable");
}

/** @param {VisitView} visit @param {Current} current @param {Work} work @returns {Primary} */
function decisionOf(visit, current, work) {
  if (!work.verdict) return waiting(work.ruledOut(visit) ? "ruled_out" : "verdict");
  if (work.verdict === "approve" && !current.can.includes("complete")) return waiting("blocked");
  return go("judge", work.verdict === "refuse" ? "danger" : "primary");
}

/** Whether a decision owes its reason in words: all but a plain approval do. @param {Current | null} current @param {Work} work */
export function needsWhy(current, { verdict, flags }) {
  const noticed = current?.decision?.flags.some((flag) => flags[flag.id]);
  return verdict !== "approve" || !!noticed || !!current?.decision?.raised.length;
}

/** @param {Identity} identity @returns {Primary | null} */
function verdictOf({ check, may }) {
  if (check?.outcome !== "failed" && may.includes("accept"))
    return { ...go("decide"), verdict: "accept" };
  if (may.includes("repeat")) return { ...go("decide"), verdict: "repeat" };
  return may.includes("alternative")
    ? { ...go("decide"), verdict: "alternative" }
    : waiting("wait");
}

/** @param {string} act @param {"primary"|"danger"} [tone] @returns {Primary} */
function go(act, tone = "primary") {
  return { act, tone, blocked: false, reason: null };
}

/** @param {Why} reason @returns {Primary} */
function waiting(reason) {
  return { act: "complete", tone: "primary", blocked: true, reason };
}
