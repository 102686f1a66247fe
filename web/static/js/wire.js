/**
 * The wire: one WebSocket that survives its sockets. No DOM.
 *
 * Use:
 *   const wire = new Wire("/ws/customer", "customer");
 *   wire.on("view", (view) => …);  wire.on("error", ({re, code, message, field}) => …);
 *   wire.onstatus = (status) => …;
 *   wire.start();
 *   wire.send("ticket.take", {});                 // kept until the server has handled it
 *   wire.send("call.health", {…}, {keep: false}); // worth nothing once late: dropped when offline
 *
 * Every kept message has an id (the server handles an id once) and a number; it is sent again on
 * the next socket until the server's `ack` covers it. The resume token and the last number
 * seen live in sessionStorage: they belong to this tab and survive a reload.
 */

/** @typedef {"idle"|"connecting"|"open"|"waiting"|"superseded"|"signed_out"|"closed"} Status */
/** @typedef {{v: 1, type: string, id: string, seq: number, ack: number, body: any}} Envelope */
/** @typedef {{get(key: string): string | null, set(key: string, value: string): void, remove(key: string): void}} Memory */

export const SUBPROTOCOL = "teller.v1";
const FIRST_DELAY = 50;
const FACTOR = 1.6;
const LONGEST_DELAY = 2000;
const MOST_KEPT = 200;
const ACK_DELAY = 500;
const WELCOME_WITHIN = 8000;

/**
 * Full jitter: a server that restarts must not be hit by every page at once.
 * @param {number} attempt 0, 1, 2 …
 * @param {number} chance in [0, 1)
 * @returns {number} milliseconds to wait
 */
export function delay(attempt, chance) {
  return chance * Math.min(LONGEST_DELAY, FIRST_DELAY * FACTOR ** attempt);
}

/** @type {Memory} */
const tabMemory = {
  get: (key) => sessionStorage.getItem(key),
  set: (key, value) => sessionStorage.setItem(key, value),
  remove: (key) => sessionStorage.removeItem(key),
};

export class Wire {
  /**
   * @param {string} path of the socket on this host
   * @param {string} name keeps tokens of several audiences apart
   * @param {{memory?: Memory, open?: (url: string) => WebSocket}} [ports] for tests
   */
  constructor(path, name, { memory = tabMemory, open } = {}) {
    this.url = new URL(path, location.href.replace(/^http/, "ws")).href;
    this.open = open ?? ((url) => new WebSocket(url, SUBPROTOCOL));
    this.memory = memory;
    this.key = `wire.${name}`;
    /** @type {(status: Status) => void} */
    this.onstatus = () => {};
    /** @type {Status} */
    this.status = "idle";
    /** @type {Map<string, Set<(body: any, envelope: Envelope) => void>>} */
    this.listeners = new Map();
    /** @type {Envelope[]} */
    this.kept = [];
    this.seq = 0;
    this.attempt = 0;
    /** @type {WebSocket | null} */
    this.socket = null;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.ackTimer = undefined;
    this.welcomed = false;
    const saved = JSON.parse(memory.get(this.key) ?? "{}");
    /** @type {string | null} */
    this.token = saved.token ?? null;
    /** @type {number} */
    this.last = saved.last ?? 0;
  }

  /**
   * Hear messages of one type. Returns the way to stop hearing them.
   * @param {string} type
   * @param {(body: any, envelope: Envelope) => void} hear
   * @returns {() => void}
   */
  on(type, hear) {
    const set = this.listeners.get(type) ?? new Set();
    this.listeners.set(type, set.add(hear));
    return () => set.delete(hear);
  }

  /**
   * Send, now or as soon as there is a socket.
   * @param {string} type
   * @param {object} [body]
   * @param {{keep?: boolean}} [options]
   * @returns {string | null} the message's id (an `error` names it as `re`); null when dropped
   */
  send(type, body = {}, { keep = true } = {}) {
    if (!keep && !this.ready) return null;
    /** @type {Envelope} */
    const envelope = { v: 1, type, id: crypto.randomUUID(), seq: keep ? ++this.seq : 0, ack: 0, body };
    if (keep) {
      if (this.kept.length >= MOST_KEPT) this.kept.shift();
      this.kept.push(envelope);
    }
    if (this.ready) this.put(envelope);
    return envelope.id;
  }

