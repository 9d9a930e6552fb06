/** Whether she is heard on the stage: her own switches, the desk's, a button to hold, the line; and what the light says of it. */

import { announce } from "./announcer.js";
import { Holding } from "./holding.js";
import { byId, page } from "./turn_page.js";
import { sentence } from "./words.js";

export class Air {
  /** @param {import("./stage.js").StageSender} sender @param {() => boolean} onStage */
  constructor(sender, onStage) {
    this.sender = sender;
    this.onStage = onStage;
    this.light = byId("air");
    /** The line to the stage stands. */
    this.sending = false;
    this.muted = false;
    this.mutedByStaff = false;
    this.holding = new Holding(byId("talk"), () => {
      this.sound();
      this.show();
    });
    byId("mute").addEventListener("click", () => this.switchSound());
    byId("camera").addEventListener("click", () => void this.switchPicture());
  }

  /** @param {"up" | "down"} state */
  line(state) {
    this.sending = state === "up";
    this.show();
  }

  /** Her seat as it is now. @param {any} seat @param {string} id */
  sit(seat, id) {
    this.mutedByStaff = Boolean(seat?.muted) && !this.muted;
    this.light.dataset.seat = id;
    this.holding.ask(seat?.talk === "hold");
  }

  /** @param {boolean} shown her switches; before there is a microphone there is nothing to switch */
  offer(shown) {
    for (const id of ["talk", "mute", "camera"]) byId(id).hidden = !shown;
  }

  /** What goes out: nothing while she is muted, or holds no button where one has to be held. */
  sound() {
    this.sender.mute(this.muted || !this.holding.talks);
  }

  show() {
    if (!this.onStage()) return;
    const { light } = this;
    const state = this.muted || this.mutedByStaff ? "muted" : !this.sending ? "wait" : this.holding.talks ? "on" : "held";
    if (light.dataset.air === state) return;
    const words = this.mutedByStaff ? "stage-muted-by" : { muted: "stage-you-muted", on: "stage-on", wait: "stage-going", held: "talk-waits" }[state];
    light.dataset.air = state;
    /** @type {HTMLElement} */ (light.querySelector("span")).textContent = sentence(page, words ?? "");
    announce("air", sentence(page, words ?? ""), { urgent: true });
  }

  switchSound() {
    this.muted = !this.muted;
    this.sound();
    const button = byId("mute");
    button.setAttribute("aria-pressed", String(this.muted));
    /** @type {HTMLElement} */ (button.querySelector("span")).textContent = sentence(button, this.muted ? "on" : "off");
    this.show();
  }

  async switchPicture() {
    const { sender } = this;
    const button = /** @type {HTMLButtonElement} */ (byId("camera"));
    const self = /** @type {HTMLVideoElement} */ (byId("self"));
    button.disabled = true;
    try {
      if (sender.video) {
        await sender.hidePicture();
        self.srcObject = null;
      } else {
        self.srcObject = await sender.showPicture();
        await self.play();
      }
    } catch {
      self.srcObject = null; // without a camera the turn goes on in sound
    }
    self.hidden = !self.srcObject;
    /** @type {HTMLElement} */ (button.querySelector("span")).textContent = sentence(button, sender.video ? "on" : "off");
    button.disabled = false;
  }
}
