/** A look into the demo bank: who its customers are, and which changes have come from the branch. */

import { announce, chip, fill, h } from "./dom.js";
import { n, t } from "./i18n.js";
import { dateTime, digest } from "./format.js";
import { ask, open, saying } from "./staff.js";
import { at, empty, table } from "./admin-table.js";

/** @typedef {{reference: string, name: string, document: string, document_until: string, phone: string, address: string, occupation: string, companies: string[], changed_at: string | null}} Customer */
/** @typedef {{key: string, effect: string, reference: string, wanted: Record<string, string>, before: Record<string, string>, call_seal: string, decision_seal: string | null, receipt: string, status: string, at: string}} Order */
/** @typedef {{to: string, text: string, purpose: string, at: string}} Message */

const LOOK_AGAIN = 4000;
const MOST_FACTS = 6;

/** @param {string} field @returns {string} */
function fieldWord(field) {
  return (
    {
      address: t("Address"),
      occupation: t("Occupation"),
      phone: t("Telephone"),
      document_until: t("Document valid until"),
      amount: t("Amount"),
      months: t("Months"),
      purpose: t("Purpose"),
      company: t("Company"),
      credit_code: t("Social credit code"),
    }[field] ?? field
  );
}

/** @param {string} effect @returns {string} */
function effectWord(effect) {
  return (
    {
      "core.change_details": t("Change of details"),
      "core.loan_interview": t("Loan interview"),
      "core.open_account": t("Corporate account"),
    }[effect] ?? effect
  );
}

/** @param {Order} order */
function orderRow(order) {
  return h(
    "tr",
    null,
    h("td.figures", null, dateTime(order.at)),
    h("td", null, effectWord(order.effect), h("p.mono", null, order.reference)),
    h(
      "td",
      null,
      Object.entries(order.wanted)
        .slice(0, MOST_FACTS)
        .map(([field, value]) =>
          h(
            "p",
            null,
            h("span.muted", null, `${fieldWord(field)} `),
            order.before[field] &&
              order.before[field] !== value && [h("span.was", null, order.before[field]), " → "],
            h("strong", null, value),
          ),
        ),
    ),
    h(
      "td.mono",
      null,
      order.key,
      h("p.muted", { title: order.call_seal }, t("Seal {digest}", { digest: digest(order.call_seal, 2) })),
      order.decision_seal &&
        h(
          "p.muted",
          { title: order.decision_seal },
          t("Decision {digest}", { digest: digest(order.decision_seal, 2) }),
        ),
    ),
    h("td", null, chip("good", "check-circle", order.receipt), h("p", null, order.status)),
  );
}

/** @param {Message} one */
function messageRow(one) {
  return h(
    "tr",
    null,
    h("td.figures", null, dateTime(one.at)),
    h("td.mono", null, one.to),
    h("td", null, one.purpose === "code" ? t("Code") : t("Notice")),
    h("td.strong", null, one.text),
  );
}

/** @param {Customer} one */
function customerRow(one) {
  return h(
    "tr",
    null,
    h("td.mono", null, one.reference),
    h("td.strong", null, one.name, one.companies.map((name) => h("p.muted", null, name))),
    h("td.mono", null, one.document),
    h("td.figures", null, one.document_until || "–"),
    h("td.mono", null, one.phone),
    h("td", null, one.address),
    h("td", null, one.occupation),
    h("td.figures", null, one.changed_at ? dateTime(one.changed_at) : "–"),
  );
}

/** @param {{customers: Customer[], orders: Order[], messages: Message[]}} ledger */
function draw({ customers, orders, messages }) {
  fill(
    at("changes"),
    orders.length
      ? table(
          t("Changes received"),
          [t("Time"), t("Service"), t("Change"), t("Idempotency key"), t("Receipt")],
          orders.map(orderRow),
        )
      : empty(
          "document",
          t("No change has arrived yet"),
          t("Carry out a visit; its change appears here by itself once the recording is sealed."),
        ),
  );
  fill(
    at("messages"),
    messages.length
      ? table(t("Messages"), [t("Time"), t("Receiver"), t("Kind"), t("Text")], messages.map(messageRow))
      : empty(
          "phone",
          t("No message yet"),
          t("One-time codes and notices appear here instead of on a telephone."),
        ),
  );
  fill(
    at("customers"),
    table(
      t("Customers"),
      [
        t("Reference"),
        t("Name"),
        t("Document"),
        t("Valid until"),
        t("Telephone"),
        t("Address"),
        t("Occupation"),
        t("Last changed"),
      ],
      customers.map(customerRow),
    ),
  );
}

let known = -1;

async function look() {
  try {
    const ledger = await ask("GET", "/api/core/ledger");
    if (known >= 0 && ledger.orders.length > known)
      announce(
        n("{n} change has arrived.", "{n} changes have arrived.", ledger.orders.length - known),
      );
    known = ledger.orders.length;
    draw(ledger);
  } catch (error) {
    if (known < 0)
      fill(at("changes"), empty("alert", t("The demo core system cannot be reached"), saying(error)));
  }
}

await open();
await look();
setInterval(() => {
  if (!document.hidden) void look();
}, LOOK_AGAIN);
