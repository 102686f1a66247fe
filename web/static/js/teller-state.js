/** What the teller's console knows, and what that means. Pure: no DOM, no network. */

/** @typedef {import("./customer-state.js").CallView} CallView */
/** @typedef {{id: string, kind: string, title: string, status: "todo"|"current"|"done"|"refused", started_at: string | null, ended_at: string | null}} StepLine */
/** @typedef {{name: string, label: string, type: "text"|"choice", options: {value: string, label: string}[], max_length?: number, before: string, after: string, error: string | null}} Field */
/** @typedef {{ticket: string, service_title: string, language: string, waiting_since: string, priority: number, name_masked: string, status: "waiting"|"offered"|"in_call", mine: boolean}} Waiting */
/**
 * @typedef {object} Offer
 * @property {string} pairing
 * @property {string} ticket
 * @property {string} service_title
 * @property {string} language
 * @property {string} name_masked
 * @property {string} why
 * @property {string} waiting_since
 * @property {string} expires_at
 * @property {number} declined_before
 */
/**
 * @typedef {object} Current
 * @property {string} id
 * @property {string} kind
 * @property {string} title
 * @property {string} say
 * @property {string} say_language
 * @property {string[]} can
 * @property {string | null} blocked
 * @property {string | null} blocked_message
 * @property {"agreed"|"refused"|"seen"|null} customer_answer
 */
/**
 * @typedef {object} Check
 * @property {string} id
 * @property {"running"|"done"|"failed"} status
 * @property {"passed"|"referred"|"failed"|null} outcome
 * @property {number | null} score
 * @property {string} score_words
 * @property {string[]} reasons
 * @property {"agrees"|"lowers"|"none"|null} second_opinion
 * @property {string | null} live
 * @property {string | null} portrait
 * @property {number} attempt
 */
/** @typedef {"accept"|"repeat"|"refuse"|"alternative"} Verdict */
/**
 * @typedef {object} Identity
 * @property {{status: "none"|"checking"|"accepted"|"rejected", photo: string | null, portrait: string | null}} document
 * @property {Check | null} check
 * @property {{verdict: Verdict, reason: string} | null} decision
 * @property {Verdict[]} may
 */
/** @typedef {{step: string, fields: Field[], customer_seen: boolean, confirmed: boolean}} Form */
/**
 * @typedef {object} VisitView
 * @property {string} id
 * @property {string} ticket
 * @property {string} service_title
 * @property {string} state
 * @property {string} language
 * @property {string} name_masked
 * @property {string} document_masked
 * @property {{recording: boolean, face: boolean}} consents
 * @property {StepLine[]} steps
 * @property {Current | null} current
 * @property {Identity | null} identity
 * @property {Form | null} form
 * @property {CallView | null} call
 * @property {{state: "off"|"starting"|"on"|"failed", parties: Record<string, {seconds: number, behind_s: number}>}} recording
 * @property {{reason: string, message: string} | null} reverify
 * @property {string | null} outcome
 * @property {string | null} wrap_up_deadline
 */
/** @typedef {{name: string, number: string, state: string, reason: string | null, skills: string[], languages: string[], visits_today: number, average_s: number | null}} Me */
/**
 * @typedef {object} View the whole state, as the server sends it
 * @property {{name: string, open: boolean}} branch
 * @property {Me} me
 * @property {Waiting[]} queue the first hundred lines
 * @property {{count: number, since: string | null}} [waiting] of all lines, when there are more
 * @property {Offer | null} offer
 * @property {VisitView | null} visit
 * @property {{code: string, message: string, severity: "info"|"warn"|"bad"} | null} notice
 */
/** @typedef {"loading"|"superseded"|"signed_out"|"closed"|"idle"|"ring"|"visit"|"wrap_up"} Scene */
/** @typedef {{act: string, tone: "primary"|"danger", blocked: boolean, reason: "blocked"|"wait"|null, verdict?: Verdict}} Primary */

const LIVE = new Set(["connecting", "in_service", "reverify", "on_hold"]);

/**
 * @param {import("./wire.js").Status} wire
 * @param {View | null} view
 * @returns {Scene}
 */
export function sceneOf(wire, view) {
  if (wire === "superseded" || wire === "signed_out" || wire === "closed") return wire;
  if (!view) return "loading";
  if (view.visit?.state === "wrap_up" || (view.visit && view.me.state === "wrap_up"))
    return "wrap_up";
  if (view.visit && LIVE.has(view.visit.state)) return "visit";
  return view.offer ? "ring" : "idle";
}

