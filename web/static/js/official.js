/** The official's page: the question in large letters, the time left, who is next, and a seat with camera and sound. */

import { announce } from "./announcer.js";
import { LiveConnection } from "./connection.js";
import { Deck } from "./deck.js";
import { Voices, floorOf, timeStage } from "./floor.js";
import { MicrophoneError, meter } from "./mic.js";
import { sayRoute } from "./route_words.js";
import { StageSender } from "./stage.js";
import { LiveStore } from "./store.js";
import { areaNames, arrange, bit, byId, clone, put, topicNames, wholeWords } from "./staff/rows.js";
import { Sharing } from "./staff/sharing.js";
import { clockText, say, sayNo, showProblem } from "./staff/talk.js";
import { Watching } from "./staff/watching.js";

const NEXT_SHOWN = 4;
const OVER_PHASES = new Set(["closing", "closed", "cancelled"]);
const page = document.body;
const store = new LiveStore(page.dataset.participant ?? "");
const live = new LiveConnection({
  session: page.dataset.session ?? "",
  formToken: page.dataset.formToken ?? "",
  as: "staff",
  position: () => store.position(),
  onFrame: (frame) => store.take(frame),
  onState: (state) => net(state),
});
live.urgent = true; // a seat outlives a broken line for seconds, not minutes
let sends = false;
const sender = new StageSender(live, (state) => {
  sends = state === "up";
  if (state === "down" && sender.wanted) showProblem(problem, say("desk.net.connecting"));
  else showProblem(problem);
});
const watching = new Watching(live, () => import("./media.js"), showPicture, (state) => {
  if (state === "failed") showProblem(problem, say("st.watch_fail"));
});
/** The green room: from the first test of the microphone until the seat is taken. */
const deck = new Deck(live, () => store.participant, () => sends, (quiet) => {
  for (const sound of watching.sounds.values()) sound.volume = quiet ? 0.15 : 1;
});
const problem = byId("problem");
const sharing = document.getElementById("share") ? new Sharing(live, store, () => import("./media.js")) : null;
const voices = new Voices(live, page);
const camera = /** @type {HTMLInputElement} */ (byId("camera"));
const seatPick = /** @type {HTMLSelectElement} */ (byId("seat-pick"));
/** @type {(() => void) | null} */
let stopMeter = null;

store.follow(() => draw());
byId("check").addEventListener("click", () => void open());
byId("take").addEventListener("click", () => void sit());
byId("leave").addEventListener("click", () => void leave());
byId("mute").addEventListener("click", () => void mute());
byId("watch").addEventListener("click", () => watch());
setInterval(tick, 1000);
sayRoute();
live.start();

/** The seat that the server says is mine. */
function mySeat() {
  return /** @type {string} */ (store.personal?.seat ?? "");
}

/** Opens microphone and camera, shows both to the official alone. */
async function open() {
  showProblem(problem);
  try {
    if (!sender.audio) {
      const stream = await sender.openMicrophone();
      byId("meter").hidden = false;
      stopMeter = meter(stream, byId("level"), () => {});
      await sender.connect();
    }
    if (camera.checked && !sender.video) {
      const self = /** @type {HTMLVideoElement} */ (byId("self"));
      self.srcObject = await sender.showPicture();
      self.hidden = false;
      await self.play();
    }
    draw();
    return true;
  } catch (error) {
    const why = error instanceof MicrophoneError ? error.why : "failed";
    showProblem(problem, say(`official.${why === "dismissed" || why === "inapp" ? "denied" : why}`) || say("official.failed"));
    return Boolean(sender.audio); // sound alone is enough to speak
  }
}

async function sit() {
  if (!(await open())) return;
  try {
    if (!sender.wanted) await sender.connect();
    if (!mySeat()) await live.send("seat.take", { seat: seatPick.value });
    draw();
  } catch (error) {
    showProblem(problem, sayNo(error));
  }
}

async function leave() {
  const seat = mySeat();
  stopMeter?.();
  sender.stop();
  sender.audio = sender.video = null;
  deck.close();
  byId("meter").hidden = true;
  byId("self").hidden = true;
  try {
    if (seat) await live.send("seat.leave", { seat });
  } catch (error) {
    showProblem(problem, sayNo(error));
  }
}

async function mute() {
  const seat = mySeat();
  const muted = !store.view?.seats?.[seat]?.muted;
  try {
    await live.send("seat.mute", { seat, muted });
  } catch (error) {
    showProblem(problem, sayNo(error));
  }
}

