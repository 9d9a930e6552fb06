/**
 * "You are next" and "on air" in one page. Losing the line never loses the turn: while this page is open it comes back
 * every half second, and says for how long the seat is held.
 */

import { announce, nudge } from "./announcer.js";
import { LiveConnection, RefusedError } from "./connection.js";
import { MicrophoneError, meter } from "./mic.js";
import { StageSender } from "./stage.js";
import { LiveStore } from "./store.js";
import { sentence } from "./words.js";

const HOLD_S = 45;
const page = document.body;
const turnId = page.dataset.turn ?? "";
const sessionId = page.dataset.session ?? "";
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
let sending = false;
let brokenAt = 0;
let spoken = "";
let stopMeter = () => {};
/** @type {WakeLockSentinel | null} */
let awake = null;

const live = new LiveConnection({
  session: sessionId,
  formToken: page.dataset.formToken ?? "",
  position: () => store.position(),
  onFrame: (frame) => store.take(frame),
  onState: (state) => {
    netBar.hidden = state === "on";
    if (state === "on") brokenAt = 0;
    else if (state === "off") brokenAt ||= performance.now();
    else netBar.textContent = sentence(page, "net-off");
  },
});
live.urgent = true;
live.offset = Number(page.dataset.now) - Date.now();
const sender = new StageSender(live, (state) => {
  sending = state === "up";
  showAir();
});

store.follow(() => {
  const turn = store.view?.turns?.[turnId];
  const mine = store.personal;
  if (mine && mine.turn !== turnId) return leave(); // the turn is over, or was given back
  if (!turn) {
    if (mine && turnState !== "parked") becomeTurn("parked");
    return;
  }
  endsAt = turn.ends_at ?? 0;
  answerBy = turn.answer_by ?? 0;
  limitMs = turn.limit_ms ?? limitMs;
  const seat = store.view.seats?.[turn.seat ?? ""];
  mutedByStaff = Boolean(seat?.muted) && !muted;
  if (turn.state !== turnState) becomeTurn(turn.state);
  showAir();
});

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
    stopMeter();
    air.focus();
    navigator.wakeLock?.request("screen").then((lock) => (awake = lock)).catch(() => {});
    if (!sender.audio) void startMicrophone();
  } else {
    history.replaceState(null, "", `/s/${sessionId}/next`);
  }
  tick();
}

function leave() {
  announce("off", sentence(page, turnState === "on_stage" ? "stage-off" : "next-over"), { urgent: true });
  sender.stop();
  live.stop();
  awake?.release().catch(() => {});
  setTimeout(() => location.replace(`/s/${sessionId}/live`), 1200);
}

function showAir() {
  if (turnState !== "on_stage") return;
  const state = muted || mutedByStaff ? "muted" : sending ? "on" : "wait";
  if (air.dataset.air === state) return;
  const words = mutedByStaff ? "stage-muted-by" : { muted: "stage-you-muted", on: "stage-on", wait: "stage-going" }[state];
  air.dataset.air = state;
  /** @type {HTMLElement} */ (air.querySelector("span")).textContent = sentence(page, words ?? "");
  announce("air", sentence(page, words ?? ""), { urgent: true });
}

/** Once a second, and never more often: numbers that flicker are noise. */
function tick() {
  const now = live.now();
  if (brokenAt) {
    const held = Math.max(0, HOLD_S - Math.floor((performance.now() - brokenAt) / 1000));
    netBar.textContent = held ? sentence(page, "net-held-s", { n: held }) : sentence(page, "next-kept");
  }
  if (turnState === "on_stage" && endsAt) showClock(Math.round((endsAt - now) / 1000));
  else if (turnState === "called" || turnState === "on_deck") {
    const left = Math.max(0, Math.ceil((answerBy - now) / 1000));
    byId("left").textContent = answerBy ? sentence(page, "next-left", { n: left }) : "";
  } else if (turnState === "ready") byId("left").textContent = sentence(page, "next-deck");
  else if (turnState === "read_out") byId("left").textContent = sentence(page, "next-read-now");
  else byId("left").textContent = sentence(page, "next-kept");
}

/** @param {number} left seconds */
function showClock(left) {
  const shown = Math.max(0, left);
  byId("clock").textContent = `${Math.floor(shown / 60)}:${String(shown % 60).padStart(2, "0")}`;
  byId("progress").style.transform = `scaleX(${Math.max(0, Math.min(1, (left * 1000) / limitMs))})`;
  byId("clock").classList.toggle("clock-low", left <= 30);
  byId("clock-note").hidden = left > 0;
  const mark = left <= 0 ? "over" : left <= 10 ? "ten" : left <= 30 ? "thirty" : "";
  if (!mark || mark === spoken) return;
  spoken = mark;
  announce("clock", sentence(page, `stage-${mark}`), { urgent: true });
  if (mark === "thirty") nudge();
}

async function startMicrophone() {
  const boxes = /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-causes]"));
  for (const box of boxes) box.hidden = true;
  byId("mic-start").hidden = false;
  byId("mic-test").hidden = true;
  byId("mic-why").textContent = sentence(byId("mic"), "wait");
  try {
    const stream = await sender.openMicrophone();
    byId("mic-start").hidden = true;
    byId("mic-on").hidden = false;
    byId("mute").hidden = false;
    byId("camera").hidden = false;
    stopMeter = meter(stream, byId("level"), () => {
      byId("mic-say").textContent = sentence(byId("mic"), "hear");
      announce("mic", sentence(byId("mic"), "hear"));
    });
    byId("ready-box").hidden = turnState === "ready";
    await sender.connect();
  } catch (error) {
    const cause = error instanceof MicrophoneError ? error.why : "busy";
    byId("mic-start").hidden = true;
    for (const box of boxes) {
      box.hidden = false;
      for (const each of /** @type {NodeListOf<HTMLElement>} */ (box.querySelectorAll("[data-cause]"))) each.hidden = each.dataset.cause !== cause;
      /** @type {HTMLElement} */ (box.querySelector("[data-mic-copy]")).hidden = cause !== "inapp";
      if (!box.closest("[hidden]")) announce("mic", box.querySelector(`[data-cause="${cause}"]`)?.textContent?.trim() ?? "");
    }
  }
}

for (const button of document.querySelectorAll("[data-mic-again]")) button.addEventListener("click", () => void startMicrophone());
for (const button of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-mic-copy]"))) {
  button.addEventListener("click", async () => {
    await navigator.clipboard?.writeText(location.href).catch(() => {});
    /** @type {HTMLElement} */ (button.querySelector("span")).textContent = button.dataset.msgDone ?? "";
  });
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
  sender.mute(muted);
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

byId("mic-test").hidden = false;
byId("mic-test").addEventListener("click", () => void startMicrophone());
sessionStorage.setItem("k-called", turnId);
setInterval(tick, 1000);
live.start();
if (turnState === "called") void live.send("turn.accept", { turn: turnId }).catch(() => {});
if (turnState === "on_stage") void startMicrophone();
else byId("next-title").focus();
addEventListener("pagehide", () => sender.stop());
