/** Everybody else in the call: small pictures with names beside the teller's large one. */

import { fill, h, icon } from "./dom.js";
import { t } from "./i18n.js";
import { MAIN } from "./customer-media.js";

/** @typedef {import("./customer.js").Customer} Customer */
/** @typedef {import("./customer-state.js").Peer} Peer */
/** @typedef {import("./customer-state.js").View} View */

/**
 * A row of tiles that follows the view. Elements stay, so that pictures go on while it is drawn.
 * @param {(video: HTMLVideoElement) => void} play
 * @returns {{node: HTMLElement, update: (app: Customer) => void}}
 */
export function others(play) {
  const node = h("div.others", { role: "group", "aria-label": t("Others in the call") });
  /** @type {Map<string, ReturnType<typeof tile>>} */
  const tiles = new Map();
  /** @param {Customer} app */
  const update = (app) => {
    const view = /** @type {View} */ (app.view);
    const peers = present(view);
    for (const party of [...tiles.keys()])
      if (!peers.some((peer) => peer.party === party)) tiles.delete(party);
    for (const peer of peers) {
      const found = tiles.get(peer.party) ?? tile();
      tiles.set(peer.party, found);
      found.update(peer, nameOf(view, peer.party));
      const stream = app.remotes.get(peer.party) ?? null;
      if (stream && found.video.srcObject !== stream) {
        found.video.srcObject = stream;
        play(found.video);
      }
    }
    const wanted = [...tiles.values()].map((one) => one.node);
    if (wanted.length !== node.children.length || wanted.some((one, i) => one !== node.children[i]))
      node.replaceChildren(...wanted);
    node.hidden = wanted.length === 0;
  };
  return { node, update };
}

/** @param {View} view @returns {Peer[]} who has ever come to the call, besides the teller */
function present(view) {
  return (view.call?.peers ?? []).filter((peer) => peer.party !== MAIN && peer.state !== "absent");
}

/** @param {View} view @param {string} party */
function nameOf(view, party) {
  if (party === "customer") return t("Customer");
  return view.guests?.find((guest) => guest.party === party)?.title ?? party;
}

function tile() {
  const video = /** @type {HTMLVideoElement} */ (h("video", { autoplay: true, playsInline: true }));
  const word = h("figcaption");
  const node = h("figure.other", null, video, word);
  /** @param {Peer} peer @param {string} name */
  const update = (peer, name) => {
    const away = peer.state !== "up";
    node.classList.toggle("other--away", away);
    node.classList.toggle("other--off", !peer.video);
    video.setAttribute("aria-label", t("Picture of: {name}", { name }));
    fill(
      word,
      !peer.audio && icon("mic-off"),
      !peer.video && icon("video-off"),
      h("span", null, name),
      away && h("span.other__state", null, t("reconnecting")),
    );
  };
  return { node, video, update };
}
