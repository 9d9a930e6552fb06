/**
 * What comes from the stage to this phone, sound and picture apart: each has a connection of its own, so that the picture
 * can come and go while the sound plays on, and whoever only listens is sent no byte of a picture.
 */

import { RefusedError } from "./connection.js";

const AGAIN_MS = 500;
const AGAIN_MOST_MS = 15000;

/** @typedef {"off" | "wait" | "on" | "fail" | "full"} Coming */

export class Reception {
  /**
   * @param {import("./connection.js").LiveConnection} live @param {"sound" | "picture"} kind
   * @param {(seat: string, stream: MediaStream) => void} onSeat @param {(state: Coming) => void} onState
   */
  constructor(live, kind, onSeat, onState) {
    this.live = live;
    this.kind = kind;
    this.onSeat = onSeat;
    this.onState = onState;
    this.wanted = false;
    this.round = 0;
    this.tries = 0;
    this.timer = 0;
    /** Bytes of connections that are over, and of the present one when it was last looked at. */
    this.spent = 0;
    this.seen = 0;
    /** @type {any} */
    this.peer = null;
    live.on("media.lost", (frame) => {
      if (this.wanted && this.peer && (!frame.peer || frame.peer === this.peer.peer)) this.again();
    });
  }

  start() {
    if (this.wanted) return;
    this.wanted = true;
    this.tries = 0;
    this.onState("wait");
    void this.connect();
  }

  /** @param {Coming} [why] */
  stop(why = "off") {
    if (!this.wanted) return;
    this.wanted = false;
    this.round += 1;
    clearTimeout(this.timer);
    this.drop();
    this.onState(why);
  }

  /** What has arrived so far, over all connections. */
  async bytes() {
    if (this.peer) this.seen = await this.peer.bytes().catch(() => this.seen);
    return this.spent + this.seen;
  }

  async connect() {
    const round = ++this.round;
    const { kind, live } = this;
    try {
      const { watch } = await import("./media.js");
      const offer = await live.send("media.watch");
      const peer = await watch(offer, {
        sound: kind === "sound",
        picture: kind === "picture",
        onseat: (seat, streams) => this.round === round && this.onSeat(seat, kind === "sound" ? streams.audio : streams.video),
        onstate: (state) => this.heard(peer, state),
      });
      if (round !== this.round) return peer.close();
      this.drop();
      this.peer = peer;
      await live.send("media.answer", { peer: peer.peer, sdp: peer.answer });
    } catch (error) {
      if (round === this.round && this.wanted) this.refused(error);
    }
  }

  /** @param {any} peer @param {string} state */
  heard(peer, state) {
    if (peer !== this.peer) return;
    if (state === "up") {
      this.tries = 0;
      this.onState("on");
    } else if (state === "failed") {
      this.again();
    }
  }

  /** @param {unknown} error */
  refused(error) {
    const reason = error instanceof RefusedError ? (error.params.reason ?? error.code) : "";
    if (reason === "media_full") this.stop("full");
    else if (reason === "ended" || reason === "phase" || reason === "not_allowed") this.stop("fail");
    else if (this.tries > 2 && !this.peer && reason !== "lost") this.stop("fail");
    else this.again();
  }

  /** The tap was for "until I say stop": what is lost is fetched again without another. */
  again() {
    const pause = Math.min(AGAIN_MOST_MS, AGAIN_MS * 2 ** this.tries++);
    clearTimeout(this.timer);
    this.onState("wait");
    this.timer = setTimeout(() => this.wanted && void this.connect(), pause * (0.75 + Math.random() / 2));
  }

  drop() {
    this.spent += this.seen;
    this.seen = 0;
    this.peer?.close();
    this.peer = null;
  }
}

/** The seats' sounds, each in an audio element: that is what goes on playing when the screen is switched off. */
export class Sounds {
  constructor() {
    /** @type {Map<string, HTMLAudioElement>} */
    this.all = new Map();
    this.volume = 1;
  }

  /** @param {string} seat @param {MediaStream} stream */
  play(seat, stream) {
    const sound = this.all.get(seat) ?? new Audio();
    this.all.set(seat, sound);
    sound.srcObject = stream;
    sound.volume = this.volume;
    sound.play().catch(() => {});
  }

  /** @param {number} volume 0 to 1 */
  level(volume) {
    this.volume = volume;
    for (const sound of this.all.values()) sound.volume = volume;
  }

  clear() {
    for (const sound of this.all.values()) sound.srcObject = null;
    this.all.clear();
  }
}
