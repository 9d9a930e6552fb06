/**
 * "You are next" and "on air" in one page. Losing the line never loses the turn: while this page is open it comes back
 * every half second, and says for how long the seat is held. Every time is the server's: phones' clocks are wrong by years.
 */

import { Air } from "./air.js";
import { announce } from "./announcer.js";
import { attachCaptions } from "./captions.js";
import { LiveConnection } from "./connection.js";
import { Deck } from "./deck.js";
import { farewellOf, sayFarewell } from "./farewell.js";
import { Voices, floorOf } from "./floor.js";
import { remember } from "./memory.js";
import { MicCheck } from "./miccheck.js";
import { attachReadBack } from "./readback.js";
import { Reception, Sounds } from "./reception.js";
import { StageSender } from "./stage.js";
import { sayRoute } from "./route_words.js";
import { LiveStore } from "./store.js";
import { TurnClock, showWait } from "./turn_clock.js";
import { attachTurnForms } from "./turn_forms.js";
import { byId, page, sessionId, turnId } from "./turn_page.js";
import { sentence, table } from "./words.js";

const HEARS = new Set(["ready", "on_stage", "read_out"]);
/** Why a turn is over comes a tick after that it is. */
const WHY_MS = 800;
/** How loud the hearing is while somebody is heard on the private line. */
const QUIET = 0.15;
const holdS = Math.round(Number(page.dataset.hold) / 1000);
const store = new LiveStore(page.dataset.participant ?? "");
const netBar = byId("net");
let turnState = page.dataset.state ?? "";
let endsAt = Number(page.dataset.endsAt);
let answerBy = Number(page.dataset.answerBy);
let limitMs = Number(page.dataset.limit) || 180000;
/** The turn is heard through the microphone of a hall: hers is not wanted. */
let fromHall = false;
let brokenAt = 0;
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
const sender = new StageSender(live, (state) => air.line(state));
const air = new Air(sender, () => turnState === "on_stage");
const clock = new TurnClock();
/** What the hearing says to her; the server leaves her own voice out of it, so that nothing comes back as an echo. */
const sounds = new Sounds();
const deck = new Deck(live, () => page.dataset.participant ?? "", () => air.sending, (quiet) => sounds.level(quiet ? QUIET : 1));
const hearing = new Reception(live, "sound", (seat, stream) => sounds.play(seat, stream), () => {});
const check = new MicCheck(() => sender.openMicrophone(), {
  onFail: () => (byId("stage-read").hidden = false),
  onOpen: (stream) => {
    byId("stage-read").hidden = true;
    sender.speakInto(stream);
    air.sound();
    air.offer(true);
    byId("ready-box").hidden = turnState === "ready";
    void sender.connect();
    prepare();
    listen();
  },
});

const voices = new Voices(live, page);

store.follow(() => {
  const turn = store.view?.turns?.[turnId];
  const mine = store.personal;
  if (mine?.removed) return leave("stage-removed");
  // The turn is over, or was given back. That she hears at once; why, with the next tick.
  if (mine && mine.turn !== turnId) return outcome ? leaveAsEnded() : void setTimeout(leaveAsEnded, WHY_MS);
  if (!turn) {
    if (mine && turnState !== "parked" && !outcome) becomeTurn("parked");
    return;
  }
  if (turnState === "on_stage" && turn.state === "on_stage" && turn.ends_at > endsAt && endsAt) {
    clock.more(turn.ends_at - live.now());
  }
  endsAt = turn.ends_at ?? 0;
  answerBy = turn.answer_by ?? 0;
  limitMs = turn.limit_ms ?? limitMs;
  const seat = store.view.seats?.[turn.seat ?? ""];
  air.sit(seat, turn.seat ?? "");
  voices.mark();
  const hall = seat?.kind === "hall" ? seat.title?.[document.documentElement.lang] || sentence(page, "hall-name") : "";
  if (Boolean(hall) !== fromHall) speakFromHall(Boolean(hall));
  showFloor(hall);
  if (turn.state !== turnState) becomeTurn(turn.state);
  air.show();
});

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
  air.light.hidden = yes;
  air.offer(!yes && Boolean(sender.audio));
  byId("mic").hidden = yes || !sender.audio;
  if (!yes) return;
  check.stop();
  sender.stop();
  hearing.stop();
  sayWhatSheHears();
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
    air.light.focus();
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

function leaveAsEnded() {
  leave(farewellOf(store.view?.session?.phase, outcome, turnState === "on_stage"));
}

/** @param {string} why */
function leave(why) {
  if (leaving) return;
  leaving = true;
  const after = sayFarewell(why, reason);
  hearing.stop();
  sounds.clear();
  deck.close();
  sender.stop();
  live.stop();
  awake?.release().catch(() => {});
  setTimeout(() => location.replace(`/s/${sessionId}/live`), after);
}

/** Once a second, and never more often: numbers that flicker are noise. */
function tick() {
  if (leaving) return;
  const now = live.now();
  if (brokenAt) {
    const held = Math.max(0, holdS - Math.floor((performance.now() - brokenAt) / 1000));
    netBar.textContent = held ? sentence(page, turnState === "on_stage" ? "net-held-s" : "net-kept", { n: held }) : sentence(page, "next-kept");
  }
  if (turnState === "on_stage" && endsAt) clock.show(endsAt - now, limitMs);
  else showWait(turnState, answerBy, now);
}

attachTurnForms(live);
attachCaptions(byId("captions"), store);
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
