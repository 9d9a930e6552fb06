/** The control desk: complete as served; from here on it changes by itself, the same for every moderator. */

import { announce } from "../announcer.js";
import { LiveConnection } from "../connection.js";
import { LiveStore } from "../store.js";
import { Claims } from "./claims.js";
import { Closing } from "./closing.js";
import { Crew } from "./crew.js";
import { DeckTalk } from "./deck_talk.js";
import { ask } from "./dialogs.js";
import { listenForKeys } from "./keys.js";
import { Line } from "./line.js";
import { Orders } from "./orders.js";
import { Outcomes } from "./outcomes.js";
import { reveal } from "./reveal.js";
import { byId, put, refreshAges } from "./rows.js";
import { StagePanel } from "./stagepanel.js";
import { clockText, say } from "./talk.js";
import { Triage } from "./triage.js";
import { Undo } from "./undo.js";

const LOST_AFTER_MS = 3000;
/** Two presses within this are one. */
const TWICE_MS = 600;
const page = document.body;
const rights = new Set((page.dataset.rights ?? "").split(" "));
const store = new LiveStore(page.dataset.participant ?? "");
let offTimer = 0;
let escapedAt = -TWICE_MS;

const live = new LiveConnection({
  session: page.dataset.session ?? "",
  formToken: page.dataset.formToken ?? "",
  as: "staff",
  position: () => store.position(),
  onFrame: (frame) => {
    if (frame.type === "tick") {
      closing.hear(frame);
      crew.hear(frame);
    }
    store.take(frame);
  },
  onState: (state) => net(state),
});
live.urgent = true; // the person who runs the hearing comes back without waiting

const undo = new Undo();
const orders = new Orders(live, undo);
const claims = new Claims(store, orders, rights.has("claim"));
const outcomes = new Outcomes(store, orders, rights.has("outcome"), () => stagePanel.onAir.question());
const triage = new Triage(store, orders, claims, rights);
const line = new Line(store, orders, claims, outcomes, rights.has("stage"));
const crew = new Crew(store, orders, () => draw(), () => takeDesk());
const stagePanel = new StagePanel(store, orders, (question) => void outcomes.note(question), line, () => crew.lines);
const deckTalk = new DeckTalk(store, live, rights.has("stage"));
const closing = new Closing(store, orders, () => void outcomes.next());

store.follow(({ view }) => view && draw());
for (const button of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-course]"))) {
  button.addEventListener("click", () => void steer(button));
}
for (const link of /** @type {NodeListOf<HTMLAnchorElement>} */ (document.querySelectorAll(".parts a"))) {
  link.addEventListener("click", (event) => {
    event.preventDefault();
    openPart(link.hash.slice(1));
  });
}
openPart("triage");
for (const button of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-reveal]"))) {
  button.addEventListener("click", () => void show(button.dataset.reveal === "line" ? line : triage));
}
listenForKeys(
  {
    a: () => void triage.act("admit"), h: () => void triage.act("hold"), m: () => void triage.act("merge"),
    n: () => void triage.act("not_take"), r: () => void triage.act("refuse"), y: () => void triage.act("confirm_refusal"),
    o: () => void triage.act("overturn_refusal"), u: () => void triage.act("unmerge"), b: () => void triage.act("return"),
    c: () => void line.act("call"), f: () => void stagePanel.onAir.act("finish"), "+": () => void stagePanel.onAir.act("add30"),
    w: () => void outcomes.next(), z: () => undo.now(), F2: () => void stagePanel.next(), F8: () => void stagePanel.onAir.act("finish"),
    "[": () => void line.act("up"), "]": () => void line.act("down"), 1: () => focusPart(1), 2: () => focusPart(2), 3: () => focusPart(3),
    l: () => deckTalk.first(false), t: () => deckTalk.first(true),
    x: () => tick(), X: () => triage.selection.all(), "/": () => search(), Enter: () => void triage.open(), Escape: () => escape(),
    g: () => void stagePanel.nextFloor(), s: () => void stagePanel.muteAll(true), j: () => active().step(1), k: () => active().step(-1),
  },
  {
    KeyA: () => void triage.act("admit"), KeyH: () => void triage.act("hold"), KeyM: () => void triage.act("merge"),
    KeyN: () => void triage.act("not_take"), KeyR: () => void triage.act("refuse"), KeyY: () => void triage.act("confirm_refusal"),
    KeyO: () => void triage.act("overturn_refusal"), KeyU: () => void triage.act("unmerge"), KeyB: () => void triage.act("return"),
    KeyC: () => void line.act("call"), KeyF: () => void stagePanel.onAir.act("finish"), KeyW: () => void outcomes.next(),
    KeyL: () => deckTalk.first(false), KeyT: () => deckTalk.first(true), KeyX: () => tick(), KeyZ: () => undo.now(), KeyG: () => void stagePanel.nextFloor(), KeyS: () => void stagePanel.muteAll(true), KeyJ: () => active().step(1), KeyK: () => active().step(-1),
  },
);
setInterval(() => {
  stagePanel.tick();
  drawTime();
}, 1000);
setInterval(() => refreshAges(live.now()), 20000);
drawTime();
live.start();

