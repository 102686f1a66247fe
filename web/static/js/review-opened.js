/** Openings and holds: what waits for a second person, what I asked for, what must not be shredded. */

import { fill, h, icon } from "./dom.js";
import { t } from "./i18n.js";
import { open } from "./staff.js";
import { Holds } from "./review-holds.js";
import { Openings } from "./review-openings.js";

const AGAIN_MS = 30_000;
const at = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));

await open();
const nothing = () => h("p.work__none.muted", null, icon("check-circle"), t("Nobody asks to open a recording."));
const openings = new Openings(at("openings"), { none: nothing });
const holds = new Holds(at("holds"));
fill(at("openings"), h("div.skeleton.work__skeleton"));
await Promise.all([openings.load(), holds.load()]);
setInterval(() => {
  const busy = document.hidden || document.querySelector("dialog[open]") || at("openings").contains(document.activeElement);
  if (!busy) void openings.load();
}, AGAIN_MS);
