/** Questions that stop the work for a moment: ending a visit, and the list of keys. */

import { h, openDialog } from "./dom.js";
import { t } from "./i18n.js";
import { outcomesOf, titleOf } from "./teller-state.js";
import { outcomeWord } from "./teller-words.js";
import { keyHint } from "./staff.js";

/** @typedef {import("./teller.js").Console} Console */

const NO_REASON = new Set(["no_show", "done_with_limits"]);

/**
 * End the visit with an outcome of the bank's list, and say why.
 * @param {Console} app
 */
export function askEnd(app) {
  const visit = app.view?.visit;
  if (!visit) return;
  const outcomes = outcomesOf(visit);
  const chosen = visit.recording.state === "failed" ? "aborted_technical" : outcomes[0];
  const select = h(
    "select.input#end-outcome",
    { autofocus: true },
    outcomes.map((code) =>
      h("option", { value: code, selected: code === chosen }, outcomeWord(code)),
    ),
  );
  ask(app, {
    title: t("End the visit?"),
    first: h("div.field", null, h("label", { htmlFor: "end-outcome" }, t("Outcome")), select),
    optional: () => NO_REASON.has(select.value),
    end: (reason) => app.send("visit.end", { outcome: select.value, reason }, "end"),
  });
}

/** Refuse the step that is open; the script ends the visit with it. @param {Console} app */
export function askRefuse(app) {
  const current = app.view?.visit?.current;
  if (!current) return;
  const said = current.customer_answer === "refused";
  ask(app, {
    title: t("Refuse “{title}” and end the visit?", { title: current.title }),
    optional: () => said,
    first: said && h("p", null, t("The customer did not agree.")),
    end: (note) =>
      app.send("step.complete", { step: current.id, result: "refused", note }, "refuse"),
  });
}

/** A wrong or unreadable signature is made anew, before its step has passed. @param {Console} app */
export function askSignAnew(app) {
  const current = app.view?.visit?.current;
  if (!current?.can.includes("sign_anew")) return;
  ask(app, {
    title: t("Ask for a new signature?"),
    lead: t(
      "The signature no longer counts; it stays in the evidence together with your reason. The customer signs again with a new code.",
    ),
    go: t("Ask for a new signature"),
    optional: () => false,
    end: (reason) => app.send("sign.anew", { step: current.id, reason }, "sign-anew"),
  });
}

/** A register gave no answer: the step is passed all the same, and why. @param {Console} app */
export function askGoOn(app) {
  const current = app.view?.visit?.current;
  if (!current?.can.includes("complete")) return;
  ask(app, {
    title: t("Go on without an answer?"),
    lead: t("A second person decides on this visit and reads your reason. You can’t approve it yourself."),
    go: t("Go on"),
    optional: () => false,
    end: (note) =>
      app.send("step.complete", { step: current.id, result: "passed", note }, "go-on"),
  });
}

/** What is noticed, by its code; in the order of the list. */
const ALARMS = () =>
  /** @type {[string, string][]} */ ([
    ["coerced", t("Under pressure or threatened")],
    ["prompted", t("Prompted, or reading from notes")],
    ["third_party", t("Somebody else is there")],
    ["remote_control", t("Screen shared or controlled from elsewhere")],
  ]);

/** Break the call off, at any moment and without a word. @param {Console} app */
export function askBreakOff(app) {
  const boxes = ALARMS().map(([value, words]) => ({
    value,
    input: h("input", { type: "checkbox", name: "alarm", value, autofocus: value === "coerced" }),
    words,
  }));
  const chosen = () => boxes.filter(({ input }) => input.checked).map(({ value }) => value);
  ask(app, {
    title: t("Break the call off?"),
    lead: t(
      "The call ends at once. The customer’s page only says that the request could not be completed; nobody beside them can tell why. Nothing is changed, and the recording is kept.",
    ),
    go: t("Break off now"),
    first: h(
      "fieldset.noticed.alarms",
      null,
      h("legend.sub", null, t("What did you notice?")),
      boxes.map(({ input, words }) =>
        h("label.flag", null, input, h("span.grow", null, words)),
      ),
    ),
    optional: () => chosen().length > 0,
    end: (reason) =>
      app.send(
        "visit.end",
        { outcome: "aborted_suspicion", reason, flags: chosen() },
        "break-off",
      ),
  });
}

