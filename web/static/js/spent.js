/** What following a hearing has cost this browser so far, over all pages of the visit. */

import { recall, remember } from "./memory.js";

export class Spent {
  /** @param {import("./connection.js").LiveConnection} live */
  constructor(live) {
    this.live = live;
    this.kept = `k-used-${live.entrance.session}`;
    /** Bytes of earlier pages; asked for late, because the first look into storage may take long. */
    this.before = -1;
  }

  /**
   * In megabytes, as it is said: the page and what it fetched, the line, and what came over it.
   * @param {number} media bytes of sound and picture @param {string} [apart] whatever has this in its address is in them already
   */
  megabytes(media, apart) {
    if (this.before < 0) this.before = Number(recall(this.kept)) || 0;
    let bytes = this.before + this.live.bytes + media;
    for (const entry of performance.getEntriesByType("navigation").concat(performance.getEntriesByType("resource"))) {
      const { name, transferSize } = /** @type {PerformanceResourceTiming} */ (entry);
      if (!apart || !name.includes(apart)) bytes += transferSize || 0;
    }
    remember(this.kept, String(Math.round(bytes)));
    return Math.max(0.1, bytes / 1e6).toFixed(1);
  }
}
