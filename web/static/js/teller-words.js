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

/** @param {import("./teller-types.js").Verdict} verdict @param {boolean} byEye @returns {string} */
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

/** @param {import("./teller-chapters.js").Theme} theme @param {string} who @returns {string} */
export function chapterWord(theme, who) {
  return {
    opening: t("Opening"),
    identity: t("Identity"),
    talk: t("Interview"),
    papers: t("Papers and signing"),
    decision: t("Decision"),
    after: t("After the call"),
    guest: who,
  }[theme];
}

/** @param {import("./teller-types.js").Judgement} verdict @returns {string} */
export function judgementWord(verdict) {
  return { approve: t("Approve"), refer: t("Refer"), refuse: t("Refuse") }[verdict];
}

/**
 * Words for the names of conditions that our own scripts use; a bank's own names stand as they are.
 * @param {{name: string, title?: string}} condition @returns {string}
 */
export function conditionWord({ name, title }) {
  return (
    title ??
    {
      above_esign_limit: t("above the limit for electronic signing"),
      housing: t("for buying a home"),
      with_guarantor: t("with a guarantor"),
      amount_differs: t("amount differs from the application"),
      fees_charged: t("fees are charged"),
      with_agent: t("with an authorised agent"),
      basic_account: t("basic account"),
      code_differs: t("credit code differs from the application"),
      limited: t("functions limited at first"),
      foreign_tax: t("tax residence abroad"),
      new_customer: t("not yet a customer of the bank"),
      phone: t("new telephone number"),
      light: t("address or occupation"),
      renewal: t("document renewed"),
      high_risk: t("high-risk change"),
      old_alive: t("old number still works"),
      old_gone: t("old number no longer works"),
    }[name] ??
    name.replaceAll("_", " ")
  );
}

/**
 * A script's condition as a person reads it: `above_limit and not housing`.
 * @param {string} when @returns {string}
 */
export function whenWords(when) {
  const joins = /** @type {Record<string, string>} */ ({
    and: ` ${t("and")} `,
    or: ` ${t("or")} `,
    not: `${t("not")} `,
  });
  return when
    .replace(/[a-z_][\w.]*/g, (name) => joins[name]?.trim() ?? conditionWord({ name }))
    .replace(/\s+/g, " ");
}

/**
 * A value as a person reads it.
 * @param {{type: import("./teller-types.js").FieldType, options: {value: string, label: string}[]}} field
 * @param {string} value
 * @returns {string}
 */
export function valueWord(field, value) {
  if (!value) return "";
  if (field.type === "yes_no") return value === "yes" ? t("yes") : value === "no" ? t("no") : value;
  if (field.type === "money") return money(value);
  return field.options.find((option) => option.value === value)?.label ?? value;
}

/** `¥ 180,000` @param {string} value a decimal text @returns {string} */
export function money(value) {
  const number = Number(value.replaceAll(",", ""));
  if (!value || Number.isNaN(number)) return value;
  const digits = value.includes(".") ? 2 : 0;
  return `¥ ${number.toLocaleString("en-GB", { minimumFractionDigits: digits, maximumFractionDigits: 2 })}`;
}

/**
 * Why a typed value cannot be taken.
 * @param {import("./teller-types.js").FieldType} type
 * @param {boolean} filled
 * @returns {string}
 */
export function wrongWord(type, filled) {
  if (!filled) return t("Please fill this in.");
  return {
    text: t("This is too long."),
    choice: t("Please choose one."),
    yes_no: t("Please choose one."),
    number: t("Please enter a number within the limits."),
    money: t("Please enter an amount within the limits."),
    date: t("Please enter a date."),
    phone: t("This is not a telephone number."),
    resident_id: t("This number is not valid: check every character."),
    credit_code: t("This code is not valid: check every character."),
  }[type];
}
