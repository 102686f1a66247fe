/** The sheet below the teller: one step, one task, at most two answers. */

import { banner, h, icon } from "./dom.js";
import { t } from "./i18n.js";
import { button } from "./customer-screen.js";
import { photograph } from "./customer-photograph.js";

/** @typedef {import("./customer.js").Customer} Customer */
/** @typedef {import("./customer-state.js").Step} Step */
/** @typedef {{node: HTMLElement, spoken: string}} Sheet */

/** @param {Customer} app @returns {Sheet} */
export function task(app) {
  const view = app.view;
  const step = view?.step;
  const notice = view?.notice;
  if (notice?.code === "recorder_failed" || view?.call?.recording === "failed")
    return stopped(notice?.message);
  const strip = notice && banner(notice.severity, notice.message);
  if (view?.reverify) return plain("face", t("Please show your face again"), view.reverify.message, strip);
  if (view?.visit?.state === "wrap_up")
    return plain(
      "seal",
      t("The teller is finishing your visit"),
      t("Your receipt appears here in a moment. Please stay on this page."),
      strip,
    );
  if (view?.visit?.state === "connecting" || view?.call?.recording === "starting") {
    return plain(
      "shield",
      t("One moment, please"),
      t("The recording is being started. The visit begins when both sides are on record."),
      strip,
    );
  }
  if (!step)
    return plain("teller", t("Please listen to the teller"), t("The next task appears here."), strip);
  const { body, actions } = (KINDS[step.kind] ?? KINDS.other)(app, step);
  return {
    spoken: `${t("Step {index} of {count}", { index: step.index, count: step.count })}. ${step.title}. ${step.task}`,
    node: h(
      "div.task",
      null,
      h(
        "div.task__step",
        null,
        h("span.figures", null, t("Step {index} of {count}", { index: step.index, count: step.count })),
        h(
          "span.ticks",
          { "aria-hidden": "true" },
          Array.from({ length: step.count }, (_, i) => h(`i${i < step.index ? ".on" : ""}`)),
        ),
      ),
      h("h2", null, step.title),
      h("p.task__text", null, step.task),
      strip,
      body,
      waiting(app, step),
      step.say &&
        h(
          "blockquote.say",
          null,
          h("p.say__label", null, icon("teller"), t("The teller says")),
          h("p", null, step.say),
        ),
      actions && h("div.task__actions", null, actions),
    ),
  };
}

/**
 * @param {string} name
 * @param {string} title
 * @param {string} text
 * @param {Node | null | undefined} strip
 * @returns {Sheet}
 */
function plain(name, title, text, strip) {
  return {
    spoken: `${title}. ${text}`,
    node: h(
      "div.task.task--plain",
      null,
      strip,
      h("span.task__icon", null, icon(name)),
      h("div", null, h("h2", null, title), h("p.task__text", null, text)),
    ),
  };
}

/** @param {string} [message] @returns {Sheet} */
function stopped(message) {
  const text = message ?? t("We may not go on without it. The teller will tell you what happens next.");
  return {
    spoken: `${t("The recording has stopped")}. ${text}`,
    node: h(
      "div.task",
      null,
      h(
        "div.banner.banner--solid",
        { role: "alert" },
        icon("alert"),
        h("div", null, h("strong", null, t("The recording has stopped")), h("p", null, text)),
      ),
    ),
  };
}

/** @typedef {{body?: import("./dom.js").Children, actions?: import("./dom.js").Children}} Parts */
/** @type {Record<string, (app: Customer, step: Step) => Parts>} */
const KINDS = {
  consent_aloud: (app, step) => answers(app, step, t("I agree"), t("I don’t agree")),
  confirm: (app, step) => ({ ...answers(app, step, t("Confirm"), t("I don’t confirm")), body: table(step) }),
  identity_document: documentStep,
  face_match: (_app, step) => ({
    body:
      step.wait === "system"
        ? working(t("Comparing…"))
        : h(
            "ul.hints",
            null,
            h("li", null, icon("face"), t("Look straight into the camera")),
            h("li", null, icon("eye"), t("Take off sunglasses, mask and hat")),
            h("li", null, icon("info"), t("Let light fall on your face, not from behind")),
          ),
  }),
  form: (app, step) => ({
    body: table(step),
    actions:
      answerable(app, step) &&
      button(t("I have checked this"), () => app.answer(step.id, { seen: true }), { name: "check" }),
  }),
  other: () => ({}),
};

/**
 * Yes and no side by side: neither is hidden.
 * @param {Customer} app
 * @param {Step} step
 * @param {string} yes
 * @param {string} no
 * @returns {Parts}
 */
function answers(app, step, yes, no) {
  if (!answerable(app, step)) return {};
  return {
    actions: [
      step.can.includes("refuse") &&
        button(no, () => app.answer(step.id, { agreed: false }), { kind: "quiet" }),
      step.can.includes("agree") &&
        button(yes, () => app.answer(step.id, { agreed: true }), { name: "check" }),
    ],
  };
}

/** @param {Customer} app @param {Step} step @returns {Parts} */
function documentStep(app, step) {
  const status = step.document?.status ?? "none";
  if (status === "checking") return { body: working(t("Checking the photograph…")) };
  if (status === "accepted")
    return { body: banner("good", t("The photograph is good. You can put the document away.")) };
  const take =
    step.can.includes("photograph") &&
    button(status === "rejected" ? t("Take another photo") : t("Take photo"), () => photograph(app), {
      name: "camera",
    });
  return {
    body:
      status === "rejected" &&
      banner("bad", h("strong", null, t("This photograph cannot be used. ")), step.document?.message ?? ""),
    actions: take,
  };
}

/** @param {Step} step */
function table(step) {
  if (!step.form?.length) return null;
  return h(
    "dl.changes",
    null,
    step.form.map((row) =>
      h(
        "div.changes__row",
        null,
        h("dt", null, row.label),
        h(
          "dd",
          null,
          h("span.changes__before", null, h("span.sr", null, t("Before: ")), row.before || "—"),
          row.after &&
            row.after !== row.before &&
            h(
              "span.changes__after",
              null,
              icon("arrow-right"),
              h("span.sr", null, t("After: ")),
              h("ins", null, row.after),
            ),
        ),
      ),
    ),
  );
}

/** @param {Customer} app @param {Step} step */
function answerable(app, step) {
  return step.wait === "customer" && !app.answered.has(step.id);
}

/** @param {Customer} app @param {Step} step */
function waiting(app, step) {
  return (
    app.answered.has(step.id) &&
    h("p.working", null, icon("check-circle"), t("Your answer has been passed on."))
  );
}

/** @param {string} text */
function working(text) {
  return h("p.working", null, h("span.spinner"), text);
}
