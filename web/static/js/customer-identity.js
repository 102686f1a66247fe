/** Steps about who somebody is: the document and the face. */

import { banner, h, icon } from "./dom.js";
import { t } from "./i18n.js";
import { button } from "./customer-screen.js";
import { photograph } from "./customer-photograph.js";
import { asked } from "./customer-question.js";

/** @typedef {import("./customer.js").Customer} Customer */
/** @typedef {import("./customer-step.js").Step} Step */
/** @typedef {import("./customer-step.js").Part} Part */

/** @param {Customer} app @param {Step} step @returns {Part} */
export function identityDocument(app, step) {
  const papers = step.document;
  const status = papers?.status ?? "none";
  if (status === "checking") return { body: working(t("Checking the photograph…")) };
  const again = !!papers?.message;
  if (status === "accepted" && step.prompt)
    return {
      quiet: true,
      body: [asked(step.prompt, step.title, "card"), again && banner("warn", papers?.message ?? "")],
      actions: again && takeButton(app, step, t("Take another photo")),
    };
  if (status === "accepted")
    return {
      body: again
        ? banner("warn", h("strong", null, t("Not everything could be read. ")), papers?.message ?? "")
        : banner("good", t("The photographs are good. Keep the document at hand.")),
      actions: again && takeButton(app, step, t("Take another photo")),
    };
  return {
    body: [
      status === "rejected" &&
        again &&
        banner("bad", h("strong", null, t("This photograph cannot be used. ")), papers?.message ?? ""),
      (papers?.kinds?.length ?? 0) > 1 && kinds(step),
      (papers?.sides?.length ?? 0) > 1 && sides(step),
    ],
    actions: takeButton(app, step, status === "rejected" ? t("Take another photo") : t("Take photo")),
  };
}

/** What the customer said the document is, by step; the server's first until then. */
/** @type {Record<string, string>} */
const chosen = {};

/** @param {Step} step */
function kindOf(step) {
  const offered = step.document?.kinds ?? [];
  const wished = chosen[step.id];
  return wished && offered.some((one) => one.id === wished) ? wished : (step.document?.kind ?? "");
}

/** @param {Customer} app @param {Step} step @param {string} words */
function takeButton(app, step, words) {
  if (!step.can.includes("photograph")) return null;
  const title = step.document?.side_title ?? t("Document");
  const aimed = () => {
    const kind = kindOf(step);
    const other = step.document?.kinds?.find((one) => one.id === kind);
    const known = kind === step.document?.kind;
    photograph(app, { kind, side: step.document?.side ?? "front", title: known ? title : (other?.title ?? title) });
  };
  return button(words, aimed, { name: "camera" });
}

/** Which document it is, before the first photograph. @param {Step} step */
function kinds(step) {
  return h(
    "label.field.papers-kind",
    null,
    h("span", null, t("Your document")),
    h(
      "select.input",
      {
        onchange: (/** @type {Event} */ event) => {
          chosen[step.id] = /** @type {HTMLSelectElement} */ (event.target).value;
        },
      },
      step.document?.kinds?.map((one) =>
        h("option", { value: one.id, selected: one.id === kindOf(step) }, one.title),
      ),
    ),
  );
}

/** The sides, one after the other. @param {Step} step */
function sides(step) {
  return h(
    "ol.papers-sides",
    null,
    step.document?.sides?.map((one) =>
      h(
        "li",
        { class: one.done ? "is-done" : one.side === step.document?.side ? "is-now" : null },
        icon(one.done ? "check-circle" : "camera"),
        h("span", null, one.title),
        one.done && h("span.sr", null, t("done")),
      ),
    ),
  );
}

/** @param {Customer} _app @param {Step} step @returns {Part} */
export function face(_app, step) {
  if (step.wait === "system") return { body: working(t("Comparing…")) };
  const hints = h(
    "ul.hints",
    null,
    h("li", null, icon("face"), t("Look straight into the camera")),
    h("li", null, icon("eye"), t("Take off sunglasses, mask and hat")),
    h("li", null, icon("info"), t("Let light fall on your face, not from behind")),
  );
  return { body: [step.coach && banner("warn", h("strong", null, step.coach)), hints] };
}

/** @param {string} text */
function working(text) {
  return h("p.working", null, h("span.spinner"), text);
}