/** Whether the call's media should run. @param {View | null} view */
export function isLive(view) {
  return !!view?.visit?.call?.media_allowed && LIVE.has(view.visit.state);
}

/** @param {VisitView} visit */
export function customerPeer(visit) {
  return visit.call?.peers.find((peer) => peer.party === "customer") ?? null;
}

/**
 * The one thing to do next. The page offers it large and on Enter; null when there is nothing.
 * @param {VisitView} visit
 * @param {boolean} unsent whether the form holds text that the customer has not been shown
 * @returns {Primary | null}
 */
export function primaryOf(visit, unsent) {
  const { current, recording, identity } = visit;
  if (recording.state === "failed") return go("end", "danger");
  if (!current) return visit.state === "in_service" ? atTheEnd(visit) : null;
  const can = new Set(current.can);
  if (visit.state === "on_hold") return go("hold");
  if (can.has("check")) return go("check");
  if (can.has("decide") && identity?.check?.status === "done") return verdictOf(identity);
  if (can.has("decide") && !visit.consents.face) return { ...go("decide"), verdict: "alternative" };
  if (can.has("start")) return go("start");
  if (visit.state !== "in_service") return waiting("wait");
  if (current.customer_answer === "refused" && can.has("refuse")) return go("refuse", "danger");
  if (current.kind === "form" && (unsent || current.blocked === "form_not_drafted"))
    return { ...go("draft"), blocked: !unsent };
  if (can.has("complete")) return go("complete");
  return waiting(current.blocked ? "blocked" : "wait");
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

/** @param {VisitView} visit @returns {Primary} */
function atTheEnd(visit) {
  return visit.steps.every((step) => step.status === "done") ? go("finish") : go("end", "danger");
}

/** @param {string} act @param {"primary"|"danger"} [tone] @returns {Primary} */
function go(act, tone = "primary") {
  return { act, tone, blocked: false, reason: null };
}

/** @param {"blocked"|"wait"} reason @returns {Primary} */
function waiting(reason) {
  return { act: "complete", tone: "primary", blocked: true, reason };
}

/**
 * Whether a verdict needs the teller's own words (promise: a refer needs a stated reason).
 * @param {Verdict} verdict
 * @param {Check | null} check
 */
export function needsReason(verdict, check) {
  return (
    verdict === "refuse" ||
    verdict === "alternative" ||
    (verdict === "accept" && check?.outcome === "referred")
  );
}

/**
 * How many wait for somebody, and since when the first of them does.
 * @param {Pick<View, "queue" | "waiting">} view
 * @returns {{count: number, since: string | null}}
 */
export function waitingOf({ queue, waiting }) {
  if (waiting) return waiting;
  const open = queue.filter((line) => line.status === "waiting");
  return { count: open.length, since: open.map((line) => line.waiting_since).sort()[0] ?? null };
}

/**
 * Form errors that can be seen without asking the server.
 * @param {Form} form
 * @param {Record<string, string>} values
 * @returns {Record<string, "empty"|"too_long">}
 */
export function formErrors(form, values) {
  /** @type {Record<string, "empty"|"too_long">} */
  const errors = {};
  for (const field of form.fields) {
    const value = (values[field.name] ?? "").trim();
    if (!value) errors[field.name] = "empty";
    else if (value.length > (field.max_length ?? 500)) errors[field.name] = "too_long";
  }
  return errors;
}

/**
 * @param {Form} form
 * @param {Record<string, string>} values
 * @returns {boolean} whether anything differs from what the customer has been shown
 */
export function isUnsent(form, values) {
  return form.fields.some(
    (field) => (values[field.name] ?? "").trim() !== (field.after || field.before).trim(),
  );
}

/** Outcomes that a teller may give by hand; `done` comes only from finished steps. @param {VisitView} visit */
export function outcomesOf(visit) {
  const outcomes = [
    "refused_customer",
    "refused_bank",
    "sign_at_branch",
    "other_channel",
    "aborted_technical",
    "aborted_suspicion",
  ];
  if (visit.state === "connecting") return ["no_show", ...outcomes];
  const done = visit.state === "in_service" && visit.steps.every((step) => step.status === "done");
  return done ? ["done_with_limits", ...outcomes] : outcomes;
}
