/** A code sent to a telephone: ask for it, type six figures, and know what to do when it is wrong. */

import { announce, h, icon } from "./dom.js";
import { n, t } from "./i18n.js";
import { secondsUntil, span } from "./format.js";
import { ticking } from "./customer-step.js";
import { button } from "./customer-screen.js";

/** @typedef {import("./customer.js").Customer} Customer */
/** @typedef {import("./customer-step.js").Step} Step */
/** @typedef {import("./customer-step.js").Code} Code */
/** @typedef {import("./customer-step.js").Part} Part */

const FIGURES = 6;
let entries = 0;

/** @param {Customer} app @param {Step} step @returns {Part} */
export function code(app, step) {
  let sending = ""; // a second tap would cost a second try
  let known = "";
  const confirm = button(t("Confirm the code"), () => {
    const typed = sending ? "" : entry.read();
    if (!typed) return;
    sending = typed;
    app.wire.send("code.enter", { step: step.id, code: typed });
    setTimeout(() => (sending = ""), 4000); // refused, or lost on the way
  });
  const entry = codeEntry({
    phone: step.code?.phone ?? "",
    request: () => app.wire.send("code.request", { step: step.id }),
    done: () => confirm.click(),
  });
  const actions = h("div.grow", null, confirm);
  /** @param {Step} now */
  const update = (now) => {
    const sent = !!now.code?.sent_at;
    if (known !== JSON.stringify(now.code)) sending = "";
    known = JSON.stringify(now.code);
    entry.update(now.code ?? null, now.can.includes("enter_code"));
    const done = !!now.code?.correct;
    actions.hidden = !sent || !now.can.includes("enter_code");
    entry.node.hidden = done;
    passed.hidden = !done;
  };
  const passed = h("p.working", { hidden: true }, icon("check-circle"), t("The code was right."));
  update(step);
  return { body: [entry.node, passed], actions, update, leave: entry.leave };
}

/**
 * The field for a code with everything around it. `read` gives six figures, or says what is missing.
 * @param {{phone: string, request: () => void, done: () => void}} parts
 */
export function codeEntry({ phone, request, done }) {
  const id = `code-${++entries}`;
  /** @type {Code | null} */
  let state = null;
  const error = h(`p.field__error#${id}-error`, { hidden: true });
  const input = h(`input.input.figures-input#${id}`, {
    type: "text",
    inputMode: "numeric",
    autocomplete: "one-time-code",
    maxLength: FIGURES + 4,
    pattern: "[0-9]*",
    spellcheck: false,
    "aria-describedby": `${id}-error ${id}-life`,
    oninput: () => {
      const figures = input.value.replace(/\D/g, "").slice(0, FIGURES);
      if (figures !== input.value) input.value = figures;
      if (figures) fault(null);
    },
    onkeydown: (/** @type {KeyboardEvent} */ e) => {
      if (e.key === "Enter") done();
    },
  });
  const label = h("span");
  const life = h(`p.hint#${id}-life`);
  const again = button(t("Send another code"), () => ask(), { kind: "ghost" });
  const first = button(
    phone ? t("Send the code to {phone}", { phone }) : t("Send the code to my phone"),
    () => ask(),
    { name: "phone" },
  );
  const typing = h(
    "div.field.codefield",
    null,
    h("label", { htmlFor: id }, label),
    input,
    error,
    life,
    again,
  );
  const node = h("div.entry", null, first, typing);
  const ask = () => {
    request();
    input.value = "";
    fault(null);
    asking = true;
    setTimeout(() => (asking = false), 4000); // refused, or lost on the way
    tick();
  };
  let asking = false;
  /** @param {string | null} message */
  const fault = (message) => {
    error.hidden = message === null;
    error.replaceChildren(...(message === null ? [] : [icon("alert"), message]));
    input.setAttribute("aria-invalid", String(message !== null));
  };
  const tick = () => {
    const wait = Math.ceil(secondsUntil(state?.again_at));
    const lives = Math.ceil(secondsUntil(state?.expires_at));
    const sent = !!state?.sent_at;
    first.hidden = sent;
    first.disabled = asking; // when one may be sent is the server's rule; it says so
    typing.hidden = !sent;
    again.disabled = wait > 0 || asking;
    /** @type {any} */ (again).lastElementChild.textContent = wait
      ? t("Send another code in {time}", { time: span(wait) })
      : t("Send another code");
    if (!sent) return;
    label.textContent = t("Code sent to {phone}", { phone: state?.phone || phone });
    const over = state?.left === 0 || lives === 0;
    input.disabled = over;
    life.textContent = over ? "" : t("Never tell this code to anyone. Our staff will not ask for it.");
    if (over && error.hidden)
      fault(
        state?.left === 0
          ? t("Too many wrong codes. Please send another one.")
          : t("This code has expired. Please send another one."),
      );
  };
  const stop = ticking(tick);
  return {
    node,
    leave: stop,
    /** @returns {string} */
    read: () => {
      const figures = input.value;
      if (figures.length === FIGURES) return figures;
      fault(t("Type all {n} figures of the code", { n: FIGURES }));
      input.focus();
      return "";
    },
    /** @param {string} message */
    refuse: (message) => {
      fault(message);
      input.select();
      input.focus();
    },
    /** @param {Code | null} next @param {boolean} enter whether a code may be typed */
    update: (next, enter) => {
      const appeared = !state?.sent_at && next?.sent_at;
      const retried = next?.wrong && (next.left !== state?.left || !state?.wrong);
      if (next?.sent_at !== state?.sent_at) {
        fault(null);
        asking = false;
      }
      state = next;
      if (retried && next) wrong(next);
      tick();
      if (enter && (appeared || retried)) input.focus({ preventScroll: true });
    },
  };

  /** @param {Code} next */
  function wrong(next) {
    const message =
      next.left === 0
        ? t("Too many wrong codes. Please send another one.")
        : next.left === null
          ? t("This code is not right.")
          : n("This code is not right. {n} try left.", "This code is not right. {n} tries left.", next.left);
    fault(message);
    announce(message, "assertive");
    input.value = "";
  }
}
