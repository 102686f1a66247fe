/** The teller's console: holds what is known, and draws every region from it. */

import { announce, pageData, toast } from "./dom.js";
import { t } from "./i18n.js";
import { Wire } from "./wire.js";
import { open, saying, toSignIn } from "./staff.js";
import { patch } from "./staff-patch.js";
import { refocus, showPlace, toAnswer, toField } from "./teller-focus.js";
import { primaryOf } from "./teller-next.js";
import { ringFor, tell } from "./teller-news.js";
import { isUnsent, sceneOf } from "./teller-state.js";
import { Work } from "./teller-work.js";
import { TellerMedia } from "./teller-media.js";
import { perform } from "./teller-actions.js";
import { listen } from "./teller-keys.js";
import { wrongOf } from "./teller-submit.js";
import { bar } from "./teller-bar.js";
import { queue } from "./teller-queue.js";
import { strips } from "./teller-strips.js";
import { main } from "./teller-main.js";
import { side } from "./teller-side.js";
import { tools } from "./teller-tools.js";

/** @typedef {import("./teller-types.js").View} View */
/** @typedef {import("./teller-types.js").Scene} Scene */

const REGIONS = { bar, strips, queue, main, side, tools };
const SETTLED_WITHIN = 4000;

export class Console {
  constructor() {
    this.wire = new Wire("/ws/teller", "teller");
    this.media = new TellerMedia(this.wire);
    /** @type {View | null} */
    this.view = null;
    /** @type {Scene | null} */
    this.scene = null;
    /** Form fields as typed here, by name. @type {Record<string, string>} */
    this.draft = {};
    /** @type {Record<string, string>} field → what is wrong with it */
    this.draftErrors = {};
    /** @type {import("./teller-types.js").Verdict | null} the verdict whose reason is being written */
    this.deciding = null;
    /** Whether the reason for spoken tasks instead of movements is being written. */
    this.challengeInstead = false;
    this.declining = false;
    this.work = new Work();
    /** Chapters of the script opened or closed by hand. @type {Record<string, boolean>} */
    this.opened = {};
    this.zoomed = false;
    this.copied = "";
    this.seenAt = Date.now();
    /** @type {string | null} the action that waits for the server */
    this.busy = null;
    /** @type {string | null} */
    this.busyId = null;
    this.disposition = "resolved";
    this.rangFor = "";
    this.sentWrapUp = "";
    /** @type {Record<string, HTMLElement>} */
    this.regions = Object.fromEntries(
      Object.keys(REGIONS).map((id) => [
        id,
        /** @type {HTMLElement} */ (document.getElementById(id)),
      ]),
    );
  }

  begin() {
    const { wire, media } = this;
    wire.on("view", (view) => this.see(view));
    wire.on("error", (error) => this.refused(error));
    wire.onstatus = (status) => {
      if (status === "signed_out") toSignIn("expired");
      if (status === "superseded" || status === "closed") media.endCall();
      this.draw();
    };
    media.onchange = () => this.draw();
    for (const name of ["online", "pageshow"]) addEventListener(name, () => wire.retry());
    listen(this);
    this.draw();
    wire.start();
    void media.openIfAllowed();
    setInterval(() => this.tick(), 1000);
  }

  /** @param {View} view */
  see(view) {
    const before = this.view;
    const asked = this.work.asked(before?.visit);
    const was = before?.visit?.current?.id;
    this.view = view;
    this.seenAt = Date.now();
    this.busy = null;
    this.media.setView(view);
    if (before?.visit?.id !== view.visit?.id) this.newVisit();
    if (was !== view.visit?.current?.id) this.newStep();
    else if (asked !== this.work.asked(view.visit)) this.work.nextQuestion();
    if (before?.visit?.form?.step !== view.visit?.form?.step) this.newForm();
    if (before?.visit?.identity?.check?.id !== view.visit?.identity?.check?.id)
      this.deciding = null;
    if (view.visit?.identity?.decision || !view.visit?.identity?.may.length) this.deciding = null;
    if (!view.visit?.current?.can.includes("alternative")) this.challengeInstead = false;
    if (!view.offer) this.declining = false;
    this.draw();
    this.rangFor = ringFor(view, this.rangFor);
    tell(before, view);
    if (was !== view.visit?.current?.id) showPlace();
    if (asked !== this.work.asked(view.visit)) toAnswer();
  }

