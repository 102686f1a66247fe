/** Handing over from the review page: the recipient's certificate, then a package that opens for them alone. */

import { banner, fill, h, icon, openDialog } from "./dom.js";
import { t } from "./i18n.js";
import { digest } from "./format.js";
import { ask, saying } from "./staff.js";
import { asksForProof, proveAgain } from "./staff-prove.js";

/** @typedef {import("./review-purpose.js").Grant} Grant */
/** @typedef {{url: string, recipient: string, fingerprint: string}} Ready */

const LARGEST = 32_768;

/** Ask for the certificate and offer the package. @param {string} visit @param {Grant} grant for an export */
export function handOver(visit, grant) {
  const message = h("div", { "aria-live": "polite" });
  const file = h("input.input#certificate", { type: "file", accept: ".pem,.crt,.cer", required: true });
  const go = h("button.button.button--primary", { type: "submit" }, icon("seal"), h("span", null, t("Prepare the package")));
  go.setAttribute("form", "handover-form");
  const form = h(
    "form#handover-form.stack",
    { noValidate: true },
    h("p.muted", null, t("The package holds the evidence, both seals, the keys sealed to the recipient, and a film per party in the clear: hand it over as you would hand over the film.")),
    message,
    h(
      "div.field",
      null,
      h("label", { htmlFor: "certificate" }, t("The recipient’s certificate (PEM, RSA)")),
      file,
      h("p.muted", null, t("Compare its fingerprint with the recipient by another way before you send anything.")),
    ),
    h(
      "details.purpose__range",
      null,
      h("summary", null, t("For the command line instead")),
      h("p.muted", null, t("Single marks are handed over with teller-server export; this grant is shown this once:")),
      h("code.mono", null, grant.grant),
    ),
  );
  const dialog = openDialog({
    title: t("Hand over a copy"),
    sheet: false,
    body: form,
    actions: [h("button.button.button--quiet", { type: "button", onclick: () => dialog.close() }, t("Close")), go],
  });
  form.addEventListener("submit", (/** @type {Event} */ event) => {
    event.preventDefault();
    void submit();
  });

  async function submit() {
    if (go.getAttribute("aria-busy") === "true") return;
    const chosen = file.files?.[0];
    if (!chosen || chosen.size > LARGEST) {
      fill(message, banner("bad", t("Please choose the recipient’s certificate.")));
      file.focus();
      return;
    }
    go.setAttribute("aria-busy", "true");
    fill(message);
    try {
      const body = { grant: grant.grant, certificate: await chosen.text() };
      const ready = await ask("POST", `/api/review/visits/${encodeURIComponent(visit)}/packages`, body);
      fill(message, offer(ready));
    } catch (error) {
      if (asksForProof(error)) proveAgain(t("Your last sign-in was too long ago to open a recording."), () => void submit());
      else fill(message, banner("bad", saying(error)));
    } finally {
      go.removeAttribute("aria-busy");
    }
  }
}

/** The link works once and for a minute. @param {Ready} ready */
function offer({ url, recipient, fingerprint }) {
  const link = h("a.button.button--primary", { href: url, download: "" }, icon("download"), h("span", null, t("Download the package")));
  link.addEventListener("click", () => setTimeout(() => link.replaceWith(h("p", null, t("The download has begun; the link is used up."))), 0));
  return h(
    "div.stack",
    null,
    banner("info", h("strong", null, recipient), h("p.mono", null, "SHA-256 ", digest(fingerprint))),
    link,
  );
}
