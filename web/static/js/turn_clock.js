/** How long is left: until she must answer the call, and of her turn. Told aloud at thirty and ten seconds, and when it is over. */

import { announce, nudge } from "./announcer.js";
import { timeStage, timeText } from "./floor.js";
import { byId, page } from "./turn_page.js";
import { sentence } from "./words.js";

export class TurnClock {
  constructor() {
    /** What was told aloud last of this time. */
    this.spoken = "";
  }

  /** She was given more time. @param {number} leftMs */
  more(leftMs) {
    this.spoken = "";
    announce("more", sentence(page, "floor-more", { n: Math.round(leftMs / 1000) }));
  }

  /** @param {number} leftMs @param {number} limitMs */
  show(leftMs, limitMs) {
    const left = Math.ceil(leftMs / 1000);
    const stage = timeStage(leftMs);
    byId("clock").textContent = timeText(leftMs);
    byId("clock").dataset.stage = stage;
    byId("progress").style.transform = `scaleX(${Math.max(0, Math.min(1, leftMs / limitMs))})`;
    byId("clock").classList.toggle("clock-low", stage !== "");
    byId("clock-note").hidden = left > 0;
    byId("clock-note").textContent = sentence(page, stage === "grace" ? "floor-grace" : "stage-over");
    const mark = left <= 0 ? "over" : left <= 10 ? "ten" : left <= 30 ? "thirty" : "";
    if (!mark || mark === this.spoken) return;
    this.spoken = mark;
    announce("clock", sentence(page, `stage-${mark}`), { urgent: true });
    if (mark === "thirty") nudge();
  }
}

/** Before her turn: what comes next, and until when. @param {string} state of the turn @param {number} answerBy @param {number} now */
export function showWait(state, answerBy, now) {
  if (state === "called" || state === "on_deck") {
    const left = Math.max(0, Math.ceil((answerBy - now) / 1000));
    byId("left").textContent = answerBy ? sentence(page, "next-left", { n: left }) : "";
  } else if (state === "ready") byId("left").textContent = sentence(page, "next-deck");
  else if (state === "read_out") byId("left").textContent = sentence(page, "next-read-now");
  else byId("left").textContent = sentence(page, "next-kept");
}