  newVisit() {
    this.newForm();
    this.opened = {};
    this.deciding = null;
    this.disposition = "resolved";
  }

  newForm() {
    this.draft = {};
    this.draftErrors = {};
  }

  newStep() {
    this.work = new Work();
    this.zoomed = false;
    this.opened = {};
  }

  question() {
    return this.work.question(this.view?.visit);
  }

  prompt() {
    return this.work.prompt(this.view?.visit);
  }

  /** @returns {Record<string, string>} the form's fields as they stand on this page */
  values() {
    const fields = this.view?.visit?.form?.fields ?? [];
    return Object.fromEntries(
      fields.map((f) => [f.name, this.draft[f.name] ?? (f.after || f.read || f.before)]),
    );
  }

  unsent() {
    const form = this.view?.visit?.form;
    return !!form && this.view?.visit?.current?.id === form.step && isUnsent(form, this.values());
  }

  primary() {
    if (!this.view?.visit) return null;
    return primaryOf(this.view.visit, this.work, this.unsent());
  }

  /**
   * @param {string} type
   * @param {object} body
   * @param {string} [busy] the action to show as under way until the server has answered
   */
  send(type, body, busy) {
    const id = this.wire.send(type, body);
    if (busy) {
      this.busy = busy;
      this.busyId = id;
      setTimeout(() => {
        if (this.busyId === id) {
          this.busy = null;
          this.draw();
        }
      }, SETTLED_WITHIN);
    }
    this.draw();
  }

  /** @param {{re: string | null, code: string, message: string, field?: string | null}} error */
  refused(error) {
    const answering = error.re === this.busyId && this.busy === "answer";
    if (error.re === this.busyId) this.busy = null;
    const field = this.view?.visit?.form?.fields.find((one) => one.name === error.field);
    const words = error.code.endsWith("_invalid") && wrongOf(this, answering ? undefined : field);
    if (answering) this.work.answerError = words || error.message;
    else if (error.field) this.draftErrors[error.field] = words || error.message;
    toast(error.message);
    announce(error.message, "assertive");
    this.draw();
    if (field && !answering) toField(field.name);
  }

  /** @param {string} act @param {DOMStringMap} [data] */
  act(act, data = {}) {
    try {
      perform(this, act, data);
    } catch (error) {
      toast(saying(error));
    }
  }

  tick() {
    const deadline = this.view?.visit?.wrap_up_deadline;
    // What has been written is handed in before the time is up; nothing is lost by being late.
    if (this.scene === "wrap_up" && deadline && Date.parse(deadline) - Date.now() < 1500)
      this.act("wrap-up", {});
    this.draw();
  }

  draw() {
    const scene = sceneOf(this.wire.status, this.view);
    const held = document.activeElement;
    document.body.dataset.scene = scene;
    for (const [id, render] of Object.entries(REGIONS))
      patch(this.regions[id], render(this, scene));
    this.media.view && this.attach();
    if (scene !== this.scene) this.entered(scene);
    else if (held && held !== document.body && held !== document.activeElement) this.hold(held);
    this.scene = scene;
    document.title = `${this.view?.offer ? `● ${this.view.offer.ticket} ` : ""}${t("Teller console")} · ${pageData().bank}`;
  }

  /** @param {Scene} scene */
  entered(scene) {
    if (this.scene === null || document.querySelector("dialog[open]")) return;
    if (scene !== "loading") this.refocus();
  }

  /** Focus stays where it was, if that is still there. @param {Element} held */
  hold(held) {
    if (held.isConnected) /** @type {HTMLElement} */ (held).focus({ preventScroll: true });
    else this.refocus();
  }

  refocus() {
    refocus();
  }

  /** Give the videos their streams. */
  attach() {
    for (const video of /** @type {NodeListOf<HTMLVideoElement>} */ (
      document.querySelectorAll("video[data-stream]")
    )) {
      const stream = this.media.streamOf(video.dataset.stream ?? "own");
      if (stream && video.srcObject !== stream) {
        video.srcObject = stream;
        void video.play().catch(() => {});
      }
    }
  }
}

if (document.getElementById("tools")) {
  await open();
  new Console().begin();
}
