/** What has changed, for a screen reader and for an absent mind. */

import { announce } from "./dom.js";
import { t } from "./i18n.js";
import { chime } from "./devices.js";
import { titleOf } from "./teller-state.js";

/** @typedef {import("./teller-types.js").View} View */
/** @typedef {import("./teller-types.js").VisitView} VisitView */

/** Ring, once for an offer. @param {View} view @param {string} rangFor @returns {string} the pairing rung for */
export function ringFor({ offer }, rangFor) {
  if (!offer || offer.pairing === rangFor) return rangFor;
  const words = { ticket: offer.ticket, service: offer.service_title };
  announce(t("A customer is waiting for you: {ticket}, {service}", words), "assertive");
  if (navigator.userActivation?.hasBeenActive !== false) void chime().catch(() => {});
  return offer.pairing;
}

/** @param {View | null} before @param {View} view */
export function tell(before, view) {
  const visit = view.visit;
  if (!visit) return;
  const said = [stepNews(before?.visit ?? null, visit), guestNews(before?.visit ?? null, visit)];
  const words = said.filter(Boolean).join(" ");
  if (words) announce(words);
}

/** @param {VisitView | null} before @param {VisitView} visit */
function stepNews(before, visit) {
  const [was, now] = [before?.current, visit.current];
  if (now && now.id !== was?.id) return t("Step: {title}", { title: now.title });
  if (now?.customer_answer && now.customer_answer !== was?.customer_answer)
    return now.customer_answer === "refused"
      ? t("The customer did not agree.")
      : t("The customer has answered.");
  if (now?.sign && now.sign.status !== was?.sign?.status) return signNews(now.sign.status);
  if (now?.code?.correct && !was?.code?.correct) return t("The code was right.");
  return "";
}

/** @param {import("./teller-types.js").Sign["status"]} status */
function signNews(status) {
  return {
    draw: "",
    code: t("Waiting for the code"),
    signing: t("Signing…"),
    signed: t("Signed"),
    failed: t("The signature could not be made"),
  }[status];
}

/** @param {VisitView | null} before @param {VisitView} visit */
function guestNews(before, visit) {
  if (!before) return "";
  const came = visit.guests?.find(
    (guest) => guest.here && !before.guests?.some((one) => one.party === guest.party && one.here),
  );
  return came ? t("{who} is here.", { who: titleOf(visit, came.party) }) : "";
}
