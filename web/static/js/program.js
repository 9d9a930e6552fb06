/**
 * The program for this phone: in writing, with sound, with a small or a large picture, as a person chose and never more. The
 * page works without this file (links and the browser's own player); with it the way is changed without a new page, what
 * broke off begins again, the locked screen has its buttons, and whoever wants to be nearer to the moment taps for it: only
 * then is the second player fetched, and only with another tap what brings it without any delay (direct.js). That is never
 * remembered, and when it ends, what was there before goes on. A page that nobody looks at gives its picture up.
 */

import { announce } from "./announcer.js";
import { offLockedScreen, onLockedScreen } from "./locked_screen.js";
import { rememberWay } from "./memory.js";
import { playNear } from "./near.js";
import { Spent } from "./spent.js";
import { Standing } from "./standing.js";
import { sentence } from "./words.js";

const PROGRAM_AGAIN_MS = 3000;
const PROGRAM_COUNT_MS = 5000;
/** So long out of sight, and the sound goes on alone. */
const PROGRAM_REST_MS = 10000;
const PROGRAM_LIST = "application/vnd.apple.mpegurl";

/** @param {HTMLElement} box @param {import("./store.js").LiveStore} store @param {import("./connection.js").LiveConnection} live */
export function attachProgram(box, store, live) {
  const player = /** @type {HTMLElement} */ (box.querySelector("#player"));
  const near = /** @type {HTMLButtonElement} */ (box.querySelector("#near"));
  /** Not there where none is offered. */
  const undelayed = /** @type {HTMLButtonElement | null} */ (box.querySelector("#direct"));
  const note = /** @type {HTMLElement | null} */ (box.querySelector("#direct-note"));
  const modes = /** @type {HTMLAnchorElement[]} */ (Array.from(box.querySelectorAll("[data-follow]")));
  const spent = new Spent(live);
  const native = document.createElement("video").canPlayType(PROGRAM_LIST) !== "";
  let mode = box.dataset.mode ?? "sound";
  /** The browser's own player unless somebody asked to be nearer, or the browser has none. */
  let nearer = false;
  let wanted = false;
  let playing = false;
  /** It goes on as soon as something comes: its player asks for it by itself. */
  let stalled = false;
  /** Stopped by the person: it goes on when she says so, and not by itself. */
  let held = false;
  /** Out of sight: the sound goes on alone. */
  let resting = false;
  let restTimer = 0;
  /** Without delay: what brings it, how it is with it, and whether something played before. @type {import("./direct.js").Direct | null} */
  let direct = null;
  /** @type {"off" | "wait" | "on"} */
  let coming = "off";
  let playedBefore = false;
  /** Bytes of what was played on this page. */
  let played = 0;
  /** @type {HTMLMediaElement | null} */
  let element = player.querySelector("audio, video");
  /** @type {any} */
  let hls = null;
  let again = 0;

  for (const each of modes) {
    each.addEventListener("click", (event) => {
      event.preventDefault();
      choose(each.dataset.follow ?? "sound");
    });
  }
  near.addEventListener("click", () => {
    nearer = native ? !nearer : true;
    begin();
  });
  if (undelayed) {
    undelayed.hidden = !("RTCPeerConnection" in window);
    undelayed.addEventListener("click", () => void (coming === "off" ? goDirect() : leaveDirect()));
    note?.querySelector("button")?.addEventListener("click", () => void goDirect());
  }
  document.addEventListener("visibilitychange", look);
  if (element) attach(element);
  if (!native) player.replaceChildren();
  store.follow(({ view }) => {
    if (view && ["closed", "cancelled"].includes(store.view?.session?.phase) && !playing) box.hidden = true;
  });
  setInterval(() => void count(), PROGRAM_COUNT_MS);
  draw();

  /** @param {string} chosen */
  function choose(chosen) {
    mode = chosen;
    rememberWay(mode);
    if (coming !== "off") {
      coming = "off"; // before it is told that it ended, so that nothing else begins
      direct?.stop();
    }
    resting = false;
    told("");
    if (mode === "text") end();
    else begin();
  }

  /** A tap is for "until I say stop". @param {boolean} [play] without it, it waits for a tap on its own button */
  function begin(play = true) {
    end(false);
    wanted = play;
    held = false;
    const sound = mode === "sound" || resting;
    const made = document.createElement(sound ? "audio" : "video");
    made.controls = true;
    if (!play) made.preload = "none";
    made.setAttribute("playsinline", "");
    made.setAttribute("aria-label", player.getAttribute(`data-label-${sound ? "sound" : "picture"}`) ?? "");
    element = made;
    player.replaceChildren(made);
    attach(made);
    if (nearer || !native) void byScript(made);
    else {
      made.src = address();
      if (play) made.play().catch(() => {});
    }
    draw();
  }

  /** Nothing plays and nothing comes; where the browser has a player, it stands there again. */
  function stand() {
    wanted = false;
    if (native && mode !== "text" && box.hasAttribute("data-begun")) {
      nearer = false;
      begin(false);
    } else end();
  }

  function end(forGood = true) {
    clearTimeout(again);
    hls?.destroy();
    hls = null;
    const old = element;
    element = null;
    old?.pause();
    old?.removeAttribute("src");
    old?.load();
    player.replaceChildren();
    playing = false;
    if (forGood) {
      wanted = false;
      offLockedScreen();
    }
    draw();
  }

  /** @param {HTMLMediaElement} made */
  function attach(made) {
    const mine = (/** @type {() => void} */ act) => () => made === element && act();
    made.addEventListener("play", mine(() => ((wanted = true), (held = false), describe())));
    made.addEventListener("playing", mine(() => ((playing = true), (stalled = false), draw())));
    // In the background it is the phone that stops a picture, and nobody's wish.
    made.addEventListener("pause", mine(() => ((playing = false), (held ||= !document.hidden && !made.error), draw())));
    made.addEventListener("waiting", mine(() => ((stalled = true), draw())));
    made.addEventListener("error", mine(() => !hls && later()));
    // What is over stays; a playlist that ended while the hearing goes on does not.
    made.addEventListener("ended", mine(() => ((playing = false), (wanted = false), draw())));
  }

  /** The program is away, or was not there yet: it is asked for again for as long as it is wanted. */
  function later() {
    playing = false;
    draw();
    clearTimeout(again);
    if (wanted) again = setTimeout(() => wanted && !held && begin(), PROGRAM_AGAIN_MS + Math.random() * 2000);
  }

  /** Nobody looks at a page in the background: its picture stops, its sound goes on. Never more than was chosen. */
  function look() {
    clearTimeout(restTimer);
    if (document.hidden) {
      if (playing && coming === "off" && mode !== "sound") restTimer = setTimeout(() => wanted && !held && ((resting = true), begin()), PROGRAM_REST_MS);
    } else if (resting) {
      resting = false;
      if (held) stand();
      else begin();
    }
  }

  async function goDirect() {
    told("");
    playedBefore = wanted && !held;
    end();
    coming = "wait";
    draw();
    try {
      const { Direct } = await import("./direct.js");
      direct ??= new Direct(live, Standing, show, heard);
      if (coming === "wait") direct.start();
    } catch {
      heard("lost");
    }
  }

  function leaveDirect() {
    if (direct?.wanted) direct.stop();
    else heard("off");
  }

  /** Two elements: sound goes on in the background, and a picture that comes late holds no word back. @param {{audio: MediaStream, video: MediaStream}} streams */
  function show({ audio, video }) {
    const made = [audio, video].filter((stream) => stream.getTracks().length).map((stream) => {
      const one = document.createElement(stream === video ? "video" : "audio");
      one.muted = stream === video;
      one.setAttribute("playsinline", "");
      one.setAttribute("aria-label", player.getAttribute(`data-label-${stream === video ? "picture" : "sound"}`) ?? "");
      one.srcObject = stream;
      return one;
    });
    player.replaceChildren(...made);
    for (const one of made) one.play().catch(() => {});
    describe();
  }

  /** @param {import("./direct.js").DirectState} state */
  function heard(state) {
    if (coming === "off") return;
    if (state === "wait" || state === "on") {
      coming = state;
      playing = state === "on";
      return draw();
    }
    coming = "off";
    resting = document.hidden && mode !== "sound";
    // A line that broke goes on with what was chosen before, which costs less; a place that was not there changes nothing.
    if (mode !== "text" && (playedBefore || state === "lost")) begin();
    else stand();
    told(state);
  }

  /** @param {"" | import("./direct.js").DirectState} why */
  function told(why) {
    const says = why && why !== "off" ? sentence(box, `direct-${why}`) : "";
    if (!note) return;
    note.hidden = !says;
    write(note.querySelector("[data-words]"), says);
    if (says) announce("direct", says);
  }

  /** @param {HTMLMediaElement} made */
  async function byScript(made) {
    const mine = () => made === element;
    try {
      const second = await playNear(made, address(), { wanted: mine, playing: () => playing, onLost: later });
      if (mine()) hls = second;
      else second?.destroy();
    } catch {
      if (native) nearer = false;
      later();
    }
  }

  function address() {
    return `${box.dataset.base}/${mode === "sound" ? box.dataset.sound : resting ? "sound" : mode}/live.m3u8`;
  }

  function describe() {
    // What was missed meanwhile is over: it goes on with what is said now.
    onLockedScreen(box.dataset.artist ?? "", { play: () => begin(), pause: () => hold(false), stop: () => hold(true) });
  }

  /** @param {boolean} over */
  function hold(over) {
    held = true;
    playedBefore = false;
    if (over) wanted = false;
    if (coming === "off") element?.pause();
    else leaveDirect();
  }

  function state() {
    return coming !== "off" ? (coming === "on" ? "direct" : "wait") : mode === "text" ? "text" : !wanted ? "ready" : playing && !stalled ? mode : "wait";
  }

  function draw() {
    for (const each of modes) coming === "off" && each.dataset.follow === mode ? each.setAttribute("aria-current", "true") : each.removeAttribute("aria-current");
    undelayed?.setAttribute("aria-pressed", String(coming !== "off"));
    write(box.querySelector("#program-now"), sentence(box, state()));
    write(box.querySelector("#behind"), sentence(box, coming === "off" ? "behind" : "undelayed"));
    near.hidden = coming !== "off" || mode === "text" || (native && mode === "sound");
    near.setAttribute("aria-pressed", String(nearer));
    write(near.querySelector("span"), sentence(near, !native ? "listen" : nearer ? "far" : "near"));
  }

  /** What this visit has cost so far. A player tells nobody what it fetched: its time is counted, at the rate that was told. */
  async function count() {
    if (document.hidden && !playing) return;
    const way = resting ? "sound" : mode;
    const rate = Number(modes.find((each) => each.dataset.follow === way)?.dataset.rate) + (hls ? Number(box.dataset.nearRate) : 0);
    if (playing && !stalled && coming === "off") played += (rate * 1e6 * PROGRAM_COUNT_MS) / 3.6e6;
    const media = played + ((await direct?.bytes()) ?? 0);
    write(box.querySelector("#used"), sentence(box, "used", { n: spent.megabytes(media, "/b/") }));
  }

  /** @param {Element | null} element @param {string} text */
  function write(element, text) {
    if (element && element.textContent !== text) element.textContent = text;
  }
}
