/** The list of visits: search, filters in the address, verdict and seal at a glance. */

import { fill, h, icon } from "./dom.js";
import { n, t } from "./i18n.js";
import { ask, open, saying } from "./staff.js";
import { outcomeWord } from "./teller-words.js";
import { row } from "./review-row.js";
import { WorkList } from "./review-checks.js";
import { Openings } from "./review-openings.js";

/** @typedef {import("./review-row.js").Row} Row */

const PAGE = 50;
/** What may name a person or quote one is never in an address. */
const PRIVATE = ["q", "words"];
const OUTCOMES = [
  "done",
  "done_with_limits",
  "pending_check",
  "sign_at_branch",
  "other_channel",
  "refused_customer",
  "refused_bank",
  "aborted_technical",
  "aborted_suspicion",
  "no_show",
];
const results = /** @type {HTMLElement} */ (document.getElementById("results"));
const form = /** @type {HTMLFormElement} */ (document.getElementById("filters"));
let asked = 0;

/** @param {URLSearchParams} query */
async function search(query) {
  const mine = ++asked;
  results.setAttribute("aria-busy", "true");
  if (!results.firstChild) fill(results, loading());
  try {
    const answer = await found(query);
    if (mine === asked) show(answer, query);
  } catch (error) {
    if (mine === asked) failed(error);
  } finally {
    if (mine === asked) results.removeAttribute("aria-busy");
  }
}

/** Words that may name a person go in the body, where no proxy logs them. @param {URLSearchParams} query */
function found(query) {
  if (!PRIVATE.some((name) => query.get(name))) return ask("GET", `/api/review/visits?${query}`);
  return ask("POST", "/api/review/visits/search", {
    ...Object.fromEntries(query),
    page: Number(query.get("page") ?? 1),
  });
}

/** @param {{visits: Row[], total: number}} answer @param {URLSearchParams} query */
function show({ visits, total }, query) {
  fill(
    /** @type {HTMLElement} */ (document.getElementById("count")),
    n("{n} visit", "{n} visits", total),
  );
  if (!visits.length) {
    const filtered = [...query].some(([name, value]) => value && name !== "page");
    fill(
      results,
      h(
        "div.table-card",
        null,
        h(
          "div.empty",
          null,
          icon("search", "icon icon--display"),
          h("h2", null, filtered ? t("No visit fits this search") : t("No visits yet")),
          h(
            "p",
            null,
            filtered
              ? t("Try fewer filters, or a longer range of dates.")
              : t("Visits appear here as soon as they have ended."),
          ),
        ),
      ),
    );
    return;
  }
  fill(
    results,
    h(
      "div.table-card",
      { tabIndex: 0, role: "region", "aria-label": t("Visits") },
      h(
        "table.visits",
        null,
        h("caption.sr", null, t("Visits")),
        h(
          "thead",
          null,
          h(
            "tr",
            null,
            [
              t("Visit"),
              t("Service"),
              t("Customer"),
              t("Teller"),
              t("Began"),
              t("Length"),
              t("Outcome"),
              t("Effect"),
              t("Evidence"),
            ].map((word) => h("th", { scope: "col" }, word)),
          ),
        ),
        h("tbody", null, visits.map(row)),
      ),
    ),
    pages(total, Number(query.get("page") ?? 1)),
  );
}

/** @param {number} total @param {number} page */
function pages(total, page) {
  const last = Math.max(1, Math.ceil(total / PAGE));
  if (last === 1) return null;
  const go = (/** @type {number} */ to) =>
    h(
      "button.button.button--small",
      { type: "button", disabled: to < 1 || to > last, onclick: () => apply(to) },
      to < page ? t("Newer") : t("Older"),
    );
  return h(
    "nav.pages",
    { "aria-label": t("Pages") },
    go(page - 1),
    h("span.figures", null, t("Page {page} of {last}", { page, last })),
    go(page + 1),
  );
}

function loading() {
  return h(
    "div.table-card",
    null,
    h("p.sr", null, t("Loading…")),
    Array.from({ length: 8 }, () => h("div.skeleton.visits__skeleton")),
  );
}

/** @param {unknown} error */
function failed(error) {
  fill(
    results,
    h(
      "div.table-card",
      null,
      h(
        "div.empty",
        null,
        icon("alert", "icon icon--display"),
        h("h2", null, t("The list could not be loaded")),
        h("p", null, saying(error)),
        h(
          "button.button.button--primary.button--small",
          { type: "button", onclick: () => apply() },
          t("Try again"),
        ),
      ),
    ),
  );
}

/** @param {string} name @param {[string, string][]} choices value and words */
function offer(name, choices) {
  const select = /** @type {HTMLSelectElement} */ (form.elements.namedItem(name));
  select.append(...choices.map(([value, words]) => h("option", { value }, words)));
}

async function offerFilters() {
  offer(
    "outcome",
    OUTCOMES.map((code) => [code, outcomeWord(code)]),
  );
  try {
    const { tellers, services, marks = [] } = await ask("GET", "/api/review/filters");
    offer(
      "teller",
      tellers.map((/** @type {any} */ one) => [one.id, `${one.name} ${one.number ?? ""}`.trim()]),
    );
    offer(
      "service",
      services.map((/** @type {any} */ one) => [one.id, one.title]),
    );
    offer(
      "mark",
      marks.map((/** @type {any} */ one) => [one.id, one.title]),
    );
  } catch {
    // The list works without these filters.
  }
}

/** The filters as an address, so that a search can be kept and sent, but for who is searched. @param {number} [page] */
function apply(page = 1) {
  const query = new URLSearchParams(
    [...new FormData(form)].flatMap(([name, value]) => (value ? [[name, String(value)]] : [])),
  );
  if (page > 1) query.set("page", String(page));
  const kept = new URLSearchParams(query);
  for (const name of PRIVATE) kept.delete(name);
  history.replaceState(null, "", kept.size ? `?${kept}` : location.pathname);
  void search(query);
}

await open();
void new Openings(/** @type {HTMLElement} */ (document.getElementById("openings"))).load();
void new WorkList(/** @type {HTMLElement} */ (document.getElementById("work"))).begin();
await offerFilters();
const begun = new URLSearchParams(location.search);
for (const [name, value] of begun) {
  const field = form.elements.namedItem(name);
  if (field instanceof HTMLInputElement || field instanceof HTMLSelectElement) field.value = value;
}
form.addEventListener("submit", (event) => {
  event.preventDefault();
  apply();
});
form.addEventListener("reset", () => setTimeout(apply));
form.addEventListener("change", () => apply());
await search(begun);
