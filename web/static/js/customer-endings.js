/** How each ending is told: nothing is called done before the bank's own system has said so. */

import { t } from "./i18n.js";
import { isGuest } from "./customer-state.js";

/** @typedef {import("./customer-state.js").View} View */
/** @typedef {{mark: string, tone: "good"|"info"|"warn"|"bad", text: () => string}} Ending */

/** @type {Record<string, Ending>} */
const ENDINGS = {
  done: { mark: "check-circle", tone: "good", text: () => t("Thank you for your visit.") },
  done_with_limits: {
    mark: "check-circle",
    tone: "good",
    text: () => t("There are limits, which the teller explained."),
  },
  pending_check: {
    mark: "clock",
    tone: "info",
    text: () => t("A colleague who was not in the call checks everything. Nothing takes effect before that."),
  },
  sign_at_branch: {
    mark: "branch",
    tone: "info",
    text: () => t("Please come to a branch to sign. Bring your identity document."),
  },
  other_channel: {
    mark: "arrow-right",
    tone: "info",
    text: () => t("Please use the service the teller told you about."),
  },
  refused_customer: {
    mark: "flag",
    tone: "info",
    text: () => t("Nothing has been changed. You can take a new ticket at any time."),
  },
  refused_bank: {
    mark: "x-circle",
    tone: "warn",
    text: () => t("Nothing has been changed. Please contact your branch if you have any questions."),
  },
  aborted_technical: {
    mark: "signal-off",
    tone: "warn",
    text: () => t("We are sorry for the interruption. Please take a new ticket."),
  },
  aborted_suspicion: {
    mark: "x-circle",
    tone: "warn",
    text: () => t("Nothing has been changed. Please contact your branch if you have any questions."),
  },
  no_show: {
    mark: "clock",
    tone: "info",
    text: () => t("We could not reach you when it was your turn. Please take a new ticket."),
  },
};
/** @type {Record<string, () => [string, string, string]>} */
const EFFECTS = {
  none: () => ["plain", "info", t("No change made")],
  pending: () => ["info", "clock", t("Being carried out")],
  committed: () => ["good", "check-circle", t("Carried out")],
  dead_lettered: () => ["warn", "alert", t("Delayed; we are looking into it")],
  cancelled: () => ["plain", "x-circle", t("Cancelled")],
};

const HOPED_FOR = new Set(["done", "done_with_limits"]);

/**
 * @param {View} view
 * @returns {{mark: string, tone: "good"|"info"|"warn"|"bad", title: string, text: string}}
 */
export function endingOf(view) {
  const { receipt, visit } = view;
  if (isGuest(view))
    return {
      mark: "check-circle",
      tone: "info",
      title: t("The visit has ended"),
      text: t("Thank you for taking part. There is nothing more for you to do here."),
    };
  if (visit?.state === "in_review")
    return {
      mark: "clock",
      tone: "info",
      title: t("Your request is under review"),
      text: ENDINGS.pending_check.text(),
    };
  const outcome = receipt?.outcome ?? visit?.outcome ?? "";
  const title = receipt?.outcome_title || t("The visit has ended");
  if (HOPED_FOR.has(outcome)) return hopedFor(outcome, title, receipt?.effect ?? visit?.effect ?? "none");
  const ending = ENDINGS[outcome] ?? {
    mark: "seal",
    tone: "info",
    text: () => t("The visit has ended. The recording is being sealed."),
  };
  return { ...ending, title, text: ending.text() };
}

/**
 * @param {string} outcome @param {string} title @param {string} effect
 */
function hopedFor(outcome, title, effect) {
  const { mark, tone, text } = ENDINGS[outcome];
  if (effect === "pending")
    return {
      mark: "clock",
      tone: /** @type {"info"} */ ("info"),
      title,
      text: t("It has not taken effect yet. This page tells you as soon as our system has carried it out."),
    };
  if (effect === "dead_lettered")
    return {
      mark: "alert",
      tone: /** @type {"warn"} */ ("warn"),
      title,
      text: t("It has not taken effect yet. Carrying it out is delayed, and we are looking into it."),
    };
  if (effect === "cancelled")
    return { mark: "x-circle", tone: /** @type {"warn"} */ ("warn"), title, text: ENDINGS.refused_bank.text() };
  return { mark, tone, title, text: text() };
}

/**
 * Tone, icon and words for what the bank's own system says.
 * @param {string} effect
 */
export function effectOf(effect) {
  return (EFFECTS[effect] ?? EFFECTS.none)();
}
