/** Further parties: the link to pass on, and whose turn it is. */

import { fill, h, icon, toast } from "./dom.js";
import { t } from "./i18n.js";
import { isGuest } from "./customer-state.js";
import { absolute } from "./http.js";

/** @typedef {import("./customer-state.js").View} View */
/** @typedef {import("./customer-state.js").Guest} Guest */

/**
 * What to say while it is not this page's party's turn.
 * @param {View | null} view
 * @returns {{title: string, text: string} | null}
 */
export function otherParty(view) {
  const step = view?.step;
  const mine = !step || (step.mine ?? step.wait !== "guest");
  if (isGuest(view)) {
    if (step && mine) return null;
    return {
      title: t("The teller is with the customer"),
      text: t("You can see and hear the visit. It is your turn when your task appears here."),
    };
  }
  if (mine) return null;
  const who = titleOf(view, step?.who ?? step?.party);
  return {
    title: t("It is the turn of: {party}", { party: who }),
    text: t("The teller is speaking with them. There is nothing you need to do; please stay on this page."),
  };
}

/** @param {View | null} view @param {string | undefined} party */
function titleOf(view, party) {
  return view?.guests?.find((guest) => guest.party === party)?.title ?? party ?? t("the other person");
}

/**
 * The links to pass on, one card each, until the person has come.
 * @param {View | null} view
 */
export function guestLinks(view) {
  if (isGuest(view)) return [];
  return (view?.guests ?? []).flatMap((guest) => {
    if (guest.status === "consented")
      return [h("p.working", null, icon("users"), t("{party} is getting ready.", { party: guest.title }))];
    return guest.status === "invited" && guest.link ? [passOn(guest, absolute(guest.link))] : [];
  });
}

/** @param {Guest} guest @param {string} link */
function passOn(guest, link) {
  const copied = h("span", null, t("Copy the link"));
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(link);
      fill(copied, t("Copied"));
    } catch {
      toast(t("Please press and hold the link to copy it."));
    }
  };
  const share = () => void navigator.share({ title: guest.title, url: link }).catch(() => {});
  const can = "share" in navigator;
  return h(
    "section.pass",
    { "aria-label": t("Link for: {party}", { party: guest.title }) },
    h("p.pass__title", null, icon("link"), t("Link for: {party}", { party: guest.title })),
    h("p.hint", null, t("Send it to this person only. It opens once, and only during this visit.")),
    h("p.pass__link.mono", null, link.replace(/^https?:\/\//, "")),
    h(
      "div.pass__actions",
      null,
      can &&
        h(
          "button.button.button--small.button--primary",
          { type: "button", onclick: share },
          icon("share"),
          t("Share"),
        ),
      h("button.button.button--small", { type: "button", onclick: () => void copy() }, icon("copy"), copied),
    ),
  );
}
