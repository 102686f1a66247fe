/** The end of a visit: what came of it, and the proof that stays in the customer's hand. */

import { banner, chip, h, icon } from "./dom.js";
import { t } from "./i18n.js";
import { clock, dateTime, digest } from "./format.js";
import { button, screen } from "./customer-screen.js";

/** @typedef {import("./customer.js").Customer} Customer */
/** @typedef {import("./customer-screen.js").Scene} Scene */
/** @typedef {import("./customer-state.js").Receipt} Receipt */
/** @typedef {{mark: string, tone: "good"|"info"|"warn"|"bad", text: () => string}} Ending */

/** @type {Record<string, Ending>} */
const ENDINGS = {
  done: { mark: "check-circle", tone: "good", text: () => t("Thank you for your visit.") },
  done_with_limits: {
    mark: "check-circle",
    tone: "good",
    text: () => t("It is done, with limits that the teller explained."),
  },
  pending_check: {
    mark: "clock",
    tone: "info",
    text: () => t("A colleague will check it once more. There is nothing you need to do."),
  },
  sign_at_branch: {
    mark: "branch",
    tone: "info",
    text: () => t("Please come to a branch to sign. Bring your identity document."),
  },
  other_channel: {
    mark: "arrow-right",
    tone: "info",
    text: () => t("Please use the service the teller told you about."),
  },
  refused_customer: {
    mark: "flag",
    tone: "info",
    text: () => t("Nothing has been changed. You can take a new ticket at any time."),
  },
  refused_bank: {
    mark: "x-circle",
    tone: "warn",
    text: () => t("Nothing has been changed. Please contact your branch if you have any questions."),
  },
  aborted_technical: {
    mark: "signal-off",
    tone: "warn",
    text: () => t("We are sorry for the interruption. Please take a new ticket."),
  },
  aborted_suspicion: {
    mark: "x-circle",
    tone: "warn",
    text: () => t("Nothing has been changed. Please contact your branch if you have any questions."),
  },
  no_show: {
    mark: "clock",
    tone: "info",
    text: () => t("We could not reach you when it was your turn. Please take a new ticket."),
  },
};
/** @type {Record<string, () => [string, string, string]>} */
const EFFECTS = {
  none: () => ["plain", "info", t("No change made")],
  pending: () => ["info", "clock", t("Being carried out")],
  committed: () => ["good", "check-circle", t("Carried out")],
  dead_lettered: () => ["warn", "alert", t("Delayed; we are looking into it")],
  cancelled: () => ["plain", "x-circle", t("Cancelled")],
};

/** @param {Customer} app @returns {Scene} */
export function closed(app) {
  const node = h("div.receipt-scene");
  let key = "";
  const update = () => {
    const view = app.view;
    const fresh = JSON.stringify([view?.receipt, view?.visit, view?.notice, app.heads.length]);
    if (!view || fresh === key) return;
    key = fresh;
    node.replaceChildren(draw(app));
  };
  update();
  return { node, update };
}

/** @param {Customer} app */
function draw(app) {
  const view = app.view;
  const receipt = view?.receipt ?? null;
  const outcome = receipt?.outcome ?? view?.visit?.outcome ?? "";
  const ending = ENDINGS[outcome] ?? {
    mark: "seal",
    tone: "info",
    text: () => t("The visit has ended. The recording is being sealed."),
  };
  return screen({
    mark: ending.mark,
    tone: ending.tone,
    title: receipt?.outcome_title || t("The visit has ended"),
    lead: ending.text(),
    body: [
      view?.notice && banner(view.notice.severity, view.notice.message),
      receipt
        ? paper(receipt, app.heads)
        : h("div.card", null, h("p.working", null, h("span.spinner"), t("Your receipt is being made…"))),
      h(
        "div.also.no-print",
        null,
        receipt && button(t("Print"), () => window.print(), { kind: "ghost", name: "print" }),
        button(t("Begin another visit"), () => app.restart(), { kind: "ghost", name: "ticket" }),
      ),
    ],
    actions: receipt && button(t("Save the receipt"), () => save(receipt, app.heads), { name: "download" }),
  });
}

/**
 * @param {Receipt} receipt
 * @param {Receipt["heads"]} heard heads that this page was given during the call
 */
function paper(receipt, heard) {
  const [tone, name, words] = (EFFECTS[receipt.effect] ?? EFFECTS.none)();
  const heads = merged(receipt.heads, heard);
  return h(
    "article.paper",
    { "aria-label": t("Receipt") },
    h(
      "header.paper__head",
      null,
      h("span", null, t("Receipt")),
      h("span.figures", null, receipt.ticket ?? ""),
    ),
    h(
      "dl.facts",
      null,
      fact(t("Service"), receipt.service_title),
      fact(t("Result"), chip(tone, name, words)),
      receipt.closed_at &&
        fact(t("Closed"), h("time", { dateTime: receipt.closed_at }, dateTime(receipt.closed_at))),
      fact(t("Visit number"), h("span.mono", null, receipt.visit)),
      fact(t("Evidence"), seal(receipt.seal_status)),
    ),
    receipt.evidence_digest &&
      h(
        "div.paper__digest",
        null,
        h("h2", null, t("Fingerprint of the recording")),
        h("p.mono.digest", null, digest(receipt.evidence_digest)),
        h(
          "p.hint",
          null,
          t("If anyone altered the recording, this number would no longer match. Please keep your receipt."),
        ),
      ),
    heads.length > 0 &&
      h(
        "details.paper__heads",
        null,
        h("summary", null, icon("chevron-down"), t("Stamps during the visit ({n})", { n: heads.length })),
        h(
          "ol",
          null,
          heads.map((head) =>
            h(
              "li",
              null,
              h("span.figures", null, clock(head.at)),
              h("span.mono", null, digest(head.digest, 6)),
            ),
          ),
        ),
      ),
  );
}

/** @param {Receipt["seal_status"]} status */
function seal(status) {
  if (status === "sealed") return chip("good", "seal", t("Sealed"));
  return status === "pending"
    ? chip("info", "clock", t("Being sealed"))
    : chip("plain", "info", t("Nothing was recorded"));
}

/** @param {string} term @param {import("./dom.js").Children} value */
function fact(term, value) {
  return [h("dt", null, term), h("dd", null, value)];
}

/**
 * What was heard during the call wins: it left the bank's hands then.
 * @param {Receipt["heads"]} theirs
 * @param {Receipt["heads"]} ours
 */
function merged(theirs, ours) {
  const all = new Map([...theirs, ...ours].map((head) => [head.n, head]));
  return [...all.values()].sort((a, b) => a.n - b.n);
}

/**
 * The receipt as a file, as `GET /api/customer/receipt` gives it, with every head that this page was given.
 * @param {Receipt} receipt
 * @param {Receipt["heads"]} heard
 */
function save(receipt, heard) {
  const text = JSON.stringify({ ...receipt, heads: merged(receipt.heads, heard) }, null, 2);
  const url = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  const link = h("a", { href: url, download: `receipt-${receipt.ticket ?? receipt.visit}.json` });
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}
