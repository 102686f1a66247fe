/** Whole-page notices: what the person cannot do here, why, and what to do instead. */

import { h, icon, toast } from "./dom.js";
import { t } from "./i18n.js";
import { dateTime } from "./format.js";
import { button, screen } from "./customer-screen.js";
import { way } from "./customer-consent.js";

/** @typedef {import("./customer.js").Customer} Customer */
/** @typedef {import("./customer-screen.js").Scene} Scene */

/** @returns {Scene} */
export function loading() {
  return {
    node: h(
      "div.screen",
      { "aria-busy": "true" },
      h("h1.sr", { tabIndex: -1 }, t("Loading…")),
      h("div.skeleton.skeleton--title"),
      h("div.skeleton.skeleton--line"),
      h("div.skeleton.skeleton--card"),
      h("div.skeleton.skeleton--card"),
    ),
  };
}

/** @param {Customer} app @returns {Scene} */
export function unsupported(app) {
  const wechat = /MicroMessenger/i.test(navigator.userAgent);
  return {
    node: screen({
      mark: "video-off",
      tone: "warn",
      title:
        app.local.support === "insecure"
          ? t("This address is not secure")
          : t("This browser cannot make video calls"),
      lead:
        app.local.support === "insecure"
          ? t("Browsers allow the camera only on secure addresses. Please use the link from your bank.")
          : wechat
            ? t("Tap … at the top right and choose “Open in browser”.")
            : t("Please open this page in a current Chrome, Safari, Edge or Firefox."),
      body: h(
        "ul.cells.ways",
        null,
        way("phone", t("On your phone"), t("Open the link in its own browser")),
        way("branch", t("At any of our branches"), t("Bring your identity document")),
      ),
      actions: button(t("Copy the link"), () => void copy(), { name: "copy" }),
    }),
  };
}

async function copy() {
  try {
    await navigator.clipboard.writeText(location.href);
    toast(t("The link has been copied."));
  } catch {
    toast(t("Please copy the address from the address bar."));
  }
}

/** @param {Customer} app @returns {Scene} */
export function offline(app) {
  return {
    node: screen({
      mark: "signal-off",
      tone: "warn",
      title: t("We cannot reach the branch"),
      lead: app.local.failure ?? "",
      actions: button(t("Try again"), () => void app.loadBranch(), { name: "refresh" }),
    }),
  };
}

/** @param {Customer} app @returns {Scene} */
export function superseded(app) {
  return {
    node: screen({
      mark: "copy",
      title: t("Your visit is open on another page"),
      lead: t("A visit can be open in one place only. You can bring it here."),
      actions: button(t("Continue here"), () => app.takeOver()),
    }),
  };
}

/** @param {Customer} app @returns {Scene} */
export function signedOut(app) {
  return {
    node: screen({
      mark: "clock",
      title: t("This visit is no longer open here"),
      lead: t("For your safety the page has closed it. Nothing is lost."),
      actions: button(t("Back to the start"), () => app.restart()),
    }),
  };
}

/** @param {Customer} app @returns {Scene} */
export function closedBranch(app) {
  const { hours, reopens, name } = /** @type {import("./customer-state.js").Branch} */ (app.local.branch)
    .branch;
  return {
    node: screen({
      mark: "clock",
      title: t("The video branch is closed just now"),
      lead: [name, " · ", t("Opening hours: {hours}", { hours })],
      body: [
        reopens &&
          h(
            "div.note.row",
            null,
            icon("bell"),
            h(
              "span",
              null,
              t("It opens again on {time}.", {
                time: /^\d{4}-\d\d-\d\dT/.test(reopens) ? dateTime(reopens) : reopens,
              }),
            ),
          ),
        h(
          "ul.cells.ways",
          null,
          way("branch", t("At any of our branches"), t("Bring your identity document")),
          way("phone", t("By telephone banking"), t("For questions and enquiries")),
        ),
      ],
      actions: button(t("Look again"), () => void app.loadBranch(), { name: "refresh", kind: "quiet" }),
    }),
  };
}
