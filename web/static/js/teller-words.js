/** Codes of the console as words. */

import { t } from "./i18n.js";

/** @param {string} code @returns {string} */
export function languageName(code) {
  return { "zh-CN": "中文", en: "English" }[code] ?? code;
}

/** @param {string} state @returns {string} */
export function stateWord(state) {
  return (
    {
      ready: t("Ready"),
      offered: t("Ringing"),
      busy: t("In a call"),
      wrap_up: t("Wrapping up"),
      break: t("On a break"),
      away: t("Away"),
    }[state] ?? state
  );
}

/** @param {string} outcome @returns {string} */
export function outcomeWord(outcome) {
  return (
    {
      done: t("Done"),
      done_with_limits: t("Done, with limits"),
      pending_check: t("Waiting for a second person"),
      sign_at_branch: t("To be signed at a branch"),
      other_channel: t("Sent to another channel"),
      refused_customer: t("The customer did not go on"),
      refused_bank: t("Refused by the bank"),
      aborted_technical: t("Broken off: technical fault"),
      aborted_suspicion: t("Broken off: suspicion"),
      no_show: t("The customer did not come"),
    }[outcome] ?? outcome
  );
}

/** @param {import("./teller-state.js").Verdict} verdict @param {boolean} byEye @returns {string} */
export function verdictWord(verdict, byEye) {
  return {
    accept: t("Same person"),
    repeat: t("Compare again"),
    refuse: t("Not this person"),
    alternative: byEye ? t("Recognised by eye") : t("Send to another channel"),
  }[verdict];
}

/** @param {string} outcome @returns {{tone: string, icon: string}} */
export function outcomeLook(outcome) {
  if (outcome === "passed") return { tone: "good", icon: "check-circle" };
  return outcome === "referred"
    ? { tone: "warn", icon: "alert" }
    : { tone: "bad", icon: "x-circle" };
}

/** @returns {[string, string][]} code and words of why a customer is not taken */
export function declineReasons() {
  return [
    ["language", t("I do not speak this language well enough")],
    ["equipment", t("My camera, microphone or line is faulty")],
    ["conflict", t("I know this customer personally")],
    ["duty", t("I am called away")],
  ];
}

/** @returns {[string, string][]} */
export function dispositions() {
  return [
    ["resolved", t("Settled, nothing left to do")],
    ["follow_up", t("Somebody must call the customer back")],
    ["branch_visit", t("The customer will come to a branch")],
    ["complaint", t("The customer complained")],
    ["technical", t("Technical trouble in the call")],
  ];
}

/** @param {string} party @returns {string} */
export function partyWord(party) {
  return (
    {
      customer: t("Customer"),
      teller: t("Teller"),
      events: t("Events"),
      interpreter: t("Interpreter"),
      supervisor: t("Supervisor"),
    }[party] ?? party
  );
}
