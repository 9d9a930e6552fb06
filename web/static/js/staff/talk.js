/** What the staff pages say: sentences from the page, never words of their own. */

import { RefusedError } from "../connection.js";
import { sentence } from "../words.js";

const spoken = /** @type {HTMLElement} */ (document.getElementById("msg"));

/** @param {string} key a message key, dotted @param {Record<string, string | number>} [values] */
export function say(key, values) {
  return sentence(spoken, key.replace(/[._]/g, "-"), values);
}

/** A sentence that changes with a number (Urdu and English both have "one" and "other"). @param {string} key @param {number} n */
export function sayCount(key, n) {
  return say(`${key}.${n === 1 ? "one" : "other"}`, { n });
}

/** Why something did not happen, as a plain sentence. @param {unknown} error */
export function sayNo(error) {
  if (!(error instanceof RefusedError)) return say("no.other");
  if (error.code === "ended") return say("desk.net.over");
  if (error.code === "lost") return say("no.offline");
  return say(`no.${error.code}`, /** @type {Record<string, string | number>} */ (error.params)) || say("no.other");
}

/** Shows a problem where it happened, or takes it away. @param {Element | null} box @param {string} [text] */
export function showProblem(box, text = "") {
  if (!(box instanceof HTMLElement)) return;
  box.hidden = !text;
  const words = box.querySelector("span");
  if (words) words.textContent = text;
}

/** Minutes and seconds, with hours where there are any. @param {number} ms */
export function clockText(ms) {
  const seconds = Math.floor(Math.abs(ms) / 1000);
  const two = (/** @type {number} */ n) => String(n).padStart(2, "0");
  const hours = Math.floor(seconds / 3600);
  const rest = `${two(seconds % 60)}`;
  const minutes = Math.floor(seconds / 60) % 60;
  return hours ? `${hours}:${two(minutes)}:${rest}` : `${minutes}:${rest}`;
}
