/** One visit on the review desk: purpose first, then everything on one clock. Nothing here can change it. */

import { announce, chip, fill, h, icon, pageData } from "./dom.js";
import { t } from "./i18n.js";
import { dateTime, span } from "./format.js";
import { ask, open, saying } from "./staff.js";
import { outcomeWord } from "./teller-words.js";
import { Player } from "./review-player.js";
import { TimelineView } from "./review-timeline.js";
import { purposeForm } from "./review-purpose.js";
import { effectLook, verdictWord } from "./review-words.js";
import { custodyPanel, marksPanel, stillsPanel } from "./review-side.js";
import { verdictPanel } from "./review-verdict.js";
import { Transport } from "./review-transport.js";

/** @typedef {import("./review-state.js").Timeline} Timeline */
/** @typedef {import("./review-purpose.js").Grant} Grant */

const visit = decodeURIComponent(location.pathname.split("/").filter(Boolean).at(-1) ?? "");
const api = `/api/review/visits/${encodeURIComponent(visit)}`;
const at = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));

class Review {
  /** @type {any} */
  detail = null;
  /** @type {import("./review-state.js").Verdict | null} */
  verdict = null;
  /** @type {string | null} */
  verdictFailure = null;
  /** @type {import("./review-side.js").Custody[]} */
  custody = [];
  /** @type {(Timeline & {objects?: import("./review-side.js").Still[]}) | null} */
  timeline = null;
  /** @type {Grant | null} */
  grant = null;
  player = new Player();
  line = new TimelineView();
  /** @type {Transport | null} */
  transport = null;

  async begin() {
    this.side();
    void this.verify();
    void this.loadCustody();
    try {
      const answer = await ask("GET", api);
      this.detail = { ...answer, ...(answer.visit ?? {}) };
      this.title();
      fill(
        at("player"),
        purposeForm(visit, (grant) => void this.granted(grant)),
      );
    } catch (error) {
      this.empty(t("This visit could not be opened"), saying(error));
    }
  }

  title() {
    const {
      ticket,
      service_title: service,
      customer_masked: customer,
      teller,
      started_at: began,
      seconds,
      outcome,
      effect,
    } = this.detail;
    document.title = `${ticket ?? visit} · ${document.title}`;
    fill(
      at("title"),
      h(
        "a.button.button--ghost.button--small",
        { href: "/review" },
        icon("arrow-left"),
        t("All visits"),
      ),
      h(
        "div.grow",
        null,
        h("h1", null, `${ticket ?? visit} · ${service ?? ""}`),
        h(
          "p.muted",
          null,
          [visit, customer, teller, began && dateTime(began), seconds && span(seconds)]
            .filter(Boolean)
            .join(" · "),
        ),
      ),
      h("span.chip.chip--plain", null, icon("lock"), t("Read only")),
      outcome && h("span.chip.chip--info", null, icon("flag"), outcomeWord(outcome)),
      effect && this.effect(effect),
    );
  }

  /** @param {string} effect */
  effect(effect) {
    const { tone, icon: name, words } = effectLook(effect);
    return chip(tone, name, words);
  }

  async verify() {
    try {
      this.verdict = await ask("GET", `${api}/verify`);
      if (this.verdict?.status === "damaged") {
        fill(
          at("verdict-strip"),
          h(
            "div.strip.strip--stop",
            { role: "alert" },
            icon("alert"),
            h("strong", null, t("This recording is damaged or forged.")),
            h(
              "span",
              null,
              t("Do not rely on what it shows. Report it to the head of compliance."),
            ),
          ),
        );
      }
      announce(verdictWord(this.verdict?.status ?? ""));
    } catch (error) {
      this.verdictFailure = saying(error);
    }
    this.side();
  }

  async loadCustody() {
    try {
      const answer = await ask("GET", `${api}/custody`);
      this.custody = Array.isArray(answer) ? answer : answer.entries;
      this.side();
    } catch {
      // The list is shown empty; the verdict and the recording do not depend on it.
    }
  }

  /** @param {Grant} grant */
  async granted(grant) {
    this.grant = grant;
    fill(
      at("player"),
      h(
        "div.purpose",
        null,
        h("p.row", { role: "status" }, h("span.spinner"), t("The recording is being opened…")),
      ),
    );
    try {
      this.timeline = await ask("GET", `${api}/timeline?grant=${encodeURIComponent(grant.grant)}`);
    } catch (error) {
      this.empty(t("The recording could not be opened"), saying(error));
      return;
    }
    void this.loadCustody();
    const timeline = /** @type {Timeline} */ (this.timeline);
    if (!timeline.parties.length) {
      this.empty(
        t("There is no sound or picture"),
        t("The visit ended before anything was recorded, or its key has been destroyed."),
      );
    } else this.show(timeline);
    this.side();
  }

  /** @param {Timeline} timeline */
  show(timeline) {
    this.player.load(timeline, `${pageData().name ?? t("Review desk")} · ${dateTime(new Date())}`);
    this.line.load(timeline);
    this.transport = new Transport(this.player);
    fill(at("player"), this.player, this.line, this.transport.node);
    this.player.addEventListener("time", (event) =>
      this.moved(/** @type {CustomEvent<number>} */ (event).detail),
    );
    this.player.addEventListener("broken", () =>
      announce(t("A recording cannot be played."), "assertive"),
    );
    this.line.addEventListener("seek", (event) =>
      this.player.seek(/** @type {CustomEvent<number>} */ (event).detail),
    );
    this.moved(0);
    this.transport.playButton.focus({ preventScroll: true });
  }

  /** @param {number} ms */
  moved(ms) {
    this.line.now(ms);
    this.transport?.now(ms);
    const rows = /** @type {HTMLElement[]} */ ([...document.querySelectorAll(".mark-row")]);
    const here = rows.filter((row) => Number(row.dataset.at) <= ms + 200).at(-1);
    if (!here || here.hasAttribute("aria-current")) return;
    for (const row of rows) row.toggleAttribute("aria-current", row === here);
    const list = /** @type {HTMLElement | null} */ (here.closest(".marks"));
    // Only the list moves: what is being read elsewhere in the column stays where it is.
    if (list) list.scrollTop = here.offsetTop - list.clientHeight / 2;
  }

  side() {
    const stills = this.timeline?.objects ?? [];
    fill(
      at("side"),
      verdictPanel(this.verdict, this.verdictFailure),
      this.timeline && marksPanel(this.timeline, (ms) => this.player.seek(ms)),
      this.timeline &&
        stillsPanel(
          stills,
          (sha) => `${api}/objects/${sha}?grant=${encodeURIComponent(this.grant?.grant ?? "")}`,
        ),
      custodyPanel(this.custody),
    );
  }

  /** @param {string} title @param {string} text */
  empty(title, text) {
    fill(
      at("player"),
      h(
        "div.empty.purpose",
        null,
        icon("video-off", "icon icon--display"),
        h("h2", null, title),
        h("p", null, text),
      ),
    );
  }
}

await open();
const review = new Review();
await review.begin();
