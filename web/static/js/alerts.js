/**
 * "Your turn is near": at 5, 2 and 1 places and when called, once each. A chime, a shake, the page's title and its sign in
 * the tab; alerts for when the page is closed are asked for on a tap (push.js).
 */

import { nudge } from "./announcer.js";
import { recall, remember } from "./memory.js";
import { sentence } from "./words.js";

/** Places at which she is told, and 0 for the call itself; the same as kachehri/alerts.py. */
const NEAR = [5, 2, 1, 0];
const CALLED_STATES = new Set(["called", "on_deck", "ready"]);
const NOTES_HZ = { near: [660, 880], called: [660, 880, 1320] };
const NOTE_S = 0.18;

/** The step that a place has come to: the smallest of NEAR that is not below it; Infinity while it is far. @param {number} place */
export function stepOf(place) {
  return NEAR.reduce((least, each) => (place <= each ? Math.min(least, each) : least), Infinity);
}

/** Two or three soft notes, made here: no file is fetched for them. @param {"near" | "called"} kind */
export function chime(kind) {
  if (!(navigator.userActivation?.hasBeenActive ?? true)) return; // before the first tap no sound is allowed
  try {
    const audio = new AudioContext();
    const end = NOTES_HZ[kind].reduce((at, pitch) => {
      const note = audio.createOscillator();
      const loud = audio.createGain();
      note.frequency.value = pitch;
      loud.gain.setValueAtTime(0.0001, at);
      loud.gain.exponentialRampToValueAtTime(0.25, at + 0.02);
      loud.gain.exponentialRampToValueAtTime(0.0001, at + NOTE_S);
      note.connect(loud).connect(audio.destination);
      note.start(at);
      note.stop(at + NOTE_S);
      return at + NOTE_S;
    }, audio.currentTime + 0.05);
    setTimeout(() => void audio.close(), (end - audio.currentTime) * 1000 + 200);
  } catch {
    // A phone without Web Audio shakes, and the page shows it.
  }
}

/**
 * @param {HTMLElement} root the box in which alerts are switched on @param {import("./store.js").LiveStore} store
 * @param {string} session @param {string} formToken
 */
export function attachAlerts(root, store, session, formToken) {
  const title = document.title;
  const sign = /** @type {HTMLLinkElement | null} */ (document.querySelector('link[rel="icon"]'));
  const usual = sign?.href ?? "";
  const button = /** @type {HTMLButtonElement} */ (root.querySelector("button"));
  const kept = `k-near-${session}`;
  /** The smallest step that each question was told of, so that neither a reload nor a move tells it twice. @type {Record<string, number>} */
  let told = {};
  let written = "";
  /** Questions whose turn is there; a turn that is offered again rings again. @type {Set<string>} */
  const ringing = new Set();

  button.addEventListener("click", async () => {
    button.disabled = true;
    chime("near"); // she hears what she will hear
    const { switchAlerts } = await import("./push.js");
    const state = await switchAlerts(`/s/${session}/alerts`, formToken, button.getAttribute("aria-pressed") !== "true");
    button.disabled = false;
    button.setAttribute("aria-pressed", String(state === "push" || state === "page"));
    /** @type {HTMLElement} */ (button.querySelector("span")).textContent = sentence(root, state === "off" ? "ask" : "stop");
    /** @type {HTMLElement} */ (root.querySelector("p")).textContent = sentence(root, state);
  });

  store.follow(() => {
    if (!store.personal) return;
    const waiting = (store.personal.questions ?? []).filter((/** @type {any} */ own) => own.place || own.turn);
    root.hidden = waiting.length === 0;
    if (!waiting.length && !written) return;
    if (!written) told = JSON.parse((written = recall(kept) || "{}"));
    let nearest = Infinity;
    for (const own of waiting) {
      const isCalled = CALLED_STATES.has(own.turn ? (store.view?.turns?.[own.turn]?.state ?? "") : "");
      const place = isCalled ? 0 : own.place || Infinity;
      nearest = Math.min(nearest, place);
      const step = stepOf(place);
      if (isCalled ? !ringing.has(own.id) : step < (told[own.id] ?? Infinity)) {
        chime(isCalled ? "called" : "near");
        if (step <= 1) nudge();
      }
      if (isCalled) ringing.add(own.id);
      else ringing.delete(own.id);
      if (step !== Infinity) told[own.id] = Math.min(step || 1, told[own.id] ?? Infinity);
    }
    const now = JSON.stringify(told);
    if (now !== written) remember(kept, (written = now));
    const isNear = nearest <= 5;
    document.title = nearest === 0 ? sentence(root, "title-called") : isNear ? `${sentence(root, "title-near", { n: nearest })} ${title}` : title;
    if (sign) sign.href = isNear ? (root.dataset.sign ?? usual) : usual;
  });
}
