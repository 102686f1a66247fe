/** What became of each event on its way to one endpoint. */

import { banner, chip, h, toast } from "./dom.js";
import { t } from "./i18n.js";
import { clock, dateTime } from "./format.js";
import { actButton } from "./staff.js";
import { post, table } from "./admin-table.js";

/** @typedef {{event: string, type: string, visit: string, state: string, attempts: number, at: string, due_at: string | null, cause: string | null}} Delivery */

/** @param {string} endpoint @param {Delivery[] | string} deliveries or why they can't be told @param {() => void} again */
export function deliveryTable(endpoint, deliveries, again) {
  if (typeof deliveries === "string") return banner("warn", deliveries);
  return deliveries.length
    ? table(
        t("Deliveries"),
        [t("Time"), t("Event"), t("Visit"), t("Attempts"), t("State"), t("Actions")],
        deliveries.map((one) => row(endpoint, one, again)),
      )
    : h("p.muted", null, t("Nothing was sent there yet."));
}

/** @param {string} endpoint @param {Delivery} one @param {() => void} again */
function row(endpoint, one, again) {
  const waits = one.state === "pending";
  return h(
    "tr",
    null,
    h("td.figures", null, dateTime(one.at)),
    h("td.mono", null, one.type),
    h("td.mono", null, one.visit),
    h("td.figures", null, one.attempts),
    h("td", null, look(one), one.cause && h("p.muted", null, one.cause)),
    h(
      "td",
      null,
      !waits &&
        actButton("send-event", t("Send again"), {
          small: true,
          kind: "ghost",
          onclick: () =>
            void post(
              `/api/admin/webhooks/${endpoint}/deliveries/${one.event}/again`,
              {},
              () => {
                toast(t("The event is on its way again."));
                again();
              },
              toast,
            ),
        }),
    ),
  );
}

/** @param {Delivery} one */
function look(one) {
  if (one.state === "delivered") return chip("good", "check-circle", t("Delivered"));
  if (one.state === "dead") return chip("bad", "alert", t("Given up"));
  return one.attempts
    ? chip("warn", "clock", t("Tried again at {time}", { time: clock(one.due_at ?? "") }))
    : chip("info", "clock", t("On its way"));
}