function watch() {
  const on = !watching.wanted;
  if (on) void watching.start();
  else watching.stop();
  byId("tiles").hidden = !on;
  byId("tiles").replaceChildren();
  put(byId("watch").querySelector("span"), say(on ? "st.watch_stop" : "st.watch"));
}

/** @param {string} seat @param {MediaStream} picture */
function showPicture(seat, picture) {
  if (seat === mySeat()) return;
  const shows = store.view?.seats?.[seat]?.kind === "slides";
  const list = byId("tiles");
  const tile = /** @type {HTMLElement | null} */ (list.querySelector(`[data-id="${seat}"]`)) ?? clone("t-tile");
  tile.dataset.id = tile.dataset.seat = seat;
  tile.classList.toggle("tile-shows", shows);
  const video = /** @type {HTMLVideoElement} */ (tile.querySelector("video"));
  video.srcObject = picture;
  video.muted = true;
  video.play().catch(() => {});
  if (!tile.isConnected) list[shows ? "prepend" : "append"](tile);
  drawTiles();
}

function drawTiles() {
  for (const tile of /** @type {HTMLElement[]} */ (Array.from(byId("tiles").children))) {
    const seat = store.view?.seats?.[tile.dataset.id ?? ""];
    tile.hidden = !seat?.taken;
    tile.toggleAttribute("data-floor", tile.dataset.id === store.view?.floor);
    put(bit(tile, "who"), seat ? seatName(seat) : "");
  }
  voices.mark();
}

/** Who speaks from a seat: a citizen by name, the others by their post. @param {any} seat */
function seatName(seat) {
  const asked = store.view?.questions?.[store.view?.turns?.[seat.turn]?.questions?.[0] ?? ""];
  return asked?.name || seat.title?.[document.documentElement.lang] || say(`seatkind.${seat.kind}`);
}

/** The hearing is over: camera and microphone go off at once, and the server says the rest. */
function finish() {
  if (page.dataset.over !== undefined) return;
  page.dataset.over = "";
  stopMeter?.();
  sender.stop();
  watching.stop();
  location.reload();
}

/** Whose turn it is to speak, in large letters; told when it changes. @param {any} view */
function drawFloor(view) {
  const now = floorOf(view);
  const box = byId("floor");
  const mine = Boolean(now) && view.floor === mySeat();
  const text = mine ? say("floor.yours") : now ? seatName(now.seat) : "";
  box.hidden = !now;
  box.toggleAttribute("data-mine", mine);
  byId("floor-word").hidden = mine;
  const shown = byId("floor-name");
  if (text && shown.textContent !== text) announce("floor", mine ? text : say("floor.now", { name: text }));
  put(shown, text);
  const screen = Object.values(view.seats ?? {}).find((/** @type {any} */ seat) => seat.kind === "slides" && seat.taken);
  byId("screen-name").hidden = !screen;
  if (screen) put(byId("screen-name"), screen.shows ? say("slides.shown", { text: screen.shows }) : say("slides.unnamed"));
}

function draw() {
  const view = store.view;
  if (!view) return;
  if (OVER_PHASES.has(view.session?.phase)) return finish();
  page.dataset.phase = view.session?.phase;
  page.dataset.ready = "";
  const turns = Object.entries(/** @type {Record<string, any>} */ (view.turns ?? {}));
  const now = turns.find(([, turn]) => turn.state === "on_stage") ?? turns.find(([, turn]) => turn.state === "read_out");
  byId("now").hidden = !now;
  byId("now-empty").hidden = Boolean(now);
  byId("read-out").hidden = now?.[1].state !== "read_out";
  if (now) fill(byId("now"), view.questions?.[now[1].questions?.[0]]);
  drawPlace(view.questions?.[now?.[1].questions?.[0] ?? ""]);
  drawAlso(view, turns.filter(([id, turn]) => turn.state === "on_stage" && id !== now?.[0]));
  drawStaffed(view);
  drawNext(view, turns);
  drawSeat(view);
  drawFloor(view);
  drawTiles();
  sharing?.draw();
  tick();
}

/** @param {HTMLElement} row @param {any} q */
function fill(row, q) {
  put(bit(row, "name"), q?.name || say("someone"));
  put(bit(row, "topic"), topicNames[q?.category] ?? "");
  put(bit(row, "text"), wholeWords(q?.text ?? "") || (q?.spoken ? say("row.spoken_text") : ""));
}

/** Where the problem is. @param {any} q */
function drawPlace(q) {
  put(byId("now-place"), [areaNames[q?.area] ?? "", q?.village].filter(Boolean).join(`${say("comma")} `));
}

