/** The signatures of a paper, judged anew, in words. */

import { h, icon } from "./dom.js";
import { t } from "./i18n.js";

/** @typedef {import("./review-types.js").Reader} Reader */
/** @typedef {import("./review-types.js").SignatureLine} SignatureLine */

/** @param {Reader} reader @param {{good: boolean, problems: string[], findings: SignatureLine[]}} check */
export function signatures(reader, check) {
  return h(
    "div.signatures",
    null,
    h(
      `div.result.result--${check.good ? "good" : "bad"}`,
      null,
      icon(check.good ? "check-circle" : "x-circle"),
      h(
        "p",
        null,
        h("strong", null, check.good ? t("All signatures hold") : t("Not all signatures hold")),
        check.problems.length
          ? check.problems.map((words) => h("span", null, words))
          : h("span", null, t("Checked just now against the file as it is kept.")),
      ),
    ),
    check.findings.map((one) => signature(reader, one)),
  );
}

/** @param {Reader} reader @param {SignatureLine} one */
function signature({ clock }, one) {
  const fact = (/** @type {boolean} */ good, /** @type {string} */ yes, /** @type {string} */ no) =>
    h("li", { class: good ? "is-good" : "is-bad" }, icon(good ? "check" : "x-circle"), h("span", null, good ? yes : no));
  return h(
    "details.signature",
    { open: one.problems.length > 0 },
    h(
      "summary",
      null,
      icon(one.title ? "pen" : "seal"),
      h("span.grow", null, h("strong", null, one.title ? t("Signature of: {who}", { who: one.title }) : t("Seal of the bank"))),
      one.problems.length
        ? h("span.signature__bad", null, t("does not hold"))
        : h("span.signature__good", null, t("holds")),
    ),
    h(
      "ul.signature__facts",
      null,
      fact(one.intact, t("Intact: not one byte of what was signed has changed"), t("Broken: what was signed has changed")),
      fact(one.trusted, t("Trusted: the certificate comes from an authority this branch trusts"), t("Not trusted: the certificate is unknown, expired or revoked")),
      fact(one.lasting, t("Lasting: can still be checked after the certificate has expired"), t("Not lasting: can’t be checked after the certificate has expired")),
      fact(one.changes !== "other", changesWord(one.changes), t("The file was changed after this signature")),
      one.problems.map((words) => h("li.is-bad", null, icon("alert"), h("span", null, words))),
    ),
    h("p.signature__subject.mono", null, one.subject),
    one.signed_at && h("p.muted", null, t("Time of the signature:"), " ", clock.jump(one.signed_at)),
  );
}

/** @param {string} changes @returns {string} */
function changesWord(changes) {
  return (
    {
      none: t("Nothing was added after it"),
      timestamps: t("Only timestamps were added after it"),
      signatures: t("Only the signatures that were still to come were added after it"),
    }[changes] ?? changes
  );
}
