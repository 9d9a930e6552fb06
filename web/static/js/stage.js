/** On air: sends sound and, if wanted, a picture, over a peer that is kept standing. */

import { RefusedError } from "./connection.js";
import { capture } from "./mic.js";
import { PictureSize, cameraFor } from "./network.js";
import { Standing } from "./standing.js";

const SOUND = { echoCancellation: true, noiseSuppression: true, autoGainControl: true, channelCount: 1 };
/** How often losses are looked at, in milliseconds. */
const LOOK_MS = 4000;
/** After a broken line the picture comes so much later than the sound: it would take the first packets' place. */
const PICTURE_LATER_MS = 1500;
/** Two minutes of tries; the seat is held for less. */
const TRIES_MOST = 60;

export class StageSender {
  /**
   * @param {import("./connection.js").LiveConnection} live @param {(state: "up" | "down") => void} onState
   * @param {import("./network.js").Size} [most] how large a picture; every viewer pays for it
   */
  constructor(live, onState, most = "middle") {
    this.size = new PictureSize(most);
    this.live = live;
    /** @type {MediaStreamTrack | null} */
    this.audio = null;
    /** @type {MediaStreamTrack | null} */
    this.video = null;
    this.onState = onState;
    this.standing = new Standing(live, {
      type: "media.publish",
      eager: true,
      make: (offer, onstate) => this.make(offer, onstate),
      onState: (state) => this.told(state),
      mayRetry: (error, tries) => tries < TRIES_MOST && !(error instanceof RefusedError && error.code === "ended"),
    });
    /** A line broke, and the picture waits until the sound is there. */
    this.broken = false;
    /** @type {any} */ (navigator).connection?.addEventListener?.("change", () => this.fit());
    setInterval(() => void this.look(), LOOK_MS);
  }

  get wanted() {
    return this.standing.wanted;
  }

  /** @returns {any} */
  get peer() {
    return this.standing.peer;
  }

  /** @returns {Promise<MediaStream>} */
  async openMicrophone() {
    const stream = await capture({ audio: SOUND });
    this.speakInto(stream);
    return stream;
  }

  /** @param {MediaStream} stream */
  speakInto(stream) {
    this.audio = stream.getAudioTracks()[0] ?? null;
    this.audio?.addEventListener("ended", () => this.onState("down"));
  }

  /** Make the peer before the turn begins: then sound is there within a second of "I am ready". */
  async connect() {
    if (!this.audio) return;
    if (this.wanted) await this.standing.connect();
    else await this.standing.start();
  }

  /** @param {any} offer @param {(state: string) => void} onstate */
  async make(offer, onstate) {
    const { publish } = await import("./media.js");
    const peer = await publish(offer, { audio: this.audio, video: this.video }, { ...this.size.now, onstate });
    if (this.broken && this.video) await peer.replace("video", null);
    return peer;
  }

  /** @param {"up" | "down"} state */
  told(state) {
    if (state === "down") this.broken = true;
    else if (this.broken) setTimeout(() => this.showAgain(this.peer), PICTURE_LATER_MS);
    this.onState(state);
  }

  /** @param {any} peer */
  showAgain(peer) {
    if (peer === null || peer !== this.peer || peer.state !== "up") return;
    this.broken = false;
    if (this.video) void peer.replace("video", this.video);
  }

  /** The picture as the network is now; none where there is only room for the voice. */
  async fit() {
    if (!this.video) return;
    const picture = this.size.now;
    await this.peer?.limit(picture);
    if (picture.kbps) await this.video?.applyConstraints(cameraFor(picture)).catch(() => {});
  }

  async look() {
    if (!this.video || this.peer?.state !== "up") return;
    if (this.size.look(await this.peer.loss())) await this.fit();
  }

  /** @param {boolean} muted */
  mute(muted) {
    if (this.audio) this.audio.enabled = !muted;
  }

  /** A camera is a new kind of track, so it takes a fresh peer; the old one sends sound until the new one does. */
  async showPicture() {
    const picture = this.size.now;
    if (!picture.kbps) throw new Error("the network takes the voice alone");
    const stream = await capture({ video: { ...cameraFor(picture), facingMode: "user" } });
    this.video = stream.getVideoTracks()[0] ?? null;
    this.broken = false;
    if (this.wanted) await this.connect();
    return stream;
  }

  async hidePicture() {
    this.video?.stop();
    this.video = null;
    await this.peer?.replace("video", null);
  }

  stop() {
    this.standing.stop();
    this.audio?.stop();
    this.video?.stop();
    this.live.send("media.leave").catch(() => {});
  }
}
