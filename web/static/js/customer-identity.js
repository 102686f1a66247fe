/** Steps about who somebody is: the document and the face. */

import { banner, h, icon } from "./dom.js";
import { t } from "./i18n.js";
import { button } from "./customer-screen.js";
import { photograph } from "./customer-photograph.js";

/** @typedef {import("./customer.js").Customer} Customer */
/** @typedef {import("./customer-step.js").Step} Step */
/** @typedef {import("./customer-step.js").Part} Part */

/** @param {Customer} app @param {Step} step @returns {Part} */
export function identityDocument(app, step) {
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

/** @param {Customer} _app @param {Step} step @returns {Part} */
export function face(_app, step) {
  if (step.wait === "system") return { body: working(t("Comparing…")) };
  return {
    body: h(
      "ul.hints",
      null,
      h("li", null, icon("face"), t("Look straight into the camera")),
      h("li", null, icon("eye"), t("Take off sunglasses, mask and hat")),
      h("li", null, icon("info"), t("Let light fall on your face, not from behind")),
    ),
  };
}

/** @param {string} text */
function working(text) {
  return h("p.working", null, h("span.spinner"), text);
}
