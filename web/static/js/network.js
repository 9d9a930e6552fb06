/**
 * What a phone's network is good for, as far as its browser says, and how large a picture may be on it. Where the browser
 * says nothing (Firefox, Safari) a middling one is sent; the server sees what the line takes and asks for less.
 */

/** @typedef {"sound" | "low" | "middle" | "high"} Size */
/** @typedef {{kbps: number, short: number, fps: number}} Picture `short` is the shorter side in pixels */

/** From none to the best. */
const SIZES = /** @type {Size[]} */ (["sound", "low", "middle", "high"]);

/** @type {Record<Size, Picture>} */
export const PICTURES = {
  sound: { kbps: 0, short: 0, fps: 0 },
  low: { kbps: 100, short: 144, fps: 10 },
  middle: { kbps: 250, short: 240, fps: 15 },
  high: { kbps: 600, short: 360, fps: 20 },
};

/** The least download in Mbit/s for a small, a middling and a good picture; uploads are about half of it. */
const LEAST = { low: 0.15, middle: 0.6, high: 4 };
/** Lost packets, as a fraction: from the first on, twice running, the picture gets smaller; below the second, for so many looks, larger. */
const LOSSY = 0.1;
const WELL = 0.02;
const BAD_LOOKS = 2;
const WELL_LOOKS = 8;

/** As the server takes it. @returns {Size | "unknown"} */
export function networkClass() {
  const { effectiveType, downlink = 0, saveData = false } = /** @type {any} */ (navigator).connection ?? {};
  if (!effectiveType) return "unknown";
  if (effectiveType.endsWith("2g") || downlink < LEAST.low) return "sound";
  if (saveData || downlink < LEAST.middle) return "low";
  return effectiveType === "3g" || downlink < LEAST.high ? "middle" : "high";
}

/** How large the own picture is: as the network allows, no larger than wanted here, smaller while packets are lost. */
export class PictureSize {
  /** @param {Size} most */
  constructor(most) {
    this.most = SIZES.indexOf(most);
    this.worn = SIZES.length - 1;
    this.bad = 0;
    this.well = 0;
  }

  /** @returns {Picture} */
  get now() {
    return PICTURES[SIZES[this.place()] ?? "sound"];
  }

  place() {
    const known = networkClass();
    return Math.min(this.most, this.worn, SIZES.indexOf(known === "unknown" ? "middle" : known));
  }

  /** What was lost lately, as a fraction; true when the size has changed by it. @param {number} lost */
  look(lost) {
    const before = this.place();
    this.bad = lost >= LOSSY ? this.bad + 1 : 0;
    this.well = lost < WELL ? this.well + 1 : 0;
    if (this.bad >= BAD_LOOKS && before > 1) {
      this.worn = before - 1;
      this.bad = 0;
    } else if (this.well >= WELL_LOOKS && this.worn < SIZES.length - 1) {
      this.worn += 1;
      this.well = 0;
    }
    return this.place() !== before;
  }
}

/** What to ask a camera for. @param {Picture} picture @returns {MediaTrackConstraints} */
export function cameraFor({ short, fps }) {
  return { width: { ideal: Math.round((short * 16) / 9 / 2) * 2 }, height: { ideal: short }, frameRate: { ideal: fps, max: fps } };
}
