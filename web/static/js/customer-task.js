/** The sheet below the teller: one step, one task, at most two answers. */

import { banner, fill, h, icon } from "./dom.js";
import { t } from "./i18n.js";
import { agreement, disclosure, form, notice } from "./customer-answer.js";
import { liveness } from "./customer-challenge.js";
import { code } from "./customer-code.js";
import { guestLinks, otherParty } from "./customer-guests.js";
import { handOver } from "./customer-handover.js";
import { face, identityDocument } from "./customer-identity.js";
import { paper } from "./customer-paper.js";
import { question } from "./customer-question.js";
import { signature } from "./customer-signature.js";

/** @typedef {import("./customer.js").Customer} Customer */
/** @typedef {import("./customer-step.js").Step} Step */
/** @typedef {import("./customer-step.js").Part} Part */
/**
 * @typedef {object} Sheet
 * @property {HTMLElement} node
 * @property {string} spoken for screen readers, when the sheet appears
 * @property {string} [step] whose sheet this is, when it can be updated in place
 * @property {boolean} [tall]
 * @property {(app: Customer, step: Step) => void} [update]
 * @property {() => void} [leave]
 */

/** @type {Record<string, (app: Customer, step: Step) => Part>} */
const KINDS = {
  notice,
  consent: agreement,
  disclosure,
  question,
  form,
  identity_document: identityDocument,
  face_match: face,
  liveness,
  one_time_code: code,
  document: paper,
  sign: signature,
  hand_over: handOver,
  other: () => ({}),
};

const MOST_TICKS = 16;
/** Where what the teller says is the matter itself. */
const READ_OUT = new Set(["notice", "disclosure"]);

/**
 * The sheet for the present view: the old one, brought up to date, where the step is still the same.
 * @param {Customer} app
 * @param {Sheet | null} old
 * @returns {Sheet}
 */
export function task(app, old) {
  const step = app.view?.step;
  const sheet = interruption(app);
  if (!sheet && step && old?.update && old.step === step.id) {
    old.update(app, step);
    return old;
  }
  old?.leave?.();
  return sheet ?? ofStep(app, /** @type {Step} */ (step));
}

/** What goes before any step, and what there is without one. @param {Customer} app @returns {Sheet | null} */
function interruption(app) {
  const view = app.view;
  const strip = strips(app);
  if (view?.notice?.code === "recorder_failed" || view?.call?.recording === "failed")
    return stopped(view.notice?.message);
  if (view?.reverify) return plain("face", t("Please show your face again"), view.reverify.message, strip);
  if (view?.visit?.state === "wrap_up")
    return plain(
      "seal",
      t("The teller is finishing your visit"),
      t("Your receipt appears here in a moment. Please stay on this page."),
      strip,
    );
  if (view?.visit?.state === "connecting" || view?.call?.recording === "starting")
    return plain(
      "shield",
      t("One moment, please"),
      t("The recording is being started. The visit begins when both sides are on record."),
      strip,
    );
  const other = otherParty(view);
  if (other) return plain("users", other.title, other.text, strip);
  if (!view?.step)
    return plain("teller", t("Please listen to the teller"), t("The next task appears here."), strip);
  return null;
}

/** @param {Customer} app @param {Step} step @returns {Sheet} */
function ofStep(app, step) {
  const part = (KINDS[step.kind] ?? KINDS.other)(app, step);
  const strip = h("div.task__strips", null, strips(app));
  const say = step.say && caption(step.say, !!part.tall);
  const node = h(
    `div.task.task--${step.kind}${part.tall ? ".task--tall" : ""}`,
    null,
    h(
      "div.task__step",
      null,
      h("span.figures", null, t("Step {index} of {count}", { index: step.index, count: step.count })),
      how(step),
    ),
    h(`h2${part.quiet ? ".sr" : ""}`, null, step.title),
    !part.quiet && step.task && h("p.task__text", null, step.task),
    strip,
    part.lead,
    READ_OUT.has(step.kind) && say,
    part.body,
    app.answered.has(step.id) &&
      h("p.working", null, icon("check-circle"), t("Your answer has been passed on.")),
    !READ_OUT.has(step.kind) && step.kind !== "document" && say,
    part.actions && h("div.task__actions", null, part.actions),
  );
  const { update } = part;
  return {
    node,
    tall: part.tall,
    spoken: `${t("Step {index} of {count}", { index: step.index, count: step.count })}. ${step.title}. ${step.task ?? ""} ${step.coach ?? ""}`.trim(),
    step: step.id,
    leave: part.leave,
    update:
      update &&
      ((now, next) => {
        fill(strip, strips(now));
        update(next);
      }),
  };
}

/** How far it has come: a tick for each step, or one bar where there are many. @param {Step} step */
function how({ index, count }) {
  if (count > MOST_TICKS)
    return h("progress.progress", { max: count, value: index, "aria-hidden": "true", tabIndex: -1 });
  return h(
    "span.ticks",
    { "aria-hidden": "true" },
    Array.from({ length: count }, (_, i) => h(`i${i < index ? ".on" : ""}`)),
  );
}

/** @param {string} text @param {boolean} folded */
function caption(text, folded) {
  const label = [icon("teller"), t("The teller says")];
  if (folded)
    return h(
      "details.more.more--say",
      null,
      h("summary", null, label, h("span.grow"), icon("chevron-down")),
      h("p", null, text),
    );
  return h("blockquote.say", null, h("p.say__label", null, label), h("p.say__text", null, text));
}

/** @param {Customer} app */
function strips(app) {
  const notice = app.view?.notice;
  return [notice && banner(notice.severity, notice.message), ...guestLinks(app.view)];
}

/**
 * @param {string} name
 * @param {string} title
 * @param {string} text
 * @param {import("./dom.js").Children} strip
 * @returns {Sheet}
 */
function plain(name, title, text, strip) {
  return {
    spoken: `${title}. ${text}`,
    node: h(
      "div.task.task--plain",
      null,
      h("span.task__icon", null, icon(name)),
      h("div", null, h("h2", null, title), h("p.task__text", null, text)),
      h("div.task__strips", null, strip),
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
