/** My complaint's page: alerts on this phone, where its browser can. Without it, the page says everything else. */

import { canPush, reachedAt, switchAlerts } from "./push.js";
import { sentence } from "./words.js";
import { registerWorker } from "./worker.js";

const MARK_LETTERS = 16;

const box = document.getElementById("alerts");
if (box && canPush()) void offerAlerts(box);

/** @param {HTMLElement} root */
async function offerAlerts(root) {
  const button = /** @type {HTMLButtonElement} */ (root.querySelector("button"));
  const said = /** @type {HTMLElement} */ (root.querySelector("[role=status]"));
  const formToken = /** @type {HTMLInputElement} */ (document.querySelector("input[name=form_token]")).value;
  /** @param {boolean} on @param {string} name of the sentence */
  const show = (on, name) => {
    button.setAttribute("aria-pressed", String(on));
    /** @type {HTMLElement} */ (button.querySelector("span")).textContent = sentence(root, on ? "stop" : "ask");
    said.textContent = sentence(root, name);
  };
  const known = root.dataset.known ?? "";
  const here = known ? await mark(await reachedAt()) : "";
  if (known) show(known === here, known === here ? "push" : "other");
  root.hidden = false;
  button.addEventListener("click", async () => {
    const on = button.getAttribute("aria-pressed") !== "true";
    button.disabled = true;
    registerWorker();
    const state = await switchAlerts(root.dataset.to ?? "", formToken, on).catch(() => "page");
    button.disabled = false;
    show(state === "push" || (state === "page" && !on), state);
  });
}

/** A browser's address as the page names it: SHA-256, shortened. @param {string} endpoint */
async function mark(endpoint) {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(endpoint));
  return [...new Uint8Array(digest)].map((each) => each.toString(16).padStart(2, "0")).join("").slice(0, MARK_LETTERS);
}
