/**
 * Who is on the stage; sound on a tap, and a picture on another: never before, because they cost the listener's money.
 * Sound plays apart from the picture, since somebody who speaks without a camera has none.
 */

import { sentence, table } from "./words.js";

/** @param {HTMLElement} root @param {import("./store.js").LiveStore} store @param {import("./connection.js").LiveConnection} live */
export function attachSeats(root, store, live) {
  const seats = /** @type {HTMLElement} */ (root.querySelector("#seats"));
  const blank = /** @type {HTMLTemplateElement} */ (document.getElementById("t-seat"));
  const names = table(seats, "data-names");
  const topics = table(document.body, "data-topics");
  const button = /** @type {HTMLButtonElement} */ (root.querySelector("#listen"));
  const pictureButton = /** @type {HTMLButtonElement} */ (root.querySelector("#picture"));
  /** @type {any} */
  let watching = null;
  let picture = false;
  let round = 0;
  /** @type {Map<string, HTMLAudioElement>} */
  const sounds = new Map();
  /** @type {Map<string, HTMLVideoElement>} */
  const screens = new Map();

  /** @type {HTMLElement} */ (root.querySelector("#listen-actions")).hidden = false;
  button.addEventListener("click", () => (watching ? hush("off") : void listen()));
  pictureButton.addEventListener("click", () => {
    picture = !picture;
    if (!picture) clearScreens();
    void listen();
  });
  live.on("media.lost", (frame) => {
    if (watching && (!frame.peer || frame.peer === watching.peer)) renew();
  });
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
      card.dataset.seat = id;
      card.classList.toggle("seat-speaks", seat.kind === "citizen");
      const named = card.querySelector("[data-name]");
      const role = card.querySelector("[data-role]");
      if (named) named.textContent = question.name || seat.title?.[document.documentElement.lang] || names[seat.kind] || "";
      if (role) role.textContent = seat.muted ? (names.muted ?? "") : (topics[question.category] ?? (seat.title ? names[seat.kind] : "") ?? "");
      const screen = screens.get(id);
      if (screen && screen.parentElement !== card) {
        card.prepend(screen);
        untilSeen(screen);
      }
      return card;
    });
    // The last picture of someone who left would stay in the element: it leaves with the card.
    seats.replaceChildren(...shown);
    /** @type {HTMLElement} */ (root.querySelector("#stage-empty")).hidden = taken.length > 0;
  }

  async function listen() {
    const mine = ++round;
    label(button, "wait");
    button.disabled = pictureButton.disabled = true;
    try {
      const { watch } = await import("./media.js");
      const offer = await live.send("media.watch");
      const peer = await watch(offer, {
        picture,
        onseat: (seat, streams) => {
          play(seat, streams.audio);
          if (picture) show(seat, streams.video);
        },
        onstate: (state) => {
          if (state === "failed" && watching === peer) renew();
        },
      });
      watching?.close();
      watching = peer;
      await live.send("media.answer", { peer: peer.peer, sdp: peer.answer });
      label(button, "on");
      pictureButton.hidden = false;
      label(pictureButton, picture ? "on" : "off");
    } catch {
      if (mine === round) hush("fail");
    }
    button.disabled = pictureButton.disabled = false;
  }

  /** The server or the line dropped the sound: fetch it again without a tap, since the tap was for "until I say stop". */
  function renew() {
    setTimeout(() => watching && void listen(), 500 + Math.random() * 500);
  }

  /** @param {"off" | "fail"} why */
  function hush(why) {
    watching?.close();
    watching = null;
    for (const sound of sounds.values()) sound.srcObject = null;
    sounds.clear();
    clearScreens();
    pictureButton.hidden = true;
    label(button, why);
  }

  function clearScreens() {
    for (const screen of screens.values()) screen.remove();
    screens.clear();
  }

  /** @param {HTMLButtonElement} element @param {string} name */
  function label(element, name) {
    /** @type {HTMLElement} */ (element.querySelector("span")).textContent = sentence(element, name);
  }

  /** @param {string} seat @param {MediaStream} stream */
  function play(seat, stream) {
    const sound = sounds.get(seat) ?? new Audio();
    sounds.set(seat, sound);
    sound.srcObject = stream;
    sound.play().catch(() => {});
  }

  /**
   * No black box for somebody without a camera, and no last picture of who sat here before: shown with the next frame.
   * @param {HTMLVideoElement} screen
   */
  function untilSeen(screen) {
    screen.hidden = true;
    screen.requestVideoFrameCallback(() => (screen.hidden = false));
  }

  /** @param {string} seat @param {MediaStream} stream */
  function show(seat, stream) {
    const screen = screens.get(seat) ?? document.createElement("video");
    screens.set(seat, screen);
    screen.muted = true;
    screen.autoplay = true;
    screen.playsInline = true;
    screen.srcObject = stream;
    untilSeen(screen);
    screen.play().catch(() => {});
    drawSeats();
  }
}
