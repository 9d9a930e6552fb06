/** Whoever is on air, one card each: the clock by the server's time, more time, mute, the end of the turn. */

import { announce } from "../announcer.js";
import { ask } from "./dialogs.js";
import { WARN_MS, timeStage } from "../floor.js";
import { drawHealth } from "./health.js";
import { arrange, bit, byId, clone, put, topicNames } from "./rows.js";
import { clockText, say } from "./talk.js";

const AIR_STATES = ["on_stage", "read_out"];

export class OnAir {
  /** @param {import("../store.js").LiveStore} store @param {import("./orders.js").Orders} orders @param {(question: string) => void} note @param {() => Record<string, boolean>} lines @param {import("./health.js").Health} health */
  constructor(store, orders, note, lines, health) {
    this.store = store;
    this.orders = orders;
    this.note = note;
    this.lines = lines;
    this.health = health;
    this.list = byId("air");
    this.problem = byId("stage-problem");
    /** Turns whose last half minute was told. @type {Set<string>} */
    this.warned = new Set();
    this.list.addEventListener("click", (event) => {
      const button = /** @type {HTMLElement | null} */ (/** @type {HTMLElement} */ (event.target).closest("[data-air]"));
      if (button) void this.act(button.dataset.air ?? "", button.closest("li")?.dataset.id ?? "");
    });
  }

  /** @returns {Record<string, any>} */
  get turns() {
    return this.store.view?.turns ?? {};
  }

  /** Those who are on air, who came first first. @returns {string[]} */
  get ids() {
    return Object.keys(this.turns).filter((id) => AIR_STATES.includes(this.turns[id].state));
  }

  /** The question that is heard now. */
  question() {
    return this.turns[this.ids[0] ?? ""]?.questions?.[0] ?? "";
  }

  draw() {
    const view = this.store.view;
    const ids = this.ids;
    this.list.hidden = ids.length === 0;
    const empty = byId("air-empty");
    empty.hidden = ids.length > 0;
    put(empty, (view.session?.phase === "live" ? empty.dataset.live : empty.dataset.wait) ?? "");
    arrange(this.list, ids, () => clone("t-air"), (card, id) => {
      const turn = this.turns[id];
      const q = view.questions[turn.questions?.[0]];
      card.dataset.state = turn.state;
      put(bit(card, "turn-state"), say(`turn.${turn.state}`));
      put(bit(card, "name"), q?.name || say("someone"));
      put(bit(card, "topic"), topicNames[q?.category] ?? "");
      put(bit(card, "text"), q?.text || say("row.spoken_text"));
      put(bit(card, "mute"), say(view.seats?.[turn.seat]?.muted ? "st.unmute" : "st.mute"));
      const fromHall = view.seats?.[turn.seat]?.kind === "hall";
      const line = turn.state === "on_stage" ? this.health.of(turn) : null;
      drawLine(card, turn.state === "on_stage" && !fromHall ? this.lines()[turn.participant] : undefined);
      drawHealth(card, line, { reads: turn.state === "on_stage" });
      if (turn.state === "on_stage") this.health.tell(id, q?.name || say("someone"), line);
      for (const part of /** @type {NodeListOf<HTMLElement>} */ (card.querySelectorAll("[data-timed]"))) part.hidden = turn.state !== "on_stage";
    });
  }

  /** Once a second. @param {number} now */
  tick(now) {
    for (const card of /** @type {NodeListOf<HTMLElement>} */ (this.list.querySelectorAll(".air"))) {
      const id = card.dataset.id ?? "";
      const turn = this.turns[id];
      if (turn?.state !== "on_stage") continue;
      const left = turn.ends_at - now;
      put(bit(card, "clock"), clockText(left > 0 ? left + 999 : left));
      const stage = timeStage(left);
      put(bit(card, "clock-word"), say(left > 0 ? "st.left" : stage === "grace" ? "st.grace" : "st.over"));
      card.toggleAttribute("data-low", stage === "low");
      card.toggleAttribute("data-over", left <= 0);
      bit(card, "bar").style.setProperty("--part", String(Math.max(0, Math.min(1, left / (turn.limit_ms || 1)))));
      if (left > WARN_MS) this.warned.delete(id);
      else if (left > 0 && !this.warned.has(id)) {
        this.warned.add(id);
        announce("time", say("say.time", { n: 30 }));
      }
    }
  }

  /** @param {string} name @param {string} [id] the first who is on air, for keys */
  async act(name, id = this.ids[0] ?? "") {
    const turn = this.turns[id];
    const button = this.list.querySelector(`[data-id="${id}"] [data-air=${name}]`);
    if (!turn || !button?.checkVisibility()) return;
    const how = { problem: this.problem, busy: button };
    if (name === "add30" || name === "add60") {
      await this.orders.give("turn.extend", { turn: id, extra_ms: name === "add30" ? 30000 : 60000 }, { ...how, done: "undo.extend" });
    } else if (name === "finish") await this.orders.give("turn.finish", { turn: id }, { ...how, done: "undo.finish" });
    else if (name === "read_out") await this.orders.give("turn.read_out", { turn: id }, { ...how, done: "undo.read_out" });
    else if (name === "outcome") this.note(turn.questions?.[0] ?? "");
    else if (name === "mute") await muteSeat(turn.seat, this.store, this.orders, this.problem);
    else if (name === "take_off") await takeOff(turn.seat, this.store.view.questions[turn.questions?.[0]], this.orders, this.problem);
  }
}

/** Whether somebody can be reached; nothing while nobody knows. @param {HTMLElement} card @param {boolean | undefined} here */
export function drawLine(card, here) {
  const badge = bit(card, "line");
  badge.hidden = here === undefined;
  badge.className = `badge ${here ? "badge-ok" : "badge-error"}`;
  if (here !== undefined) put(badge, say(here ? "line.here" : "line.away"));
}

/** @param {string} seat @param {import("../store.js").LiveStore} store @param {import("./orders.js").Orders} orders @param {Element} problem */
export async function muteSeat(seat, store, orders, problem) {
  const muted = !store.view.seats?.[seat]?.muted;
  await orders.give("seat.mute", { seat, muted }, {
    problem,
    done: muted ? "undo.mute" : "undo.unmute",
    inverse: () => ["seat.mute", { seat, muted: !muted }],
  });
}

/** @param {string} seat @param {any} q @param {import("./orders.js").Orders} orders @param {Element} problem */
export async function takeOff(seat, q, orders, problem) {
  const answer = await ask("take_off", q?.text ?? "");
  if (answer) await orders.give("seat.clear", { seat, reason: answer.reason }, { problem, done: "undo.take_off" });
}
