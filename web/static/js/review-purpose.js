/** Before any picture: why it is watched, and, where asked, who is watching, proved again. */

import { fill, banner, h, icon } from "./dom.js";
import { t } from "./i18n.js";
import { Refused } from "./http.js";
import { ask } from "./staff.js";
import { asksForProof, proveAgain } from "./staff-prove.js";
import { Openings } from "./review-openings.js";
import { purposes } from "./review-words.js";

/** @typedef {{grant: string, expires_at: string}} Grant */

/**
 * The form that stands where the pictures will be.
 * @param {string} visit
 * @param {(grant: Grant) => void} granted
 * @returns {HTMLElement}
 */
export function purposeForm(visit, granted) {
  const asked = h("div");
  const mine = new Openings(asked, { visit, granted });
  const export_ = h("input", { type: "checkbox", name: "export" });
  const message = h("div", { "aria-live": "polite" });
  const note = h("textarea.input#purpose-note", { rows: 2, maxLength: 300, name: "note" });
  const button = h(
    "button.button.button--primary.button--block",
    { type: "submit" },
    icon("eye"),
    h("span", null, t("Enter the purpose and watch")),
  );
  const form = h(
    "form.purpose__form",
    { noValidate: true },
    h("span.purpose__mark", null, icon("lock")),
    h("h2", null, t("Why do you watch this recording?")),
    h(
      "p.muted",
      null,
      t(
        "Your name, the time and the purpose are entered in the custody list before the first picture is sent.",
      ),
    ),
    message,
    h(
      "fieldset.purpose__choices",
      null,
      h("legend.sr", null, t("Purpose")),
      purposes().map(([code, words], i) =>
        h(
          "label.choice.choice--line",
          null,
          h("input", { type: "radio", name: "purpose", value: code, checked: i === 0 }),
          h("span", null, words),
        ),
      ),
    ),
    h(
      "div.field",
      null,
      h(
        "label",
        { htmlFor: "purpose-note" },
        t("Case number or remark"),
        " ",
        h("span.muted", null, t("(optional)")),
      ),
      note,
    ),
    h(
      "label.choice.choice--line",
      null,
      export_,
      h("span", null, t("For an export: a copy to hand over")),
    ),
    button,
  );
  form.addEventListener("submit", (/** @type {Event} */ event) => {
    event.preventDefault();
    const code = String(new FormData(form).get("purpose"));
    const purpose = note.value.trim() ? `${code}: ${note.value.trim()}` : code;
    const body = { purpose, kind: export_.checked ? "export" : "view" };
    void open(visit, body, button, message, (answer) => {
      if (answer.grant && body.kind === "view") granted(answer);
      else if (answer.grant)
        fill(message, banner("info", t("Grant for the export, shown this once:")), h("code", null, answer.grant));
      else {
        fill(message, banner("info", t("Another compliance officer has to agree first.")));
        void mine.load();
      }
    });
  });
  void mine.load();
  return h("section.purpose", { "aria-label": t("Purpose") }, form, asked);
}

/**
 * @param {string} visit @param {{purpose: string, kind: string}} body @param {HTMLElement} button
 * @param {HTMLElement} message @param {(answer: any) => void} answered
 */
async function open(visit, body, button, message, answered) {
  if (button.getAttribute("aria-busy") === "true") return;
  button.setAttribute("aria-busy", "true");
  fill(message);
  try {
    answered(await ask("POST", `/api/review/visits/${encodeURIComponent(visit)}/views`, body));
  } catch (error) {
    if (asksForProof(error)) {
      proveAgain(
        t("Your last sign-in was too long ago to open a recording."),
        () => void open(visit, body, button, message, answered),
      );
    } else if (error instanceof Refused) fill(message, banner("bad", error.message));
    else throw error;
  } finally {
    button.removeAttribute("aria-busy");
  }
}
