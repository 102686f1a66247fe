/** Changes that the bank's system has not taken, and notices that did not go out. */

import { banner, chip, fill, h, toast } from "./dom.js";
import { t } from "./i18n.js";
import { clock, dateTime } from "./format.js";
import { actButton } from "./staff.js";
import { askFirst, at, empty, post, table } from "./admin-table.js";

/** @typedef {{visit: string, ticket: string | null, service_title: string, effect: string, state: string, attempts: number, created_at: string, due_at: string | null, cause: string | null}} Effect */
/** @typedef {{id: string, visit: string, receiver: string, attempts: number, created_at: string, cause: string | null}} Notice */

/** @typedef {{visit: string, ticket: string | null, service_title: string, due_at: string | null}} Unheard */

/** @param {{effects: Effect[], notices: Notice[], objections?: Unheard[]}} found @param {() => void} again */
export function drawEffects({ effects, notices, objections = [] }, again) {
  fill(at("unheard"), objections.map(unheard));
  fill(
    at("effects"),
    effects.length
      ? table(
          t("Changes that the bank’s system has not taken"),
          [t("Visit"), t("Service"), t("Since"), t("Attempts"), t("Why"), t("State"), t("Actions")],
          effects.map((one) => effectRow(one, again)),
        )
      : empty(
          "check-circle",
          t("Nothing waits"),
          t("Every change that was decided has reached the bank’s system."),
        ),
  );
  at("notices-section").hidden = !notices.length;
  fill(
    at("notices"),
    table(
      t("Notices that did not go out"),
      [t("Visit"), t("Receiver"), t("Since"), t("Attempts"), t("Why"), t("Actions")],
      notices.map((one) => noticeRow(one, again)),
    ),
  );
}

/** @param {Unheard} one */
function unheard(one) {
  return banner(
    "warn",
    h("strong", null, t("An objection that nobody may answer: "), one.ticket ?? one.visit),
    " ",
    one.service_title,
    one.due_at && [" · ", t("due {when}", { when: dateTime(one.due_at) })],
    h("p", null, t("Whoever served or refused a visit does not answer the objection to it. Give somebody else the compliance role.")),
  );
}

/** @param {Effect} one @param {() => void} again */
function effectRow(one, again) {
  const dead = one.state === "dead_lettered";
  return h(
    "tr",
    null,
    h("th", { scope: "row" }, one.ticket ?? "–", h("span.visits__id.mono", null, one.visit)),
    h("td", null, one.service_title),
    h("td.figures", null, dateTime(one.created_at)),
    h("td.figures", null, one.attempts),
    h("td.admin__why", null, one.cause ?? "–"),
    h(
      "td",
      null,
      dead
        ? chip("bad", "alert", t("Given up"))
        : chip("warn", "clock", t("Tried again at {time}", { time: clock(one.due_at ?? "") })),
    ),
    h("td", null, dead && h("div.admin__acts", null, retryButton(one, again), stopButton(one, again))),
  );
}

/** @param {Effect} one @param {() => void} again */
function retryButton(one, again) {
  return actButton("retry", t("Try again"), {
    small: true,
    name: "refresh",
    onclick: () =>
      askFirst(
        {
          title: t("Try again"),
          words: t("The change is sent once more under the same key."),
          act: t("Try again"),
          why: true,
        },
        `/api/admin/effects/${one.visit}/retry`,
        (purpose) => ({ purpose }),
        () => {
          toast(t("The change is on its way again."));
          again();
        },
      ),
  });
}

/** @param {Effect} one @param {() => void} again */
function stopButton(one, again) {
  return actButton("cancel", t("Give up for good"), {
    small: true,
    kind: "ghost",
    onclick: () =>
      askFirst(
        {
          title: t("Give up for good"),
          words: t(
            "The bank’s system is asked to withdraw the change. If it has carried it out already, its receipt is taken instead. The customer sees either.",
          ),
          act: t("Give up for good"),
          danger: true,
          why: true,
        },
        `/api/admin/effects/${one.visit}/cancel`,
        (purpose) => ({ purpose }),
        ({ effect }) => {
          toast(
            effect === "committed"
              ? t("The bank’s system had carried it out: its receipt is in.")
              : t("The change was withdrawn."),
          );
          again();
        },
      ),
  });
}

/** @param {Notice} one @param {() => void} again */
function noticeRow(one, again) {
  return h(
    "tr",
    null,
    h("th.mono", { scope: "row" }, one.visit),
    h("td", null, one.receiver === "before" ? t("The number before") : t("The number after")),
    h("td.figures", null, dateTime(one.created_at)),
    h("td.figures", null, one.attempts),
    h("td.admin__why", null, one.cause ?? "–"),
    h(
      "td",
      null,
      actButton("send-notice", t("Send again"), {
        small: true,
        name: "refresh",
        onclick: () =>
          void post(
            `/api/admin/notices/${one.id}/again`,
            {},
            () => {
              toast(t("The notice is on its way again."));
              again();
            },
            toast,
          ),
      }),
    ),
  );
}