function draw() {
  const { session = {}, totals = {}, present = 0 } = store.view;
  page.dataset.phase = session.phase;
  page.dataset.ready = "";
  const badge = /** @type {HTMLElement} */ (byId("phase-badge").firstElementChild);
  const word = say(`phase.${session.phase}`);
  if (badge.textContent?.trim() !== word) {
    badge.className = `badge${session.phase === "live" ? " badge-live" : ["adjourned", "postponed", "cancelled"].includes(session.phase) ? " badge-warn" : ""}`;
    badge.textContent = word;
    announce("phase", word);
  }
  put(byId("present"), String(present));
  for (const count of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-total]"))) put(count, String(totals[count.dataset.total ?? ""] ?? 0));
  for (const button of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-course]"))) {
    button.hidden = !button.dataset.phases?.split(" ").includes(session.phase);
  }
  triage.draw();
  line.draw();
  outcomes.draw();
  stagePanel.draw();
  deckTalk.draw();
  closing.draw();
  crew.draw();
  drawTime();
}

function drawTime() {
  const box = byId("time");
  const { phase = page.dataset.phase, live_since = 0, starts_at = Number(box.dataset.from) } = store.view?.session ?? {};
  const running = phase === "live" || phase === "adjourned";
  const span = live.now() - (running && live_since ? live_since : starts_at);
  put(box, clockText(span));
  put(byId("time-word"), say(running ? "desk.live_for" : span < 0 ? "desk.starts_in" : "desk.late_by"));
  const over = phase === "closing" || phase === "closed" || phase === "cancelled";
  /** @type {HTMLElement} */ (box.parentElement).hidden = over || phase === "postponed";
}

/** @param {HTMLElement} button */
async function steer(button) {
  const name = button.dataset.course ?? "";
  if (name === "close") return closing.ask();
  /** @type {Record<string, unknown>} */
  const fields = {};
  if (name === "adjourn") {
    const answer = await ask("adjourn");
    if (!answer) return;
    fields.reason = answer.reason;
    if (answer.note) fields.note = answer.note;
  }
  await orders.give(`session.${name}`, fields, { problem: byId("stage-problem"), busy: button });
}

/** @param {"on" | "off" | "ended"} state */
function net(state) {
  const box = byId("net-state");
  const name = state === "on" ? "connected" : state === "off" ? "connecting" : "over";
  box.dataset.net = state === "on" ? "connected" : state === "off" ? "connecting" : "over";
  put(box.querySelector("span"), state === "ended" ? say("desk.net.over") : say(`desk.net.${name}`));
  clearTimeout(offTimer);
  byId("net").hidden = true;
  if (state === "on") return;
  const text = say(state === "off" ? "desk.net.lost" : "desk.net.over");
  offTimer = setTimeout(() => {
    put(byId("net"), text);
    byId("net").hidden = false;
    box.dataset.net = "lost";
    announce("net", text, { urgent: true });
  }, state === "off" ? LOST_AFTER_MS : 0);
}

/** Esc leaves what is open; twice at once silences the stage. */
function escape() {
  const twice = performance.now() - escapedAt < TWICE_MS;
  escapedAt = twice ? -TWICE_MS : performance.now();
  if (twice && rights.has("stage")) void stagePanel.muteAll();
  else triage.leave();
}

function tick() {
  if (active() === triage.chooser && rights.has("triage")) triage.selection.set(triage.chooser.id);
}

function search() {
  openPart("triage");
  byId("find-text").focus();
}

/** The moderator is gone: on to the first question that nobody has weighed. */
function takeDesk() {
  openPart("triage");
  triage.chooser.choose(triage.chooser.id);
}

/** @param {Triage | Line} part */
async function show(part) {
  const q = part.question();
  if (q) await reveal(part.chooser.id, q.name ? `${q.name}: ${q.text ?? ""}` : (q.text ?? ""), part.problem);
}

/** The list that the focus is in; the incoming questions unless somebody works in the line. */
function active() {
  return byId("queue").contains(document.activeElement) ? line.chooser : triage.chooser;
}

/** On a small screen one part is shown at a time. @param {string} part */
function openPart(part) {
  page.dataset.part = part;
  for (const link of /** @type {NodeListOf<HTMLAnchorElement>} */ (document.querySelectorAll(".parts a"))) {
    link.hash === `#${part}` ? link.setAttribute("aria-current", "true") : link.removeAttribute("aria-current");
  }
}

/** @param {number} part */
function focusPart(part) {
  if (part === 3) {
    byId("stage").scrollIntoView({ block: "nearest" });
    /** @type {HTMLElement | null} */ (byId("stage").querySelector("button:not([hidden]):not([disabled])"))?.focus();
  } else (part === 1 ? triage : line).chooser.choose((part === 1 ? triage : line).chooser.id);
}
