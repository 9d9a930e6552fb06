/**
 * Behind the stage: a sentence goes to the server and comes back on the phone's own private line, so that what she hears
 * proves both ways; and the host may listen or speak to her there, which she is told first and nobody else hears.
 */

import { announce, nudge } from "./announcer.js";
import { sentence } from "./words.js";

const SAY_MS = 4000;
/** From the last packet that the server sent until it was heard. */
const REST_MS = 700;
const OPEN_AGAIN_MS = 2000;
const STEP_MS = 100;
const TALK_STATES = ["asked", "listening", "talking"];

/**
 * How a sentence went. Loudness is in decibels below the loudest that there is: a voice near the phone has 15 to 40.
 * @param {{packets?: number, lost?: number, level?: number, ms?: number}} up what reached the server @param {number} back how many packets came back
 */
export function judge(up, back) {
  const { packets = 0, lost = 0, level = 0 } = up;
  if (packets < 5 || level > 65) return "none";
  if (back < packets * 0.7 || lost > (packets + lost) * 0.1) return "weak";
  return level > 45 ? "quiet" : "clear";
}

export class Deck {
  /**
   * @param {import("./connection.js").LiveConnection} live
   * @param {() => string} me own participant @param {() => boolean} sends whether own sound reaches the server
   * @param {(quiet: boolean) => void} hush asks for quiet on this phone while somebody is heard on the private line
   */
  constructor(live, me, sends, hush) {
    this.live = live;
    this.me = me;
    this.sends = sends;
    this.hush = hush;
    this.box = /** @type {HTMLElement} */ (document.getElementById("deck"));
    this.button = /** @type {HTMLButtonElement} */ (document.getElementById("deck-say"));
    this.bar = /** @type {HTMLElement} */ (document.getElementById("deck-bar"));
    this.hint = /** @type {HTMLElement} */ (document.getElementById("deck-hint"));
    this.verdict = /** @type {HTMLElement} */ (document.getElementById("deck-verdict"));
    this.aside = /** @type {HTMLElement} */ (document.getElementById("aside"));
    this.sound = new Audio();
    this.wanted = false;
    this.round = 0;
    this.aloud = false;
    this.busy = false;
    /** @type {any} */
    this.peer = null;
    this.timer = 0;
    this.button.addEventListener("click", () => void this.say());
    live.on("media.talking", (frame) => frame.participant === this.me() && this.told(frame));
    live.on("media.lost", (frame) => {
      if (this.wanted && this.peer && (!frame.peer || frame.peer === this.peer.peer)) this.again();
    });
  }

  /** From the first tap on the microphone until the stage. */
  open() {
    if (this.wanted) return;
    this.wanted = true;
    this.box.hidden = false;
    void this.connect();
  }

  close() {
    this.wanted = false;
    this.round += 1;
    clearTimeout(this.timer);
    const peer = this.peer;
    if (peer) this.live.send("media.leave", { peer: peer.peer }).catch(() => {});
    this.drop();
    this.box.hidden = true;
    this.show("");
  }

  async connect() {
    const round = ++this.round;
    try {
      const { converse } = await import("./media.js");
      const offer = await this.live.send("media.private");
      const peer = await converse(offer, { onstate: (state) => this.heard(peer, state) });
      if (round !== this.round) return peer.close();
      this.drop();
      this.peer = peer;
      this.sound.srcObject = peer.sound;
      this.sound.play().catch(() => {});
      await this.live.send("media.answer", { peer: peer.peer, sdp: peer.answer });
    } catch {
      if (round === this.round && this.wanted) this.again();
    }
  }

  /** @param {any} peer @param {string} state */
  heard(peer, state) {
    if (peer !== this.peer) return;
    if (state === "up" && !this.busy) this.button.disabled = false;
    if (state === "failed") this.again();
  }

  again() {
    this.round += 1;
    this.drop();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.wanted && void this.connect(), OPEN_AGAIN_MS);
  }

  drop() {
    this.peer?.close();
    this.peer = null;
    this.sound.srcObject = null;
    this.button.disabled = true;
  }

  /** The whole test: four seconds of her voice up, the same four seconds down, and what came of it in plain words. */
  async say() {
    const peer = this.peer;
    if (!peer || this.busy) return;
    this.busy = this.button.disabled = true;
    this.hush(true);
    let found = "none";
    try {
      if (!this.sends()) throw new Error("not sent");
      await this.live.send("media.echo", { action: "record" });
      this.note("speak", "mic");
      await this.count(SAY_MS);
      const before = await peer.arrived();
      const up = (await this.live.send("media.echo", { action: "play" })).result ?? {};
      if (up.packets) {
        this.note("listen", "sound");
        await this.count(Math.max(up.ms ?? 0, STEP_MS), REST_MS);
      }
      found = judge(up, (await peer.arrived()) - before);
    } catch {
      found = "broken";
    }
    this.busy = false;
    this.hush(this.aloud);
    this.button.disabled = !this.peer;
    if (!this.wanted) return;
    this.bar.hidden = true;
    this.note(found, found === "clear" ? "check" : "alert");
    /** @type {HTMLElement} */ (this.button.querySelector("span")).textContent = sentence(this.box, "again");
  }

  /** Moves the bar to its end. @param {number} ms @param {number} [rest] */
  async count(ms, rest = 0) {
    const fill = /** @type {HTMLElement} */ (this.bar.firstElementChild);
    this.bar.hidden = false;
    for (const began = performance.now(); performance.now() - began < ms; ) {
      fill.style.transform = `scaleX(${((performance.now() - began) / ms).toFixed(2)})`;
      await new Promise((done) => setTimeout(done, STEP_MS));
    }
    fill.style.transform = "scaleX(1)";
    await new Promise((done) => setTimeout(done, rest));
  }

  /** @param {string} name @param {string} sign */
  note(name, sign) {
    const text = sentence(this.box, name);
    this.verdict.hidden = false;
    this.verdict.dataset.tone = name;
    this.hint.hidden = true;
    this.verdict.querySelector("use")?.setAttribute("href", `#i-${sign}`);
    /** @type {HTMLElement} */ (this.verdict.querySelector("b")).textContent = text;
    announce("deck", text, { urgent: true });
  }

  /** What the server says of the host: it lets nobody listen before the page has answered that it was shown. @param {any} frame */
  told(frame) {
    const open = TALK_STATES.includes(frame.state);
    this.show(!open ? "" : frame.talks ? "talked" : "listened");
    if (frame.state === "asked") void this.live.send("media.told").catch(() => {});
    if (!open && frame.cause !== "on_stage") announce("aside", sentence(this.box, "alone"), { urgent: true });
  }

  /** @param {"" | "talked" | "listened"} name */
  show(name) {
    const words = /** @type {HTMLElement} */ (this.aside.querySelector("b"));
    const text = name ? sentence(this.box, name) : "";
    this.aloud = name === "talked";
    if (!this.busy) this.hush(this.aloud);
    this.aside.hidden = !name;
    if (!name || words.textContent === text) {
      words.textContent = text;
      return;
    }
    words.textContent = text;
    announce("aside", text, { urgent: true });
    nudge();
  }
}
