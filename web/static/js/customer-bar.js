/** The bar at the top: whose page it is, larger letters, the other language. */

import { fill, h, icon, pageData } from "./dom.js";
import { language, t } from "./i18n.js";

/** @typedef {import("./customer.js").Customer} Customer */

const NAMES = /** @type {Record<string, string>} */ ({ "zh-CN": "中文", en: "EN" });

/** @param {Customer} app */
export function drawBar(app) {
  const bar = document.getElementById("bar");
  if (!bar) return;
  const root = document.documentElement;
  const other = language() === "en" ? "zh-CN" : "en";
  const elder = "elder" in root.dataset;
  fill(
    bar,
    h("span.bar__name", null, icon("branch"), h("span", null, pageData().bank)),
    h(
      "button.bar__button",
      {
        type: "button",
        "aria-pressed": String(elder),
        onclick: () => {
          setElder(!elder);
          drawBar(app);
        },
      },
      icon("text-size"),
      h("span", null, t("Large text")),
    ),
    h(
      "button.bar__button",
      {
        type: "button",
        lang: other,
        "aria-label": other === "en" ? "English" : "中文",
        onclick: () => void app.setLanguage(other),
      },
      icon("globe"),
      h("span", null, NAMES[other]),
    ),
  );
}

/** @param {boolean} on */
function setElder(on) {
  if (on) document.documentElement.dataset.elder = "";
  else delete document.documentElement.dataset.elder;
  localStorage.setItem("elder", on ? "1" : "0");
}
