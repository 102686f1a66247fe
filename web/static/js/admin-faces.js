/** How many people's faces are kept, and from which number on that has to be filed. */

import { chip, fill, h } from "./dom.js";
import { t } from "./i18n.js";
import { at } from "./admin-table.js";

/** @typedef {{kept: number, most: number}} Faces */

const NEAR = 0.8;

/** @param {Faces} found */
export function drawFaces(found) {
  const { kept, most } = found;
  fill(at("faces"), [
    ...line(t("People whose face is kept"), [h("strong.figures", null, count(kept)), " ", state(found)]),
    ...line(t("To be filed from"), h("span.figures", null, count(most))),
    ...line(t("Templates of faces"), t("None: a face is measured in memory and nothing of that is kept")),
  ]);
}

/** @param {Faces} found */
function state({ kept, most }) {
  if (kept >= most) return chip("bad", "alert", t("File within 30 working days"));
  return kept >= most * NEAR ? chip("warn", "alert", t("Close to the limit")) : null;
}

/** @param {number} number */
function count(number) {
  return number.toLocaleString(document.documentElement.lang);
}

/** @param {string} term @param {any} value */
function line(term, value) {
  return [h("dt", null, term), h("dd", null, value)];
}
