/** Signing: what, with which words, by hand, with a code; then the proof to take along. */

import { banner, fill, h, keepFocus } from "./dom.js";
import { codeEntry } from "./customer-code.js";
import { agree, coding, drawing, signed, signing } from "./customer-signing.js";
import { enoughInk } from "./customer-strokes.js";

/** @typedef {import("./customer.js").Customer} Customer */
/** @typedef {import("./customer-step.js").Step} Step */
/** @typedef {import("./customer-step.js").Part} Part */
/** @typedef {import("./customer-strokes.js").Point} Point */
/** @typedef {"agree"|"draw"|"code"|"signing"|"signed"} Phase */
/** @typedef {{step: string, anew: number, phase: Phase, strokes: Point[][], sent: boolean, left: number | null}} Signature what this page alone knows */

/** @param {Customer} app @param {Step} step @returns {Part} */
export function signature(app, step) {
  if (!step.sign) return {};
  if (app.signature?.step !== step.id)
    app.signature = { step: step.id, anew: 0, ...blank() };
  const body = h("div.signing", { tabIndex: -1 });
  const actions = h("div.signing__actions");
  const own = app.signature;
  /** @type {Step} */
  let now = step;
  /** @type {ReturnType<typeof codeEntry> | null} */
  let entry = null;
  let drawn = "";
  /** @type {Phase | null} */
  let shown = null;

  const draw = () => {
    const anew = now.sign?.anew ?? 0;
    if (anew !== own.anew) Object.assign(own, { anew, ...blank() });
    const phase = phaseOf(now, own);
    const key = `${phase} ${now.sign?.message ?? ""} ${app.answered.has(step.id)} ${now.refused} ${anew}`;
    entry?.update(now.sign?.code ?? null, true);
    if (key === drawn) return;
    drawn = key;
    entry?.leave();
    entry = null;
    const parts = PHASES[phase](app, now, { go, entry: open });
    const focus = document.activeElement;
    const here = body.contains(focus) || actions.contains(focus);
    keepFocus([body, actions], () => {
      fill(body, failure(now), parts.body);
      fill(actions, parts.actions);
    });
    // another page of the same step: whoever uses the keyboard goes on at its beginning
    if (here && shown !== phase) body.focus({ preventScroll: true });
    shown = phase;
    body.closest(".sheet-panel")?.scrollTo(0, 0);
  };
  /** @param {Phase} phase */
  const go = (phase) => {
    own.phase = phase;
    draw();
  };
  /** @param {() => void} done */
  const open = (done) => {
    entry = codeEntry({
      phone: now.sign?.phone ?? "",
      request: () => app.wire.send("code.request", { step: step.id }),
      done,
    });
    entry.update(now.sign?.code ?? null, true);
    return entry;
  };
  draw();
  return {
    tall: true,
    body,
    actions,
    update: (next) => {
      now = next;
      draw();
    },
    leave: () => entry?.leave(),
  };
}

/** Nothing drawn yet. @returns {{phase: Phase, strokes: Point[][], sent: boolean, left: number | null}} */
function blank() {
  return { phase: "agree", strokes: [], sent: false, left: null };
}

/**
 * What the server knows comes first; before that, what was drawn here (a reload forgets it).
 * @param {Step} step @param {Signature} own @returns {Phase}
 */
function phaseOf(step, own) {
  const status = step.sign?.status;
  if (own.sent && status === "code" && (step.sign?.code?.left ?? null) !== own.left) own.sent = false;
  if (status === "signed") return "signed";
  if (status === "signing" || (own.sent && status !== "failed")) return "signing";
  if (status === "failed") own.sent = false;
  if (own.phase === "code" && !enoughInk(own.strokes)) return "draw";
  return own.phase;
}

/** @param {Step} step */
function failure(step) {
  const sign = step.sign;
  if (!sign?.message || sign.status === "signed" || sign.status === "signing") return null;
  return banner(sign.status === "failed" ? "bad" : "warn", sign.message);
}

/** @typedef {{go: (phase: Phase) => void, entry: (done: () => void) => ReturnType<typeof codeEntry>}} Turn */
/** @type {Record<Phase, (app: Customer, step: Step, turn: Turn) => {body: import("./dom.js").Children, actions?: import("./dom.js").Children}>} */
const PHASES = { agree, draw: drawing, code: coding, signing, signed };