/** Who else is on the stage. @param {any} view @param {[string, any][]} others */
function drawAlso(view, others) {
  const names = others.map(([, turn]) => view.questions?.[turn.questions?.[0]]?.name || say("someone"));
  byId("also").hidden = names.length === 0;
  put(byId("also"), names.length ? say("official.also", { names: names.join(`${say("comma")} `) }) : "");
}

/** Nobody moderates: whoever may take the desk is shown the way. The chair sees the staff; others are told in one word. @param {any} view */
function drawStaffed(view) {
  const open = ["doors_open", "live", "adjourned"].includes(view.session?.phase);
  const staffed = view.staff ? Object.values(view.staff).includes("moderator") : Boolean(view.desk_staffed);
  const box = byId("unstaffed");
  if (open && !staffed && box.hidden) announce("unstaffed", box.querySelector("b")?.textContent ?? "", { urgent: true });
  box.hidden = !open || staffed;
}

/** @param {any} view @param {[string, any][]} turns */
function drawNext(view, turns) {
  const deck = turns.filter(([, turn]) => ["called", "on_deck", "ready", "dropped"].includes(turn.state));
  const line = /** @type {string[]} */ (view.line ?? []).slice(0, NEXT_SHOWN);
  arrange(byId("coming"), [...deck.map(([id]) => id), ...line], () => clone("t-coming"), (row, id) => {
    const turn = view.turns?.[id];
    fill(row, view.questions?.[turn ? turn.questions?.[0] : id]);
    const state = bit(row, "turn-state");
    state.hidden = !turn;
    if (turn) put(state, say(`turn.${turn.state}`));
  });
  byId("coming-empty").hidden = deck.length + line.length > 0;
  put(byId("waiting"), String(view.totals?.admitted ?? 0));
}

/** @param {any} view */
function drawSeat(view) {
  const id = mySeat();
  const seat = view.seats?.[id];
  const sounds = Boolean(seat) && sender.wanted;
  watching.silence(id);
  if (sender.audio && !id) deck.open();
  else deck.close();
  byId("before").hidden = sounds;
  byId("seated").hidden = !sounds;
  sender.mute(Boolean(seat?.muted));
  const sign = byId("air-sign");
  sign.dataset.seat = id;
  const before = sign.dataset.air;
  sign.dataset.air = !sounds ? "off" : seat.muted ? "muted" : "on";
  const text = say(!sounds ? "official.off_air" : seat.muted ? "official.muted" : "official.on_air");
  put(byId("air-text"), text);
  if (before !== sign.dataset.air) announce("air", text, { urgent: true });
  put(byId("mute").querySelector("span"), say(seat?.muted ? "official.unmute" : "official.mute"));
  const open = ["doors_open", "live", "adjourned"].includes(view.session?.phase);
  const take = byId("take");
  let free = false;
  for (const option of seatPick.options) {
    option.disabled = Boolean(view.seats?.[option.value]?.taken) && option.value !== id;
    free ||= !option.disabled;
  }
  if (seatPick.selectedOptions[0]?.disabled) seatPick.value = [...seatPick.options].find((each) => !each.disabled)?.value ?? "";
  take.toggleAttribute("disabled", !open || !free);
  if (!open || !free) showProblem(problem, say(open ? "official.taken" : "official.not_yet"));
  else if (problem.textContent?.trim() === say("official.not_yet") || problem.textContent?.trim() === say("official.taken")) showProblem(problem);
}

function tick() {
  const turn = /** @type {any} */ (Object.values(store.view?.turns ?? {}).find((/** @type {any} */ each) => each.state === "on_stage"));
  const left = turn ? turn.ends_at - live.now() : 0;
  const head = /** @type {HTMLElement} */ (byId("clock").closest("section"));
  put(byId("clock"), turn ? clockText(left > 0 ? left + 999 : left) : "");
  byId("clock-word").hidden = !turn;
  const stage = turn ? timeStage(left) : "";
  put(byId("clock-word"), say(left > 0 ? "st.left" : stage === "grace" ? "st.grace" : "st.over"));
  head.toggleAttribute("data-low", stage === "low");
  head.toggleAttribute("data-over", Boolean(turn) && left <= 0);
  byId("bar").style.setProperty("--part", String(turn ? Math.max(0, Math.min(1, left / (turn.limit_ms || 1))) : 0));
}

/** @param {"on" | "off" | "ended"} state */
function net(state) {
  const name = state === "on" ? "connected" : state === "off" ? "connecting" : "over";
  byId("net-state").dataset.net = name;
  put(byId("net-state").querySelector("span"), say(`desk.net.${name}`));
  byId("net").hidden = state === "on";
  if (state === "ended") put(byId("net"), say("desk.net.over"));
}
