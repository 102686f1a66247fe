/** After the call: what it was, a note, half a minute. */

import { h, icon } from "./dom.js";
import { n, t } from "./i18n.js";
import { actButton } from "./staff.js";
import { styled } from "./staff-patch.js";
import { dispositions, outcomeWord, partyWord } from "./teller-words.js";

/** @typedef {import("./teller.js").Console} Console */
/** @typedef {import("./teller-types.js").VisitView} VisitView */

const WRAP_SECONDS = 30;

/** @param {Console} app @param {VisitView} visit */
export function wrapUp(app, visit) {
  const left = visit.wrap_up_deadline
    ? Math.max(0, (Date.parse(visit.wrap_up_deadline) - Date.now()) / 1000)
    : null;
  const good = visit.outcome === "done" || visit.outcome === "done_with_limits";
  return h(
    "div.wrap",
    { dataset: { key: "wrap" } },
    h(
      "section.wrap__card",
      { "aria-labelledby": "wrap-title" },
      h(
        "header.wrap__head",
        null,
        h(
          "span.wrap__mark",
          { class: good ? "is-good" : "is-other" },
          icon(good ? "check-circle" : "info"),
        ),
        h(
          "div.grow",
          null,
          h("h1#wrap-title", { tabIndex: -1 }, t("The call is over")),
          h(
            "p.lead",
            null,
            `${visit.ticket} · ${visit.name_masked} · ${visit.outcome ? outcomeWord(visit.outcome) : visit.service_title}`,
          ),
        ),
        left !== null &&
          styled(
            h(
              "div.countdown",
              {
                class: left < 6 ? "is-urgent" : null,
                role: "timer",
                "aria-label": n("{n} second left", "{n} seconds left", Math.ceil(left)),
              },
              h("span.figures", null, String(Math.ceil(left))),
            ),
            { "--left": Math.min(1, left / WRAP_SECONDS).toFixed(3) },
          ),
      ),
      h(
        "fieldset.wrap__choices",
        null,
        h("legend", null, t("What is left to do?")),
        dispositions().map(([code, words], i) =>
          h(
            "label.choice.choice--line",
            { dataset: { key: code } },
            h("input", {
              type: "radio",
              name: "disposition",
              value: code,
              checked: code === app.disposition,
              ...(i === 0 ? { dataset: { first: "" } } : {}),
            }),
            h("span", null, words),
          ),
        ),
      ),
      h(
        "div.field",
        null,
        h(
          "label",
          { htmlFor: "wrap-note" },
          t("Note"),
          " ",
          h("span.muted", null, t("(optional; no card or account numbers)")),
        ),
        h("textarea.input#wrap-note", { rows: 3, maxLength: 500, dataset: { keep: "" } }),
      ),
      h(
        "div.wrap__actions",
        null,
        actButton("wrap-up", t("Finish and be ready again"), {
          kind: "primary",
          key: "Ctrl ↵",
          busy: app.busy === "wrap-up",
          block: true,
        }),
      ),
      h("p.muted", null, t("When the time is up, this is handed in as it stands.")),
    ),
    h(
      "section.wrap__seal",
      null,
      icon("seal"),
      h(
        "div.grow",
        null,
        h("strong", null, t("The recording is being sealed")),
        h(
          "p.muted",
          null,
          Object.entries(visit.recording.parties)
            .map(([party, { seconds }]) =>
              t("{party} {seconds} s", { party: partyWord(party), seconds: Math.round(seconds) }),
            )
            .join(" · "),
        ),
      ),
    ),
  );
}
