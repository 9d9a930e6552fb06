/**
 * Sends a checked question and says what becomes of it. Without a line it waits, tries again by itself, and never twice:
 * the form's key makes two arrivals one question. Without this script the form sends itself.
 */

import { draftAt } from "./drafts.js";

const PATIENCE_MS = 30000;
const AGAIN_MS = 10000;

/** @type {HTMLFormElement | null} */
const checked = document.querySelector("form[data-send]");
if (checked && "fetch" in window && "AbortController" in window) sendByHand(checked);

/** @param {HTMLFormElement} form */
function sendByHand(form) {
  const note = /** @type {HTMLElement} */ (document.getElementById("send-note"));
  const button = /** @type {HTMLButtonElement} */ (form.querySelector("button[value=send]"));
  let under = false;
  let waiting = false;

  const say = (/** @type {string} */ name) => {
    note.hidden = false;
    note.textContent = form.dataset[name] ?? "";
  };

  button.addEventListener("click", (event) => {
    event.preventDefault();
    go();
  });
  addEventListener("online", () => waiting && go());
  document.addEventListener("visibilitychange", () => waiting && !document.hidden && go());
  setInterval(() => waiting && go(), AGAIN_MS);

  async function go() {
    if (under) return;
    under = true;
    say("msgSending");
    const leave = new AbortController();
    const patience = setTimeout(() => leave.abort(), PATIENCE_MS);
    try {
      const body = new URLSearchParams(/** @type {any} */ (new FormData(form)));
      body.set("step", "send");
      const answer = await fetch(form.action, { method: "POST", body, headers: { accept: "application/json" }, signal: leave.signal });
      if (answer.headers.get("content-type")?.startsWith("application/json")) {
        say("msgReached");
        location.replace((await answer.json()).to);
      } else if (answer.status < 500) {
        byItself(); // the server has something to say, and says it on a page
      } else {
        later("msgBusy");
      }
    } catch {
      later(draftAt(form.dataset.send ?? "") ? "msgWaiting" : "msgWaitingHere");
    } finally {
      clearTimeout(patience);
      under = false;
    }
  }

  /** @param {string} why */
  function later(why) {
    waiting = true;
    say(why);
    const words = button.querySelector("span");
    if (words) words.textContent = form.dataset.msgNow ?? "";
  }

  function byItself() {
    const step = document.createElement("input");
    Object.assign(step, { type: "hidden", name: "step", value: "send" });
    form.append(step);
    form.submit();
  }
}
