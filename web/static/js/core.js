/** A look into the demo bank: who its customers are, and which changes have come from the branch. */

import { announce, chip, fill, h, icon } from "./dom.js";
import { n, t } from "./i18n.js";
import { dateTime } from "./format.js";
import { ask, open, saying } from "./staff.js";

/** @typedef {{reference: string, name: string, document: string, phone: string, address: string, occupation: string, changed_at: string | null}} Customer */
/** @typedef {{key: string, reference: string, wanted: Record<string, string>, before: Record<string, string>, receipt: string, at: string}} Change */

const LOOK_AGAIN = 4000;

/** @param {string} field @returns {string} */
function fieldWord(field) {
  return (
    { address: t("Address"), occupation: t("Occupation"), phone: t("Telephone") }[field] ?? field
  );
}

/** @param {string} id @param {...import("./dom.js").Children} children */
function put(id, ...children) {
  const node = document.getElementById(id);
  if (node) fill(node, ...children);
}

/** @param {string[]} heads @param {HTMLElement[]} rows @param {string} caption */
function table(heads, rows, caption) {
  return h(
    "table",
    null,
    h("caption.sr", null, caption),
    h(
      "thead",
      null,
      h(
        "tr",
        null,
        heads.map((word) => h("th", { scope: "col" }, word)),
      ),
    ),
    h("tbody", null, rows),
  );
}

/** @param {Change} change */
function changeRow(change) {
  return h(
    "tr",
    null,
    h("td.figures", null, dateTime(change.at)),
    h("td.mono", null, change.reference),
    h(
      "td",
      null,
      Object.entries(change.wanted).map(([field, value]) =>
        h(
          "p",
          null,
          h("span.muted", null, `${fieldWord(field)} `),
          change.before[field] &&
            change.before[field] !== value && [h("span.was", null, change.before[field]), " → "],
          h("strong", null, value),
        ),
      ),
    ),
    h("td.mono", null, change.key),
    h("td", null, chip("good", "check-circle", change.receipt)),
  );
}

/** @param {Customer} one */
function customerRow(one) {
  return h(
    "tr",
    null,
    h("td.mono", null, one.reference),
    h("td.strong", null, one.name),
    h("td.mono", null, one.document),
    h("td.mono", null, one.phone),
    h("td", null, one.address),
    h("td", null, one.occupation),
    h("td.figures", null, one.changed_at ? dateTime(one.changed_at) : "–"),
  );
}

/** @param {{customers: Customer[], changes: Change[]}} ledger */
function draw({ customers, changes }) {
  put(
    "changes",
    changes.length
      ? table(
          [t("Time"), t("Customer"), t("Change"), t("Idempotency key"), t("Receipt")],
          changes.map(changeRow),
          t("Changes received"),
        )
      : h(
          "div.empty",
          null,
          icon("document", "icon icon--display"),
          h("h3", null, t("No change has arrived yet")),
          h(
            "p",
            null,
            t("Carry out a visit; its change appears here by itself once the recording is sealed."),
          ),
        ),
  );
  put(
    "customers",
    table(
      [
        t("Reference"),
        t("Name"),
        t("Document"),
        t("Telephone"),
        t("Address"),
        t("Occupation"),
        t("Last changed"),
      ],
      customers.map(customerRow),
      t("Customers"),
    ),
  );
}

let known = -1;

async function look() {
  try {
    const ledger = await ask("GET", "/api/core/ledger");
    if (known >= 0 && ledger.changes.length > known)
      announce(
        n("{n} change has arrived.", "{n} changes have arrived.", ledger.changes.length - known),
      );
    known = ledger.changes.length;
    draw(ledger);
  } catch (error) {
    if (known < 0)
      put(
        "changes",
        h(
          "div.empty",
          null,
          icon("alert", "icon icon--display"),
          h("h3", null, t("The demo core system cannot be reached")),
          h("p", null, saying(error)),
        ),
      );
  }
}

await open();
await look();
setInterval(() => {
  if (!document.hidden) void look();
}, LOOK_AGAIN);
