/** What the teller's console knows, and what that means. Pure: no DOM, no network. */

/** @typedef {import("./teller-types.js").View} View */
/** @typedef {import("./teller-types.js").VisitView} VisitView */
/** @typedef {import("./teller-types.js").Current} Current */
/** @typedef {import("./teller-types.js").Check} Check */
/** @typedef {import("./teller-types.js").Field} Field */
/** @typedef {import("./teller-types.js").Form} Form */
/** @typedef {import("./teller-types.js").Guest} Guest */
/** @typedef {import("./teller-types.js").Scene} Scene */
/** @typedef {import("./teller-types.js").StepLine} StepLine */
/** @typedef {import("./teller-types.js").Verdict} Verdict */

const LIVE = new Set(["connecting", "in_service", "reverify", "on_hold"]);
const AFTER_CALL = new Set(["checker_decision", "commit"]);
export const CUSTOMER = "customer";

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

/** The newest leg of the customer. @param {VisitView} visit */
export function customerPeer(visit) {
  return visit.call?.peers.find((peer) => peer.party === CUSTOMER) ?? null;
}

/** Whether a step happens when the call is over. @param {StepLine} step */
export function isAfterCall(step) {
  return AFTER_CALL.has(step.kind);
}

/** Steps of the call that take place, as far as is known now. @param {StepLine[]} steps */
export function takingPlace(steps) {
  return steps.filter((step) => !isAfterCall(step) && !isLeftOut(step));
}

/** Whether a step was passed over, or will be. @param {StepLine} step */
export function isLeftOut(step) {
  return step.status === "skipped" || (step.status === "todo" && step.applies === false);
}

/** Whether nothing of the call is left to do. @param {VisitView} visit */
export function isFinished(visit) {
  return takingPlace(visit.steps).every((step) => step.status === "done");
}

/** Whether the step shown has been started. @param {VisitView} visit */
export function isStarted(visit) {
  return visit.steps.find((step) => step.id === visit.current?.id)?.status === "current";
}

/** Whether the teller may work at the present step. @param {VisitView} visit */
export function isOpen(visit) {
  return isStarted(visit) && visit.state === "in_service" && visit.recording.state !== "failed";
}

/** The guest whose step it is and who is not here. @param {VisitView} visit @returns {Guest | null} */
export function absentGuest(visit) {
  const party = visit.current?.party ?? CUSTOMER;
  if (party === CUSTOMER) return null;
  const guest = visit.guests?.find((one) => one.party === party);
  return guest && !guest.here ? guest : null;
}

/** The further party who can be asked in by one key. @param {VisitView | null | undefined} visit */
export function invitable(visit) {
  const may = visit?.guests?.filter((one) => one.status === "none" || one.status === "gone");
  return may?.find((one) => one.party === visit?.current?.party) ?? may?.[0] ?? null;
}

/** What a party is called. @param {VisitView} visit @param {string} party */
export function titleOf(visit, party) {
  const guest = visit.guests?.find((one) => one.party === party); // not there when left out
  return guest?.title ?? visit.steps.find((step) => step.party === party)?.party_title ?? party;
}

/**
 * Seconds until the least time of a step has passed.
 * @param {Current | null} current
 */
export function secondsLeft(current) {
  return current?.ready_at ? Math.max(0, (Date.parse(current.ready_at) - Date.now()) / 1000) : 0;
}

/**
 * The question that is to be asked now: the first without a clear answer, or the one asked again.
 * @param {Current | null} current
 * @param {string | null} [again]
 */
export function openQuestion(current, again = null) {
  const questions = current?.questions ?? [];
  return (
    questions.find((one) => one.id === again && one.attempts_left > 0) ??
    questions.find((one) => !one.finding || one.finding === "unclear") ??
    null
  );
}

/**
 * The prompt that is to be watched now. As many have to be seen as were drawn; one without
 * movement stands in for what was not seen, or when the teller asks for `something` else.
 * @param {Current | null} current
 * @param {boolean} [something]
 */
export function openPrompt(current, something = false) {
  const prompts = current?.prompts ?? [];
  const missing =
    prompts.filter((one) => one.drawn).length -
    prompts.filter((one) => one.finding === "expected").length;
  if (missing <= 0) return null;
  const drawn = prompts.find((one) => one.drawn && !one.finding);
  const instead = prompts.find((one) => !one.drawn && !one.finding);
  return (something ? (instead ?? drawn) : (drawn ?? instead)) ?? null;
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
    if (!value && field.required) errors[field.name] = "empty";
    else if (value.length > (field.max_length || 500)) errors[field.name] = "too_long";
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
  const done = visit.state === "in_service" && isFinished(visit);
  return done ? ["done_with_limits", ...outcomes] : outcomes;
}
