/** One visit on the review desk: purpose first, then everything on one clock, then a decision. */

import { announce, fill, pageData, toast } from "./dom.js";
import { t } from "./i18n.js";
import { secondsUntil } from "./format.js";
import { Refused } from "./http.js";
import { ask, open, saying } from "./staff.js";
import { Player } from "./review-player.js";
import { TimelineView } from "./review-timeline.js";
import { purposeForm } from "./review-purpose.js";
import { nameParties } from "./review-words.js";
import { Transport } from "./review-transport.js";
import { DecisionBar } from "./review-bar.js";
import { FilmClock } from "./review-clock.js";
import { Evidence } from "./review-evidence.js";
import { findingsTabs } from "./review-findings.js";
import { expiredStrip, findingsFailed, noFilm, opening } from "./review-failures.js";
import { visitTitle } from "./review-title.js";

/** @typedef {import("./review-purpose.js").Grant} Grant */
/** @typedef {import("./review-types.js").Findings} Findings */

const visit = decodeURIComponent(location.pathname.split("/").filter(Boolean).at(-1) ?? "");
const api = `/api/review/visits/${encodeURIComponent(visit)}`;
const at = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));

class Review {
  /** @type {Findings | null} */
  found = null;
  /** @type {Grant | null} */
  grant = null;
  /** @type {import("./review-tabs.js").Tabs | null} */
  tabs = null;
  player = new Player();
  line = new TimelineView();
  /** @type {Transport | null} */
  transport = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  expiry = undefined;
  bar = new DecisionBar(at("decision"), (act, words) => this.decide(act, words));
  evidence = new Evidence(api, at("findings"), at("verdict-strip"), (ms) => this.player.seek(ms));

  async begin() {
    this.evidence.draw();
    void this.evidence.verify();
    void this.evidence.load();
    void this.evidence.holds.load();
    try {
      await this.loadTitle(true);
      this.askPurpose();
    } catch (error) {
      fill(at("player"), noFilm(t("This visit could not be opened"), saying(error)));
    }
  }

  /** @param {boolean} [first] */
  async loadTitle(first = false) {
    const answer = await ask("GET", api);
    const detail = { ...answer, ...(answer.visit ?? {}) };
    if (first) document.title = `${detail.ticket ?? visit} · ${document.title}`;
    fill(at("title"), visitTitle(visit, detail));
  }

  askPurpose() {
    fill(
      at("player"),
      purposeForm(visit, (grant) => void this.granted(grant)),
    );
  }

  /** An address that needs the grant. @param {string} path */
  granting(path) {
    return `${api}/${path}?grant=${encodeURIComponent(this.grant?.grant ?? "")}`;
  }

  /** @param {Grant} grant */
  async granted(grant) {
    this.grant = grant;
    this.watchExpiry(grant);
    fill(at("grant-strip"));
    fill(at("player"), opening());
    const findings = this.loadFindings();
    try {
      this.evidence.film = await ask("GET", this.granting("timeline"));
    } catch (error) {
      fill(at("player"), noFilm(t("The recording could not be opened"), saying(error)));
    }
    void this.evidence.load();
    await findings;
    this.show();
    this.drawFindings();
  }

  /** @param {Grant} grant */
  watchExpiry({ expires_at: until }) {
    clearTimeout(this.expiry);
    const left = secondsUntil(until);
    if (left > 0) this.expiry = setTimeout(() => this.expired(), left * 1000);
  }

  expired() {
    this.player.pause();
    const again = () => this.askPurpose();
    fill(at("grant-strip"), expiredStrip(again));
  }

  async loadFindings() {
    fill(at("findings-failed"));
    try {
      this.found = await ask("GET", this.granting("findings"));
      nameParties(/** @type {Findings} */ (this.found).people);
    } catch (error) {
      this.found = null;
      const again = () => void this.loadFindings().then(() => this.drawFindings());
      fill(at("findings-failed"), findingsFailed(saying(error), again));
    }
  }

  /** Tabs are drawn anew after a load only; without findings the column is the evidence alone. */
  drawFindings() {
    const { found, evidence } = this;
    const object = (/** @type {string} */ sha) => this.granting(`objects/${sha}`);
    this.bar.draw(found);
    if (found) {
      const clock = new FilmClock(found.zero, evidence.film?.duration_ms ?? 0, evidence.seek);
      this.tabs = findingsTabs({ found, clock, object, marks: evidence.film?.marks ?? [] }, this.tabs?.shown);
      fill(at("findings"), this.tabs.nodes);
    }
    evidence.home = (found && this.tabs?.panel("evidence")) || at("findings");
    evidence.stills = found ? null : object;
    evidence.draw();
  }

  /** @param {import("./review-bar.js").Act} act @param {string} words */
  async decide(act, words) {
    const reason = words ? { reason: words } : {};
    try {
      if (act === "answer") await ask("POST", this.granting("objection"), { answer: words });
      else await ask("POST", this.granting("decision"), { verdict: act === "confirm" ? "refuse" : act, ...reason });
    } catch (error) {
      if (error instanceof Refused && error.code === "grant_needed") this.expired();
      throw error;
    }
    toast(
      {
        approve: t("Approved. The change goes to the bank’s own system."),
        return: t("Your question is with the teller."),
        refuse: t("Not approved by you. A colleague has to confirm it."),
        confirm: t("Not approved. The change has been given up."),
        disagree: t("You disagree. The review goes on."),
        answer: t("The answer is with the customer."),
      }[act],
    );
    await this.loadFindings();
    this.tabs?.turn("decision");
    this.drawFindings();
    void this.loadTitle().catch(() => {});
    void this.evidence.load();
    if (act !== "answer") void this.evidence.verify();
  }

  show() {
    const { film } = this.evidence;
    if (!film) return;
    if (!film.parties.length) {
      const why = t("The visit ended before anything was recorded, or its key has been destroyed.");
      fill(at("player"), noFilm(t("There is no sound or picture"), why));
      return;
    }
    this.player.load(film, pageData().name ?? t("Review desk"));
    this.line.load(film);
    if (!this.transport) this.listen();
    this.transport ??= new Transport(this.player);
    fill(at("player"), this.player, this.line, this.transport.node);
    void this.line.hear();
    this.moved(0);
    this.transport.playButton.focus({ preventScroll: true });
  }

  listen() {
    this.player.addEventListener("time", (event) =>
      this.moved(/** @type {CustomEvent<number>} */ (event).detail),
    );
    this.player.addEventListener("broken", () =>
      announce(t("A recording cannot be played."), "assertive"),
    );
    this.line.addEventListener("seek", (event) =>
      this.player.seek(/** @type {CustomEvent<number>} */ (event).detail),
    );
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
}

await open();
const review = new Review();
await review.begin();
