/** On air: sends sound and, if wanted, a picture; asks for a fresh peer when the line breaks. */

import { capture } from "./mic.js";

/** Video of a citizen: small, slow, and enough to see who speaks. */
const PICTURE = { width: { ideal: 424 }, height: { ideal: 240 }, frameRate: { ideal: 12, max: 15 }, facingMode: "user" };
const SOUND = { echoCancellation: true, noiseSuppression: true, autoGainControl: true, channelCount: 1 };
const PICTURE_KBPS = 200;
const SEND_AGAIN_MS = 500;

export class StageSender {
  /** @param {import("./connection.js").LiveConnection} live @param {(state: "up" | "down") => void} onState */
  constructor(live, onState) {
    this.live = live;
    this.onState = onState;
    /** @type {MediaStreamTrack | null} */
    this.audio = null;
    /** @type {MediaStreamTrack | null} */
    this.video = null;
    /** @type {any} */
    this.peer = null;
    /** The peer that is heard until the new one is. @type {any} */
    this.before = null;
    this.wanted = false;
    this.busy = false;
    live.on("media.lost", (frame) => {
      if (!frame.peer || frame.peer === this.peer?.peer) void this.renew();
    });
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
    this.wanted = true;
    if (this.busy || !this.audio) return;
    this.busy = true;
    try {
      const { publish } = await import("./media.js");
      const offer = await this.live.send("media.publish");
      const tracks = { audio: this.audio, video: this.video };
      const peer = await publish(offer, tracks, { kbps: PICTURE_KBPS, onstate: (/** @type {string} */ state) => this.heard(peer, state) });
      this.before?.close();
      this.before = this.peer;
      this.peer = peer;
      await this.live.send("media.answer", { peer: peer.peer, sdp: peer.answer });
    } catch {
      setTimeout(() => this.wanted && void this.connect(), SEND_AGAIN_MS);
    } finally {
      this.busy = false;
    }
  }

  /** @param {any} peer @param {string} state */
  heard(peer, state) {
    if (peer !== this.peer && this.peer) return;
    if (state === "up" || state === "failed") this.forgetBefore();
    this.onState(state === "up" ? "up" : "down");
    if (state === "failed") void this.renew();
  }

  /** Closed any earlier, it would end her line before the new one stands, and the hearing would see her drop. */
  forgetBefore() {
    this.before?.close();
    this.before = null;
  }

  async renew() {
    this.forgetBefore();
    this.peer?.close();
    this.peer = null;
    this.onState("down");
    if (this.wanted) await this.connect();
  }

  /** @param {boolean} muted */
  mute(muted) {
    if (this.audio) this.audio.enabled = !muted;
  }

  /** A camera is a new kind of track, so it takes a fresh peer; the old one sends sound until the new one does. */
  async showPicture() {
    const stream = await capture({ video: PICTURE });
    this.video = stream.getVideoTracks()[0] ?? null;
    if (this.wanted) await this.connect();
    return stream;
  }

  async hidePicture() {
    this.video?.stop();
    this.video = null;
    await this.peer?.replace("video", null);
  }

  stop() {
    this.wanted = false;
    this.forgetBefore();
    this.peer?.close();
    this.peer = null;
    this.audio?.stop();
    this.video?.stop();
    this.live.send("media.leave").catch(() => {});
  }
}
