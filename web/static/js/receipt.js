/** The public page of a receipt: read it here, send only what proves it, say what came of it. */

import { banner, fill, h } from "./dom.js";
import { dateTime } from "./format.js";
import { request, Refused } from "./http.js";
import { n, t } from "./i18n.js";
import { open } from "./staff.js";

/** @typedef {{n: number, digest: string}} Head */
/** @typedef {{visit: string, evidence_digest: string | null, heads: Head[]}} Claim */
/** @typedef {{answer: "held" | "differs" | "not_held", status?: string, sealed_at?: string | null, stamped_at?: string | null, heads?: number, sealed?: boolean, readable?: boolean}} Answer */

const DIGEST = /^[0-9a-f]{64}$/;
const VISIT = /^visit-[A-Za-z0-9._-]{1,64}$/;
const MOST_HEADS = 600;
const MOST_BYTES = 1 << 20;

/** @type {Head[]} */
let heads = [];

/** @param {string} id @returns {any} */
const at = (id) => document.getElementById(id);

/** @param {unknown} list @returns {Head[]} */
function headsOf(list) {
  if (!Array.isArray(list)) return [];
  return list
    .filter((one) => Number.isInteger(one?.n) && one.n > 0 && DIGEST.test(one.digest))
    .map(({ n: number, digest }) => ({ n: number, digest }))
    .slice(-MOST_HEADS);
}

/** Put what a receipt says into the form. @param {any} receipt @returns {boolean} whether it is one */
function show(receipt) {
  const visit = String(receipt?.visit ?? "");
  const found = headsOf(receipt?.heads);
  if (!VISIT.test(visit) || (!DIGEST.test(receipt.evidence_digest ?? "") && !found.length)) return false;
  at("visit").value = visit;
  at("digest").value = receipt.evidence_digest ?? "";
  heads = found;
  at("heads").hidden = !heads.length;
  at("heads").textContent = n("With {n} stamp of the visit", "With {n} stamps of the visit", heads.length);
  return true;
}

/** What the link carries after its #, which no server sees; it does not stay in the address. */
function fromLink() {
  const said = new URLSearchParams(location.hash.slice(1));
  history.replaceState(null, "", location.pathname);
  const list = (said.get("heads") ?? "").split(",").map((one) => {
    const [number, digest] = one.split(":");
    return { n: Number(number), digest };
  });
  return show({ visit: said.get("visit"), evidence_digest: said.get("digest"), heads: list });
}

/** @param {HTMLElement} node */
function say(node) {
  fill(at("answer"), node);
  at("answer").focus();
}

/** @returns {Claim | null} */
function claim() {
  const visit = at("visit").value.trim();
  const digest = at("digest").value.replace(/\s/g, "").toLowerCase();
  const good = VISIT.test(visit) && (DIGEST.test(digest) || (!digest && heads.length > 0));
  at("visit").setAttribute("aria-invalid", String(!VISIT.test(visit)));
  at("digest").setAttribute("aria-invalid", String(digest ? !DIGEST.test(digest) : !heads.length));
  return good ? { visit, evidence_digest: digest || null, heads } : null;
}

/** @param {Answer} answer */
function told(answer) {
  if (answer.answer === "differs")
    return banner(
      "bad",
      t("Something does not fit. We hold evidence of this visit, but not all that your receipt names. Please keep the receipt and complain to us or to the supervisor; an alarm has been raised here."),
    );
  if (answer.answer === "not_held")
    return banner(
      "warn",
      t("We hold no evidence that fits this receipt. Please compare the numbers. If they are right, keep the receipt: it proves what we once held, and you may complain to us or to the supervisor."),
    );
  const moment = answer.stamped_at ?? answer.sealed_at;
  return h(
    "div.stack",
    null,
    banner("good", t("Yes. We hold the same evidence, unaltered: all of it was read and checked just now.")),
    h(
      "ul",
      null,
      answer.sealed && moment && h("li", null, t("Sealed on {time}", { time: dateTime(moment) })),
      answer.heads ? h("li", null, n("{n} stamp fits", "{n} stamps fit", answer.heads)) : null,
      answer.status === "interrupted" &&
        h("li", null, t("The recording was interrupted: its end is not attested.")),
      answer.status === "incomplete" &&
        h("li", null, t("Something was not recorded, and the reason is not known. That was sealed as well.")),
      answer.readable === false &&
        h("li", null, t("Its content has been destroyed, as the law demands after the time of retention.")),
    ),
  );
}

async function check() {
  const button = /** @type {HTMLButtonElement} */ (at("claim").querySelector("[type=submit]"));
  if (button.getAttribute("aria-busy") === "true") return;
  const body = claim();
  if (!body) return say(banner("bad", t("Please check the visit number and the fingerprint.")));
  button.setAttribute("aria-busy", "true");
  try {
    say(told(await request("POST", "/api/customer/receipt/check", body)));
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    say(banner("warn", error.message));
  } finally {
    button.removeAttribute("aria-busy");
  }
}

/** @param {File | undefined} file */
async function read(file) {
  if (!file) return;
  let receipt = null;
  try {
    if (file.size <= MOST_BYTES) receipt = JSON.parse(await file.text());
  } catch {
    // not JSON: said below
  }
  if (show(receipt)) await check();
  else say(banner("bad", t("This file is not a receipt.")));
}

await open();
if (fromLink()) void check();
window.addEventListener("hashchange", () => {
  if (location.hash && fromLink()) void check();
});
at("file").addEventListener("change", () => void read(at("file").files[0]));
at("visit").addEventListener("input", () => {
  heads = [];
  at("heads").hidden = true;
});
at("claim").addEventListener("submit", (/** @type {SubmitEvent} */ event) => {
  event.preventDefault();
  void check();
});
