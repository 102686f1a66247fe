/** Before there is a visit: what is it about, who are you, or what does your invitation say. */

import { h, icon, banner } from "./dom.js";
import { n, t } from "./i18n.js";
import { Refused, request } from "./http.js";
import { busy, button, screen } from "./customer-screen.js";

/** @typedef {import("./customer.js").Customer} Customer */
/** @typedef {import("./customer-screen.js").Scene} Scene */

const DOCUMENT_NUMBER = /^[A-Za-z0-9()（）\- ]{5,32}$/;

/** @param {Customer} app @returns {Scene} */
export function start(app) {
  const info = /** @type {import("./customer-state.js").Branch} */ (app.local.branch);
  const services = h("ul.cells", null, info.services.map((service) => h("li", null,
    h("button.cell.service", { type: "button", onclick: () => { app.order.service = service.id; app.go("details"); } },
      h("span.service__icon", null, icon("edit")),
      h("span.grow", null, h("span.cell__title", null, service.title), h("span.cell__detail", null, service.summary)),
      icon("chevron-right")),
    h("p.service__needs", null,
      h("span", null, icon("clock"), n("About {n} minute", "About {n} minutes", service.minutes)),
      service.needs.map((need, i) => h("span", null, icon(i ? "check" : "card"), need))))));
  return {
    node: h("div.screen.screen--start", null,
      h("header.hero.on-dark", null,
        h("p.hero__state", null, h("span.chip.chip--dark", null, icon("clock"), h("span", null, t("Open now · {hours}", { hours: info.branch.hours })))),
        h("h1", { tabIndex: -1 }, t("See a teller, wherever you are")),
        h("p.hero__lead", null, t("A real teller from {branch}, face to face by video.", { branch: info.branch.name }))),
      h("section.screen__body", { "aria-labelledby": "what" },
        h("h2#what.section-title", null, t("What would you like to do?")),
        services,
        promises(),
        h("p.centre", null, h("button.button.button--ghost", { type: "button", onclick: () => app.go("handoff") },
          icon("phone"), t("Continue a visit from another device"))))),
  };
}

function promises() {
  return h("ul.promises", null,
    h("li", null, icon("shield"), h("span", null, t("Recorded and sealed, so it protects you too"))),
    h("li", null, icon("ticket"), h("span", null, t("Your place is kept if you leave and come back"))),
    h("li", null, icon("users"), h("span", null, t("You may stop at any time, or come to a branch"))));
}

/** @param {Customer} app @returns {Scene} */
export function details(app) {
  const { order } = app;
  const languages = /** @type {Record<string, string>} */ ({ "zh-CN": "普通话", en: "English" });
  const summary = h("div.errors", { hidden: true, tabIndex: -1, role: "alert" });
  const name = field("name", t("Your name, as on your document"), order.name, { autocomplete: "name", maxLength: 64 });
  const number = field("document_number", t("Number of your identity document"), order.document_number,
    { autocomplete: "off", autocapitalize: "characters", spellcheck: false, maxLength: 32 }, t("Resident identity card, or passport"));
  const speak = h("fieldset.field", null, h("legend.label", null, t("Which language should the teller speak?")),
    h("div.choices", null, (app.local.branch?.languages ?? []).map((code) => h("label.choice", null,
      h("input", { type: "radio", name: "language", value: code, checked: code === order.language, onchange: () => { order.language = code; } }),
      h("span", null, languages[code] ?? code)))));
  const next = () => {
    order.name = name.input.value.trim();
    order.document_number = number.input.value.trim().replace(/\s+/g, "");
    const faults = [];
    if (!order.name) faults.push(name.fault(t("Enter your name")));
    else name.fault(null);
    if (!DOCUMENT_NUMBER.test(order.document_number)) faults.push(number.fault(t("Enter the number as it is printed on the document")));
    else number.fault(null);
    if (showFaults(summary, faults)) return;
    app.go("consent_recording");
  };
  const form = h("form.stack", { novalidate: true, id: "details", onsubmit: (/** @type {Event} */ e) => { e.preventDefault(); next(); } },
    summary, name.node, number.node, speak);
  if (app.refusal?.field) {
    const owner = app.refusal.field === "name" ? name : number;
    showFaults(summary, [owner.fault(app.refusal.message)], false);
  }
  return { node: screen({
    step: 1, back: () => app.go("start"), title: t("Who are you?"),
    lead: t("The teller sees a masked name and the last digits only. Both are stored encrypted."),
    body: form, actions: h("button.button.button--primary.button--block", { type: "submit", form: "details", "data-form": "details", onclick: (/** @type {Event} */ e) => { e.preventDefault(); next(); } }, t("Continue")),
  }) };
}

