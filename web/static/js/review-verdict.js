/** The verdict on the evidence: in words first, then its numbered steps and the digest. */

import { h, icon } from "./dom.js";
import { t } from "./i18n.js";
import { dateTime, digest } from "./format.js";
import { verdictLook } from "./review-state.js";
import { stepName, verdictWord } from "./review-words.js";

/** @typedef {import("./review-state.js").Verdict} Verdict */

/** @param {Verdict | null} verdict @param {string | null} failure */
export function verdictPanel(verdict, failure) {
  if (failure)
    return panel(
      "verdict",
      t("Verification"),
      null,
      h(
        "div.result.result--warn",
        null,
        icon("alert"),
        h(
          "p",
          null,
          h("strong", null, t("The verification could not be run")),
          h("span", null, failure),
        ),
      ),
    );
  if (!verdict)
    return panel(
      "verdict",
      t("Verification"),
      null,
      h(
        "div.result.result--running",
        { role: "status" },
        h("span.spinner"),
        h(
          "p",
          null,
          h("strong", null, t("Verifying…")),
          h("span", null, t("Every segment, seal and timestamp is checked, without a key.")),
        ),
      ),
    );
  const { tone, icon: name } = verdictLook(verdict.status);
  return panel(
    "verdict",
    t("Verification"),
    h(
      "span.muted",
      null,
      verdict.trust === "outside"
        ? t("by the bank’s certificates")
        : t("by the package’s certificates"),
    ),
    h(
      `div.result.result--${tone}`,
      { role: "status" },
      icon(name),
      h(
        "p",
        null,
        h("strong", null, verdictWord(verdict.status)),
        h("span", null, summary(verdict)),
      ),
    ),
    h(
      "details.proofs",
      { open: verdict.status !== "complete" },
      h(
        "summary",
        null,
        t("Numbered steps"),
        h(
          "span.proofs__count.figures",
          null,
          `${verdict.steps.filter((s) => s.ok).length} / ${verdict.steps.length}`,
        ),
      ),
      h("ol.proofs__list", null, verdict.steps.map(step)),
    ),
    verdict.evidence_digest &&
      h(
        "div.seal",
        null,
        icon("seal"),
        h(
          "div",
          null,
          h("span.seal__word", null, t("Evidence digest (SHA-256)")),
          h("code.seal__digest", null, digest(verdict.evidence_digest)),
        ),
      ),
    verdict.notes.length > 0 &&
      h(
        "ul.notes",
        null,
        verdict.notes.map((note) => h("li", null, note)),
      ),
  );
}

/** @param {Verdict} verdict */
function summary(verdict) {
  if (verdict.first_bad) {
    const where = ["file", "segment", "offset"].flatMap((name) =>
      verdict.first_bad?.[name] === undefined ? [] : [`${name} ${verdict.first_bad[name]}`],
    );
    return t("First bad position: {where}", {
      where: [verdict.first_bad.code, ...where].join(" · "),
    });
  }
  if (verdict.status === "incomplete")
    return t("Part of the sound or picture is missing, and nothing shows why.");
  if (verdict.status === "interrupted")
    return t("Last attested at {time}.", {
      time: verdict.last_head ? dateTime(verdict.last_head) : "–",
    });
  return verdict.stamped
    ? t("Sealed and stamped at {time}.", { time: dateTime(verdict.stamped) })
    : t("Sealed; the timestamp is still to come.");
}

/** @param {import("./review-state.js").VerdictStep} one */
function step(one) {
  const [name, word] =
    one.ok === null
      ? ["info", t("not applicable")]
      : one.ok
        ? ["check-circle", t("in order")]
        : ["x-circle", t("bad")];
  return h(
    "li.proof",
    { class: one.ok === false ? "is-bad" : one.ok ? "is-good" : "is-open" },
    h("span.proof__n.figures", null, String(one.n)),
    icon(name),
    h(
      "div",
      null,
      h("span.proof__name", null, stepName(one.name), h("span.sr", null, `: ${word}`)),
      h("span.proof__detail", null, one.detail),
    ),
  );
}

/** @param {string} id @param {string} title @param {Node | null} extra @param {...import("./dom.js").Children} body */
export function panel(id, title, extra, ...body) {
  return h(
    "section.panel",
    { "aria-labelledby": `${id}-title` },
    h("header.panel__head", null, h(`h2#${id}-title`, null, title), h("span.grow"), extra),
    ...body,
  );
}
