/** "Done, undo?" for eight seconds; the clock stands still while somebody points at it or has the focus on it. */

import { announce } from "../announcer.js";
import { byId, put } from "./rows.js";

const STAYS_MS = 8000;

export class Undo {
  constructor() {
    this.box = byId("toast");
    this.button = byId("toast-undo");
    /** @type {(() => void) | null} */
    this.inverse = null;
    this.timer = 0;
    this.button.addEventListener("click", () => this.now());
    for (const name of ["pointerenter", "focusin"]) this.box.addEventListener(name, () => clearTimeout(this.timer));
    for (const name of ["pointerleave", "focusout"]) this.box.addEventListener(name, () => this.wait());
  }

  /** @param {string} text what was done @param {(() => void) | null} [inverse] how to take it back, where the rules have a way */
  offer(text, inverse = null) {
    put(byId("toast-text"), text);
    this.inverse = inverse;
    this.button.hidden = !inverse;
    this.box.hidden = false;
    announce("done", text, { ttlMs: STAYS_MS });
    this.wait();
  }

  wait() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.hide(), STAYS_MS);
  }

  now() {
    const inverse = this.inverse;
    this.hide();
    inverse?.();
  }

  hide() {
    clearTimeout(this.timer);
    this.inverse = null;
    this.box.hidden = true;
  }
}
