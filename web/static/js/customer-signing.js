/** The pages of signing: the words, the hand, the code, the wait, the proof. */

import { banner, fill, h, icon, openDialog } from "./dom.js";
import { n, t } from "./i18n.js";
import { digest } from "./format.js";
import { Refused, request } from "./http.js";
import { busy, button, paragraphs } from "./customer-screen.js";
import { papersToKeep } from "./customer-papers.js";
import { enoughInk, HEIGHT, signatureField, WIDTH } from "./customer-strokes.js";

/** @typedef {import("./customer.js").Customer} Customer */
/** @typedef {import("./customer-step.js").Step} Step */
/** @typedef {import("./customer-step.js").Sign} Sign */
/** @typedef {import("./customer-signature.js").Signature} Signature */
/** @typedef {import("./customer-signature.js").Turn} Turn */

/** @param {Customer} app @param {Step} step @param {Turn} turn */
export function agree(app, step, { go }) {
  const sign = /** @type {Sign} */ (step.sign);
  const unread = sign.papers.some((paper) => !paper.read);
  const may = step.can.some((word) => ["sign", "request_code", "enter_code"].includes(word));
  return {
    body: [
      step.refused &&
        banner("info", t("You have said that you will not sign. Until the teller ends this step you can still sign, with a new code.")),
      h(
        "ul.cells.tosign",
        null,
        sign.papers.map((paper) =>
          h(
            "li.cell",
            null,
            icon("document"),
            h(
              "span.grow",
              null,
              h("span.cell__title", null, paper.title),
              h(
                "span.cell__detail",
                null,
                n("{n} page", "{n} pages", paper.pages),
                " · ",
                h("span.mono", null, digest(paper.digest ?? "", 2)),
              ),
            ),
            paper.read
              ? h("span.tosign__read", null, icon("check"), t("Read"))
              : h("span.tosign__unread", null, t("Not read")),
          ),
        ),
      ),
      h("blockquote.oath", null, h("p.oath__label", null, t("You declare")), paragraphs(sign.sentence)),
      about(sign),
    ],
    actions: app.answered.has(step.id)
      ? null
      : step.refused
      ? [button(t("Sign after all"), () => go("draw"), { name: "pen", disabled: unread })]
      : [
          step.can.includes("refuse") && button(t("Don’t sign"), () => refuse(app, step), { kind: "quiet" }),
          button(t("I declare this, and sign"), () => go("draw"), { name: "pen", disabled: unread || !may }),
        ],
  };
}

/** @param {Sign} sign */
function about(sign) {
  return (
    sign.statement &&
    h(
      "details.more",
      null,
      h(
        "summary",
        null,
        icon("info"),
        h("span.grow", null, t("What this signature is, and what it is not")),
        icon("chevron-down"),
      ),
      h("div.more__text", null, paragraphs(sign.statement)),
    )
  );
}

/** @param {Customer} app @param {Step} step @param {Turn} turn */
export function drawing(app, step, { go }) {
  const own = /** @type {Signature} */ (app.signature);
  const problem = h("p.field__error", { role: "alert", hidden: true });
  /** @param {string} message */
  const say = (message) => {
    problem.hidden = !message;
    fill(problem, message && [icon("alert"), message]);
  };
  const field = signatureField(own.strokes, () => {
    say("");
    tools();
  });
  const undo = h(
    "button.button.button--small.button--ghost",
    { type: "button", onclick: () => remove(1) },
    icon("undo"),
    t("Undo"),
  );
  const clear = h(
    "button.button.button--small.button--ghost",
    { type: "button", onclick: () => remove(Infinity) },
    icon("close"),
    t("Clear"),
  );
  /** @param {number} count */
  const remove = (count) => {
    own.strokes.splice(Math.max(0, own.strokes.length - count));
    field.draw();
    tools();
  };
  const tools = () => {
    undo.disabled = clear.disabled = own.strokes.length === 0;
  };
  tools();
  const next = () => {
    if (enoughInk(own.strokes)) go("code");
    else say(t("Please sign your full name in the field"));
  };
  return {
    body: [
      h("div.ink__head", null, h("p.strong", null, t("Sign your full name")), undo, clear),
      field.node,
      problem,
      h(
        "p.hint.ink__note",
        null,
        t("With a finger, a stylus or a mouse. A typed name is not a signature."),
        " ",
        step.can.includes("refuse") &&
          h("button.linklike", { type: "button", onclick: () => cannot(app, step) }, t("I cannot sign here")),
      ),
    ],
    actions: [button(t("Back"), () => go("agree"), { kind: "quiet" }), button(t("Continue"), next)],
  };
}

