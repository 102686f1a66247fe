/** The dialog of a verdict: what it means, why, and once more. Half-typed reasons survive a refusal. */

import { banner, fill, h, openDialog } from "./dom.js";
import { t } from "./i18n.js";
import { saying } from "./staff.js";
import { asksForProof, proveAgain } from "./staff-prove.js";

/** @typedef {import("./review-bar.js").Act} Act */
/** @typedef {{title: string, says: string, label: string, go: string, kind: string, least: number, missing: string}} Parts */

const LONGEST = 2000;
const LEAST = 4;

/** @param {Act} act @returns {Parts} */
function partsOf(act) {
  return {
    approve: {
      title: t("Approve this visit?"),
      says: t("Your approval is sealed with the evidence, and the change goes to the bank’s own system. It cannot be taken back."),
      label: t("Remark"),
      go: t("Approve the visit"),
      kind: "primary",
      least: 0,
      missing: "",
    },
    return: {
      title: t("Ask the teller back"),
      says: t("The teller is asked in the console; the time limit begins again with the answer. The customer sees that the visit is under review."),
      label: t("Your question"),
      go: t("Send the question"),
      kind: "primary",
      least: LEAST,
      missing: t("Please write what the teller is to answer."),
    },
    refuse: {
      title: t("Do not approve this visit?"),
      says: t("Nobody fails a visit alone: a colleague has to confirm it. Then the change is given up and never reaches the bank’s own system; the customer is told so in neutral words, and may object."),
      label: t("Why you do not approve"),
      go: t("Do not approve"),
      kind: "danger",
      least: LEAST,
      missing: t("Please give the reason. It stays in the file and is not shown to the customer."),
    },
    confirm: {
      title: t("Confirm that this visit is not approved?"),
      says: t("The change is given up and never reaches the bank’s own system. The customer is told in neutral words that the bank does not go on, and may object."),
      label: t("Why you confirm it"),
      go: t("Confirm: not approved"),
      kind: "danger",
      least: LEAST,
      missing: t("Please give the reason. It stays in the file and is not shown to the customer."),
    },
    disagree: {
      title: t("Disagree with your colleague?"),
      says: t("The visit stays under review, with both opinions in its file. It can then be approved, asked back, or not approved anew."),
      label: t("Why you disagree"),
      go: t("Disagree"),
      kind: "primary",
      least: LEAST,
      missing: t("Please write why you disagree."),
    },
    answer: {
      title: t("Answer the objection"),
      says: t("The customer reads this answer word for word on their own page."),
      label: t("Answer to the customer"),
      go: t("Send the answer"),
      kind: "primary",
      least: LEAST,
      missing: t("Please write the answer."),
    },
  }[act];
}

/**
 * Ask for what a verdict needs, then send it; a sign-in too long ago is renewed on the way.
 * @param {Act} act
 * @param {(text: string) => Promise<void>} send
 */
export function ask(act, send) {
  const parts = partsOf(act);
  const message = h("div", { "aria-live": "polite" });
  const text = h("textarea.input#verdict-text", {
    rows: 4,
    maxLength: LONGEST,
    autofocus: true,
    required: parts.least > 0,
  });
  const go = h(`button.button.button--${parts.kind}`, { type: "submit" }, parts.go);
  const form = h(
    "form#verdict-form.stack",
    { noValidate: true },
    h("p.muted", null, parts.says),
    message,
    h(
      "div.field",
      null,
      h(
        "label",
        { htmlFor: "verdict-text" },
        parts.label,
        parts.least === 0 && h("span.muted", null, " ", t("(optional)")),
      ),
      text,
    ),
  );
  const dialog = openDialog({
    title: parts.title,
    sheet: false,
    body: form,
    actions: [
      h("button.button.button--quiet", { type: "button", onclick: () => dialog.close() }, t("Cancel")),
      go,
    ],
  });
  go.setAttribute("form", "verdict-form");
  form.addEventListener("submit", (/** @type {Event} */ event) => {
    event.preventDefault();
    void submit();
  });

  async function submit() {
    if (go.getAttribute("aria-busy") === "true") return;
    const words = text.value.trim();
    if (words.length < parts.least) {
      text.setAttribute("aria-invalid", "true");
      fill(message, banner("bad", parts.missing));
      text.focus();
      return;
    }
    go.setAttribute("aria-busy", "true");
    fill(message);
    try {
      await send(words);
      dialog.close();
    } catch (error) {
      if (asksForProof(error))
        proveAgain(t("Your last sign-in was too long ago to decide."), () => void submit());
      else fill(message, banner("bad", saying(error)));
    } finally {
      go.removeAttribute("aria-busy");
    }
  }
}