  /**
   * Forget kept messages that are no longer wanted (offers of a leg that is gone).
   * @param {(envelope: Envelope) => boolean} unwanted
   */
  drop(unwanted) {
    this.kept = this.kept.filter((envelope) => !unwanted(envelope));
  }

  /** Connect, and stay connected. */
  start() {
    clearTimeout(this.timer);
    this.become("connecting");
    const socket = this.open(this.url);
    this.socket = socket;
    this.welcomed = false;
    const patience = setTimeout(() => socket.close(), WELCOME_WITHIN);
    socket.onopen = () =>
      this.put({ v: 1, type: "hello", id: "", seq: 0, ack: 0, body: { token: this.token, last: this.last } });
    socket.onmessage = (event) => {
      if (socket !== this.socket) return;
      const envelope = /** @type {Envelope} */ (JSON.parse(event.data));
      if (envelope.type === "welcome") clearTimeout(patience);
      this.take(envelope);
    };
    socket.onclose = (event) => {
      clearTimeout(patience);
      if (socket === this.socket) this.lost(event.code);
    };
  }

  /** Close for good; the token is kept so that a reload comes back. */
  stop() {
    clearTimeout(this.timer);
    const socket = this.socket;
    this.socket = null;
    socket?.close(1000);
    this.become("closed");
  }

  /** Try again at once instead of later, e.g. when the phone says that it is online. */
  retry() {
    if (this.status !== "waiting") return;
    this.attempt = 0;
    this.start();
  }

  /** Forget who we were: the next visit begins a new wire session. */
  forget() {
    this.token = null;
    this.last = 0;
    this.kept = [];
    this.memory.remove(this.key);
  }

  /** @returns {boolean} whether messages leave at once */
  get ready() {
    return this.welcomed && this.socket?.readyState === 1;
  }

  /** @param {Envelope} envelope */
  put(envelope) {
    clearTimeout(this.ackTimer);
    this.ackTimer = undefined;
    this.socket?.send(JSON.stringify({ ...envelope, ack: this.last }));
  }

  /** @param {Envelope} envelope */
  take(envelope) {
    const { type, seq, ack, body } = envelope;
    if (ack) this.kept = this.kept.filter((sent) => sent.seq > ack);
    if (type === "welcome") this.welcome(body);
    else if (type === "bye") this.bye(body.code);
    else if (seq && seq <= this.last) return; // heard before the last socket broke
    if (seq) this.heard(seq);
    for (const hear of this.listeners.get(type) ?? []) hear(body, envelope);
  }

  /** @param {{token: string, resumed: boolean}} body */
  welcome({ token, resumed }) {
    if (!resumed) this.last = 0;
    this.token = token;
    this.save();
    this.welcomed = true;
    this.attempt = 0;
    for (const envelope of this.kept) this.put(envelope);
    this.become("open");
  }

  /** @param {"superseded"|"signed_out"|"closed"} code */
  bye(code) {
    const socket = this.socket;
    this.socket = null;
    socket?.close(1000);
    if (code !== "superseded") this.forget();
    this.become(code);
  }

  /** @param {number} seq */
  heard(seq) {
    this.last = Math.max(this.last, seq);
    this.save();
    this.ackTimer ??= setTimeout(() => {
      this.ackTimer = undefined;
      if (this.ready) this.put({ v: 1, type: "ack", id: "", seq: 0, ack: 0, body: {} });
    }, ACK_DELAY);
  }

  /** @param {number} code close code; 4001–4003 are final (see the protocol document) */
  lost(code) {
    this.socket = null;
    this.welcomed = false;
    const final = /** @type {Record<number, Status>} */ ({
      4001: "superseded",
      4002: "closed",
      4003: "signed_out",
    })[code];
    if (final) {
      this.become(final);
      return;
    }
    // What the server could not read it would not read the next time either.
    if (code === 4400 || code === 1009) this.kept = [];
    this.become("waiting");
    this.timer = setTimeout(() => this.start(), delay(this.attempt++, Math.random()));
  }

  save() {
    this.memory.set(this.key, JSON.stringify({ token: this.token, last: this.last }));
  }

  /** @param {Status} status */
  become(status) {
    if (status === this.status) return;
    this.status = status;
    this.onstatus(status);
  }
}
