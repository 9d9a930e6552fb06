/**
 * How this phone follows: in writing, with sound, or with sound and picture. Sound starts with a tap and never before, the
 * way is always in sight and changed by one tap, and nothing costs more than was chosen. The chosen way is kept in a cookie,
 * so that the next page knows it.
 */

import { announce } from "./announcer.js";
import { offLockedScreen, onLockedScreen } from "./locked_screen.js";
import { rememberWay } from "./memory.js";
import { Reception, Sounds } from "./reception.js";
import { sayRoute } from "./route_words.js";
import { Spent } from "./spent.js";
import { sentence } from "./words.js";

const OVER_PHASES = new Set(["closed", "cancelled"]);
const COUNT_MS = 5000;

/**
 * @param {HTMLElement} root @param {import("./store.js").LiveStore} store @param {import("./connection.js").LiveConnection} live
 * @param {import("./seats.js").Screens} screens
 */
export function attachFollow(root, store, live, screens) {
  const box = /** @type {HTMLElement} */ (root.querySelector("#follow"));
  const button = /** @type {HTMLButtonElement} */ (root.querySelector("#listen"));
  const modes = /** @type {HTMLButtonElement[]} */ (Array.from(box.querySelectorAll("[data-follow]")));
  const spent = new Spent(live);
  let mode = box.dataset.mode ?? "sound";
  /** @type {import("./reception.js").Coming} */
  let hearing = "off";
  /** @type {import("./reception.js").Coming} */
  let seeing = "off";

  const sounds = new Sounds();
  const sound = new Reception(live, "sound", (seat, stream) => sounds.play(seat, stream), (state) => {
    hearing = state;
    if (state === "off" || state === "fail") sounds.clear();
    draw();
  });
  const picture = new Reception(live, "picture", (seat, stream) => screens.show(seat, stream), (state) => {
    seeing = state;
    if (state !== "on" && state !== "wait") screens.clear();
    if (state === "full") {
      choose("sound");
      announce("full", sentence(box, "full"));
    }
    draw();
  });

  box.hidden = false;
  for (const each of modes) each.addEventListener("click", () => choose(each.dataset.follow ?? "sound", true));
  button.addEventListener("click", () => (sound.wanted ? quiet() : start()));
  document.addEventListener("visibilitychange", look);
  store.follow(({ view }) => {
    if (!view || !OVER_PHASES.has(store.view?.session?.phase)) return;
    quiet();
    box.hidden = true;
  });
  sayRoute();
  setInterval(() => void count(), COUNT_MS);
  draw();

  /** @param {string} wanted @param {boolean} [tapped] */
  function choose(wanted, tapped = false) {
    mode = wanted;
    rememberWay(mode);
    if (mode === "text") quiet();
    else if (tapped) start();
    if (mode !== "picture" && seeing !== "full") picture.stop();
    draw();
  }

  function start() {
    if (mode === "text") mode = "sound";
    sound.start();
    look();
    onLockedScreen(box.dataset.artist ?? "", { play: start, pause: quiet, stop: quiet });
  }

  function quiet() {
    picture.stop();
    sound.stop();
    offLockedScreen();
  }

  /** Nobody looks at a page in the background: its picture stops, its sound goes on. */
  function look() {
    if (mode === "picture" && sound.wanted && !document.hidden) picture.start();
    else picture.stop();
  }

  function draw() {
    for (const each of modes) each.setAttribute("aria-pressed", String(each.dataset.follow === mode));
    button.hidden = mode === "text" && !sound.wanted;
    const label = { off: "off", wait: "wait", on: "on", fail: "fail", full: "fail" }[hearing];
    put(button.querySelector("span"), sentence(button, label));
    button.classList.toggle("btn-main", !sound.wanted);
    const now = !sound.wanted ? (mode === "text" ? "text" : "ready") : hearing === "wait" ? "wait" : picture.wanted ? "picture" : "sound";
    put(root.querySelector("#follow-now"), sentence(box, seeing === "full" ? "full" : now));
  }

  /** What this visit has cost so far: the page, the line, sound and picture. */
  async function count() {
    if (document.hidden) return;
    const media = (await sound.bytes()) + (await picture.bytes());
    put(root.querySelector("#used"), sentence(box, "used", { n: spent.megabytes(media) }));
  }

  /** @param {Element | null} element @param {string} text */
  function put(element, text) {
    if (element && element.textContent !== text) element.textContent = text;
  }
}
