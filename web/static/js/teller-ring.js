/** The ringing card: who, why this customer, and twenty seconds to say yes or why not. */

import { h, icon } from "./dom.js";
import { n, t } from "./i18n.js";
import { since, span } from "./format.js";
import { actButton } from "./staff.js";
import { styled } from "./staff-patch.js";
import { declineReasons, languageName } from "./teller-words.js";

/** @typedef {import("./teller.js").Console} Console */
/** @typedef {import("./teller-types.js").Offer} Offer */

const RING_SECONDS = 20;
const URGENT = 5;

/** @param {Console} app @param {Offer} offer */
export function ring(app, offer) {
  const left = Math.max(0, (Date.parse(offer.expires_at) - Date.now()) / 1000);
  const whole = Math.ceil(left);
  return h(
    "div.ring",
    { dataset: { key: "ring" } },
    h(
      "section.ring__card",
      { "aria-labelledby": "ring-title" },
      h(
        "header.ring__head",
        null,
        styled(
          h(
            "div.countdown",
            {
              class: left <= URGENT ? "is-urgent" : null,
              role: "timer",
              "aria-label": n("{n} second left", "{n} seconds left", whole),
            },
            h("span.figures", null, String(whole)),
          ),
          { "--left": Math.min(1, left / RING_SECONDS).toFixed(3) },
        ),
        h(
          "div.grow",
          null,
          h("p.ring__eyebrow", null, icon("bell"), t("A customer for you")),
          h("h1#ring-title", { tabIndex: -1 }, `${offer.ticket} · ${offer.name_masked}`),
          h("p.lead", null, offer.service_title),
        ),
      ),
      h(
        "dl.facts.ring__facts",
        null,
        h("dt", null, t("Language")),
        h("dd", null, languageName(offer.language)),
        h("dt", null, t("Has waited")),
        h("dd.figures", null, span(since(offer.waiting_since))),
        h("dt", null, t("Why you")),
        h("dd", null, offer.why),
        offer.declined_before > 0 && [
          h("dt", null, t("Declined before")),
          h("dd", null, n("{n} time", "{n} times", offer.declined_before)),
        ],
      ),
      app.declining
        ? decline(app)
        : h(
            "div.ring__actions",
            { dataset: { key: "actions" } },
            actButton("accept", t("Accept"), {
              kind: "primary",
              key: "Enter",
              busy: app.busy === "accept",
              dataset: { first: "" },
            }),
            actButton("decline", t("Decline…"), { key: "D", busy: app.busy === "decline" }),
          ),
    ),
    h(
      "p.ring__note.muted",
      null,
      t("Without an answer the customer goes back to the same place in the queue."),
    ),
  );
}

/** @param {Console} app */
function decline(app) {
  return h(
    "div.ring__decline",
    { dataset: { key: "decline" }, role: "group", "aria-label": t("Why do you decline?") },
    h("h2", null, t("Why do you decline?")),
    declineReasons().map(([code, words], i) =>
      h(
        "button.reason",
        {
          type: "button",
          dataset: {
            act: "decline-for",
            reason: code,
            key: code,
            ...(i === 0 ? { first: "" } : {}),
          },
          "aria-keyshortcuts": String(i + 1),
        },
        h("kbd", { "aria-hidden": "true" }, String(i + 1)),
        h("span", null, words),
      ),
    ),
    actButton("decline", t("Back"), {
      kind: "ghost",
      key: "Esc",
      small: true,
      busy: app.busy === "decline",
    }),
  );
}
