/** Who is on the stage, and the picture of whoever sends one. Sound and picture themselves come in follow.js. */

import { table } from "./words.js";

/** The pictures, by seat. */
export class Screens {
  constructor() {
    /** @type {Map<string, HTMLVideoElement>} */
    this.all = new Map();
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

  clear() {
    for (const screen of this.all.values()) screen.remove();
    this.all.clear();
  }
}

/** @param {HTMLElement} root @param {import("./store.js").LiveStore} store @param {Screens} screens */
export function attachSeats(root, store, screens) {
  const seats = /** @type {HTMLElement} */ (root.querySelector("#seats"));
  const blank = /** @type {HTMLTemplateElement} */ (document.getElementById("t-seat"));
  const names = table(seats, "data-names");
  const topics = table(document.body, "data-topics");
  screens.onChange = drawSeats;
  store.follow(({ view }) => {
    if (view) drawSeats();
  });

  function drawSeats() {
    const { questions = {}, turns = {}, seats: all = {} } = store.view ?? {};
    const cards = new Map(Array.from(seats.children, (card) => [card.getAttribute("data-seat"), card]));
    const taken = Object.entries(all).filter(([, seat]) => seat.taken);
    const shown = taken.map(([id, seat]) => {
      const known = /** @type {HTMLElement | undefined} */ (cards.get(id));
      const card = known ?? /** @type {HTMLElement} */ (blank.content.firstElementChild?.cloneNode(true));
      const question = questions[turns[seat.turn]?.questions?.[0]] ?? {};
      // One may follow another on a seat within a single tick: the picture must not be the one before's for a moment.
      if (known && (known.dataset.turn ?? "") !== (seat.turn ?? "")) screens.untilSeen(id);
      card.dataset.seat = id;
      card.dataset.turn = seat.turn ?? "";
      card.classList.toggle("seat-speaks", seat.kind === "citizen");
      const named = card.querySelector("[data-name]");
      const role = card.querySelector("[data-role]");
      if (named) named.textContent = question.name || seat.title?.[document.documentElement.lang] || names[seat.kind] || "";
      if (role) role.textContent = seat.muted ? (names.muted ?? "") : (topics[question.category] ?? (seat.title ? names[seat.kind] : "") ?? "");
      const screen = screens.all.get(id);
      if (screen && screen.parentElement !== card) {
        card.prepend(screen);
        screens.untilSeen(id);
      }
      return card;
    });
    // The last picture of someone who left would stay in the element: it leaves with the card.
    seats.replaceChildren(...shown);
    /** @type {HTMLElement} */ (root.querySelector("#stage-empty")).hidden = taken.length > 0;
  }
}
