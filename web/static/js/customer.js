/** The customer's page: hears the server, picks the scene, and passes on what the person answers. */

import { announce, meta, pageData, toast } from "./dom.js";
import { load, t } from "./i18n.js";
import { sceneOf } from "./customer-state.js";
import { CustomerArrival } from "./customer-arrival.js";
import { SCENES } from "./customer-scenes.js";
import { drawBar } from "./customer-bar.js";
import { Position } from "./customer-position.js";
import { keepHeads } from "./customer-order.js";

/** @typedef {import("./customer-state.js").SceneName} SceneName */
/** @typedef {import("./customer-state.js").View} View */
/** @typedef {import("./customer-screen.js").Scene} Scene */

const MANY_ATTEMPTS = 8;
/** Nothing that the person could do: the next view or the next leg puts it right. */
const SILENT = new Set(["stale_token", "no_media_now", "leg_known", "bad_candidate", "hello_first"]);

export class Customer extends CustomerArrival {
  constructor() {
    super();
    /** @type {Map<string, string>} answered step id → message id */
    this.answered = new Map();
    /** @type {import("./customer-signature.js").Signature | null} what has been drawn, until it is signed */
    this.signature = null;
    this.position = new Position((type, body) => this.wire.send(type, body), () => this.draw());
    /** @type {SceneName | null} */
    this.sceneName = null;
    /** @type {Scene | null} */
    this.scene = null;
    this.main = /** @type {HTMLElement} */ (document.getElementById("main"));
  }

  begin() {
    const { wire } = this;
    wire.on("view", (view) => this.see(view));
    wire.on("error", (error) => this.refused(error));
    wire.on("head", (head) => {
      this.heads.push(head);
      keepHeads(this.heads);
    });
    wire.onstatus = (status) => {
      this.local.wire = status;
      this.wireMoved(status);
    };
    this.onchange = () => this.draw();
    addEventListener("online", () => wire.retry());
    addEventListener("pageshow", () => wire.retry());
    document.addEventListener("visibilitychange", () => {
      if (!document.hidden) wire.retry();
    });
    drawBar(this);
    this.draw();
    void this.loadBranch();
    if (this.local.known && this.local.support === "ok") wire.start();
  }

  /** @param {View} view */
  see(view) {
    const before = this.view?.step;
    this.setView(view);
    this.position.see(view);
    if (before?.id !== view.step?.id || view.step?.wait !== "customer") this.answered.clear();
    if (this.signature && this.signature.step !== view.step?.id) this.signature = null;
    this.follow();
    this.draw();
  }

  /** @param {import("./wire.js").Status} status */
  wireMoved(status) {
    if (status === "superseded" || status === "signed_out") this.position.forget();
    this.local.unreachable = !this.view && this.wire.attempt > MANY_ATTEMPTS;
    if (this.local.unreachable)
      this.local.failure ??= t("We cannot reach the branch. Please check your network and try again.");
    this.wireChanged(status);
    this.draw();
  }

  draw() {
    const name = sceneOf(this.local, this.view);
    if (name === this.sceneName) {
      this.scene?.update?.();
      return;
    }
    this.scene?.leave?.();
    const first = this.sceneName === null;
    this.sceneName = name;
    this.scene = SCENES[name](this);
    document.body.dataset.scene = name;
    this.main.replaceChildren(this.scene.node);
    const heading = this.main.querySelector("h1");
    document.title = `${heading?.textContent || t("Video visit")} · ${pageData().bank}`;
    scrollTo(0, 0);
    if (!first && name !== "loading") heading?.focus({ preventScroll: true });
  }

  /** Draw the present scene anew, e.g. in another language. */
  redraw() {
    this.sceneName = null;
    this.draw();
  }

  /** The next page of the same kind: drawn anew, and its heading has the focus. */
  anew() {
    this.redraw();
    this.main.querySelector("h1")?.focus({ preventScroll: true });
  }

  takeTicket() {
    this.keepAwake();
    this.wire.send("ticket.take", {});
  }

  /** @param {string} step @param {object} value */
  answer(step, value) {
    const id = this.wire.send("step.answer", { step, value });
    if (id) this.answered.set(step, id);
    this.draw();
  }

  /** @param {{re: string | null, code: string, message: string}} error */
  refused(error) {
    if (SILENT.has(error.code)) return;
    this.position.refused(error.re);
    for (const [step, id] of this.answered) if (id === error.re) this.answered.delete(step);
    toast(error.message);
    announce(error.message, "assertive");
    this.draw();
  }

  takeOver() {
    this.wire.forget();
    this.wire.start();
  }

  /** @param {string} next */
  async setLanguage(next) {
    await load(next);
    document.documentElement.lang = next;
    document.cookie = `vb_language=${next}; path=/; max-age=31536000; SameSite=Lax`;
    drawBar(this);
    this.redraw();
    void this.loadBranch();
  }
}

if (document.getElementById("main")) {
  await load(meta("language"));
  new Customer().begin();
}
