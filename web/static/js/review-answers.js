/** What was asked and answered, what was written down, and what was before. */

import { chip, h, icon } from "./dom.js";
import { n, t } from "./i18n.js";
import { panel } from "./review-verdict.js";

/** @typedef {import("./review-types.js").Reader} Reader */
/** @typedef {import("./review-types.js").Asked} Asked */
/** @typedef {import("./review-types.js").FormLine} FormLine */

/** @param {Reader} reader */
export function answers(reader) {
  const { found } = reader;
  if (!found.answers.length && !found.forms.length)
    return [
      h(
        "div.empty",
        null,
        icon("question", "icon icon--display"),
        h("h3", null, t("No question was asked")),
        h("p", null, t("The visit ended before questions and forms.")),
      ),
    ];
  return [
    ...found.answers.map(({ step, title, asked }) =>
      panel(
        `asked-${step}`,
        title,
        h("span.muted.figures", null, n("{n} question", "{n} questions", asked.length)),
        h(
          "ol.asked",
          null,
          asked.map((one) => question(reader, one)),
        ),
      ),
    ),
    ...found.forms.map((form) => filled(reader, form)),
  ];
}

/** @param {Reader} reader @param {Asked} one */
function question(reader, one) {
  const look = findingLook(one);
  return h(
    `li.asked__one.is-${look.tone}`,
    null,
    h("p.asked__ask", null, one.ask),
    h(
      "p.asked__line",
      null,
      h("strong.asked__value", null, one.value || t("(no answer)")),
      h("span.grow"),
      one.attempts > 1 &&
        h("span.muted.figures", null, t("{attempts} of {most} attempts", { attempts: one.attempts, most: one.most })),
      chip(look.tone, look.icon, look.words),
      reader.clock.jump(one.at),
    ),
    one.flag && h("p.asked__flag", null, icon("flag"), h("span", null, t("Red flag: {what}", { what: one.flag }))),
  );
}

/** @param {Asked} one @returns {{tone: string, icon: string, words: string}} */
function findingLook({ finding, flag }) {
  if (flag) return { tone: "bad", icon: "flag", words: t("Red flag") };
  return {
    expected: { tone: "good", icon: "check", words: t("As hoped for") },
    noted: { tone: "plain", icon: "edit", words: t("Noted") },
    unexpected: { tone: "warn", icon: "alert", words: t("Not as hoped for") },
    unclear: { tone: "warn", icon: "question", words: t("Not clear") },
  }[finding];
}

/** @param {Reader} reader @param {FormLine} form */
function filled(reader, form) {
  const compared = form.fields.some(({ before }) => before);
  return panel(
    `form-${form.step}`,
    form.title,
    reader.clock.jump(form.at),
    h(
      "table.diff",
      null,
      h("caption.sr", null, form.title),
      h(
        "thead",
        null,
        h(
          "tr",
          null,
          h("th", { scope: "col" }, t("Field")),
          compared && h("th", { scope: "col" }, t("Before")),
          h("th", { scope: "col" }, compared ? t("After") : t("Value")),
        ),
      ),
      h(
        "tbody",
        null,
        form.fields.map(({ label, before, after }) =>
          h(
            "tr",
            { class: compared && before !== after ? "is-changed" : null },
            h("th", { scope: "row" }, label),
            compared && h("td", null, before ? h(before === after ? "span" : "span.was", null, before) : h("span.muted", null, "–")),
            h("td", null, h("strong", null, after || "–")),
          ),
        ),
      ),
    ),
  );
}
