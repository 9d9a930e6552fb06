/** How a speaker's line is, in words for whoever moderates, with the button that does what the words advise. */

import { announce } from "../announcer.js";
import { bit, put } from "./rows.js";
import { say } from "./talk.js";

/** Figures older than this say nothing: they come every two seconds. */
const FIGURES_MS = 7000;
const TONES = { good: "ok", weak: "warn", bad: "error", gone: "error" };
const ALARMING = new Set(["bad", "gone"]);

export class Health {
  /** @param {import("../connection.js").LiveConnection} live @param {() => void} changed */
  constructor(live, changed) {
    /** @type {Record<string, any>} by seat */
    this.seats = {};
    /** @type {Record<string, any>} by participant, of those on deck */
    this.deck = {};
    this.at = -FIGURES_MS;
    /** What was told of whom, so that it is told once. @type {Map<string, string>} */
    this.told = new Map();
    live.on("media.health", (frame) => {
      this.seats = frame.seats ?? {};
      this.deck = frame.deck ?? {};
      this.at = performance.now();
      changed();
    });
  }

  /** What is known of the line of a turn. @param {any} turn */
  of(turn) {
    if (performance.now() - this.at > FIGURES_MS) return null;
    return turn.state === "on_stage" ? this.seats[turn.seat] : this.deck[turn.participant];
  }

  /** @param {string} seat */
  ofSeat(seat) {
    return performance.now() - this.at > FIGURES_MS ? null : this.seats[seat];
  }

  /** What is worse than it was, once. @param {string} id of a turn @param {string} name @param {any} line */
  tell(id, name, line) {
    const grade = line?.grade ?? "";
    if (grade && ALARMING.has(grade) && !ALARMING.has(this.told.get(id) ?? "")) announce(`health-${id}`, say("health.told", { name, text: say(`health.${grade}`) }));
    this.told.set(id, grade);
  }
}

/**
 * @param {HTMLElement} card with `[data-health]` @param {any} line
 * @param {{heldS?: number, reads?: boolean}} [more] seconds for which the seat is held; whether the question can be read out
 */
export function drawHealth(card, line, more = {}) {
  const box = bit(card, "health");
  const held = more.heldS !== undefined;
  box.hidden = !line && !held;
  if (box.hidden) return;
  const grade = /** @type {keyof typeof TONES} */ (held ? "gone" : line.grade);
  const word = bit(box, "health-word");
  word.className = `badge badge-${TONES[grade]}`;
  put(word, held ? say("health.held", { n: more.heldS ?? 0 }) : say(`health.${grade}`));
  const figures = bit(box, "health-figures");
  /** @type {HTMLElement} */ (figures.parentElement).hidden = !line;
  if (line) put(figures, say("health.figures", { kbps: line.kbps ?? 0, loss: Math.round((line.loss ?? 0) * 100), rtt: line.rtt ?? "–" }));
  const button = box.querySelector("button");
  if (button) button.hidden = !more.reads || !ALARMING.has(grade);
}
