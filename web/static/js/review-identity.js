/** Who they were: the portrait beside the live face, the comparison in words, the teller's own word. */

import { h, icon } from "./dom.js";
import { t } from "./i18n.js";
import { asked } from "./review-asked.js";
import { outcomeLook, verdictWord } from "./teller-words.js";
import { panel } from "./review-verdict.js";

/** @typedef {import("./review-types.js").Reader} Reader */
/** @typedef {import("./review-types.js").PersonLine} PersonLine */
/** @typedef {import("./review-types.js").Check} Check */

/** @param {Reader} reader */
export function identity(reader) {
  return reader.found.people.flatMap((person) => [someone(reader, person), ...asked(reader, person)]);
}

/** @param {Reader} reader @param {PersonLine} person */
function someone(reader, person) {
  return panel(
    `person-${person.party}`,
    person.title,
    person.status && h("span.muted", null, guestWord(person.status)),
    faces(reader, person),
    comparison(reader, person),
    person.decision &&
      h(
        "div.said",
        null,
        h(
          "p.said__head",
          null,
          h("span.muted", null, t("The teller’s decision")),
          h("strong", null, verdictWord(person.decision.verdict, !person.check?.outcome)),
          h("span.grow"),
          reader.clock.jump(person.decision.at),
        ),
        person.decision.reason
          ? h("blockquote.said__text", null, person.decision.reason)
          : h("p.muted", null, t("No reason was given; none was needed.")),
      ),
    person.consents.length > 0 &&
      h(
        "ul.consents",
        { "aria-label": t("Consents") },
        person.consents.map(({ title, given }) =>
          h(
            `li.consent.is-${given ? "good" : "plain"}`,
            null,
            icon(given ? "check" : "close"),
            h("span.grow", null, title),
            h("span.consent__word", null, given ? t("given") : t("not given")),
          ),
        ),
      ),
  );
}

/** @param {Reader} reader @param {PersonLine} person */
function faces(reader, { title, document: card, check }) {
  if (!card?.photo && !check?.live)
    return h("p.muted", null, t("No document was photographed and no face was compared."));
  return h(
    "div.faces",
    null,
    picture(reader, card?.portrait ?? null, t("Portrait on the document"), title),
    picture(reader, check?.live ?? null, t("Face from the live picture"), title),
    card?.photo &&
      h(
        "a.faces__card",
        { href: reader.object(card.photo), target: "_blank", rel: "noopener" },
        h("img", { src: reader.object(card.photo), alt: `${t("Document")}: ${title}`, loading: "lazy" }),
        h("span", null, t("Open the document’s photograph")),
      ),
  );
}

/** @param {Reader} reader @param {string | null} sha @param {string} words @param {string} who */
function picture(reader, sha, words, who) {
  return h(
    "figure.face",
    null,
    sha
      ? h("img", { src: reader.object(sha), alt: `${words}: ${who}`, loading: "lazy" })
      : h("div.face__none", null, icon("face"), h("span", null, t("None"))),
    h("figcaption", null, words),
  );
}

/** @param {Reader} reader @param {PersonLine} person */
function comparison(reader, { check, document: card }) {
  if (!check?.outcome) {
    return h(
      "div.result.result--info",
      null,
      icon("eye"),
      h(
        "p",
        null,
        h("strong", null, t("No face was compared")),
        h("span", null, check ? t("It was begun and gave no result.") : card ? t("The teller compared by eye.") : t("This step was not reached.")),
      ),
    );
  }
  const look = outcomeLook(check.outcome);
  return h(
    `div.result.result--${look.tone}`,
    null,
    icon(look.icon),
    h(
      "div.grow",
      null,
      h("strong", null, faceWord(check.outcome)),
      h(
        "p.result__score.figures",
        null,
        t("Similarity {score} · attempt {attempt}", {
          score: (check.score ?? 0).toFixed(2),
          attempt: check.attempt,
        }),
      ),
      check.reasons.length > 0 &&
        h(
          "ul.result__reasons",
          null,
          check.reasons.map((reason) => h("li", null, reason)),
        ),
      second(check),
    ),
    reader.clock.jump(check.at),
  );
}

/** @param {Check} check */
function second({ second_opinion: opinion }) {
  const words = {
    agrees: t("The second opinion agrees."),
    lowers: t("The second opinion is more doubtful: it lowered the result."),
  }[/** @type {"agrees"|"lowers"} */ (opinion)];
  return words ? h("p.result__second", null, words) : null;
}

/** @param {"passed"|"referred"|"failed"} outcome */
function faceWord(outcome) {
  return {
    passed: t("Passed: the faces agree"),
    referred: t("In doubt: a person has to decide"),
    failed: t("Not passed: the faces do not agree"),
  }[outcome];
}

/** @param {string} status */
function guestWord(status) {
  return (
    {
      invited: t("asked in, did not come"),
      consented: t("joined the call"),
      gone: t("has left the call"),
    }[status] ?? status
  );
}
