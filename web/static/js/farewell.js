/** How a turn ended, what she is told of it, and for how long she may read that before the hearing's page comes. */

import { announce } from "./announcer.js";
import { byId, page } from "./turn_page.js";
import { sentence, table } from "./words.js";

const OVER_PHASES = new Set(["closing", "closed", "cancelled"]);
/** Long enough to read what happened; shorter where she did it herself. */
const LEAVE_MS = 1200;
const READ_MS = 4000;
const SELF = new Set(["", "stage-off", "next-over"]);
/** How a turn ended → what she is told. @type {Record<string, string>} */
const FAREWELLS = { finished: "stage-off", taken_off: "stage-by-host", removed: "stage-removed", closed: "stage-hearing-over" };

/** @param {string | undefined} phase of the hearing @param {string} outcome of the turn @param {boolean} onStage */
export function farewellOf(phase, outcome, onStage) {
  if (OVER_PHASES.has(phase ?? "")) return "stage-hearing-over";
  return FAREWELLS[outcome] ?? (onStage ? "stage-off" : "next-over");
}

/** Says it, aloud and on the page; returns after how many milliseconds to leave. @param {string} why @param {string} reason */
export function sayFarewell(why, reason) {
  if (why) {
    const said = `${sentence(page, why)} ${why === "stage-by-host" ? (table(page, "data-take-off")[reason] ?? "") : ""}`.trim();
    announce("off", said, { urgent: true });
    byId("net").hidden = false;
    byId("net").textContent = said;
  }
  return SELF.has(why) ? LEAVE_MS : READ_MS;
}