/**
 * @param {string} id
 * @param {string} label
 * @param {string} value
 * @param {Record<string, any>} attributes
 * @param {string} [hint]
 */
function field(id, label, value, attributes, hint) {
  const error = h(`p.field__error#${id}-error`, { hidden: true });
  const described = [hint && `${id}-hint`, `${id}-error`].filter(Boolean).join(" ");
  const input = h(`input.input#${id}`, { type: "text", name: id, value, required: true, "aria-describedby": described, ...attributes });
  const node = h("div.field", null, h("label", { htmlFor: id }, label), hint && h(`p.hint#${id}-hint`, null, hint), input, error);
  /** @param {string | null} message */
  const fault = (message) => {
    error.hidden = message === null;
    error.replaceChildren(...(message === null ? [] : [icon("alert"), message]));
    input.setAttribute("aria-invalid", String(message !== null));
    return { id, message: message ?? "" };
  };
  return { node, input, fault };
}

/**
 * @param {HTMLElement} summary
 * @param {{id: string, message: string}[]} faults
 * @param {boolean} [focus]
 * @returns {boolean} whether there were any
 */
function showFaults(summary, faults, focus = true) {
  summary.hidden = faults.length === 0;
  summary.replaceChildren(h("h2", null, t("Please check")), h("ul", null, faults.map(({ id, message }) =>
    h("li", null, h("a", { href: `#${id}`, onclick: (/** @type {Event} */ e) => { e.preventDefault(); document.getElementById(id)?.focus(); } }, message)))));
  if (faults.length && focus) summary.focus();
  return faults.length > 0;
}

/** Opening the link consumed nothing; this tap does. @param {Customer} app @returns {Scene} */
export function invitation(app) {
  const problem = h("div", { role: "alert" });
  const accept = button(t("Accept the invitation"), () => void busy(accept, async () => {
    try {
      const answer = await request("POST", "/api/customer/redeem", { secret: app.local.invitation });
      app.invited(answer);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      problem.replaceChildren(banner("bad", h("p", null, error.message),
        h("p", null, t("If you opened it on another device already, you can go on here with a code from there."))));
      other.hidden = false;
    }
  }));
  const other = button(t("Continue from another device"), () => app.go("handoff"), { kind: "quiet", hidden: true });
  return { node: screen({
    mark: "bell", title: t("Your bank has invited you to a video visit"),
    lead: t("The link is for you alone. It is used only when you accept."),
    body: problem, actions: [accept, other, button(t("Not now"), () => app.declineInvitation(), { kind: "ghost" })],
  }) };
}

/** A visit begun elsewhere goes on here with a short code. @param {Customer} app @returns {Scene} */
export function handoff(app) {
  const code = field("code", t("Code from the other device"), "", { autocomplete: "one-time-code", inputMode: "numeric", maxLength: 12 });
  const go = button(t("Continue here"), () => void busy(go, async () => {
    const value = code.input.value.trim();
    if (!value) {
      code.fault(t("Enter the code"));
      code.input.focus();
      return;
    }
    try {
      await request("POST", "/api/customer/handoff/redeem", { code: value });
      app.entered();
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      code.fault(error.message);
      code.input.focus();
    }
  }));
  return { node: screen({
    back: () => app.go("start"), title: t("Continue from another device"),
    lead: t("On the device where the visit began, choose “Use another device”. It shows a code."),
    body: code.node, actions: go,
  }) };
}
