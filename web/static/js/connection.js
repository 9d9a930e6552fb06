/**
 * One socket that stays: entry pass over HTTP, hello, resume after a break, commands that are carried out once.
 * It knows close codes by family only: 4500 to 4599 mean "do not come back", everything else does.
 */

const QUICK_MS = 500;
const LONGEST_MS = 15000;
const ENTER_MS = 10000;
/** Who is on deck or on the stage does not wait for a try that may hang: another is made beside it. */
const BESIDE_MS = 1000;
const BESIDE_MOST_MS = 3000;

/** 128 random bits in URL-safe letters. randomUUID does not exist on plain http. */
export function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return btoa(String.fromCharCode(...bytes)).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

/** A lawful no, or `lost` for a media request that a broken line swallowed. */
export class RefusedError extends Error {
  /** @param {string} code @param {Record<string, unknown>} [params] */
  constructor(code, params = {}) {
    super(code);
    this.code = code;
    this.params = params;
  }
}

/**
 * @typedef {Object} Entrance
 * @property {string} session
 * @property {string} formToken
 * @property {string} [as] "citizen" unless a staff page asks for its own role
 * @property {() => {epoch?: string, since?: number}} position where to resume
 * @property {(frame: any) => void} onFrame
 * @property {(state: "on" | "off" | "ended", code?: number) => void} onState
 */

export class LiveConnection {
  /** @param {Entrance} entrance */
  constructor(entrance) {
    this.entrance = entrance;
    /** People on deck and on stage come back every half second: their seat is held for 45 s. */
    this.urgent = false;
    this.offset = 0;
    this.ref = 0;
    this.tries = 0;
    this.entries = 0;
    /** @type {Map<number, {message: any, done: (frame: any) => void, failed: (error: Error) => void}>} */
    this.open = new Map();
    /** @type {Map<string, Set<(frame: any) => void>>} */
    this.listeners = new Map();
    /** @type {WebSocket | null} */
    this.socket = null;
    this.joined = false;
    this.stopped = false;
    this.timer = 0;
    this.quiet = 0;
    /** @type {"" | "on" | "off" | "ended"} what the page was told last */
    this.state = "";
    /** When the last frame came, by this phone's clock, and how much all of them were. */
    this.heardAt = 0;
    this.bytes = 0;
    addEventListener("online", () => this.hurry());
    document.addEventListener("visibilitychange", () => document.hidden || this.wake());
  }

  /** The server's clock in milliseconds; phones are often wrong by minutes. */
  now() {
    return Date.now() + this.offset;
  }

  start() {
    this.stopped = false;
    void this.enter();
    return this;
  }

  stop() {
    this.stopped = true;
    clearTimeout(this.timer);
    this.socket?.close(1000);
  }

  /** Frames of one type, for modules that speak a sub-protocol of their own (media). @param {string} type */
  on(type, /** @type {(frame: any) => void} */ listener) {
    const all = this.listeners.get(type) ?? new Set();
    this.listeners.set(type, all.add(listener));
    return () => all.delete(listener);
  }

  /**
   * Say something and wait for the answer. A command gets a key, so a retry after a break does nothing twice.
   * @param {string} type @param {Record<string, unknown>} [fields] @returns {Promise<any>}
   */
  send(type, fields = {}) {
    const media = type.startsWith("media.");
    const message = { type, ref: ++this.ref, ...(media ? {} : { key: newKey() }), ...fields };
    return new Promise((done, failed) => {
      this.open.set(message.ref, { message, done, failed });
      if (this.joined) this.socket?.send(JSON.stringify(message));
    });
  }

  async enter() {
    const { session, formToken, as } = this.entrance;
    const round = ++this.entries;
    const patience = new AbortController();
    setTimeout(() => patience.abort(), ENTER_MS);
    if (this.urgent) this.timer = setTimeout(() => this.beside(), Math.min(BESIDE_MOST_MS, BESIDE_MS * 1.3 ** this.tries));
    try {
      const response = await fetch("/pass", {
        method: "POST",
        signal: patience.signal,
        headers: { "content-type": "application/json", "x-form-token": formToken },
        body: JSON.stringify({ session, as: as ?? "citizen" }),
      });
      if (this.socket || this.stopped) return; // another try was quicker
      if (response.status === 403 || response.status === 404) return this.end(response.status);
      if (!response.ok) return this.again();
      const { pass } = await response.json();
      if (!this.stopped && !this.socket) this.dial(pass);
    } catch {
      if (round === this.entries && !this.socket) this.again();
    }
  }

