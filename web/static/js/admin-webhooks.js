/** Where events go: endpoints and what became of each event. */

import { chip, fill, h, toast } from "./dom.js";
import { n, t } from "./i18n.js";
import { dateTime } from "./format.js";
import { Refused } from "./http.js";
import { actButton, ask, saying } from "./staff.js";
import { askFirst, at, empty, table } from "./admin-table.js";
import { addEndpoint, showSecret } from "./admin-endpoint.js";
import { deliveryTable } from "./admin-deliveries.js";

/** @typedef {{id: string, url: string, title: string, types: string[], state: string, created_at: string, former_until: string | null}} Endpoint */

/** @type {string | null} */
let shown = null;

/** What became of the events of the endpoint that is opened up, or why that can't be told. */
export async function shownDeliveries() {
  if (shown === null) return [];
  try {
    return (await ask("GET", `/api/admin/webhooks/${shown}/deliveries`)).deliveries;
  } catch (error) {
    if (error instanceof Refused && error.status === 404) return []; // it was removed meanwhile
    return saying(error);
  }
}

/**
 * @param {{types: string[], endpoints: Endpoint[]}} found
 * @param {import("./admin-deliveries.js").Delivery[] | string} deliveries of the one that is opened up
 * @param {() => void} again
 */
export function drawWebhooks({ types, endpoints }, deliveries, again) {
  at("add-endpoint").onclick = () => addEndpoint(types, again);
  const rows = endpoints.flatMap((one) => [
    row(one, again),
    ...(one.id === shown ? [detail(one, deliveries, again)] : []),
  ]);
  fill(
    at("webhooks"),
    rows.length
      ? table(t("Where events go"), [t("Endpoint"), t("Events"), t("State"), t("Actions")], rows)
      : empty(
          "link",
          t("No endpoint yet"),
          t("Add one, and the bank’s other systems hear of every visit as it happens."),
        ),
  );
}

/** @param {Endpoint} one @param {() => void} again */
function row(one, again) {
  const on = one.state === "on";
  return h(
    "tr",
    null,
    h("th", { scope: "row" }, one.title, h("span.admin__url.mono", null, one.url)),
    h("td", null, n("{n} type", "{n} types", one.types.length)),
    h(
      "td",
      null,
      on ? chip("good", "check-circle", t("On")) : chip("plain", "pause", t("Off")),
      one.former_until &&
        Date.parse(one.former_until) > Date.now() &&
        h("p.muted", null, t("Two secrets until {time}", { time: dateTime(one.former_until) })),
    ),
    h("td", null, h("div.admin__acts", null, acts(one, again))),
  );
}

/** @param {Endpoint} one @param {() => void} again */
function acts(one, again) {
  const on = one.state === "on";
  const path = `/api/admin/webhooks/${one.id}`;
  return [
    actButton("deliveries", t("Deliveries"), {
      small: true,
      "aria-expanded": String(shown === one.id),
      onclick: () => {
        shown = shown === one.id ? null : one.id;
        again();
      },
    }),
    actButton("turn", on ? t("Turn off") : t("Turn on"), {
      small: true,
      kind: "ghost",
      onclick: () =>
        askFirst(
          {
            title: on ? t("Turn off") : t("Turn on"),
            words: on
              ? t("Events are no longer sent there; those that wait stay.")
              : t("Events that wait are sent, and new ones as they happen."),
            act: on ? t("Turn off") : t("Turn on"),
          },
          `${path}/state`,
          () => ({ state: on ? "off" : "on" }),
          again,
        ),
    }),
    actButton("rotate", t("New secret"), {
      small: true,
      kind: "ghost",
      onclick: () =>
        askFirst(
          {
            title: t("New secret"),
            words: t("The present secret goes on signing for a day, so that the receiver can change over."),
            act: t("Make a new secret"),
          },
          `${path}/rotate`,
          () => ({}),
          ({ secret }) => showSecret(secret, again),
        ),
    }),
    actButton("remove", t("Remove"), {
      small: true,
      kind: "ghost",
      onclick: () =>
        askFirst(
          {
            title: t("Remove this endpoint"),
            words: t("Nothing is sent there any more. It can't be brought back."),
            act: t("Remove"),
            danger: true,
          },
          `${path}/state`,
          () => ({ state: "removed" }),
          () => {
            toast(t("The endpoint was removed."));
            again();
          },
        ),
    }),
  ];
}

/** @param {Endpoint} one @param {import("./admin-deliveries.js").Delivery[] | string} deliveries @param {() => void} again */
function detail(one, deliveries, again) {
  return h(
    "tr",
    null,
    h("td.admin__detail", { colSpan: 4 }, deliveryTable(one.id, deliveries, again)),
  );
}
