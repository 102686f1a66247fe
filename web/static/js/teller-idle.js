/** Nobody at the counter: today's figures, and whether everything works for the next customer. */

import { h, icon } from "./dom.js";
import { t } from "./i18n.js";
import { since, span } from "./format.js";
import { actButton } from "./staff.js";
import { returned } from "./teller-returned.js";
import { waitingOf } from "./teller-state.js";

/** @typedef {import("./teller.js").Console} Console */
/** @typedef {import("./teller-types.js").View} View */
/** @typedef {{state: "good"|"wait"|"bad"|"todo", icon: string, title: string, text: string, action?: Node | null}} Check */

/** @param {Console} app @param {View} view */
export function idle(app, view) {
  const ready = view.me.state === "ready";
  const { count, since: first } = waitingOf(view);
  return h(
    "div.idle",
    { dataset: { key: "idle" } },
    h(
      "section.idle__hero",
      { class: ready ? "is-ready" : null },
      h(
        "span.idle__pulse",
        { "aria-hidden": "true" },
        icon(ready ? "teller" : view.me.state === "break" ? "coffee" : "pause"),
      ),
      h(
        "div.grow",
        null,
        h("h1", { tabIndex: -1 }, heading(view)),
        h("p.lead", null, lead(view, count)),
      ),
      !ready &&
        actButton("ready", t("I am ready"), {
          kind: "primary",
          key: "Enter",
          busy: app.busy === "ready",
          dataset: { first: "" },
        }),
    ),
    returned(app, view.returned ?? []),
    h(
      "dl.figures-row",
      null,
      figure(t("Served today"), String(view.me.visits_today)),
      figure(t("Average length"), view.me.average_s === null ? "–" : span(view.me.average_s)),
      figure(t("Waiting now"), String(count)),
      figure(t("Longest wait"), first ? span(since(first)) : "–"),
    ),
    h(
      "section.check",
      { "aria-labelledby": "check-title" },
      h(
        "div.check__list",
        null,
        h("h2#check-title", null, t("Before the next customer")),
        h("ul.check__rows", null, checks(app).map(row)),
      ),
      preview(app),
    ),
  );
}

/** @param {View} view */
function heading(view) {
  if (!view.branch.open) return t("The branch is closed");
  return (
    {
      ready: t("Ready for the next customer"),
      break: t("You are on a break"),
      away: t("You are away"),
    }[view.me.state] ?? t("One moment, please")
  );
}

/** @param {View} view @param {number} count */
function lead(view, count) {
  if (!view.branch.open) return t("New tickets are taken again in opening hours.");
  if (view.me.state !== "ready")
    return count > 0
      ? t("Customers are waiting. You get none until you are ready.")
      : t("You get no customers until you are ready.");
  return t("When a customer fits your skills and languages, your console rings for 20 seconds.");
}

/** @param {string} term @param {string} value */
function figure(term, value) {
  return h("div.figure", null, h("dt", null, term), h("dd.figures", null, value));
}

/** @param {Console} app @returns {Check[]} */
function checks({ media, wire }) {
  const video = media.stream?.getVideoTracks()[0];
  const audio = media.stream?.getAudioTracks()[0];
  const open = actButton("devices", media.trouble ? t("Try again") : t("Switch on"), {
    small: true,
    busy: media.opening,
  });
  return [
    {
      state: video ? "good" : media.trouble ? "bad" : "todo",
      icon: "video",
      title: t("Camera"),
      text: video ? video.label : (media.trouble?.title ?? t("Off until you switch it on")),
      action: video ? null : open,
    },
    {
      state: audio ? (media.heard ? "good" : "wait") : media.trouble ? "bad" : "todo",
      icon: "mic",
      title: t("Microphone"),
      text: audio
        ? media.heard
          ? t("You are heard well")
          : t("Say something; the bars should move")
        : (media.trouble?.remedy ?? t("Off until you switch it on")),
    },
    {
      state: media.speaker === "played" ? "good" : "todo",
      icon: "speaker",
      title: t("Speaker"),
      text:
        media.speaker === "played" ? t("Two notes were played") : t("Play two notes and listen"),
      action: actButton("speaker", t("Play"), { small: true }),
    },
    {
      state: wire.status === "open" ? "good" : "bad",
      icon: "wifi",
      title: t("Line to the branch"),
      text: wire.status === "open" ? t("Connected") : t("Reconnecting…"),
    },
  ];
}

/** @param {Check} check */
function row(check) {
  const word = {
    good: t("In order"),
    wait: t("Listening"),
    bad: t("Not working"),
    todo: t("Not checked"),
  }[check.state];
  const mark = { good: "check-circle", wait: "clock", bad: "x-circle", todo: "info" }[check.state];
  const tone = { good: "good", wait: "info", bad: "bad", todo: "plain" }[check.state];
  return h(
    "li.check__row",
    null,
    icon(check.icon, "icon check__icon"),
    h("div.grow", null, h("strong", null, check.title), h("span.check__text", null, check.text)),
    check.action,
    h(`span.chip.chip--${tone}`, null, icon(mark), word),
  );
}

/** @param {Console} app */
function preview({ media }) {
  return h(
    "div.check__preview.on-dark",
    null,
    media.stream
      ? h("video", {
          autoplay: true,
          muted: true,
          playsInline: true,
          dataset: { stream: "own" },
          "aria-label": t("Your own picture"),
        })
      : h(
          "div.check__dark",
          { dataset: { key: "dark" } },
          icon("video-off", "icon icon--display"),
          h("p", null, t("Your picture appears here.")),
        ),
    h(
      "div.check__meter",
      {
        role: "img",
        "aria-label": t("Loudness of your voice"),
        dataset: { level: "", keep: "", key: "meter" },
      },
      Array.from({ length: 16 }, () => h("i")),
    ),
  );
}
