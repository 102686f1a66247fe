/** A decision against the customer can be objected to: how, until when, and what came of it. */

import { banner, h } from "./dom.js";
import { n, t } from "./i18n.js";
import { dateTime } from "./format.js";
import { Refused, request } from "./http.js";
import { busy, button, paragraphs } from "./customer-screen.js";
import { field } from "./customer-field.js";

/** @typedef {import("./customer-state.js").Objection & {until?: string | null}} Objection */
/** @typedef {{text: string, open: boolean}} Typed what is being written, kept while the page is drawn anew */

const SHORTEST = 4;
const LONGEST = 2000;

/** @param {Objection} now @param {Typed} typed */
export function objection(now, typed) {
  if (now.status === "answered")
    return section(
      t("The answer to your objection"),
      h("div.card.stack", null, paragraphs(now.answer ?? "")),
    );
  if (now.status === "open") return section(t("Your objection"), received(now.due_at));
  if (!now.may) return null;
  const body = h("div.stack");
  const draw = () => body.replaceChildren(...(typed.open ? [form(typed, body)] : [invite(now, open)]));
  const open = () => {
    typed.open = true;
    draw();
    body.querySelector("textarea")?.focus();
  };
  draw();
  return section(t("You do not agree?"), body);
}

/** @param {string} title @param {import("./dom.js").Children} body */
function section(title, body) {
  return h(
    "section.stack.objection",
    { "aria-labelledby": "objection" },
    h("h2#objection.section-title", null, title),
    body,
  );
}

/** @param {string | null} due */
function received(due) {
  return banner(
    "info",
    h("strong", null, t("We have received it. ")),
    due
      ? t("You will have an answer by {time}, here on this page.", { time: dateTime(due) })
      : t("The answer appears here on this page."),
  );
}

/** @param {Objection} now @param {() => void} open */
function invite(now, open) {
  return h(
    "div.stack",
    null,
    h(
      "p",
      null,
      t(
        "You may object. Somebody who had no part in the decision looks at it again, and you get the full reasons.",
      ),
      " ",
      now.until
        ? t("You can do so until {time}.", { time: dateTime(now.until) })
        : n("You have {n} day.", "You have {n} days.", now.days),
    ),
    button(t("Object to this decision"), open, { kind: "quiet", name: "flag" }),
  );
}

/** @param {Typed} typed @param {HTMLElement} body */
function form(typed, body) {
  const problem = h("div", { role: "alert" });
  const reason = field(
    "objection_reason",
    t("Why do you object?"),
    typed.text,
    {
      tag: "textarea.input",
      rows: 5,
      maxLength: LONGEST,
      oninput: (/** @type {Event} */ e) => {
        typed.text = /** @type {HTMLTextAreaElement} */ (e.target).value;
      },
    },
    t("In your own words. What should be looked at again?"),
  );
  const send = button(
    t("Send the objection"),
    () =>
      void busy(send, async () => {
        const text = reason.read().replace(/\s+/g, " ");
        if (text.length < SHORTEST) {
          reason.fault(t("Write what should be looked at again"));
          reason.input.focus();
          return;
        }
        try {
          await request("POST", "/api/customer/objection", { reason: text });
          typed.text = "";
          body.replaceChildren(received(null));
        } catch (error) {
          if (!(error instanceof Refused)) throw error;
          problem.replaceChildren(banner("bad", error.message));
        }
      }),
  );
  return h(
    "form.stack",
    { onsubmit: (/** @type {Event} */ e) => e.preventDefault() },
    reason.node,
    problem,
    send,
  );
}
