/**
 * What the customer's page knows, and which scene that means. Pure: no DOM, no network.
 */

/** @typedef {import("./customer-step.js").Step} Step */
/** @typedef {{value: string, label: string}} Option */
/**
 * @typedef {object} Asked a question before the queue
 * @property {string} name
 * @property {"text"|"choice"|"yes_no"|"number"|"money"|"date"|"phone"|"resident_id"|"credit_code"} type
 * @property {string} label
 * @property {Option[]} [options]
 * @property {number | null} [low]
 * @property {number | null} [high]
 * @property {boolean} [required]
 * @property {number} [max_length]
 */
/** @typedef {{id: string, title: string, summary: string, minutes: number, needs: string[], intake?: Asked[], consents?: any}} Service */
/** @typedef {{id: string, title: string, body: string, if_refused?: string, required?: boolean}} Consent */
/**
 * @typedef {object} Branch answer of GET /api/customer/branch
 * @property {{name: string, open: boolean, hours: string, reopens: string | null}} branch
 * @property {Service[]} services
 * @property {string[]} languages
 * @property {any} consents
 * @property {number} probe_bytes
 */
/**
 * @typedef {object} Scope answer of POST /api/customer/scope
 * @property {"allow"|"limit"|"deny"} decision
 * @property {string} title
 * @property {string} message
 * @property {{title: string, text: string}[]} offers
 * @property {{id: string, source: string, verified: boolean}[]} clauses
 */
/** @typedef {{party: string, party_title: string, service_title: string, consents: any, language: string}} Joined */
/** @typedef {{party: string, state: "absent"|"up"|"paused"|"dead", since: string, audio: boolean, video: boolean, doubts?: string[], hints?: string[]}} Peer `doubts`, `hints`: tellers only */
/**
 * @typedef {object} CallView
 * @property {RTCIceServer[]} ice_servers
 * @property {boolean} relay_only
 * @property {boolean} media_allowed
 * @property {"off"|"starting"|"on"|"failed"} recording
 * @property {string | null} recording_since
 * @property {boolean} on_hold
 * @property {Peer[]} peers
 * @property {string[]} [seats] all other parties who may ever take part, in the order of their lines
 * @property {string | null} rejoin_deadline
 */
/** @typedef {{may: boolean, days: number, due_at: string | null, status: "none"|"open"|"answered", answer: string | null}} Objection */
/**
 * @typedef {object} Receipt
 * @property {string | null} [core_receipt] the bank's own number for what it did
 * @property {string | null} [core_status] the bank's own word for it
 * @property {string} visit
 * @property {string | null} ticket
 * @property {string} service_title
 * @property {string | null} closed_at
 * @property {string} outcome
 * @property {string} outcome_title
 * @property {string} effect
 * @property {string | null} evidence_digest
 * @property {"sealed"|"pending"|"none"} seal_status
 * @property {{n: number, at: string, digest: string}[]} heads
 * @property {string | null} [reason]
 * @property {string | null} [reference]
 * @property {string[]} [items] what remains to be done elsewhere
 * @property {{id: string, title: string, signed: boolean}[]} [papers]
 * @property {Objection | null} [objection]
 */
/** @typedef {{party: string, title: string, status: "invited"|"consented"|"here"|"gone", link: string | null}} Guest */
/**
 * @typedef {object} View the whole state, as the server sends it
 * @property {{name: string, open: boolean, hours: string, reopens: string | null}} branch
 * @property {string} language
 * @property {string} [party] whose page this is: `customer`, or a guest's party
 * @property {boolean} [left] whether this guest was let go
 * @property {{id: string, ticket: string | null, service: string, service_title: string, state: string, outcome: string | null, effect: string} | null} visit
 * @property {{ahead: number, position: number, wait_low_s: number | null, wait_high_s: number | null, basis: string} | null} queue
 * @property {{name: string, number: string} | null} teller
 * @property {CallView | null} call
 * @property {Step | null} step
 * @property {Guest[]} [guests]
 * @property {{reason: string, message: string} | null} reverify
 * @property {{due_at: string | null, escalated: boolean} | null} [review]
 * @property {Receipt | null} receipt
 * @property {import("./customer-position.js").Place | null} [place] of the device, where it is asked for
 * @property {{code: string, message: string, severity: "info"|"warn"|"bad"} | null} notice
 */

