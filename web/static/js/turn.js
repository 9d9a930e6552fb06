/**
 * "You are next" and "on air" in one page. Losing the line never loses the turn: while this page is open it comes back
 * every half second, and says for how long the seat is held. Every time is the server's: phones' clocks are wrong by years.
 */

import { announce, nudge } from "./announcer.js";
import { LiveConnection, RefusedError } from "./connection.js";
import { Voices, floorOf, timeStage, timeText } from "./floor.js";
import { Holding } from "./holding.js";
import { Deck } from "./deck.js";
import { remember } from "./memory.js";
import { MicCheck } from "./miccheck.js";
import { attachReadBack } from "./readback.js";
import { Reception, Sounds } from "./reception.js";
import { StageSender } from "./stage.js";
import { sayRoute } from "./route_words.js";
import { LiveStore } from "./store.js";
import { sentence, table } from "./words.js";

const HEARS = new Set(["ready", "on_stage", "read_out"]);
const OVER_PHASES = new Set(["closing", "closed", "cancelled"]);
/** Long enough to read what happened; shorter where she did it herself. */
const LEAVE_MS = 1200;
const READ_MS = 4000;
const WHY_MS = 800;
/** How loud the hearing is while somebody is heard on the private line. */
const QUIET = 0.15;
const SELF = new Set(["", "stage-off", "next-over"]);
/** How a turn ended → what she is told. @type {Record<string, string>} */
const FAREWELLS = { finished: "stage-off", taken_off: "stage-by-host", removed: "stage-removed", closed: "stage-hearing-over" };
const page = document.body;
const turnId = page.dataset.turn ?? "";
const sessionId = page.dataset.session ?? "";
const holdS = Math.round(Number(page.dataset.hold) / 1000);
const store = new LiveStore(page.dataset.participant ?? "");
const byId = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));
const netBar = byId("net");
const air = byId("air");
let turnState = page.dataset.state ?? "";
let endsAt = Number(page.dataset.endsAt);
let answerBy = Number(page.dataset.answerBy);
let limitMs = Number(page.dataset.limit) || 180000;
let muted = false;
let mutedByStaff = false;
/** The turn is heard through the microphone of a hall: hers is not wanted. */
let fromHall = false;
let sending = false;
let brokenAt = 0;
let spoken = "";
let outcome = "";
let reason = "";
let leaving = false;
/** @type {WakeLockSentinel | null} */
let awake = null;

const live = new LiveConnection({
  session: sessionId,
  formToken: page.dataset.formToken ?? "",
  position: () => store.position(),
  onFrame: (frame) => {
    if (frame.type === "welcome" && frame.participant !== page.dataset.participant) return leave(""); // gone on elsewhere
    for (const event of frame.events ?? []) {
      if (event.type === "turn.ended" && event.turn === turnId) [outcome, reason] = [event.outcome ?? "", event.reason ?? ""];
    }
    store.take(frame);
  },
  onState: (state, code) => {
    netBar.hidden = state === "on";
    if (state === "on") brokenAt = 0;
    else if (state === "off") brokenAt ||= performance.now();
    else if (code === 4505 || code === 403) leave("stage-removed");
    else netBar.textContent = sentence(page, "net-off");
  },
});
live.urgent = true;
live.offset = Number(page.dataset.now) - Date.now();
const sender = new StageSender(live, (state) => {
  sending = state === "up";
  showAir();
});
/** What the hearing says to her; the server leaves her own voice out of it, so that nothing comes back as an echo. */
const sounds = new Sounds();
const deck = new Deck(live, () => page.dataset.participant ?? "", () => sending, (quiet) => sounds.level(quiet ? QUIET : 1));
const hearing = new Reception(live, "sound", (seat, stream) => sounds.play(seat, stream), () => {});
const check = new MicCheck(() => sender.openMicrophone(), {
  onFail: () => (byId("stage-read").hidden = false),
  onOpen: (stream) => {
    byId("stage-read").hidden = true;
    sender.speakInto(stream);
    sound();
    byId("talk").hidden = false;
    byId("mute").hidden = false;
    byId("camera").hidden = false;
    byId("ready-box").hidden = turnState === "ready";
    void sender.connect();
    prepare();
    listen();
  },
});

const holding = new Holding(byId("talk"), () => {
  sound();
  showAir();
});
const voices = new Voices(live, page);

