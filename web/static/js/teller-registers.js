/** The registers that a step asks: how each stands, and asking once more. */

import { chip, h, icon } from "./dom.js";
import { t } from "./i18n.js";

/** @typedef {import("./teller-types.js").Register} Register */

/** @param {Register[]} registers @param {boolean} open whether the step is being worked at */
export function registersPanel(registers, open) {
  const no = registers.some((one) => one.status === "mismatch");
  const none = registers.some((one) => one.status === "unreachable");
  return h(
    "section.panel.registers",
    { "aria-labelledby": "registers-title", dataset: { key: "registers" } },
    h("header.panel__head", null, h("h2#registers-title", null, t("Registers"))),
    h("ul.registers__list", { "aria-live": "polite" }, registers.map((one) => line(one, open))),
    open && (no || none) && follows(no),
  );
}

/** @param {Register} register @param {boolean} open */
function line(register, open) {
  const { check, status, status_title: words } = register;
  const [tone, name] = LOOKS[status];
  return h(
    "li.registers__one",
    { class: `registers__one--${tone}`, dataset: { key: check, status } },
    status === "running" ? h("span.spinner.spinner--s") : icon(name),
    h(
      "div.grow",
      null,
      h("strong", null, register.title),
      register.reasons.map((words) => h("p", null, words)),
      register.reference && h("p.muted.mono", null, t("No. {number}", { number: register.reference })),
      open && register.again && again(register),
    ),
    words && chip(tone, name, words),
  );
}

/** @type {Record<Register["status"], [string, string]>} */
const LOOKS = {
  todo: ["plain", "clock"],
  running: ["info", "clock"],
  match: ["good", "check-circle"],
  mismatch: ["bad", "x-circle"],
  unreachable: ["warn", "signal-off"],
};

/** @param {Register} register */
function again({ check, title }) {
  return h(
    "button.button.button--small.button--quiet.registers__again",
    {
      type: "button",
      dataset: { act: "ask-register", check, key: `again-${check}` },
      "aria-label": t("Ask the register again: {title}", { title }),
    },
    icon("refresh"),
    t("Ask the register again"),
  );
}

/** What the teller may do now. @param {boolean} no */
function follows(no) {
  return h(
    `div.banner.banner--${no ? "bad" : "warn"}`,
    { role: "status", dataset: { key: "follows" } },
    icon(no ? "lock" : "users"),
    h(
      "p.grow",
      null,
      no
        ? t("A register says no, and nobody sets that aside alone. Refuse this step, or end the visit and name another channel.")
        : t("Without an answer you may go on with a reason. You can’t approve the matter then: a second person decides."),
    ),
  );
}
