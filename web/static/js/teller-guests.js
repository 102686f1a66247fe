/** The others of a visit: asked in by an own link, here or not, let go again. */

import { chip, h, icon } from "./dom.js";
import { t } from "./i18n.js";
import { actButton } from "./staff.js";
import { absentGuest } from "./teller-state.js";
import { absolute } from "./http.js";

/** @typedef {import("./teller.js").Console} Console */
/** @typedef {import("./teller-types.js").Guest} Guest */
/** @typedef {import("./teller-types.js").VisitView} VisitView */

/** @param {Console} app @param {VisitView} visit */
export function guestPanel(app, visit) {
  if (!visit.guests?.length) return null;
  const needed = absentGuest(visit);
  return h(
    "section.panel.guests",
    { "aria-labelledby": "guests-title", dataset: { key: "guests" } },
    h("h2.sub#guests-title", null, t("Others in this visit")),
    h(
      "ul.guests__list",
      null,
      visit.guests.map((guest) => one(app, guest, needed === guest)),
    ),
  );
}

/** @param {Guest} guest */
function state(guest) {
  if (guest.here) return chip("good", "check-circle", t("Here"));
  return {
    invited: chip("info", "link", t("Invited")),
    consented: chip("info", "clock", t("Joining")),
    here: chip("warn", "signal-low", t("Not here now")),
    gone: chip("plain", "sign-out", t("Gone")),
    none: chip("plain", "user", t("Not invited yet")),
  }[guest.status ?? "none"];
}

/** @param {Console} app @param {Guest} guest @param {boolean} needed */
function one(app, guest, needed) {
  const asked = guest.status === "invited" || guest.status === "consented";
  const may = !guest.here && guest.status !== "invited"; // also one whose telephone broke
  const again = guest.status === "gone" || guest.status === "consented";
  return h(
    "li.guest",
    { class: needed ? "is-needed" : null, dataset: { key: guest.party } },
    h(
      "div.guest__line",
      null,
      icon("users"),
      h("strong.grow", null, guest.title),
      state(guest),
      (guest.here || asked) && letGo(guest),
      may && !needed && invite(app, guest),
    ),
    needed && h("p.guest__why", null, icon("lock"), t("{who} is not here. This step is theirs.", { who: guest.title })),
    may &&
      needed &&
      actButton("invite", again ? t("Invite again") : t("Invite by link"), {
        small: true,
        block: true,
        key: "I",
        busy: app.busy === "invite",
        dataset: { party: guest.party, key: `invite-${guest.party}` },
      }),
    asked && guest.link && link(app, guest),
  );
}

/** Somebody who may be needed later. @param {Console} app @param {Guest} guest */
function invite(app, guest) {
  return actButton("invite", t("Invite"), {
    small: true,
    key: "I",
    busy: app.busy === "invite",
    class: "guest__invite",
    dataset: { party: guest.party, key: `ask-${guest.party}` },
  });
}

/** @param {Guest} guest */
function letGo(guest) {
  const words = t("Remove from the call: {who}", { who: guest.title });
  return h(
    "button.guest__go",
    {
      type: "button",
      "aria-label": words,
      title: words,
      dataset: { act: "dismiss", party: guest.party, key: `dismiss-${guest.party}` },
    },
    icon("close"),
  );
}

/** The link, to be passed on by the customer or sent by the teller. @param {Console} app @param {Guest} guest */
function link(app, guest) {
  const copied = app.copied === guest.party;
  return h(
    "div.guest__link",
    null,
    h("input.input.mono", {
      readOnly: true,
      value: absolute(guest.link ?? ""),
      "aria-label": t("Link for {who}", { who: guest.title }),
      dataset: { key: `link-${guest.party}`, link: guest.party },
    }),
    actButton("copy", copied ? t("Copied") : t("Copy"), {
      small: true,
      name: copied ? "check" : "copy",
      dataset: { party: guest.party, key: `copy-${guest.party}` },
    }),
    h(
      "p.hint",
      null,
      t("It works once. The customer sees it too and can pass it on; {who} opens it on an own phone.", { who: guest.title }),
    ),
  );
}
