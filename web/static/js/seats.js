/** Who is on the stage, and the picture of whoever sends one. Sound and picture themselves come in follow.js. */

import { announce } from "./announcer.js";
import { Voices, floorOf, showTime } from "./floor.js";
import { sentence, table } from "./words.js";

/** A picture that shows nothing new for two looks, this many milliseconds apart, is at rest. */
const LOOK_MS = 2000;

/** The pictures, by seat. */
export class Screens {
  constructor() {
    /** @type {Map<string, HTMLVideoElement>} */
    this.all = new Map();
    /** How many pictures each had shown, and for how many looks it has been no more. @type {Map<string, {frames: number, looks: number}>} */
    this.counts = new Map();
    this.onChange = () => {};
  }

  /** @param {string} seat @param {MediaStream} stream */
  show(seat, stream) {
    const screen = this.all.get(seat) ?? document.createElement("video");
    this.all.set(seat, screen);
    screen.muted = true;
    screen.autoplay = true;
    screen.playsInline = true;
    screen.srcObject = stream;
    this.untilSeen(seat);
    screen.play().catch(() => {});
    this.onChange();
  }

  /**
   * No black box for somebody without a camera, and no last picture of who sat here before: shown with the next frame.
   * @param {string} seat
   */
  untilSeen(seat) {
    const screen = this.all.get(seat);
    if (!screen) return;
    screen.hidden = true;
    if (screen.requestVideoFrameCallback) screen.requestVideoFrameCallback(() => (screen.hidden = false));
    else screen.addEventListener("timeupdate", () => (screen.hidden = false), { once: true });
  }

  /** On a narrow line the sound goes first and pictures rest; a still one that says nothing would look like a fault. */
  look() {
    for (const [seat, screen] of this.all) {
      const frames = screen.getVideoPlaybackQuality?.().totalVideoFrames ?? 0;
      const before = this.counts.get(seat);
      const looks = before?.frames === frames && !document.hidden ? before.looks + 1 : 0;
      this.counts.set(seat, { frames, looks });
      const note = /** @type {HTMLElement | null | undefined} */ (screen.parentElement?.querySelector("[data-rests]"));
      if (note) note.hidden = screen.hidden || looks < 2;
    }
  }

  clear() {
    for (const screen of this.all.values()) {
      const note = /** @type {HTMLElement | null | undefined} */ (screen.parentElement?.querySelector("[data-rests]"));
      if (note) note.hidden = true;
      screen.remove();
    }
    this.all.clear();
    this.counts.clear();
  }
}

/** @param {HTMLElement} root @param {import("./store.js").LiveStore} store @param {Screens} screens @param {import("./connection.js").LiveConnection} live */
export function attachSeats(root, store, screens, live) {
  const seats = /** @type {HTMLElement} */ (root.querySelector("#seats"));
  const blank = /** @type {HTMLTemplateElement} */ (document.getElementById("t-seat"));
  const names = table(seats, "data-names");
  const topics = table(document.body, "data-topics");
  const box = /** @type {HTMLElement} */ (root.querySelector("#floor"));
  const voices = new Voices(live, seats);
  let told = box.querySelector("[data-floor-name]")?.textContent ?? "";
  let shown = "";
  screens.onChange = drawSeats;
  store.follow(({ view }) => {
    if (view) drawSeats();
  });
  setInterval(() => screens.look(), LOOK_MS);
  setInterval(() => showTime(box, floorOf(store.view)?.turn, live.now()), 1000);

  /** @param {any} seat @param {any} question */
  function nameOfSeat(seat, question) {
    const post = seat.title?.[document.documentElement.lang] || names[seat.kind] || "";
    const name = question?.name ?? "";
    return seat.kind === "hall" && name ? sentence(box, "from", { name, hall: post }) : name || post;
  }

  /** What changes is spoken once; the clock and who speaks are for the eye. */
  function drawFloor() {
    const now = floorOf(store.view);
    const name = now ? nameOfSeat(now.seat, now.question) : "";
    box.hidden = !now;
    const who = /** @type {HTMLElement} */ (box.querySelector("[data-floor-name]"));
    if (who.textContent !== name) who.textContent = name;
    showTime(box, now?.turn, live.now());
    if (name && name !== told) announce("floor", sentence(box, "now", { name }));
    told = name;
    const screen = Object.values(store.view?.seats ?? {}).find((/** @type {any} */ seat) => seat.kind === "slides" && seat.taken);
    const says = screen ? (screen.shows ? sentence(box, "shown", { text: screen.shows }) : sentence(box, "unnamed")) : "";
    if (says && says !== shown) announce("slides", says);
    shown = says;
  }

  function drawSeats() {
    const { questions = {}, turns = {}, seats: all = {} } = store.view ?? {};
    const cards = new Map(Array.from(seats.children, (card) => [card.getAttribute("data-seat"), card]));
    const taken = Object.entries(all).filter(([, seat]) => seat.taken);
    // A screen is large, and before those who speak about it.
    taken.sort(([, a], [, b]) => Number(b.kind === "slides") - Number(a.kind === "slides"));
    drawFloor();
    const cardsShown = taken.map(([id, seat]) => {
      const known = /** @type {HTMLElement | undefined} */ (cards.get(id));
      const card = known ?? /** @type {HTMLElement} */ (blank.content.firstElementChild?.cloneNode(true));
      const question = questions[turns[seat.turn]?.questions?.[0]] ?? {};
      const screenText = seat.shows ? sentence(box, "shown", { text: seat.shows }) : sentence(box, "unnamed");
      // One may follow another on a seat within a single tick: the picture must not be the one before's for a moment.
      if (known && (known.dataset.turn ?? "") !== (seat.turn ?? "")) screens.untilSeen(id);
      card.dataset.seat = id;
      card.dataset.turn = seat.turn ?? "";
      card.classList.toggle("seat-speaks", seat.kind === "citizen");
      const named = card.querySelector("[data-name]");
      const role = card.querySelector("[data-role]");
      card.classList.toggle("seat-shows", seat.kind === "slides");
      card.toggleAttribute("data-floor", id === store.view.floor);
      if (named) named.textContent = nameOfSeat(seat, question);
      if (role && seat.kind === "slides") role.textContent = screenText;
      else if (role) role.textContent = seat.muted ? (names.muted ?? "") : (topics[question.category] ?? (seat.title ? names[seat.kind] : "") ?? "");
      const screen = screens.all.get(id);
      if (screen && screen.parentElement !== card) {
        card.prepend(screen);
        screens.untilSeen(id);
      }
      return card;
    });
    // The last picture of someone who left would stay in the element: it leaves with the card.
    seats.replaceChildren(...cardsShown);
    voices.mark();
    /** @type {HTMLElement} */ (root.querySelector("#stage-empty")).hidden = taken.length > 0;
  }
}
