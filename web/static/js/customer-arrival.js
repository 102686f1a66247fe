/** How a person comes to have a visit: service, scope, consents, invitations. No drawing. */

import { pageData } from "./dom.js";
import { language, t } from "./i18n.js";
import { Refused, request } from "./http.js";
import { support } from "./devices.js";
import { Wire } from "./wire.js";
import { CustomerMedia } from "./customer-media.js";
import { consentsOf, isGuest } from "./customer-state.js";
import { judge } from "./customer-scope.js";
import * as order from "./customer-order.js";

/** @typedef {import("./customer-state.js").SceneName} SceneName */
/** @typedef {import("./customer-state.js").Consent} Consent */

const READY = "ready";

export class CustomerArrival extends CustomerMedia {
  constructor() {
    super(new Wire("/ws/customer", "customer"));
    const data = pageData();
    const summons = order.takeSummons();
    const joined = summons ? null : order.recallJoined();
    const invitation = summons || joined ? null : order.takeInvitation();
    /** @type {import("./customer-state.js").Local} */
    this.local = {
      support: support(),
      wire: "idle",
      known: Boolean(data.visit) && !summons && !joined,
      invitation,
      summons,
      joined,
      ready: sessionStorage.getItem(READY) === "1",
      stage: summons ? "join" : joined ? "joined" : invitation ? "invitation" : "start",
      branch: null,
      failure: null,
      unreachable: false,
    };
    this.order = order.emptyOrder();
    /** @type {import("./customer-state.js").Scope | null} */
    this.scope = null;
    /** @type {Refused | null} */
    this.refusal = null;
    const invited = data.signed_in && !data.visit && !joined && !summons ? order.recallInvited() : null;
    if (invited) {
      Object.assign(this.order, invited);
      this.local.stage = "consent";
    }
    this.heads = data.visit ? order.keptHeads() : [];
  }

  /** Draw what is due now. */
  draw() {}

  /** Draw the present scene anew, e.g. in another language. */
  redraw() {}

  /** The next page of the same kind: drawn anew, and its heading has the focus. */
  anew() {}

  /** @param {SceneName} stage */
  go(stage) {
    if (stage !== "details") this.refusal = null;
    if (stage === "start") Object.assign(this.order, { service: "", intake: {}, consents: {} });
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
    if (this.order.invited && this.local.stage === "consent" && this.unasked()) this.local.stage = "intake";
    if (!this.local.known) this.redraw();
  }

  /** @returns {boolean} whether the service still has questions that must be answered */
  unasked() {
    const asked = this.service()?.intake ?? [];
    return asked.some(({ name, required }) => required !== false && !this.order.intake[name]);
  }

  /** @returns {import("./customer-state.js").Service | undefined} the service that was chosen */
  service() {
    return this.local.branch?.services.find(({ id }) => id === this.order.service);
  }

  /** @param {import("./customer-state.js").Service} service */
  choose(service) {
    this.order.service = service.id;
    if (service.intake?.length) this.go("intake");
    else void judge(this);
  }

  /** Nothing stands in the way of this service, or the limit was accepted. */
  pastScope() {
    this.go(this.order.invited ? "consent" : "details");
  }

  /** @returns {Consent[]} all that are asked for before the queue */
  consents() {
    const { joined, branch } = this.local;
    return consentsOf(joined?.consents ?? this.service()?.consents ?? branch?.consents);
  }

  /** @returns {Consent | undefined} the one that is asked for now */
  consentAsked() {
    return this.consents().find(({ id }) => !(id in this.order.consents));
  }

  /** Back to the consent before, or to where they began. */
  consentBack() {
    const last = Object.keys(this.order.consents).pop();
    if (last) {
      delete this.order.consents[last];
      this.anew();
    } else if (this.local.joined) this.go("joined");
    else this.go(this.order.invited ? "invitation" : "details");
  }

  /** @param {{service: string, language: string, intake?: Record<string, string>}} answer */
  invited({ service, language: spoken, intake = {} }) {
    const known = { service, language: spoken || language(), intake };
    Object.assign(this.order, known, { invited: true });
    order.rememberInvited(known);
    this.local.invitation = null;
    if (this.unasked()) this.go("intake");
    else void judge(this);
  }

  declineInvitation() {
    order.dropInvitation();
    this.local.invitation = null;
    this.go("start");
  }

  /** A guest's link was opened. @param {import("./customer-state.js").Joined} joined */
  summoned(joined) {
    order.rememberJoined(joined);
    Object.assign(this.local, { summons: null, joined });
    this.order = order.emptyOrder(joined.language);
    this.go("joined");
  }

  declineSummons() {
    order.dropSummons();
    this.local.summons = null;
    this.go("start");
  }

  /** The guest's camera and microphone work: into the visit. */
  joinNow() {
    sessionStorage.setItem(READY, "1");
    this.local.ready = true;
    this.keepAwake();
    this.follow();
    this.draw();
  }

  /** A guest who is still checking the camera must not be on air. */
  follow() {
    if (isGuest(this.view) && !this.local.ready) return;
    super.follow();
  }

  orderBody() {
    return order.orderBody(this.order);
  }

  /** The server knows us now. */
  entered() {
    sessionStorage.removeItem(READY);
    Object.assign(this.local, { known: true, joined: null, summons: null, ready: false, stage: "start" });
    this.heads = [];
    order.forgetTab();
    this.order = order.emptyOrder(this.order.language);
    this.setView(null);
    this.wire.forget();
    this.wire.start();
    this.draw();
  }

  /** Leave the finished visit and begin at the beginning. */
  restart() {
    this.wire.stop();
    this.wire.forget();
    this.endMedia();
    this.heads = [];
    order.forgetTab();
    sessionStorage.removeItem(READY);
    this.setView(null);
    if (this.local.known) void request("POST", "/api/customer/leave").catch(() => {});
    Object.assign(this.local, { known: false, joined: null, summons: null, ready: false });
    this.order = order.emptyOrder();
    this.go("start");
    void this.loadBranch();
  }
}
