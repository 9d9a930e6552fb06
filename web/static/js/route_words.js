/**
 * Says how sound and picture find their way here, while that takes long or needs a detour, and what to do when there is
 * none. `media.js` tells the facts; the sentences stand on the page, in #route.
 */

import { announce } from "./announcer.js";
import { sentence } from "./words.js";

/** Milliseconds for which a way that was found stays on the page. */
const FOUND_MS = 6000;

export function sayRoute() {
  const line = document.getElementById("route");
  if (!line) return;
  const words = /** @type {HTMLElement} */ (line.querySelector("[data-words]"));
  const call = /** @type {HTMLElement | null} */ (line.querySelector("[data-call]"));
  /** What is being tried, or leads nowhere, each way by itself. @type {Map<boolean, string>} */
  const open = new Map();
  let timer = 0;

  addEventListener("media-way", (event) => {
    const { sends, way, found } = /** @type {CustomEvent} */ (event).detail;
    clearTimeout(timer);
    if (!found) open.set(sends, way === "none" ? (sends ? "none-sent" : "none-heard") : way);
    else open.delete(sends);
    // Her own voice counts for more than what she hears.
    const trouble = open.get(true) ?? open.get(false);
    if (trouble) show(trouble);
    else if (found && way !== "direct") {
      show("found");
      timer = setTimeout(() => (line.hidden = true), FOUND_MS);
    } else line.hidden = true;
  });

  /** @param {string} name */
  function show(name) {
    const said = sentence(/** @type {HTMLElement} */ (line), name);
    const nowhere = name.startsWith("none");
    if (call) call.hidden = !nowhere;
    if (name === "none-sent") document.getElementById("stage-read")?.removeAttribute("hidden");
    if (words.textContent === said && !line?.hidden) return;
    words.textContent = said;
    /** @type {HTMLElement} */ (line).hidden = false;
    /** @type {HTMLElement} */ (line).dataset.way = name;
    announce("route", said, { urgent: nowhere });
  }
}