/**
 * @typedef {object} Asked
 * @property {string} title
 * @property {string} [lead] what follows from it; that the visit ends, when left out
 * @property {string} [go] on the button
 * @property {any} [first]
 * @property {() => boolean} optional whether it needs no reason
 * @property {(reason: string | null) => void} end
 */

/** @param {Console} app @param {Asked} parts */
function ask(app, { title, lead, go, first, optional, end }) {
  const reason = h("textarea.input#end-reason", {
    rows: 3,
    maxLength: 500,
    "aria-describedby": "end-hint",
  });
  const dialog = openDialog({
    title,
    sheet: false,
    body: h(
      "div.stack",
      null,
      h(
        "p.muted",
        null,
        lead ??
          t(
            "The recording is sealed with what has happened so far. Nothing is changed in the bank’s systems.",
          ),
      ),
      first,
      h(
        "div.field",
        null,
        h("label", { htmlFor: "end-reason" }, t("Reason")),
        h("p.hint#end-hint", null, t("In your own words; it is kept with the evidence.")),
        reason,
      ),
    ),
    actions: [
      h(
        "button.button.button--quiet",
        { type: "button", onclick: () => dialog.close() },
        t("Go on with the visit"),
      ),
      h(
        "button.button.button--danger#end-now",
        { type: "button", onclick: () => submit() },
        go ?? t("End the visit"),
        keyHint("Ctrl ↵"),
      ),
    ],
    onclose: () => app.refocus(),
  });
  const submit = () => {
    const words = reason.value.trim();
    if (!words && !optional()) {
      reason.setAttribute("aria-invalid", "true");
      reason.focus();
      return;
    }
    dialog.close();
    end(words || null);
  };
  dialog.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) submit();
  });
}

/** Let a further party go; its leg ends. @param {Console} app @param {string} party */
export function askDismiss(app, party) {
  const visit = app.view?.visit;
  if (!visit) return;
  const dialog = openDialog({
    title: t("Remove from the call: {who}", { who: titleOf(visit, party) }),
    sheet: false,
    body: h("p", null, t("Their part of the call ends. They can be invited again with a new link.")),
    actions: [
      h(
        "button.button.button--quiet",
        { type: "button", autofocus: true, onclick: () => dialog.close() },
        t("Go on with the visit"),
      ),
      h(
        "button.button.button--danger#dismiss-now",
        {
          type: "button",
          onclick: () => {
            dialog.close();
            app.send("guest.dismiss", { party }, "dismiss");
          },
        },
        t("Remove from the call"),
      ),
    ],
    onclose: () => app.refocus(),
  });
}

/** @param {[string, string][]} keys each key with what it does */
export function showKeys(keys) {
  const rows = keys.map(([key, words]) =>
    h("div.keys__row", null, h("dt", null, h("kbd", null, keyName(key))), h("dd", null, words)),
  );
  const dialog = openDialog({
    title: t("Keys"),
    sheet: false,
    body: [
      h(
        "p.muted",
        null,
        t(
          "Single keys work outside text fields; Escape leaves a field. Ctrl + Enter does the next thing from anywhere.",
        ),
      ),
      h("dl.keys", null, rows),
    ],
    actions: h(
      "button.button.button--primary",
      { type: "button", autofocus: true, onclick: () => dialog.close() },
      t("Close"),
    ),
  });
  dialog.classList.add("dialog--wide");
}

/** @param {string} key */
function keyName(key) {
  const names = { Enter: "Enter ↵", ArrowLeft: "←", ArrowRight: "→" };
  return names[/** @type {keyof typeof names} */ (key)] ?? key.toUpperCase();
}