store.follow(() => {
  const turn = store.view?.turns?.[turnId];
  const mine = store.personal;
  if (mine?.removed) return leave("stage-removed");
  // The turn is over, or was given back. That she hears at once; why, with the next tick.
  if (mine && mine.turn !== turnId) return outcome ? leave(farewell()) : void setTimeout(() => leave(farewell()), WHY_MS);
  if (!turn) {
    if (mine && turnState !== "parked" && !outcome) becomeTurn("parked");
    return;
  }
  if (turnState === "on_stage" && turn.state === "on_stage" && turn.ends_at > endsAt && endsAt) {
    spoken = "";
    announce("more", sentence(page, "floor-more", { n: Math.round((turn.ends_at - live.now()) / 1000) }));
  }
  endsAt = turn.ends_at ?? 0;
  answerBy = turn.answer_by ?? 0;
  limitMs = turn.limit_ms ?? limitMs;
  const seat = store.view.seats?.[turn.seat ?? ""];
  mutedByStaff = Boolean(seat?.muted) && !muted;
  air.dataset.seat = turn.seat ?? "";
  voices.mark();
  holding.ask(seat?.talk === "hold");
  const hall = seat?.kind === "hall" ? seat.title?.[document.documentElement.lang] || sentence(page, "hall-name") : "";
  if (Boolean(hall) !== fromHall) speakFromHall(Boolean(hall));
  showFloor(hall);
  if (turn.state !== turnState) becomeTurn(turn.state);
  showAir();
});

function farewell() {
  if (OVER_PHASES.has(store.view?.session?.phase)) return "stage-hearing-over";
  return FAREWELLS[outcome] ?? (turnState === "on_stage" ? "stage-off" : "next-over");
}

/** Whose turn it is to speak, in large letters; told when it changes. @param {string} hall */
function showFloor(hall) {
  const now = floorOf(store.view);
  const mine = now?.seat.turn === turnId;
  const name = now?.question?.name || now?.seat.title?.[document.documentElement.lang] || table(page, "data-seats")[now?.seat.kind] || "";
  const says = hall ? sentence(page, "floor-hall", { hall }) : mine ? sentence(page, "floor-yours") : now ? sentence(page, "floor-other", { name }) : sentence(page, "floor-none");
  const box = byId("floor");
  box.hidden = false;
  box.toggleAttribute("data-mine", mine);
  if (box.textContent === says) return;
  box.textContent = says;
  if (turnState === "on_stage") announce("floor", says);
}

/** There is a microphone for everybody where she stands: hers would only echo. @param {boolean} yes */
function speakFromHall(yes) {
  fromHall = yes;
  air.hidden = yes;
  for (const id of ["talk", "mute", "camera", "mic"]) byId(id).hidden = yes || !sender.audio;
  if (!yes) return;
  check.stop();
  sender.stop();
  hearing.stop();
  sayWhatSheHears();
}

/** What goes out: nothing while she is muted, or holds no button where one has to be held. */
function sound() {
  sender.mute(muted || !holding.talks);
}

/** @param {string} state */
function becomeTurn(state) {
  turnState = state;
  const onStage = state === "on_stage";
  byId("next").hidden = onStage;
  byId("stage").hidden = !onStage;
  byId("next-actions").hidden = state === "read_out";
  byId("mic").hidden = state === "read_out";
  if (state === "ready") byId("ready-box").hidden = true;
  if (onStage) {
    history.replaceState(null, "", `/s/${sessionId}/stage`);
    check.stop();
    air.focus();
    stayAwake();
    if (!sender.audio && !onHallSeat()) void check.start();
  } else {
    history.replaceState(null, "", `/s/${sessionId}/next`);
  }
  prepare();
  listen();
  tick();
}

/** Behind the stage from the first tap on the microphone until the turn begins. */
function prepare() {
  if (sender.audio && turnState !== "on_stage" && turnState !== "read_out") deck.open();
  else deck.close();
}

/** From "I am ready" on she hears the hearing on this page; before, the live page was for that. */
function listen() {
  if (HEARS.has(turnState) && !fromHall) hearing.start();
  else hearing.stop();
  sayWhatSheHears();
}

function sayWhatSheHears() {
  for (const each of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-hears]"))) each.hidden = !hearing.wanted;
}

/** Whether the turn stands on a hall's seat, as far as is known. */
function onHallSeat() {
  const seat = store.view?.turns?.[turnId]?.seat;
  return store.view?.seats?.[seat ?? ""]?.kind === "hall";
}

/** A phone that falls asleep falls silent. The system takes the lock back whenever the page is out of sight. */
function stayAwake() {
  if (turnState !== "on_stage" || document.hidden) return;
  navigator.wakeLock?.request("screen").then((lock) => (awake = lock)).catch(() => {});
}

/** @param {string} why */
function leave(why) {
  if (leaving) return;
  leaving = true;
  if (why) {
    const said = `${sentence(page, why)} ${why === "stage-by-host" ? (table(page, "data-take-off")[reason] ?? "") : ""}`.trim();
    announce("off", said, { urgent: true });
    netBar.hidden = false;
    netBar.textContent = said;
  }
  hearing.stop();
  sounds.clear();
  deck.close();
  sender.stop();
  live.stop();
  awake?.release().catch(() => {});
  setTimeout(() => location.replace(`/s/${sessionId}/live`), SELF.has(why) ? LEAVE_MS : READ_MS);
}

