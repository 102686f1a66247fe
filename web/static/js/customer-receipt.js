/** The end of a visit: what came of it, and the proof that stays in the customer's hand. */

import { banner, chip, h, icon } from "./dom.js";
import { t } from "./i18n.js";
import { clock, dateTime, digest } from "./format.js";
import { button, screen } from "./customer-screen.js";
import { effectOf, endingOf } from "./customer-endings.js";
import { objection } from "./customer-objection.js";
import { papersToKeep } from "./customer-papers.js";
import { isGuest } from "./customer-state.js";

/** @typedef {import("./customer.js").Customer} Customer */
/** @typedef {import("./customer-screen.js").Scene} Scene */
/** @typedef {import("./customer-state.js").Receipt} Receipt */

/** @param {Customer} app @returns {Scene} */
export function closed(app) {
  const node = h("div.receipt-scene");
  const typed = { text: "", open: false };
  let key = "";
  const update = () => {
    const view = app.view;
    const fresh = JSON.stringify([view?.receipt, view?.visit, view?.review, view?.notice, app.heads.length]);
    if (!view || fresh === key || document.activeElement?.matches("textarea")) return;
    key = fresh;
    node.replaceChildren(draw(app, typed));
  };
  node.addEventListener("focusout", () => setTimeout(update));
  update();
  return { node, update };
}

/** @param {Customer} app @param {import("./customer-objection.js").Typed} typed */
function draw(app, typed) {
  const view = /** @type {import("./customer-state.js").View} */ (app.view);
  const receipt = view.receipt;
  const ending = endingOf(view);
  return screen({
    mark: ending.mark,
    tone: ending.tone,
    title: ending.title,
    lead: ending.text,
    body: [
      view.notice && banner(view.notice.severity, view.notice.message),
      view.visit?.state === "in_review" && review(view),
      receipt?.reason &&
        h(
          "div.note.row",
          null,
          icon("info"),
          h("p.grow", null, h("strong", null, t("The reason: ")), receipt.reason),
        ),
      receipt?.reference && reference(receipt),
      receipt?.papers?.length
        ? h(
            "section.stack",
            { "aria-labelledby": "papers" },
            h("h2#papers.section-title", null, t("Your papers")),
            papersToKeep(receipt.papers),
          )
        : null,
      receipt?.objection && objection(receipt.objection, typed),
      receipt ? paper(receipt, app.heads) : waiting(view),
      h(
        "div.also.no-print",
        null,
        receipt && button(t("Print"), () => window.print(), { kind: "ghost", name: "print" }),
        !isGuest(view) &&
          view.visit?.state !== "in_review" &&
          button(t("Begin another visit"), () => app.restart(), { kind: "ghost", name: "ticket" }),
      ),
    ],
    actions: receipt && button(t("Save the receipt"), () => save(receipt, app.heads), { name: "download" }),
  });
}

/** @param {import("./customer-state.js").View} view */
function waiting(view) {
  if (isGuest(view) || view.visit?.state === "in_review") return null;
  return h("div.card", null, h("p.working", null, h("span.spinner"), t("Your receipt is being made…")));
}

/** What happens next, and until when. @param {import("./customer-state.js").View} view */
function review(view) {
  const due = view.review?.due_at;
  return [
    view.review?.escalated &&
      banner("warn", t("This takes longer than planned. Your request is now first on the list.")),
    h(
      "section.card.stack",
      { "aria-labelledby": "next" },
      h("h2#next.section-title", null, t("What happens next")),
      h(
        "ol.path",
        null,
        h("li", null, t("A colleague who was not in the call looks at the recording and the papers")),
        h(
          "li",
          null,
          due ? t("They decide by {time} at the latest", { time: dateTime(due) }) : t("They decide"),
        ),
        h("li", null, t("The result and your receipt appear on this page")),
      ),
    ),
    h(
      "div.note.row",
      null,
      icon("check"),
      h("p.grow", null, t("You may close this page. Open it again on this device and the result is here.")),
    ),
  ];
}

/** @param {Receipt} receipt */
function reference(receipt) {
  const items = receipt.items ?? [];
  return h(
    "div.slip.slip--short",
    null,
    h(
      "div.slip__head",
      null,
      h("p.slip__label", null, t("Your reference")),
      h("p.slip__number.figures", null, receipt.reference),
      h("p.slip__title", null, t("Say this number at the branch or on the telephone.")),
    ),
    items.length > 0 &&
      h(
        "div.slip__body",
        null,
        h("h2", null, t("Please bring or do")),
        h("ul", null, items.map((item) => h("li", null, icon("check"), h("span", null, item)))),
      ),
  );
}

/**
 * @param {Receipt} receipt
 * @param {Receipt["heads"]} heard heads that this page was given during the call
 */
function paper(receipt, heard) {
  const [tone, name, words] = effectOf(receipt.effect);
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
      fact(t("Result"), chip(tone, name, receipt.core_status ?? words)),
      receipt.core_receipt && fact(t("Bank’s receipt"), h("span.mono", null, receipt.core_receipt)),
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
        h(
          "p.no-print",
          null,
          h("a", { href: checkLink(receipt, heads), target: "_blank" }, t("Check whether we still hold it")),
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

/**
 * The public page with this receipt after the #, which is not sent to any server.
 * @param {Receipt} receipt
 * @param {Receipt["heads"]} heads
 */
function checkLink(receipt, heads) {
  const said = heads.map((head) => `${head.n}:${head.digest}`).join(",");
  const known = new URLSearchParams({ visit: receipt.visit, digest: receipt.evidence_digest ?? "", heads: said });
  return `/receipt#${known}`;
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
