/** The overview: what to look at first, under which script and rules, what was entered, every step. */

import { chip, h, icon } from "./dom.js";
import { t } from "./i18n.js";
import { digest } from "./format.js";
import { points } from "./review-attention.js";
import { panel } from "./review-verdict.js";

/** @typedef {import("./review-types.js").Reader} Reader */
/** @typedef {import("./review-types.js").StepLine} StepLine */

/** @param {Reader} reader */
export function overview(reader) {
  const { found } = reader;
  return [attention(reader), steps(reader), intake(found.intake), service(found), scope(found.scope)];
}

/** @param {Reader} reader */
function attention(reader) {
  const seen = points(reader.found, reader.marks);
  return panel(
    "attention",
    t("To look at first"),
    null,
    seen.length === 0
      ? h(
          "div.result.result--good",
          null,
          icon("check-circle"),
          h("p", null, h("strong", null, t("Nothing stands out")), h("span", null, t("Faces, answers, reading times and signatures are as they should be."))),
        )
      : h(
          "ul.points",
          null,
          seen.map(({ tab, tone, words, at, at_ms: ms }) =>
            h(
              `li.point.point--${tone}`,
              null,
              icon("alert"),
              tab === "overview"
                ? h("span.grow", null, words)
                : h("button.point__go.grow", { type: "button", onclick: () => reader.turn(tab) }, words),
              ms === undefined ? reader.clock.jump(at) : reader.clock.jumpTo(ms),
            ),
          ),
        ),
  );
}

/** @param {import("./review-types.js").Findings} found */
function service({ script, packs }) {
  return panel(
    "service",
    t("Script and rules"),
    null,
    h(
      "dl.facts",
      null,
      h("dt", null, t("Service")),
      h("dd", null, script.title),
      h("dt", null, t("Script")),
      h("dd", null, t("Version {version}", { version: script.version }), h("code.digest", { title: script.digest }, digest(script.digest, 4))),
      packs.flatMap((pack) => [
        h("dt", null, t("Pack of rules")),
        h("dd", null, `${pack.id} ${pack.version}`, h("code.digest", { title: pack.digest }, digest(pack.digest, 4))),
      ]),
    ),
  );
}

/** @param {import("./review-types.js").Clause[]} clauses */
function scope(clauses) {
  if (!clauses.length) return null;
  return panel(
    "scope",
    t("Limits by rule"),
    h("span.muted.figures", null, String(clauses.length)),
    h(
      "ul.clauses",
      null,
      clauses.map((clause) =>
        h(
          "li",
          null,
          h("p.clause__text", null, clause.text),
          h("p.clause__source", null, clause.source),
          clause.rest && h("p.clause__source", null, clause.rest),
          !clause.verified && chip("warn", "alert", t("Wording not seen by us")),
        ),
      ),
    ),
  );
}

/** @param {import("./review-types.js").Entry[]} entries */
function intake(entries) {
  if (!entries.length) return null;
  return panel(
    "intake",
    t("Entered before the call"),
    null,
    h(
      "dl.facts",
      null,
      entries.flatMap(({ label, value }) => [h("dt", null, label), h("dd", null, value)]),
    ),
  );
}

/** @param {Reader} reader */
function steps({ found, clock }) {
  const shown = found.steps;
  const done = shown.filter(({ status }) => status === "done").length;
  return panel(
    "steps",
    t("Steps"),
    h("span.muted.figures", null, `${done} / ${shown.filter(({ status }) => status !== "skipped").length}`),
    h(
      "ol.steps",
      null,
      shown.map((step) => {
        const look = stepLook(step);
        return h(
          `li.steps__one.is-${look.tone}`,
          null,
          icon(look.icon),
          h(
            "span.grow",
            null,
            step.title,
            step.party !== "customer" && h("span.tag", null, step.party_title),
          ),
          h("span.steps__word", null, look.words),
          clock.jump(step.started_at),
        );
      }),
    ),
  );
}

/** @param {StepLine} step @returns {{tone: string, icon: string, words: string}} */
function stepLook({ status, answer }) {
  if (status === "refused") return { tone: "bad", icon: "x-circle", words: t("refused") };
  if (status === "skipped") return { tone: "plain", icon: "close", words: t("does not apply") };
  if (status !== "done") return { tone: "plain", icon: "clock", words: t("not done") };
  const said = { agreed: t("agreed"), refused: t("declined"), seen: t("checked by the customer"), signed: t("signed") };
  const words = answer ? said[/** @type {keyof said} */ (answer)] : t("done");
  return answer === "refused"
    ? { tone: "warn", icon: "alert", words }
    : { tone: "good", icon: "check", words };
}
