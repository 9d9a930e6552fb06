/**
 * What comes from the stage to this phone, sound and picture apart: each has a connection of its own, so that the picture
 * can come and go while the sound plays on, and whoever only listens is sent no byte of a picture.
 */

import { RefusedError } from "./connection.js";
import { Standing } from "./standing.js";

/** Where nothing stands at all, so many tries; where the media process is away, two minutes of them. */
const REFUSALS_MOST = 3;
const AWAY_MOST = 20;

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
    this.standing = new Standing(live, {
      type: "media.watch",
      eager: false,
      make: (offer, onstate) => this.make(offer, onstate),
      onState: (state) => this.onState(state === "up" ? "on" : "wait"),
      mayRetry: (error, tries) => this.mayRetry(error, tries),
    });
  }

  get wanted() {
    return this.standing.wanted;
  }

  /** The tap is for "until I say stop": what is lost is fetched again without another. */
  start() {
    if (this.wanted) return;
    this.onState("wait");
    void this.standing.start();
  }

  /** @param {Coming} [why] */
  stop(why = "off") {
    if (!this.wanted) return;
    this.standing.stop();
    this.onState(why);
  }

  bytes() {
    return this.standing.bytes();
  }

  /** @param {any} offer @param {(state: string) => void} onstate */
  async make(offer, onstate) {
    const { kind } = this;
    const { watch } = await import("./media.js");
    /** @type {Map<string, MediaStream>} */
    const streams = new Map();
    const peer = await watch(offer, {
      sound: kind === "sound",
      picture: kind === "picture",
      onseat: (seat, both) => streams.set(seat, kind === "sound" ? both.audio : both.video),
      // What plays now plays on until the fresh connection stands.
      onstate: (state) => {
        onstate(state);
        if (state === "up" && peer === this.standing.peer) for (const [seat, stream] of streams) this.onSeat(seat, stream);
      },
    });
    return peer;
  }

  /** @param {unknown} error @param {number} tries */
  mayRetry(error, tries) {
    const reason = error instanceof RefusedError ? (error.params.reason ?? error.code) : "";
    const away = reason === "media_lost" || reason === "lost";
    if (reason === "media_full") this.stop("full");
    else if (reason === "ended" || reason === "phase" || reason === "not_allowed") this.stop("fail");
    else if (tries >= (away ? AWAY_MOST : REFUSALS_MOST) && !this.standing.peer) this.stop("fail");
    else this.onState("wait");
    return this.wanted;
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
