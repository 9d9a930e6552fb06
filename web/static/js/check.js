/**
 * The test before the turn comes: can this browser speak, is the line good, does the microphone hear? Everything stays on
 * this phone: nothing is recorded and no sound is sent.
 */

import { announce } from "./announcer.js";
import { capture } from "./mic.js";
import { MicCheck } from "./miccheck.js";
import { sentence } from "./words.js";

const SLOW_MS = 800;
const LATE_MS = 8000;
const results = /** @type {HTMLElement} */ (document.getElementById("results"));
const good = new Set();

const check = new MicCheck(() => capture({ audio: true }), {
  onOpen: (stream) => {
    const stop = /** @type {HTMLButtonElement} */ (document.getElementById("mic-stop"));
    stop.hidden = false;
    stop.onclick = () => {
      for (const track of stream.getTracks()) track.stop();
      stop.hidden = true;
      check.reset();
    };
    addEventListener("pagehide", () => stop.click(), { once: true });
  },
  onHeard: () => tell("mic", "ok", sentence(results, "mic-ok")),
});

const speaks = Boolean(window.RTCPeerConnection && navigator.mediaDevices?.getUserMedia && window.WebSocket);
tell("browser", speaks ? "ok" : "bad", sentence(results, speaks ? "browser-ok" : "browser-bad"));
void line();

/** One small question: how long is the way to the server and back? */
async function line() {
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(), LATE_MS);
  try {
    const began = performance.now();
    const answer = await fetch("/healthz?n=1", { cache: "no-store", signal: patience.signal });
    await answer.text();
    if (!answer.ok) throw new Error(String(answer.status));
    const took = Math.round(performance.now() - began);
    const slow = took > SLOW_MS;
    tell("line", slow ? "slow" : "ok", sentence(results, slow ? "line-slow" : "line-ok", { n: took }));
  } catch {
    tell("line", "bad", sentence(results, "line-bad"));
  }
  clearTimeout(timer);
}

/** @param {"browser" | "line" | "mic"} name @param {"ok" | "slow" | "bad"} result @param {string} text */
function tell(name, result, text) {
  const row = /** @type {HTMLElement} */ (results.querySelector(`[data-try="${name}"]`));
  row.dataset.result = result;
  /** @type {HTMLElement} */ (row.querySelector("dd")).textContent = text;
  /** @type {SVGUseElement} */ (row.querySelector("use")).setAttribute("href", result === "ok" ? "#i-check" : "#i-alert");
  if (result === "bad") return;
  good.add(name);
  if (good.size < 3) return;
  /** @type {HTMLElement} */ (document.getElementById("all-ok")).hidden = false;
  announce("ready", sentence(results, "all-ok"));
}
