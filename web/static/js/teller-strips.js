/** Strips over the whole width: what endangers the visit, worst first. */

import { h, icon } from "./dom.js";
import { t } from "./i18n.js";

/** @typedef {import("./teller.js").Console} Console */
/** @typedef {{key: string, tone: "stop"|"bad"|"warn"|"info", icon: string, title: string, text: string}} Strip */

/** @param {Console} app @param {import("./teller-types.js").Scene} scene */
export function strips(app, scene) {
  if (scene === "superseded" || scene === "closed" || scene === "signed_out") return [];
  return collect(app).map((strip) =>
    h(
      `div.strip.strip--${strip.tone}`,
      { role: strip.tone === "stop" ? "alert" : "status", dataset: { key: strip.key } },
      icon(strip.icon),
      h("strong", null, strip.title),
      h("span", null, strip.text),
    ),
  );
}

/** @param {Console} app @returns {Strip[]} */
function collect(app) {
  const { view, media, wire } = app;
  const visit = view?.visit;
  /** @type {Strip[]} */
  const found = [];
  if (visit?.recording.state === "failed") {
    found.push({
      key: "recording",
      tone: "stop",
      icon: "alert",
      title: t("The recording has failed. Every step is blocked."),
      text: t("Tell the customer, then end the visit. What was recorded so far is kept."),
    });
  }
  if (wire.status === "waiting" && view) {
    found.push({
      key: "wire",
      tone: "bad",
      icon: "signal-off",
      title: t("The console has lost the branch"),
      text: visit
        ? t("Reconnecting. The call and its recording go on; what you press is sent afterwards.")
        : t("Reconnecting…"),
    });
  } else if (
    visit &&
    media.call &&
    (media.quality === "poor" || (media.quality === "fair" && media.callState === "reconnecting"))
  ) {
    found.push({
      key: "line",
      tone: "warn",
      icon: "signal-low",
      title: t("Your own line is weak"),
      text: t(
        "Speak slowly and confirm each answer. Turn your camera off (V) if the sound breaks up.",
      ),
    });
  }
  if (media.trouble && (visit || view?.offer))
    found.push({
      key: "devices",
      tone: "bad",
      icon: "video-off",
      title: media.trouble.title,
      text: media.trouble.remedy,
    });
  if (visit?.reverify)
    found.push({
      key: "reverify",
      tone: "warn",
      icon: "face",
      title: t("Check again who is there"),
      text: visit.reverify.message,
    });
  if (visit?.state === "on_hold")
    found.push({
      key: "hold",
      tone: "info",
      icon: "hold",
      title: t("The call is on hold"),
      text: t("The customer neither sees nor hears you. The recording goes on."),
    });
  if (view?.notice && visit?.recording.state !== "failed") {
    const { code, message, severity } = view.notice;
    found.push({
      key: code,
      tone: severity,
      icon: severity === "info" ? "info" : "alert",
      title: message,
      text: "",
    });
  }
  return found;
}