/** @typedef {"loading"|"unsupported"|"offline"|"superseded"|"signed_out"|"closed_branch"|"invitation"|"handoff"|"join"|"joined"|"start"|"intake"|"scope"|"details"|"consent"|"refused"|"check"|"queue"|"gathering"|"call"|"left"|"closed"} SceneName */

/**
 * What happened on this page only; everything else comes from the server.
 * @typedef {object} Local
 * @property {string} support result of devices.support()
 * @property {import("./wire.js").Status} wire
 * @property {boolean} known whether the server knows a visit of this browser
 * @property {string | null} invitation secret from the link, until it has been redeemed
 * @property {string | null} summons secret of a guest's link, until it has been used
 * @property {Joined | null} joined what a guest was asked to, until the consents are given
 * @property {boolean} ready whether a guest has checked camera and microphone
 * @property {SceneName} stage where the person is before there is a visit
 * @property {Branch | null} branch
 * @property {string | null} failure message when the branch could not be loaded
 * @property {boolean} unreachable the socket has failed again and again
 */

const IN_CALL = new Set(["connecting", "in_service", "reverify", "on_hold", "wrap_up"]);
const BEFORE_VISIT = new Set(["join", "joined", "consent", "refused"]);

/**
 * @param {Local} local
 * @param {View | null} view
 * @returns {SceneName}
 */
export function sceneOf(local, view) {
  if (local.support !== "ok") return "unsupported";
  if (local.wire === "superseded") return "superseded";
  if (local.wire === "signed_out") return "signed_out";
  if (local.invitation !== null && local.stage === "invitation") return "invitation";
  if (local.stage === "handoff") return "handoff";
  if (!local.known) return beforeVisit(local);
  if (!view) return local.unreachable ? "offline" : "loading";
  if (!view.visit) return beforeVisit(local);
  return isGuest(view) ? ofGuest(local, view) : ofVisit(view);
}

/** @param {Local} local @returns {SceneName} */
function beforeVisit(local) {
  if (local.failure) return "offline";
  if (!local.branch) return "loading";
  const guest = local.summons !== null || local.joined !== null;
  if (guest && BEFORE_VISIT.has(local.stage)) return local.stage;
  if (!local.branch.branch.open && local.stage === "start") return "closed_branch";
  return local.stage;
}

/** @param {View} view @returns {SceneName} */
function ofVisit(view) {
  const state = view.visit?.state ?? "";
  if (view.receipt || state === "closed" || state === "in_review") return "closed";
  if (state === "consented") return "check";
  if (state === "waiting" || state === "offered") return "queue";
  return IN_CALL.has(state) ? "call" : "loading";
}

/**
 * A guest comes when the visit is under way: devices first, then straight in.
 * @param {Local} local @param {View} view @returns {SceneName}
 */
function ofGuest(local, view) {
  const state = view.visit?.state ?? "";
  if (view.receipt || state === "closed" || state === "in_review") return "closed";
  if (view.left) return "left";
  if (!local.ready) return "check";
  return IN_CALL.has(state) ? "call" : "gathering";
}

/** @param {View | null} view whether this page speaks for a further party */
export function isGuest(view) {
  return !!view?.party && view.party !== "customer";
}

/**
 * Consents as the server lists them: a list, or a map by id.
 * @param {any} source
 * @returns {Consent[]}
 */
export function consentsOf(source) {
  if (Array.isArray(source)) return source;
  return Object.entries(source ?? {}).map(([id, consent]) => ({
    id,
    required: id === "recording",
    ...consent,
  }));
}

/**
 * The far side as the server sees it.
 * @param {CallView} call
 * @returns {Peer | null}
 */
export function tellerPeer(call) {
  return call.peers.find((peer) => peer.party === "teller") ?? null;
}

/**
 * Whether media of the other side should be arriving.
 * @param {CallView | null} call
 */
export function mediaExpected(call) {
  return !!call && call.media_allowed && !call.on_hold && call.peers.some((peer) => peer.state === "up");
}
