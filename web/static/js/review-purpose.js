/** Before any picture, and before any copy: why, how much, and, where asked, who, proved again. */

import { fill, banner, h, icon, openDialog } from "./dom.js";
import { t } from "./i18n.js";
import { Refused } from "./http.js";
import { ask } from "./staff.js";
import { asksForProof, proveAgain } from "./staff-prove.js";
import { handOver } from "./review-export.js";
import { openingFields } from "./review-fields.js";
import { Openings } from "./review-openings.js";

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
  const message = h("div", { "aria-live": "polite" });
  const fields = openingFields("purpose", "view");
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
    fields.nodes,
    button,
  );
  submits(visit, { form, fields, button, message }, (answer) => {
    if (answer.grant) granted(answer);
    else {
      fill(message, banner("info", t("Another compliance officer has to agree first.")));
      void mine.load();
    }
  });
  void mine.load();
  return h("section.purpose", { "aria-label": t("Purpose") }, form, asked);
}

/** The same questions before a copy is handed over; then the recipient. @param {string} visit */
export function exportDialog(visit) {
  const message = h("div", { "aria-live": "polite" });
  const fields = openingFields("export", "export");
  const button = h("button.button.button--primary", { type: "submit" }, t("Enter the purpose and go on"));
  button.setAttribute("form", "export-form");
  const form = h(
    "form#export-form.stack",
    { noValidate: true },
    h("p.muted", null, t("Your name, the time, the purpose and the recipient are entered in the custody list before the first byte is copied.")),
    message,
    fields.nodes,
  );
  const dialog = openDialog({
    title: t("Hand over a copy"),
    sheet: false,
    body: form,
    actions: [h("button.button.button--quiet", { type: "button", onclick: () => dialog.close() }, t("Cancel")), button],
  });
  submits(visit, { form, fields, button, message }, (answer) => {
    if (answer.grant) {
      dialog.close();
      handOver(visit, answer);
      return;
    }
    button.hidden = true;
    fill(form, banner("info", h("strong", null, t("Another compliance officer has to agree first.")), h("p", null, h("a", { href: "/review/openings" }, t("It stands under “Openings and holds”, and is handed over from there.")))));
  });
}

/**
 * @typedef {{form: HTMLElement, fields: ReturnType<typeof openingFields>, button: HTMLElement, message: HTMLElement}} Asked
 * @param {string} visit @param {Asked} asked @param {(answer: any) => void} answered
 */
function submits(visit, { form, fields, button, message }, answered) {
  form.addEventListener("submit", (/** @type {Event} */ event) => {
    event.preventDefault();
    const body = fields.read();
    if (body) void open(visit, body, button, message, answered);
    else {
      fill(message, banner("bad", t("Please enter the part as minutes and seconds, its end after its beginning.")));
      fields.until.focus();
    }
  });
}

/**
 * @param {string} visit @param {import("./review-fields.js").Wanted} body @param {HTMLElement} button
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
