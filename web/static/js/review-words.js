/** Codes of the review desk as words. */

import { t } from "./i18n.js";
import { partyWord as ownWord } from "./teller-words.js";

/** Titles of the parties of this visit, as its script has them. @type {Map<string, string>} */
const titles = new Map();

/** @param {{party: string, title: string}[]} people */
export function nameParties(people) {
  for (const { party, title } of people) titles.set(party, title);
}

/** @param {string} party @returns {string} */
export function partyWord(party) {
  return titles.get(party) ?? ownWord(party);
}

/** @param {string} status @returns {string} */
export function verdictWord(status) {
  return (
    {
      complete: t("Intact and complete"),
      incomplete: t("Intact, something is missing unexplained"),
      interrupted: t("Intact, end not attested"),
      damaged: t("Damaged or forged"),
      pending: t("Not verified yet"),
    }[status] ?? status
  );
}

/** @param {string} seal @returns {string} */
export function sealWord(seal) {
  return (
    {
      sealed: t("Sealed"),
      pending: t("Seal pending"),
      closed: t("Sealed and closed"),
      none: t("No seal"),
      open: t("Being recorded"),
      interrupted: t("No seal"),
      failed: t("Seal failed"),
      shredded: t("Key destroyed"),
    }[seal] ?? seal
  );
}

/** @param {string} effect @returns {{words: string, tone: string, icon: string}} */
export function effectLook(effect) {
  return (
    {
      none: { words: t("No change"), tone: "plain", icon: "close" },
      pending: { words: t("Change pending"), tone: "info", icon: "clock" },
      committed: { words: t("Change made"), tone: "good", icon: "check" },
      dead_lettered: { words: t("Change failed"), tone: "bad", icon: "x-circle" },
      cancelled: { words: t("Change cancelled"), tone: "warn", icon: "close" },
    }[effect] ?? { words: effect, tone: "plain", icon: "info" }
  );
}

/** @param {string} cause @returns {string} */
export function causeWord(cause) {
  return (
    {
      packet_loss: t("packets lost on the way"),
      leg_paused: t("connection interrupted"),
      leg_down: t("connection down"),
      leg_starting: t("connection being set up"),
      recorder_restart: t("server restarted"),
      recorder_overflow: t("server overloaded"),
      camera_off: t("camera switched off"),
      muted: t("microphone switched off"),
      not_offered: t("no such device in the call"),
      not_sent: t("nothing was sent"),
      delayed: t("arrived late"),
      no_keyframe: t("picture not decodable yet"),
      call_ended: t("call ended"),
      unknown: t("unexplained"),
    }[cause] ?? cause
  );
}

/** @param {string} name @returns {string} */
export function stepName(name) {
  return (
    {
      package: t("Package"),
      logs: t("Logs and their chain"),
      objects: t("Photographs and documents"),
      trust: t("Certificates"),
      heads: t("Attested heads"),
      "call seal": t("Call seal"),
      timestamp: t("Timestamp"),
      decision: t("Second person’s decision"),
      closing: t("Closing seal"),
      receipt: t("Customer’s receipt"),
      end: t("End of the recording"),
    }[name] ?? name
  );
}

/** @param {string} kind @returns {string} */
export function mediaKind(kind) {
  return { audio: t("sound"), video: t("picture") }[kind] ?? kind;
}

/** @returns {[string, string][]} purposes of viewing */
export function purposes() {
  return [
    ["quality_check", t("Quality check")],
    ["customer_complaint", t("Complaint of the customer")],
    ["dispute", t("Dispute")],
    ["regulator", t("Request of the regulator")],
    ["investigation", t("Internal investigation")],
  ];
}

/** @param {string} act @returns {string} */
export function custodyWord(act) {
  return (
    {
      sealed: t("Sealed"),
      viewed: t("Viewed"),
      view_granted: t("Viewing granted"),
      view_asked: t("Asked to open the recording"),
      view_approved: t("Agreed to the request"),
      view_refused: t("Did not agree to the request"),
      view: t("Viewing granted"),
      key_opened: t("Key opened"),
      verified: t("Verified"),
      exported: t("Exported"),
      export_finished: t("Export finished"),
      export_failed: t("Export failed"),
      marks_listed: t("Marks listed for an export"),
      created: t("Recording begun"),
      closed: t("Closed"),
      read: t("Opened"),
      decided_approve: t("Approved the visit"),
      decided_return: t("Asked the teller back"),
      decided_refuse: t("Did not approve the visit"),
      decided_disagree: t("Disagreed with a refusal"),
      decided_objection: t("Answered the objection"),
      hold_set: t("Set a legal hold"),
      hold_lifted: t("Lifted a legal hold"),
      shred_asked: t("Asked for the destruction of the key"),
      shred_withdrawn: t("Withdrew the request for destruction"),
      shredded: t("Destroyed the key"),
      effect_retried: t("Had the change tried again"),
      effect_cancelled: t("Gave the change up"),
    }[act] ?? act
  );
}
