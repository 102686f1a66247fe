/** What the bank did about “this was not me”, in words and looks. */

import { t } from "./i18n.js";

/** @param {"withdrawn"|"stopped"|"nothing_done"|"refused"|null} end */
export function repudiationEnd(end) {
  switch (end) {
    case "withdrawn":
      return { tone: "good", name: "check", words: t("Withdrawn before it was carried out") };
    case "stopped":
      return { tone: "good", name: "check", words: t("Stopped at the bank") };
    case "nothing_done":
      return { tone: "info", name: "check", words: t("There was nothing to stop") };
    case "refused":
      return { tone: "bad", name: "alert", words: t("The bank’s system did nothing: a person has to") };
    default:
      return { tone: "warn", name: "clock", words: t("The bank is being asked") };
  }
}
