/** What the teller writes, on its way to the branch: the change, the verdict, the note. */

import { t } from "./i18n.js";
import { formErrors, needsReason } from "./teller-state.js";

/** @typedef {import("./teller.js").Console} Console */
/** @typedef {import("./teller-state.js").Verdict} Verdict */

/** @param {Console} app */
export function sendDraft(app) {
  const form = app.view?.visit?.form;
  if (!form) return;
  const values = app.values();
  const found = formErrors(form, values);
  const first = Object.keys(found)[0];
  app.draftErrors = Object.fromEntries(
    Object.entries(found).map(([name, code]) => [
      name,
      code === "empty" ? t("Please fill this in.") : t("This is too long."),
    ]),
  );
  if (first) {
    app.draw();
    /** @type {HTMLElement | null} */ (document.querySelector(`[data-field="${first}"]`))?.focus();
    return;
  }
  app.send(
    "form.draft",
    {
      step: form.step,
      fields: Object.fromEntries(
        Object.entries(values).map(([name, value]) => [name, value.trim()]),
      ),
    },
    "draft",
  );
}

/** @param {Console} app @param {DOMStringMap} data */
export function decide(app, data) {
  const verdict = /** @type {Verdict} */ (data.verdict);
  const identity = app.view?.visit?.identity;
  if (!identity?.may.includes(verdict)) return;
  if (!needsReason(verdict, identity.check)) {
    app.send(
      "identity.decide",
      { check: identity.check?.id ?? null, verdict, reason: null },
      "decide",
    );
    return;
  }
  app.deciding = verdict;
  app.draw();
  const field = document.getElementById("reason");
  field?.focus();
  field?.closest(".deciding")?.scrollIntoView({ block: "end" });
}

/** @param {Console} app */
export function decideNow(app) {
  const field = /** @type {HTMLTextAreaElement | null} */ (document.getElementById("reason"));
  const reason = field?.value.trim() ?? "";
  if (!reason) {
    field?.setAttribute("aria-invalid", "true");
    field?.focus();
    return;
  }
  app.send(
    "identity.decide",
    { check: app.view?.visit?.identity?.check?.id ?? null, verdict: app.deciding, reason },
    "decide-now",
  );
}

/** @param {Console} app */
export function wrapUp(app) {
  const visit = app.view?.visit;
  if (!visit || app.sentWrapUp === visit.id) return;
  app.sentWrapUp = visit.id;
  const note = /** @type {HTMLTextAreaElement | null} */ (
    document.getElementById("wrap-note")
  )?.value.trim();
  app.send("visit.wrap_up", { disposition: app.disposition, note: note || null }, "wrap-up");
}
