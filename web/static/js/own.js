/** My complaint's page: that a proposal was read, and alerts on this phone, where its browser can. Works without it. */

import { announce } from "./announcer.js";
import { canPush, reachedAt, switchAlerts } from "./push.js";
import { sentence } from "./words.js";
import { registerWorker } from "./worker.js";

const MARK_LETTERS = 16;

/** So long before her eyes, and it has been read. */
const READ_MS = 3000;

/** @type {HTMLFormElement | null} */
const unread = document.querySelector("form[data-read]");
if (unread) noteReading(unread);
const box = document.getElementById("alerts");
if (box && canPush()) void offerAlerts(box);

/** A page that is fetched ahead, or lies in another tab, is not read; her time begins when it is. @param {HTMLFormElement} form */
function noteReading(form) {
  let timer = 0;
  const look = () => {
    clearTimeout(timer);
    if (document.visibilityState === "visible") timer = setTimeout(() => void send(), READ_MS);
  };
  const send = async () => {
    const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(/** @type {any} */ (new FormData(form))), redirect: "manual" }).catch(() => null);
    if (answer?.type !== "opaqueredirect") return; // the button is still there
    document.removeEventListener("visibilitychange", look);
    const said = document.createElement("p");
    said.className = "muted small";
    said.textContent = sentence(form, "read");
    form.replaceWith(said);
  };
  document.addEventListener("visibilitychange", look);
  look();
}

/** @param {HTMLElement} root */
async function offerAlerts(root) {
  const button = /** @type {HTMLButtonElement} */ (root.querySelector("button"));
  const said = /** @type {HTMLElement} */ (root.querySelector("h2 + p"));
  const formToken = /** @type {HTMLInputElement} */ (document.querySelector("input[name=form_token]")).value;
  /** @param {boolean} on @param {string} name of the sentence */
  const show = (on, name) => {
    button.setAttribute("aria-pressed", String(on));
    /** @type {HTMLElement} */ (button.querySelector("span")).textContent = sentence(root, on ? "stop" : "ask");
    said.textContent = sentence(root, name);
    if (!root.hidden) announce("alerts", said.textContent);
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
