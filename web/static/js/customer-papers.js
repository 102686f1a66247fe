/** Papers to take along: a link that works for ten minutes, made when it is asked for. */

import { h, icon, toast } from "./dom.js";
import { t } from "./i18n.js";
import { Refused, request } from "./http.js";

/**
 * @param {{id: string, title: string, signed: boolean}[]} papers
 */
export function papersToKeep(papers) {
  return h(
    "ul.cells.papers",
    null,
    papers.map((paper) =>
      h(
        "li",
        null,
        h(
          "button.cell",
          {
            type: "button",
            onclick: (/** @type {Event} */ e) =>
              void fetchPaper(paper.id, /** @type {HTMLElement} */ (e.currentTarget)),
          },
          icon("document"),
          h(
            "span.grow",
            null,
            h("span.cell__title", null, paper.title),
            h(
              "span.cell__detail",
              null,
              paper.signed ? t("PDF, with your signature and the bank’s seal") : t("PDF"),
            ),
          ),
          h("span.papers__get", null, icon("download"), t("Download")),
        ),
      ),
    ),
  );
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
