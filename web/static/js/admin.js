/** The administrator's page: what waits for a person, where events go, which services run. */

import { announce, fill, keepFocus } from "./dom.js";
import { n, t } from "./i18n.js";
import { ask, open, saying } from "./staff.js";
import { drawEffects } from "./admin-effects.js";
import { at, empty } from "./admin-table.js";
import { drawOverdue } from "./admin-overdue.js";
import { drawFaces } from "./admin-faces.js";
import { drawKeys } from "./admin-keys.js";
import { drawStorage } from "./admin-storage.js";
import { drawRepudiations } from "./admin-repudiations.js";
import { drawServices } from "./admin-services.js";
import { drawWebhooks, shownDeliveries } from "./admin-webhooks.js";

const LOOK_AGAIN = 5000;

let known = -1;
let late = 0;
let drawn = "";

/** Look again; what hasn't changed is left alone, so that focus stays where it is. @param {boolean} [force] */
async function look(force = false) {
  try {
    const [waiting, webhooks, storage, keys, deliveries] = await Promise.all([
      ask("GET", "/api/admin/effects"),
      ask("GET", "/api/admin/webhooks"),
      ask("GET", "/api/admin/storage"),
      ask("GET", "/api/admin/keys"),
      shownDeliveries(),
    ]);
    const now = JSON.stringify([waiting, webhooks, deliveries]);
    drawStorage(storage);
    drawKeys(keys);
    if (now === drawn && !force) return;
    drawn = now;
    const dead = waiting.effects.filter((/** @type {any} */ e) => e.state === "dead_lettered");
    if (known >= 0 && dead.length > known)
      announce(n("{n} change was given up.", "{n} changes were given up.", dead.length));
    known = dead.length;
    const overdue = waiting.overdue?.length ?? 0;
    if (overdue > late) announce(n("{n} review is overdue.", "{n} reviews are overdue.", overdue), "assertive");
    late = overdue;
    keepFocus([document.body], () => {
      drawOverdue(waiting.overdue ?? []);
      drawEffects(waiting, again);
      drawRepudiations(waiting.repudiations ?? []);
      drawWebhooks(webhooks, deliveries, again);
    });
  } catch (error) {
    if (known < 0)
      fill(at("effects"), empty("alert", t("The list could not be loaded"), saying(error)));
  }
}

/** Once: it grows by the day, not by the second. */
async function lookAtFaces() {
  drawFaces(await ask("GET", "/api/admin/faces"));
}

function again() {
  void look(true);
}

await open();
await Promise.all([look(), lookAtFaces(), drawServices()]);
setInterval(() => {
  const busy = document.hidden || document.querySelector("dialog[open]");
  if (!busy) void look();
}, LOOK_AGAIN);
