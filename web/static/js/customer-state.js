/**
 * What the customer's page knows, and which scene that means. Pure: no DOM, no network.
 */

/** @typedef {{id: string, title: string, summary: string, minutes: number, needs: string[]}} Service */
/** @typedef {{title: string, body: string, if_refused?: string}} Notice */
/**
 * @typedef {object} Branch answer of GET /api/customer/branch
 * @property {{name: string, open: boolean, hours: string, reopens: string | null}} branch
 * @property {Service[]} services
 * @property {string[]} languages
 * @property {{recording: Notice, face: Notice}} consents
 * @property {number} probe_bytes
 */
/** @typedef {{name: string, label: string, before: string, after: string}} FormRow */
/**
 * @typedef {object} Step
 * @property {string} id
 * @property {string} kind
 * @property {number} index
 * @property {number} count
 * @property {string} title
 * @property {string} task what the customer must do
 * @property {string | null} say what the teller says, as a caption
 * @property {"teller"|"customer"|"system"} wait
 * @property {{status: "none"|"checking"|"accepted"|"rejected", code: string | null, message: string | null} | null} document
 * @property {FormRow[] | null} form
 * @property {string[]} can
 */
/** @typedef {{party: string, state: "absent"|"up"|"paused"|"dead", since: string, audio: boolean, video: boolean}} Peer */
/**
 * @typedef {object} CallView
 * @property {RTCIceServer[]} ice_servers
 * @property {boolean} relay_only
 * @property {boolean} media_allowed
 * @property {"off"|"starting"|"on"|"failed"} recording
 * @property {string | null} recording_since
 * @property {boolean} on_hold
 * @property {Peer[]} peers
 * @property {string | null} rejoin_deadline
 */
/**
 * @typedef {object} Receipt
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
 */
/**
 * @typedef {object} View the whole state, as the server sends it
 * @property {{name: string, open: boolean, hours: string, reopens: string | null}} branch
 * @property {string} language
 * @property {{id: string, ticket: string | null, service: string, service_title: string, state: string, outcome: string | null, effect: string} | null} visit
 * @property {{ahead: number, position: number, wait_low_s: number | null, wait_high_s: number | null, basis: string} | null} queue
 * @property {{name: string, number: string} | null} teller
 * @property {CallView | null} call
 * @property {Step | null} step
 * @property {{reason: string, message: string} | null} reverify
 * @property {Receipt | null} receipt
 * @property {{code: string, message: string, severity: "info"|"warn"|"bad"} | null} notice
 */

/** @typedef {"loading"|"unsupported"|"offline"|"superseded"|"signed_out"|"closed_branch"|"invitation"|"handoff"|"start"|"details"|"consent_recording"|"consent_face"|"no_recording"|"check"|"queue"|"call"|"closed"} SceneName */

/**
 * What happened on this page only; everything else comes from the server.
 * @typedef {object} Local
 * @property {string} support result of devices.support()
 * @property {import("./wire.js").Status} wire
 * @property {boolean} known whether the server knows a visit of this browser
 * @property {string | null} invitation secret from the link, until it has been redeemed
 * @property {SceneName} stage where the person is before there is a visit
 * @property {Branch | null} branch
 * @property {string | null} failure message when the branch could not be loaded
 * @property {boolean} unreachable the socket has failed again and again
 */

const IN_CALL = new Set(["connecting", "in_service", "reverify", "on_hold", "wrap_up"]);

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
  return ofVisit(view);
}

/** @param {Local} local @returns {SceneName} */
function beforeVisit(local) {
  if (local.failure) return "offline";
  if (!local.branch) return "loading";
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
