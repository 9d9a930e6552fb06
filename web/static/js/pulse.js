/**
 * Notices early that nothing comes over a peer's connection any more: the browser itself waits for five seconds and more.
 * The server says something at least once a second over every connection, so silence is a broken line and not an empty stage.
 */

const PULSE_MS = 500;
/** So long without a byte at least, and so many of the usual pauses. */
const SILENT_MS = 2000;
const SILENT_PAUSES = 3.2;
/** The same for a while after the phone has changed its network. */
const MOVED_MS = 1000;
const MOVED_PAUSES = 1.6;
const MOVING_MS = 4000;
/** Bytes came at so many looks: only then is it known how often they come. */
const KNOWN = 3;

export class Pulse {
  /** @param {() => void} onSilent @param {() => void} onBack bytes come again over the same connection */
  constructor(onSilent, onBack) {
    this.onSilent = onSilent;
    this.onBack = onBack;
    /** @type {any} */
    this.peer = null;
    this.timer = 0;
    this.movedAt = -Infinity;
    this.follow(null);
  }

  /** @param {any} peer whose line is looked at from now on; null for none */
  follow(peer) {
    clearInterval(this.timer);
    this.peer = peer;
    this.bytes = 0;
    this.beats = 0;
    /** The usual pause between two looks with new bytes, in milliseconds. */
    this.pause = PULSE_MS;
    this.heardAt = performance.now();
    this.lookedAt = this.heardAt;
    this.silent = false;
    if (peer) this.timer = setInterval(() => void this.look(), PULSE_MS);
  }

  /** The phone has another network: the next second decides. */
  moved() {
    this.movedAt = performance.now();
  }

  async look() {
    const { peer } = this;
    const bytes = await arrivedBytes(peer).catch(() => this.bytes);
    if (peer !== this.peer) return;
    const now = performance.now();
    const slept = now - this.lookedAt > 3 * PULSE_MS; // a page that stood still has heard nothing either
    this.lookedAt = now;
    if (bytes > this.bytes) {
      this.pause = 0.7 * this.pause + 0.3 * (now - this.heardAt);
      this.bytes = bytes;
      this.heardAt = now;
      this.beats += 1;
      if (this.silent) this.onBack();
      this.silent = false;
    } else if (slept) {
      this.heardAt = now;
    } else if (!this.silent && this.beats >= KNOWN && now - this.heardAt >= this.patience(now)) {
      this.silent = true;
      this.onSilent();
    }
  }

  /** @param {number} now */
  patience(now) {
    const moving = now - this.movedAt < MOVING_MS;
    return moving ? Math.max(MOVED_MS, MOVED_PAUSES * this.pause) : Math.max(SILENT_MS, SILENT_PAUSES * this.pause);
  }
}

/** @param {any} peer @returns {Promise<number>} */
async function arrivedBytes(peer) {
  let bytes = 0;
  for (const entry of (await peer.stats()).values()) {
    if (entry.type === "transport") bytes += entry.bytesReceived ?? 0;
  }
  return bytes;
}
