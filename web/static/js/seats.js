/** Who is on the stage, and sound and picture on a tap: never before, because they cost the listener's money. */

import { sentence, table } from "./words.js";

/** @param {HTMLElement} root @param {import("./store.js").LiveStore} store @param {import("./connection.js").LiveConnection} live */
export function attachSeats(root, store, live) {
  const seats = /** @type {HTMLElement} */ (root.querySelector("#seats"));
  const blank = /** @type {HTMLTemplateElement} */ (document.getElementById("t-seat"));
  const names = table(seats, "data-names");
  const topics = table(document.body, "data-topics");
  const button = /** @type {HTMLButtonElement} */ (root.querySelector("#listen"));
  const label = /** @type {HTMLElement} */ (button.querySelector("span"));
  /** @type {any} */
  let watching = null;
  /** @type {Map<string, HTMLVideoElement>} */
  const screens = new Map();

  /** @type {HTMLElement} */ (root.querySelector("#listen-actions")).hidden = false;
  button.addEventListener("click", () => (watching ? hush() : void listen()));

  live.on("media.lost", (frame) => {
    if (watching && (!frame.peer || frame.peer === watching.peer)) renew();
  });
  store.follow(({ view }) => {
    if (view) drawSeats();
  });

  function drawSeats() {
    const { questions = {}, turns = {}, seats: all = {} } = store.view;
    const cards = new Map(Array.from(seats.children, (card) => [card.getAttribute("data-seat"), card]));
    const taken = Object.entries(all).filter(([, seat]) => seat.taken);
    const shown = taken.map(([id, seat]) => {
      const known = /** @type {HTMLElement | undefined} */ (cards.get(id));
      const card = known ?? /** @type {HTMLElement} */ (blank.content.firstElementChild?.cloneNode(true));
      const question = questions[turns[seat.turn]?.questions?.[0]] ?? {};
      card.dataset.seat = id;
      card.classList.toggle("seat-speaks", seat.kind === "citizen");
      const named = card.querySelector("[data-name]");
      const role = card.querySelector("[data-role]");
      if (named) named.textContent = question.name || names[seat.kind] || "";
      if (role) role.textContent = seat.muted ? (names.muted ?? "") : (topics[question.category] ?? "");
      const video = screens.get(id);
      if (video && video.parentElement !== card) card.prepend(video);
      return card;
    });
    // The last picture of someone who left would stay in the element: it leaves with the card.
    seats.replaceChildren(...shown);
    /** @type {HTMLElement} */ (root.querySelector("#stage-empty")).hidden = taken.length > 0;
  }

  async function listen() {
    label.textContent = sentence(button, "wait");
    button.disabled = true;
    try {
      const { watch } = await import("./media.js");
      const offer = await live.send("media.watch");
      const peer = await watch(offer, {
        onseat: ({ seat, stream }) => show(seat, stream),
        onstate: (state) => {
          if (state === "failed" && watching === peer) renew();
        },
      });
      watching?.close();
      watching = peer;
      await live.send("media.answer", { peer: peer.peer, sdp: peer.answer });
      label.textContent = sentence(button, "on");
    } catch {
      hush();
      label.textContent = sentence(button, "fail");
    }
    button.disabled = false;
  }

  /** The server or the line dropped the sound: fetch it again without a tap, since the tap was for "until I say stop". */
  function renew() {
    setTimeout(() => watching && void listen(), 500 + Math.random() * 500);
  }

  function hush() {
    watching?.close();
    watching = null;
    for (const video of screens.values()) video.remove();
    screens.clear();
    label.textContent = sentence(button, "off");
  }

  /** @param {string} seat @param {MediaStream} stream */
  function show(seat, stream) {
    const video = screens.get(seat) ?? document.createElement("video");
    screens.set(seat, video);
    video.autoplay = true;
    video.playsInline = true;
    video.srcObject = stream;
    video.play().catch(() => {});
    drawSeats();
  }
}
