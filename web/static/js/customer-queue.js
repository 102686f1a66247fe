/** Waiting with a ticket: the number, who is ahead, an honest wait, and freedom to leave. */

import { announce, banner, fill, h, icon, openDialog, toast } from "./dom.js";
import { n, t } from "./i18n.js";
import { clock, waitRange } from "./format.js";
import { Refused, request } from "./http.js";
import { chime } from "./devices.js";
import { placeCard } from "./customer-place.js";
import { button } from "./customer-screen.js";

/** @typedef {import("./customer.js").Customer} Customer */
/** @typedef {import("./customer-screen.js").Scene} Scene */

/** @param {Customer} app @returns {Scene} */
export function queue(app) {
  const heading = h("h1", { tabIndex: -1 });
  const ticket = h("div.ticket__number.figures");
  const service = h("p.ticket__service");
  const ahead = h("div.ticket__cell");
  const wait = h("div.ticket__cell");
  const cells = h("div.ticket__cells", null, ahead, wait);
  const calling = h("p.ticket__calling", { hidden: true }, h("span.spinner"), t("Connecting in a moment"));
  const basis = h("p.ticket__basis");
  const notice = h("div", { role: "status" });
  const mirror = h("video", {
    autoplay: true,
    muted: true,
    playsInline: true,
    "aria-label": t("Your own picture"),
  });
  const self = h(
    "div.mirror",
    null,
    mirror,
    h(
      "p",
      null,
      h("strong", null, t("Only you can see this")),
      h("span.hint", null, t("Nothing is sent or recorded before the call begins.")),
    ),
  );
  const resume = h("div");
  const place = placeCard(app);
  let spoken = "";
  let called = false;

  const update = () => {
    const view = app.view;
    const visit = view?.visit;
    if (!view || !visit) return;
    const offered = visit.state === "offered";
    heading.textContent = offered ? t("A teller is about to take your visit") : t("You are in the queue");
    ticket.textContent = visit.ticket ?? "—";
    service.textContent = visit.service_title;
    const q = view.queue;
    const next = q?.ahead === 0;
    cells.hidden = offered;
    calling.hidden = !offered;
    fill(
      ahead,
      h("span.ticket__label", null, next ? t("Your position") : t("Ahead of you")),
      h("strong", null, next ? t("You are next") : q ? n("{n} person", "{n} people", q.ahead) : "—"),
    );
    fill(
      wait,
      h("span.ticket__label", null, t("Likely wait")),
      h(
        "strong",
        null,
        q && q.wait_low_s !== null && q.wait_high_s !== null
          ? waitRange(q.wait_low_s, q.wait_high_s)
          : t("Not known yet"),
      ),
    );
    basis.textContent = offered ? t("Please stay on this page.") : basisText(q?.basis);
    fill(notice, view.notice && banner(view.notice.severity, view.notice.message));
    self.hidden = !app.stream;
    if (app.stream && mirror.srcObject !== app.stream) mirror.srcObject = app.stream;
    fill(
      resume,
      !app.stream &&
        banner(
          "warn",
          h("p", null, t("The camera and microphone are off on this page.")),
          h(
            "p",
            null,
            h(
              "button.button.button--small",
              { type: "button", onclick: () => void app.openDevices().then(update, app.deviceFailed) },
              t("Switch them on"),
            ),
          ),
        ),
    );
    const text = offered
      ? heading.textContent
      : q
        ? n("{n} person ahead of you", "{n} people ahead of you", q.ahead)
        : "";
    if (text && text !== spoken) announce((spoken = text), offered ? "assertive" : "polite");
    if (offered && !called) {
      navigator.vibrate?.([200, 100, 200]);
      void chime().catch(() => {});
    }
    called = offered;
    place.update();
  };
  const node = h(
    "div.screen.screen--queue",
    null,
    heading,
    h(
      "div.ticket",
      null,
      h("div.ticket__head.on-dark", null, h("p.ticket__label", null, t("Your ticket")), ticket, service),
      h("div.ticket__body", null, cells, calling, basis),
    ),
    notice,
    place.node,
    resume,
    self,
    h(
      "ul.promises",
      null,
      h(
        "li",
        null,
        icon("ticket"),
        h("span", null, t("You may leave this page: your place is kept. Come back with the same link.")),
      ),
      h("li", null, icon("card"), h("span", null, t("Have your identity document at hand."))),
    ),
    h(
      "div.dock.dock--flat",
      null,
      h(
        "div.dock__inner",
        null,
        button(t("Use another device"), () => void handOver(), { kind: "quiet", name: "phone" }),
        button(t("Leave the queue"), () => giveUp(app), { kind: "ghost" }),
      ),
    ),
  );
  update();
  return { node, update };
}

/** @param {string | undefined} basis */
function basisText(basis) {
  if (basis === "history") return t("Estimated from today’s visits. It may change.");
  if (basis === "few_samples") return t("A rough estimate: there have been few visits so far.");
  if (basis === "no_teller") return t("No teller is on duty just yet. We will tell you as soon as one is.");
  return "";
}

/** @param {Customer} app */
function giveUp(app) {
  /** @type {HTMLDialogElement} */
  const dialog = openDialog({
    title: t("Leave the queue?"),
    body: h("p", null, t("Your ticket will be cancelled. You can take a new one at any time.")),
    actions: [
      h(
        "button.button.button--primary",
        { type: "button", autofocus: true, onclick: () => dialog.close() },
        t("Keep waiting"),
      ),
      h(
        "button.button",
        {
          type: "button",
          onclick: () => {
            dialog.close();
            app.wire.send("ticket.leave", {});
          },
        },
        t("Leave the queue"),
      ),
    ],
  });
}

async function handOver() {
  try {
    const { code, expires_at: until } = await request("POST", "/api/customer/handoff");
    const dialog = openDialog({
      title: t("Continue on another device"),
      body: [
        h("p", null, t("Open this page there, choose “Continue a visit from another device”, and enter:")),
        h("p.code.figures", null, code),
        h("p.hint", null, t("Valid until {time}. Do not share it with anyone.", { time: clock(until) })),
      ],
      actions: h(
        "button.button.button--primary",
        { type: "button", onclick: () => dialog.close() },
        t("Done"),
      ),
    });
  } catch (error) {
    if (error instanceof Refused) toast(error.message);
    else throw error;
  }
}
