/** What the bank's own system says to a change before it is decided, as a line on a page. */

import { h, icon } from "./dom.js";
import { t } from "./i18n.js";

/** @typedef {import("./teller-types.js").BankWord} BankWord */

/** @param {BankWord} bank @param {boolean} decided whether the decision lies behind the reader */
export function bankSays(bank, decided) {
  const { tone, name, words } = look(bank, decided);
  return h(
    `div.banner.banner--${tone}`,
    { role: decided ? null : "status", dataset: { key: "bank", status: bank.status } },
    icon(name),
    h(
      "div.grow",
      null,
      h("p", null, words),
      bank.reasons.length > 0 && h("ul", null, bank.reasons.map((one) => h("li", null, one))),
    ),
  );
}

/** @param {BankWord} bank @param {boolean} decided */
function look({ status }, decided) {
  if (status === "asking")
    return { tone: "info", name: "clock", words: t("The bank’s system is being asked…") };
  if (status === "accepted")
    return { tone: "good", name: "check-circle", words: t("The bank’s system would take it.") };
  if (status === "objected")
    return { tone: "bad", name: "alert", words: t("The bank’s system would refuse it:") };
  return {
    tone: "warn",
    name: "alert",
    words: decided
      ? t("The bank’s system was not reachable before the decision.")
      : t("The bank’s system was not reachable. You may decide; it is asked again after the call."),
  };
}
