/**
 * Keeps one peer standing for as long as it is wanted. When its line is in doubt a fresh one is made beside it, and the old
 * one goes only when the new one stands: it may have been right all the time. A process that died takes all peers with it;
 * everybody then comes back after a pause of her own, so that a whole hearing does not come in one instant.
 */

import { networkClass } from "./network.js";
import { Pulse } from "./pulse.js";

/** Pauses before the next try: from, growing to. A speaker comes first. */
const EAGER_MS = [250, 2000];
const CALM_MS = [1000, 5000];
/** So long for an answer over the live line, and for a peer to stand, the first time. */
const REPLY_MS = 2000;
const STAND_MS = 4000;
const GROWS = 1.5;
/** A peer that stood for so long makes up for all the tries before. */
const STEADY_MS = 3000;

/**
 * @typedef {Object} Wish
 * @property {"media.publish" | "media.watch" | "media.program"} type
 * @property {boolean} eager
 * @property {(offer: any, onstate: (state: string) => void) => Promise<any>} make a peer from the server's offer
 * @property {(state: "up" | "down") => void} onState
 * @property {(error: unknown, tries: number) => boolean} mayRetry after the server's no
 */

export class Standing {
  /** @param {import("./connection.js").LiveConnection} live @param {Wish} wish */
  constructor(live, wish) {
    this.live = live;
    this.wish = wish;
    this.wanted = false;
    /** Counts what is started and stopped; `busy` is the round in which a peer is being made. */
    this.round = 0;
    this.busy = 0;
    this.tries = 0;
    this.upAt = -Infinity;
    this.timer = 0;
    /** A try has failed, and the next is for later, or for when something changes. */
    this.waiting = false;
    /** @type {any} */
    this.peer = null;
    /** Stands until the new one does. @type {any} */
    this.before = null;
    /** Bytes of peers that are over, and of the present one when it was last looked at. */
    this.spent = 0;
    this.seen = 0;
    /** @type {any} */
    this.counted = null;
    this.pulse = new Pulse(() => this.doubt(), () => this.wish.onState("up"));
    live.on("media.lost", (frame) => this.wanted && this.lost(frame.peer));
    live.on("welcome", () => this.hurry());
    addEventListener("online", () => this.moved());
    /** @type {any} */ (navigator).connection?.addEventListener?.("change", () => this.moved());
  }

  async start() {
    if (this.wanted) return;
    this.wanted = true;
    this.round += 1;
    this.tries = 0;
    await this.connect();
  }

  stop() {
    this.wanted = false;
    this.round += 1;
    this.drop();
  }

  /** What has arrived so far, over all peers, in bytes. */
  async bytes() {
    const { peer } = this;
    if (peer !== this.counted) {
      this.spent += this.seen;
      this.seen = 0;
      this.counted = peer;
    }
    if (peer) this.seen = await peer.bytes().catch(() => this.seen);
    return this.spent + this.seen;
  }

  /** Makes a fresh peer; what stands goes on until it does. */
  async connect() {
    if (!this.wanted || this.busy === this.round) return;
    const round = (this.busy = this.round);
    clearTimeout(this.timer);
    this.waiting = false;
    try {
      const offer = await this.ask(this.wish.type, { network: networkClass() });
      const peer = await this.wish.make(offer, (state) => this.heard(peer, state));
      if (round !== this.round) return peer.close();
      if (this.before) this.peer?.close();
      else this.before = this.peer;
      this.peer = peer;
      await this.ask("media.answer", { peer: peer.peer, sdp: peer.answer });
      if (peer === this.peer && peer.state !== "up") this.later(STAND_MS * GROWS ** Math.min(this.tries++, 3));
    } catch (error) {
      if (round !== this.round) return;
      if (this.wish.mayRetry(error, this.tries)) this.again();
      else this.waiting = this.wanted;
    } finally {
      if (this.busy === round) this.busy = 0;
    }
  }

  /** An answer over a line that may be dead without the phone's knowing. @param {string} type @param {any} [fields] */
  async ask(type, fields) {
    const patience = REPLY_MS * (this.wish.eager ? 1 : 2) * GROWS ** Math.min(this.tries, 4);
    const timer = setInterval(() => this.live.doubt(patience), patience);
    try {
      return await this.live.send(type, fields);
    } finally {
      clearInterval(timer);
    }
  }

  /** @param {any} peer @param {string} state */
  heard(peer, state) {
    if (peer === this.before && (state === "failed" || state === "closed")) this.before = null;
    if (!peer || peer !== this.peer) return;
    if (state === "up") {
      clearTimeout(this.timer);
      this.upAt = performance.now();
      this.leave();
      this.pulse.follow(peer);
      this.wish.onState("up");
    } else if (state === "interrupted") {
      this.doubt();
    } else if (state === "failed") {
      this.wish.onState("down");
      this.again();
    }
  }

  /** Nothing comes any more, or the browser says so. */
  doubt() {
    if (!this.wanted) return;
    this.wish.onState("down");
    void this.connect();
  }

  /** The server has ended a peer; without a name, all of them are gone with the process that held them. @param {string} [name] */
  lost(name) {
    if (name && name === this.before?.peer) {
      this.before.close();
      this.before = null;
    }
    if (name && name !== this.peer?.peer) return;
    const steady = this.peer !== null;
    this.drop();
    if (steady) this.wish.onState("down");
    this.again();
  }

  again() {
    if (performance.now() - this.upAt > STEADY_MS && this.upAt > 0) this.tries = 0;
    this.upAt = -Infinity;
    const [first = 0, most = 0] = this.wish.eager ? EAGER_MS : CALM_MS;
    const pause = Math.min(most, first * GROWS ** this.tries++);
    this.later(pause * (0.25 + 1.5 * Math.random()));
    this.waiting = true;
  }

  /** @param {number} ms */
  later(ms) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.connect(), ms);
  }

  /** Another network, or the old one again. */
  moved() {
    this.pulse.moved();
    this.hurry();
  }

  /** What waited for a better moment is tried now. */
  hurry() {
    if (!this.wanted || !this.waiting) return;
    this.tries = Math.min(this.tries, 1);
    this.later(Math.random() * (this.wish.eager ? 50 : 500));
  }

  /** The old peer goes, by name: the server cannot hear it any more if its line is gone. */
  leave() {
    const { before } = this;
    this.before = null;
    if (!before) return;
    before.close();
    this.live.send("media.leave", { peer: before.peer }).catch(() => {});
  }

  drop() {
    clearTimeout(this.timer);
    this.waiting = false;
    this.pulse.follow(null);
    this.before?.close();
    this.peer?.close();
    this.before = this.peer = null;
  }
}
