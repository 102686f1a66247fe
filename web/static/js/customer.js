/** The customer's page: holds what is known, picks the scene, and keeps devices and call in step. */

import { announce, meta, pageData, toast } from "./dom.js";
import { language, load, t } from "./i18n.js";
import { request, Refused } from "./http.js";
import { Wire } from "./wire.js";
import { support } from "./devices.js";
import { sceneOf } from "./customer-state.js";
import { CustomerMedia } from "./customer-media.js";
import { drawBar } from "./customer-bar.js";
import * as notices from "./customer-notices.js";
import { handoff, invitation } from "./customer-arrive.js";
import { details } from "./customer-details.js";
import * as order from "./customer-order.js";
import { start } from "./customer-start.js";
import { face, noRecording, recording } from "./customer-consent.js";
import { check } from "./customer-check.js";
import { queue } from "./customer-queue.js";
import { call } from "./customer-call.js";
import { closed } from "./customer-receipt.js";

/** @typedef {import("./customer-state.js").SceneName} SceneName */
/** @typedef {import("./customer-state.js").View} View */
/** @typedef {import("./customer-screen.js").Scene} Scene */

/** @type {Record<SceneName, (app: Customer) => Scene>} */
const SCENES = {
  loading: notices.loading,
  unsupported: notices.unsupported,
  offline: notices.offline,
  superseded: notices.superseded,
  signed_out: notices.signedOut,
  closed_branch: notices.closedBranch,
  invitation,
  handoff,
  start,
  details,
  consent_recording: recording,
  consent_face: face,
  no_recording: noRecording,
  check,
  queue,
  call,
  closed,
};
const MANY_ATTEMPTS = 8;
/** Nothing that the person could do: the next view or the next leg puts it right. */
const SILENT = new Set(["stale_token", "no_media_now", "leg_known", "bad_candidate", "hello_first"]);

export class Customer extends CustomerMedia {
  constructor() {
    super(new Wire("/ws/customer", "customer"));
    const data = pageData();
    /** @type {import("./customer-state.js").Local} */
    this.local = {
      support: support(),
      wire: "idle",
      known: Boolean(data.visit),
      invitation: order.takeInvitation(),
      stage: "start",
      branch: null,
      failure: null,
      unreachable: false,
    };
    if (this.local.invitation) this.local.stage = "invitation";
    this.order = order.emptyOrder();
    const invited = data.signed_in && !data.visit ? order.recallInvited() : null;
    if (invited) {
      Object.assign(this.order, invited);
      this.local.stage = "consent_recording";
    }
    /** @type {Refused | null} */
    this.refusal = null;
    /** @type {Map<string, string>} answered step id → message id */
    this.answered = new Map();
    this.heads = data.visit ? order.keptHeads() : [];
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
      order.keepHeads(this.heads);
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
    if (before?.id !== view.step?.id || view.step?.wait !== "customer") this.answered.clear();
    this.follow();
    this.draw();
  }

  /** @param {import("./wire.js").Status} status */
  wireMoved(status) {
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
    drawBar(this);
    this.draw();
  }

  /** @param {SceneName} stage */
  go(stage) {
    if (stage !== "details") this.refusal = null;
    this.local.stage = stage;
    this.draw();
  }

  async loadBranch() {
    try {
      this.local.branch = await request("GET", `/api/customer/branch?language=${language()}`);
      this.local.failure = null;
      if (!this.order.language) this.order.language = language();
    } catch (error) {
      this.local.failure =
        error instanceof Refused ? error.message : t("Something went wrong on our side. Please try again.");
    }
    if (!this.local.known) this.redraw();
  }

  /** @param {{service: string, language: string}} answer */
  invited({ service, language: spoken }) {
    const known = { service, language: spoken || language() };
    Object.assign(this.order, known, { invited: true });
    order.rememberInvited(known);
    this.local.invitation = null;
    this.go("consent_recording");
  }

  declineInvitation() {
    order.dropInvitation();
    this.local.invitation = null;
    this.go("start");
  }

  /** @param {boolean} agreed to face processing */
  orderBody(agreed) {
    return order.orderBody(this.order, agreed);
  }

  /** The server knows us now. */
  entered() {
    this.local.known = true;
    this.local.stage = "start";
    this.heads = [];
    order.forgetTab();
    this.order = order.emptyOrder(this.order.language);
    this.setView(null);
    this.wire.forget();
    this.wire.start();
    this.draw();
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
    for (const [step, id] of this.answered) if (id === error.re) this.answered.delete(step);
    toast(error.message);
    announce(error.message, "assertive");
    this.draw();
  }

  takeOver() {
    this.wire.forget();
    this.wire.start();
  }

  /** Leave the finished visit and begin at the beginning. */
  restart() {
    this.wire.stop();
    this.wire.forget();
    this.endMedia();
    this.heads = [];
    order.forgetTab();
    this.setView(null);
    if (this.local.known) void request("POST", "/api/customer/leave").catch(() => {});
    this.local.known = false;
    this.order = order.emptyOrder();
    this.go("start");
    void this.loadBranch();
  }

  /** @param {string} next */
  async setLanguage(next) {
    await load(next);
    document.documentElement.lang = next;
    document.cookie = `vb_language=${next}; path=/; max-age=31536000; SameSite=Lax`;
    this.redraw();
    void this.loadBranch();
  }
}

if (document.getElementById("main")) {
  await load(meta("language"));
  new Customer().begin();
}
