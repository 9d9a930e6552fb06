/**
 * An official's screen or slides, sent beside her own seat. However it ends, by the button here, by the browser's own bar
 * or by the desk, the seat is given back and nothing is sent any more.
 */

import { announce } from "../announcer.js";
import { byId, put } from "./rows.js";
import { say, sayNo, showProblem } from "./talk.js";

/** Letters have to be sharp; they need not move. */
const PICTURE = { frameRate: { ideal: 5, max: 8 }, width: { max: 1280 }, height: { max: 800 } };
const KBPS = 500;
const AGAIN_MS = 1000;

export class Sharing {
  /**
   * @param {import("../connection.js").LiveConnection} live @param {import("../store.js").LiveStore} store
   * @param {() => Promise<typeof import("../media.js")>} load the module of the stage
   */
  constructor(live, store, load) {
    this.live = live;
    this.store = store;
    this.load = load;
    this.box = byId("share");
    this.seat = this.box.dataset.seat ?? "";
    this.problem = byId("share-problem");
    /** @type {MediaStreamTrack | null} */
    this.track = null;
    /** @type {any} */
    this.peer = null;
    /** The server gave me the seat, whether or not it has told so yet. */
    this.took = false;
    /** The server has told that the seat is mine: from then on its loss means that somebody took it. */
    this.seated = false;
    byId("share-start").addEventListener("click", () => void this.start());
    byId("share-stop").addEventListener("click", () => void this.stop());
    byId("share-form").addEventListener("submit", (event) => {
      event.preventDefault();
      void this.name();
    });
    live.on("media.lost", (frame) => {
      if (this.track && (!frame.peer || frame.peer === this.peer?.peer)) setTimeout(() => void this.send(), AGAIN_MS);
    });
    addEventListener("pagehide", () => this.dark());
  }

  async start() {
    showProblem(this.problem);
    if (!navigator.mediaDevices?.getDisplayMedia) return showProblem(this.problem, say("slides.absent"));
    try {
      const stream = await navigator.mediaDevices.getDisplayMedia({ video: PICTURE, audio: false });
      const [track = null] = stream.getVideoTracks();
      if (!track) return;
      track.contentHint = "detail";
      track.addEventListener("ended", () => void this.stop()); // the browser's own "stop sharing"
      this.track = track;
    } catch {
      return showProblem(this.problem, say("slides.denied"));
    }
    try {
      await this.live.send("seat.take", { seat: this.seat });
      this.seated = false;
      this.took = true;
      if (!this.track) return void (await this.giveBack()); // she has thought better of it meanwhile
      await this.send();
      await this.name();
    } catch (error) {
      this.dark();
      await this.giveBack();
      showProblem(this.problem, sayNo(error));
    }
    this.draw();
  }

  /** A peer of its own, so that it comes and goes without the voice. */
  async send() {
    const { track } = this;
    if (!track) return;
    const { publish } = await this.load();
    const offer = await this.live.send("media.publish", { screen: true });
    const peer = await publish(offer, { video: track }, { kbps: KBPS, onstate: (/** @type {string} */ state) => {
      if (state === "failed" && this.peer === peer) void this.send().catch(() => {});
    } });
    if (this.track !== track) return peer.close();
    this.peer?.close();
    this.peer = peer;
    await this.live.send("media.answer", { peer: peer.peer, sdp: peer.answer });
  }

  /** What is shown, in words; written before or while it is shown. */
  async name() {
    const input = /** @type {HTMLInputElement} */ (byId("share-what"));
    if (!this.track) return;
    try {
      await this.live.send("seat.show", { seat: this.seat, note: input.value.trim() });
    } catch (error) {
      showProblem(this.problem, sayNo(error));
    }
  }

  async stop() {
    if (!this.track) return;
    this.dark();
    this.draw();
    await this.giveBack();
  }

  async giveBack() {
    if (!this.took) return;
    this.took = false;
    await this.live.send("seat.leave", { seat: this.seat }).catch(() => {});
  }

  /** Nothing is sent any more, whatever the server thinks. */
  dark() {
    const { peer, track } = this;
    this.track = this.peer = null;
    track?.stop();
    peer?.close();
    if (peer) this.live.send("media.leave", { peer: peer.peer }).catch(() => {});
  }

  draw() {
    const mine = this.store.personal?.screen === this.seat;
    if (mine && this.track) this.seated = true;
    else if (this.track && this.seated) {
      this.took = false; // the desk took it off
      this.dark();
    }
    const on = Boolean(this.track);
    if (!on) this.seated = false;
    const sign = byId("share-sign");
    const before = sign.dataset.air;
    sign.dataset.air = on ? "on" : "off";
    put(byId("share-text"), say(on ? "slides.on" : "slides.off"));
    if (before !== sign.dataset.air) announce("share", say(on ? "slides.on" : "slides.off"), { urgent: true });
    const open = ["doors_open", "live", "adjourned"].includes(this.store.view?.session?.phase);
    const taken = Boolean(this.store.view?.seats?.[this.seat]?.taken) && !mine;
    byId("share-start").hidden = on;
    byId("share-start").toggleAttribute("disabled", !open || taken);
    byId("share-stop").hidden = !on;
    byId("share-save").hidden = !on;
    byId("share-taken").hidden = !taken;
  }
}