function showAir() {
  if (turnState !== "on_stage") return;
  const state = muted || mutedByStaff ? "muted" : !sending ? "wait" : holding.talks ? "on" : "held";
  if (air.dataset.air === state) return;
  const words = mutedByStaff ? "stage-muted-by" : { muted: "stage-you-muted", on: "stage-on", wait: "stage-going", held: "talk-waits" }[state];
  air.dataset.air = state;
  /** @type {HTMLElement} */ (air.querySelector("span")).textContent = sentence(page, words ?? "");
  announce("air", sentence(page, words ?? ""), { urgent: true });
}

/** Once a second, and never more often: numbers that flicker are noise. */
function tick() {
  if (leaving) return;
  const now = live.now();
  if (brokenAt) {
    const held = Math.max(0, holdS - Math.floor((performance.now() - brokenAt) / 1000));
    netBar.textContent = held ? sentence(page, turnState === "on_stage" ? "net-held-s" : "net-kept", { n: held }) : sentence(page, "next-kept");
  }
  if (turnState === "on_stage" && endsAt) showClock(endsAt - now);
  else if (turnState === "called" || turnState === "on_deck") {
    const left = Math.max(0, Math.ceil((answerBy - now) / 1000));
    byId("left").textContent = answerBy ? sentence(page, "next-left", { n: left }) : "";
  } else if (turnState === "ready") byId("left").textContent = sentence(page, "next-deck");
  else if (turnState === "read_out") byId("left").textContent = sentence(page, "next-read-now");
  else byId("left").textContent = sentence(page, "next-kept");
}

/** @param {number} leftMs */
function showClock(leftMs) {
  const left = Math.ceil(leftMs / 1000);
  const stage = timeStage(leftMs);
  byId("clock").textContent = timeText(leftMs);
  byId("clock").dataset.stage = stage;
  byId("progress").style.transform = `scaleX(${Math.max(0, Math.min(1, leftMs / limitMs))})`;
  byId("clock").classList.toggle("clock-low", stage !== "");
  byId("clock-note").hidden = left > 0;
  byId("clock-note").textContent = sentence(page, stage === "grace" ? "floor-grace" : "stage-over");
  const mark = left <= 0 ? "over" : left <= 10 ? "ten" : left <= 30 ? "thirty" : "";
  if (!mark || mark === spoken) return;
  spoken = mark;
  announce("clock", sentence(page, `stage-${mark}`), { urgent: true });
  if (mark === "thirty") nudge();
}

for (const form of /** @type {NodeListOf<HTMLFormElement>} */ (document.querySelectorAll("form[data-action]"))) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = /** @type {HTMLButtonElement} */ (form.querySelector("button"));
    button.disabled = true;
    byId("problem").hidden = true;
    try {
      const key = /** @type {HTMLInputElement} */ (form.elements.namedItem("key")).value;
      await live.send(`turn.${form.dataset.action}`, { turn: turnId, key });
    } catch (error) {
      if (error instanceof RefusedError && error.code === "ended") return form.submit();
      byId("problem").hidden = false;
      byId("problem").textContent = sentence(page, "refused-other");
    }
    button.disabled = false;
  });
}

byId("mute").addEventListener("click", () => {
  muted = !muted;
  sound();
  const button = byId("mute");
  button.setAttribute("aria-pressed", String(muted));
  /** @type {HTMLElement} */ (button.querySelector("span")).textContent = sentence(button, muted ? "on" : "off");
  showAir();
});

byId("camera").addEventListener("click", async () => {
  const button = /** @type {HTMLButtonElement} */ (byId("camera"));
  const self = /** @type {HTMLVideoElement} */ (byId("self"));
  button.disabled = true;
  try {
    if (sender.video) {
      await sender.hidePicture();
      self.srcObject = null;
    } else {
      self.srcObject = await sender.showPicture();
      await self.play();
    }
  } catch {
    self.srcObject = null; // without a camera the turn goes on in sound
  }
  self.hidden = !self.srcObject;
  /** @type {HTMLElement} */ (button.querySelector("span")).textContent = sentence(button, sender.video ? "on" : "off");
  button.disabled = false;
});

attachReadBack(byId("promise"), store, (fields) => live.send("outcome.read_back", fields));
remember("k-called", turnId);
sayRoute();
document.addEventListener("visibilitychange", stayAwake);
setInterval(tick, 1000);
live.start();
if (turnState === "called") void live.send("turn.accept", { turn: turnId }).catch(() => {});
if (turnState === "on_stage") {
  stayAwake();
  if (!page.dataset.hall) void check.start();
} else byId("next-title").focus();
addEventListener("pagehide", () => sender.stop());
