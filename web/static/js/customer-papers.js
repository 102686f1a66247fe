/** Papers to take along: a link that works for ten minutes, made when it is asked for. */

import { h, icon, toast } from "./dom.js";
import { t } from "./i18n.js";
import { Refused, request } from "./http.js";

/**
 * @param {{id: string, title: string, signed: boolean}[]} papers
 */
export function papersToKeep(papers) {
  const unsigned = t("Not signed, or not by everybody yet");
  return h(
    "ul.cells.papers",
    null,
    papers.map(({ id, title, signed }) =>
      h("li", null, signed ? toFetch(id, title) : h("div.cell", null, words(title, unsigned))),
    ),
  );
}

/** @param {string} title @param {string} detail */
function words(title, detail) {
  return [
    icon("document"),
    h("span.grow", null, h("span.cell__title", null, title), h("span.cell__detail", null, detail)),
  ];
}

/** @param {string} id @param {string} title */
function toFetch(id, title) {
  const control = h(
    "button.cell",
    { type: "button", onclick: () => void fetchPaper(id, control) },
    words(title, t("PDF, with your signature and the bank’s seal")),
    h("span.papers__get", null, icon("download"), t("Download")),
  );
  return control;
}

/** @param {string} paper @param {HTMLElement} control */
async function fetchPaper(paper, control) {
  if (control.getAttribute("aria-busy") === "true") return;
  control.setAttribute("aria-busy", "true");
  try {
    const { url } = await request("POST", `/api/customer/papers/${paper}/link`, {});
    h("a", { href: url, download: "" }).click();
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    toast(error.message);
  } finally {
    control.removeAttribute("aria-busy");
  }
}
