/** “This was not me”: one tap, with the secret from the link's fragment, which goes nowhere else. */

import { banner, h, meta } from "./dom.js";
import { Refused, request } from "./http.js";
import { load, t } from "./i18n.js";

const secret = location.hash.slice(1);
history.replaceState(null, "", location.pathname);

await load(meta("language"));

const said = /** @type {HTMLElement} */ (document.getElementById("said"));
const button = /** @type {HTMLButtonElement} */ (document.getElementById("not-me"));

/** @param {"good"|"bad"} tone @param {string[]} lines */
function say(tone, lines) {
  said.replaceChildren(banner(tone, ...lines.map((line) => h("p", null, line))));
}

async function stop() {
  button.disabled = true;
  try {
    await request("POST", "/api/customer/repudiation", { secret });
    button.hidden = true;
    say("good", [
      t("We have it. What was changed is being stopped, and we will call you."),
      t("You can close this page."),
    ]);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    say("bad", [error.message, t("Please call us at once, at the number on your bank card.")]);
    button.disabled = false;
  }
}

button.addEventListener("click", () => void stop());
if (secret.length < 16) {
  button.disabled = true;
  say("bad", [
    t("This page needs the whole link from our message."),
    t("Please call us at once, at the number on your bank card."),
  ]);
}
