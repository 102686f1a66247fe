/** What is asked before the queue, so that nobody waits for what may not be done by video. */

import { h } from "./dom.js";
import { language, t } from "./i18n.js";
import { choice, field, showFaults } from "./customer-field.js";
import { busy, button, screen } from "./customer-screen.js";
import { judge } from "./customer-scope.js";

/** @typedef {import("./customer.js").Customer} Customer */
/** @typedef {import("./customer-screen.js").Scene} Scene */
/** @typedef {import("./customer-state.js").Asked} Asked */
/** @typedef {import("./customer-field.js").Question} Question */

const CREDIT = "0123456789ABCDEFGHJKLMNPQRTUWXY";
const WEIGHTS = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];
const AMOUNT = /^\d{1,3}(,?\d{3})*(\.\d{1,2})?$|^\d+(\.\d{1,2})?$/;

/** @param {Customer} app @returns {Scene} */
export function intake(app) {
  const service = app.service();
  const asked = service?.intake ?? [];
  const questions = asked.map((one) => question(one, app.order.intake[one.name] ?? ""));
  const summary = h("div.errors", { hidden: true, tabIndex: -1, role: "alert" });
  const check = () => {
    const faults = asked.flatMap((one, i) => {
      const message = faultOf(one, questions[i].read());
      const fault = questions[i].fault(message);
      return message ? [fault] : [];
    });
    return showFaults(summary, faults);
  };
  const next = () => {
    if (check()) return;
    app.order.intake = Object.fromEntries(
      asked.map((one, i) => [one.name, plain(one, questions[i].read())]).filter(([, value]) => value),
    );
    void busy(go, () => judge(app, refused));
  };
  /** @param {import("./http.js").Refused} refusal */
  const refused = (refusal) => {
    const at = asked.findIndex((one) => refusal.field?.endsWith(one.name));
    const fault =
      at < 0
        ? { id: questions[0]?.id ?? "", message: refusal.message }
        : questions[at].fault(refusal.message);
    showFaults(summary, [fault]);
  };
  const go = button(t("Continue"), next);
  return {
    node: screen({
      step: 1,
      back: () => app.go("start"),
      title: service?.title ?? "",
      lead: t("A few questions first, so that we can tell you now what is possible by video."),
      body: h(
        "form.stack",
        {
          novalidate: true,
          onsubmit: (/** @type {Event} */ e) => {
            e.preventDefault();
            next();
          },
        },
        summary,
        questions.map(({ node }) => node),
        h("button.sr", { type: "submit", tabIndex: -1, "aria-hidden": "true" }),
      ),
      actions: go,
    }),
  };
}

/** @param {Asked} asked @param {string} value @returns {Question} */
function question(asked, value) {
  const label = asked.required === false ? t("{label} (optional)", { label: asked.label }) : asked.label;
  const yesNo = [
    { value: "yes", label: t("Yes") },
    { value: "no", label: t("No") },
  ];
  if (asked.type === "choice" || asked.type === "yes_no")
    return choice(asked.name, label, asked.options?.length ? asked.options : yesNo, value);
  const { hint, unit, ...attributes } = FORMS[asked.type]?.() ?? {};
  return field(
    asked.name,
    label,
    value,
    { autocomplete: "off", maxLength: asked.max_length || 200, ...attributes },
    asked.type === "money" ? within(asked) : hint,
    unit,
  );
}

/** How each type is typed on a phone. @type {Record<string, () => Record<string, any>>} */
const FORMS = {
  money: () => ({ inputMode: "decimal", unit: "¥", maxLength: 18, onblur: grouped }),
  number: () => ({ inputMode: "numeric", maxLength: 18 }),
  date: () => ({ type: "date" }),
  phone: () => ({ inputMode: "tel", autocomplete: "tel" }),
  resident_id: () => ({ autocapitalize: "characters", spellcheck: false, maxLength: 18 }),
  credit_code: () => ({
    autocapitalize: "characters",
    spellcheck: false,
    maxLength: 22,
    hint: t("18 letters and figures, at the top of the business licence"),
  }),
  text: () => ({}),
};

/** 350000 becomes 350,000 once it has been typed. @param {Event} event */
function grouped(event) {
  const input = /** @type {HTMLInputElement} */ (event.target);
  const figures = input.value.replace(/[,，\s]/g, "");
  if (/^\d+(\.\d{1,2})?$/.test(figures))
    input.value = figures.replace(/\B(?=(\d{3})+(?!\d))(?<!\.\d*)/g, ",");
}

/** @param {Asked} asked */
function within({ low, high }) {
  if (low && high) return t("From {low} to {high}", { low: money(low), high: money(high) });
  return high ? t("Up to {high}", { high: money(high) }) : undefined;
}

/** @param {number} amount */
function money(amount) {
  const locale = language() === "en" ? "en-GB" : language();
  return new Intl.NumberFormat(locale, {
    style: "currency",
    currency: "CNY",
    currencyDisplay: "narrowSymbol",
    maximumFractionDigits: 0,
  }).format(amount);
}

/**
 * What goes to the server: no separators, codes in capitals.
 * @param {Asked} asked @param {string} value
 */
function plain(asked, value) {
  if (asked.type === "money" || asked.type === "number") return value.replace(/[,，\s]/g, "");
  return asked.type === "credit_code" || asked.type === "resident_id"
    ? value.replace(/\s/g, "").toUpperCase()
    : value;
}

/**
 * Why a value cannot be accepted, in words; null when it can. The server decides in the end.
 * @param {Asked} asked
 * @param {string} typed
 * @returns {string | null}
 */
function faultOf(asked, typed) {
  const value = plain(asked, typed);
  if (!value) return asked.required === false ? null : empty(asked);
  if (asked.type === "credit_code" && !creditCodeValid(value))
    return t("Check the code: one character does not agree with the others");
  if (asked.type === "money" || asked.type === "number") return amountFault(asked, typed, Number(value));
  return null;
}

/** @param {Asked} asked @param {string} typed @param {number} value */
function amountFault({ low, high }, typed, value) {
  if (!AMOUNT.test(typed.replace(/[，\s]/g, (c) => (c === "，" ? "," : ""))))
    return t("Enter an amount in figures");
  if (low && value < low) return t("The least is {low}", { low: money(low) });
  return high && value > high ? t("The most is {high}", { high: money(high) }) : null;
}

/** @param {Asked} asked */
function empty({ type, label }) {
  return type === "choice" || type === "yes_no"
    ? t("Choose: {label}", { label })
    : t("Fill in: {label}", { label });
}

/**
 * The check character of a unified social credit code (GB 32100).
 * @param {string} code
 */
function creditCodeValid(code) {
  const values = [...code].map((character) => CREDIT.indexOf(character));
  if (values.length !== 18 || values.includes(-1)) return false;
  const total = WEIGHTS.reduce((sum, weight, i) => sum + weight * values[i], 0);
  return (31 - (total % 31)) % 31 === values[17];
}
