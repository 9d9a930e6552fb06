/** Sound and picture of the stage, seat by seat, over a peer that is kept standing. */

import { RefusedError } from "../connection.js";
import { Standing } from "../standing.js";

/** The staff's own page goes on trying for five minutes; a no that no wait will change is told at once. */
const WATCH_TRIES_MOST = 30;
const WATCH_NEVER = new Set(["ended", "phase", "not_allowed"]);

export class Watching {
  /**
   * @param {import("../connection.js").LiveConnection} live
   * @param {() => Promise<typeof import("../media.js")>} load the module of the stage; its address depends on the page's own script
   * @param {(seat: string, picture: MediaStream) => void} show
   * @param {(state: string) => void} told
   */
  constructor(live, load, show, told) {
    this.live = live;
    this.load = load;
    this.show = show;
    this.told = told;
    /** Sound plays by itself: a picture may never come. @type {Map<string, HTMLAudioElement>} */
    this.sounds = new Map();
    /** My own seat: hearing myself a moment later would be an echo. */
    this.silent = "";
    this.standing = new Standing(live, {
      type: "media.watch",
      eager: false,
      make: (offer, onstate) => this.make(offer, onstate),
      onState: (state) => this.told(state === "up" ? "up" : "interrupted"),
      mayRetry: (error, tries) => this.mayRetry(error, tries),
    });
  }

  get wanted() {
    return this.standing.wanted;
  }

  async start() {
    await this.standing.start();
  }

  /** @param {any} offer @param {(state: string) => void} onstate */
  async make(offer, onstate) {
    const { watch } = await this.load();
    /** @type {Map<string, {audio: MediaStream, video: MediaStream}>} */
    const streams = new Map();
    const peer = await watch(offer, {
      onseat: (seat, both) => streams.set(seat, both),
      onstate: (state) => {
        onstate(state);
        if (state !== "up" || peer !== this.standing.peer) return;
        for (const [seat, both] of streams) {
          this.play(seat, both.audio);
          this.show(seat, both.video);
        }
      },
    });
    return peer;
  }

  /** @param {unknown} error @param {number} tries */
  mayRetry(error, tries) {
    const reason = String(error instanceof RefusedError ? (error.params.reason ?? error.code) : "");
    if (tries < WATCH_TRIES_MOST && !WATCH_NEVER.has(reason)) return true;
    this.told("failed");
    return false;
  }

  /** @param {string} seat @param {MediaStream} stream */
  play(seat, stream) {
    const sound = this.sounds.get(seat) ?? new Audio();
    this.sounds.set(seat, sound);
    sound.srcObject = stream;
    sound.muted = seat === this.silent;
    sound.play().catch(() => this.told("failed"));
  }

  /** @param {string} seat */
  silence(seat) {
    this.silent = seat;
    for (const [each, sound] of this.sounds) sound.muted = each === seat;
  }

  stop() {
    const { peer } = this.standing;
    this.standing.stop();
    if (peer) this.live.send("media.leave", { peer: peer.peer }).catch(() => {});
    for (const sound of this.sounds.values()) sound.srcObject = null;
    this.sounds.clear();
  }
}
