/**
 * Speaking while a button is held: for a phone in a loud place. The choice is the speaker's, unless the desk asks for it;
 * finger, mouse, and Space or Enter do the same, and whatever ends the touch ends the speaking.
 */

import { announce, nudge } from "./announcer.js";
import { sentence } from "./words.js";

export class Holding {
  /** @param {HTMLElement} box with `[data-talk]` for the choice and `[data-hold]` to hold @param {(talks: boolean) => void} onTalk */
  constructor(box, onTalk) {
    this.box = box;
    this.onTalk = onTalk;
    this.choice = /** @type {NodeListOf<HTMLButtonElement>} */ (box.querySelectorAll("[data-talk]"));
    this.button = /** @type {HTMLButtonElement} */ (box.querySelector("[data-hold]"));
    /** What she chose, and what the desk asks for. @type {"open" | "hold"} */
    this.own = "open";
    this.asked = false;
    this.held = false;
    for (const each of this.choice) each.addEventListener("click", () => this.choose(each.dataset.talk === "hold" ? "hold" : "open"));
    const { button } = this;
    button.addEventListener("pointerdown", (event) => {
      if (event.button) return;
      button.setPointerCapture(event.pointerId);
      this.press(true);
    });
    for (const end of ["pointerup", "pointercancel", "lostpointercapture", "blur"]) button.addEventListener(end, () => this.press(false));
    button.addEventListener("contextmenu", (event) => event.preventDefault()); // a long touch would open a menu
    button.addEventListener("keydown", (event) => this.key(event, true));
    button.addEventListener("keyup", (event) => this.key(event, false));
    document.addEventListener("visibilitychange", () => document.hidden && this.press(false));
  }

  /** Whether a button has to be held. */
  get on() {
    return this.asked || this.own === "hold";
  }

  /** Whether her sound may go out now. */
  get talks() {
    return !this.on || this.held;
  }

  /** @param {KeyboardEvent} event @param {boolean} down */
  key(event, down) {
    if (event.key !== " " && event.key !== "Enter") return;
    event.preventDefault();
    if (!event.repeat) this.press(down);
  }

  /** @param {"open" | "hold"} way */
  choose(way) {
    this.own = way;
    this.show();
    if (this.on) this.button.focus();
  }

  /** The desk asks for it, or no longer. @param {boolean} asked */
  ask(asked) {
    if (asked === this.asked) return;
    this.asked = asked;
    this.show();
    if (asked) announce("talk", sentence(this.box, "asked"), { urgent: true });
  }

  /** @param {boolean} down */
  press(down) {
    if (down === this.held || (down && !this.on)) return;
    this.held = down;
    if (down) nudge();
    this.show();
  }

  show() {
    if (!this.on) this.held = false;
    for (const each of this.choice) {
      each.setAttribute("aria-pressed", String((each.dataset.talk === "hold") === this.on));
      each.disabled = this.asked;
    }
    const part = /** @type {HTMLElement} */ (this.button.parentElement);
    part.hidden = !this.on;
    /** @type {HTMLElement} */ (this.box.querySelector("[data-asked]")).hidden = !this.asked;
    this.button.setAttribute("aria-pressed", String(this.held));
    /** @type {HTMLElement} */ (this.button.querySelector("span")).textContent = sentence(this.box, this.held ? "pressing" : "press");
    this.onTalk(this.talks);
  }
}