/** @param {Customer} app @param {Step} step @param {Turn} turn */
export function coding(app, step, { go, entry: open }) {
  const own = /** @type {Signature} */ (app.signature);
  const shown = signatureField(
    own.strokes.map((stroke) => [...stroke]),
    () => {},
  );
  shown.node.classList.add("ink--shown");
  shown.node.setAttribute("aria-label", t("Your signature"));
  const send = async () => {
    const code = entry.read();
    if (!code) return;
    const left = app.view?.step?.sign?.code?.left ?? null; // the view may overtake the answer
    try {
      const body = { step: step.id, code, agreed: true, width: WIDTH, height: HEIGHT, strokes: own.strokes };
      await request("POST", "/api/customer/signatures", body);
      Object.assign(own, { sent: true, left });
      go("code");
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      entry.refuse(error.message);
    }
  };
  const sign = button(t("Sign now"), () => void busy(sign, send), { name: "pen" });
  const entry = open(() => sign.click());
  return {
    body: [
      h(
        "div.ink__review",
        null,
        shown.node,
        h(
          "button.button.button--small.button--ghost",
          { type: "button", onclick: () => go("draw") },
          icon("refresh"),
          t("Sign again"),
        ),
      ),
      h(
        "p.task__text",
        null,
        t("Last step: a code shows that it is you who signs. It counts for this signature only."),
      ),
      entry.node,
    ],
    actions: [button(t("Back"), () => go("draw"), { kind: "quiet" }), sign],
  };
}

export function signing() {
  return {
    body: h(
      "div.sealing",
      { role: "status" },
      h("span.spinner"),
      h("p.strong", null, t("Your signature is being put on the papers")),
      h(
        "p.hint",
        null,
        t("A key is made for this signature only, and destroyed afterwards. Please stay on this page."),
      ),
    ),
  };
}

/** @param {Customer} _app @param {Step} step */
export function signed(_app, step) {
  const sign = /** @type {Sign} */ (step.sign);
  return {
    body: [
      banner("good", h("strong", null, t("Signed. ")), t("Any later change to these papers would show.")),
      papersToKeep(sign.papers.map((paper) => ({ ...paper, signed: !!paper.signed }))),
      about(sign),
    ],
  };
}

/** @param {Customer} app @param {Step} step */
function refuse(app, step) {
  ask(app, step, t("Don’t sign?"), [step.if_refused ?? t("Without your signature this part is not done.")]);
}

/** @param {Customer} app @param {Step} step */
function cannot(app, step) {
  ask(
    app,
    step,
    t("You cannot sign here?"),
    [
      t("A signature here needs a finger, a stylus or a mouse. We do not take a typed name for one."),
      t("Please tell your teller: they can end the visit so that you sign at a branch."),
      step.if_refused,
    ],
  );
}

/** @param {Customer} app @param {Step} step @param {string} title @param {(string | null | undefined)[]} texts */
function ask(app, step, title, texts) {
  const dialog = openDialog({
    title,
    body: texts.flatMap((text) => (text ? paragraphs(text) : [])),
    actions: [
      button(t("Go on signing"), () => dialog.close()),
      button(
        t("I will not sign here"),
        () => {
          dialog.close();
          app.answer(step.id, { agreed: false });
        },
        { kind: "quiet" },
      ),
    ],
  });
}