  /** @param {string} pass */
  dial(pass) {
    const socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/live`, [
      "kachehri.v1",
      `p.${pass}`,
    ]);
    this.socket = socket;
    const { position, session } = this.entrance;
    socket.onopen = () => socket.send(JSON.stringify({ type: "hello", versions: [1], session, ...position() }));
    socket.onmessage = ({ data }) => {
      this.bytes += data.length;
      this.hear(JSON.parse(data));
    };
    socket.onclose = ({ code }) => {
      if (this.socket !== socket) return;
      this.socket = null;
      this.broken(code);
    };
    this.watch(this.urgent ? Math.min(ENTER_MS, BESIDE_MOST_MS + 500 * this.tries) : ENTER_MS);
  }

  beside() {
    this.tries += 1;
    void this.enter();
  }

  /**
   * An answer is overdue. If nothing else came meanwhile either, the line is dead, whatever the phone believes.
   * @param {number} ms
   */
  doubt(ms) {
    if (this.joined && Date.now() - this.heardAt >= ms) this.giveUp();
  }

  /** Nothing heard for too long: the line is dead, whatever the phone believes. @param {number} ms */
  watch(ms) {
    this.quiet = ms;
    this.heardAt = Date.now();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.giveUp(), ms);
  }

  giveUp() {
    const socket = this.socket;
    this.socket = null;
    socket?.close();
    this.broken(1006);
  }

  /** The screen is on again. Timers slept with it, so a line that died meanwhile is noticed here, and at once. */
  wake() {
    if (this.joined && Date.now() - this.heardAt > 0.6 * this.quiet) {
      this.tries = 1;
      this.giveUp();
    }
    this.hurry();
  }

  /** @param {any} frame */
  hear(frame) {
    this.offset = frame.at - Date.now();
    if (frame.type === "welcome") {
      this.joined = true;
      this.tries = 0;
      this.quiet = 2 * frame.quiet_ms;
      for (const { message } of this.open.values()) this.socket?.send(JSON.stringify(message));
      this.tell("on");
    }
    this.watch(this.quiet);
    const waiting = frame.ref === undefined ? undefined : this.open.get(frame.ref);
    if (waiting) {
      this.open.delete(frame.ref);
      if (frame.type === "refused") waiting.failed(new RefusedError(frame.code, frame.params));
      else waiting.done(frame);
    }
    for (const listener of this.listeners.get(frame.type) ?? []) listener(frame);
    this.entrance.onFrame(frame);
  }

  /** @param {number} code */
  broken(code) {
    clearTimeout(this.timer);
    this.joined = false;
    for (const [ref, { message, failed }] of this.open) {
      if (!message.type.startsWith("media.")) continue;
      this.open.delete(ref);
      failed(new RefusedError("lost"));
    }
    if (this.stopped) return;
    if (code >= 4500 && code <= 4599) return this.end(code);
    this.again(code);
  }

  /**
   * Growing pauses with full jitter, so that a town that comes back after a power cut does not come at once. Who could not
   * come in at all is told so like one whose line broke.
   * @param {number} [code]
   */
  again(code) {
    this.tell("off", code);
    const longest = Math.min(LONGEST_MS, 1000 * 2 ** this.tries++);
    const pause = this.urgent ? (this.tries > 1 ? QUICK_MS : 0) : QUICK_MS + Math.random() * longest;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.enter(), pause);
  }

  /** The page hears of changes only, not of every try. @param {"on" | "off" | "ended"} state @param {number} [code] */
  tell(state, code) {
    if (state === this.state) return;
    this.state = state;
    this.entrance.onState(state, code);
  }

  hurry() {
    if (this.stopped || this.joined || !this.tries) return;
    if (this.socket && Date.now() - this.heardAt < BESIDE_MS) return; // it is being tried this very moment
    clearTimeout(this.timer);
    const socket = this.socket;
    this.socket = null;
    socket?.close();
    this.timer = setTimeout(() => this.enter(), Math.random() * (this.urgent ? 50 : 300));
  }

  /** @param {number} code */
  end(code) {
    this.stopped = true;
    for (const { failed } of this.open.values()) failed(new RefusedError("ended"));
    this.open.clear();
    this.tell("ended", code);
  }
}
