/** The stage: who is on air and for how long, who is called, whose turn is kept, what became of what was heard. */

import { announce } from "../announcer.js";
import { ask } from "./dialogs.js";
import { arrange, bit, byId, clone, put, splitText, topicNames } from "./rows.js";
import { clockText, say } from "./talk.js";
import { Watching } from "./watching.js";

const LOW_MS = 30000;
/** The seat whose bar is drawn is full at the turn's own limit. */
const DECK_STATES = ["called", "on_deck", "ready", "dropped", "read_out", "on_stage"];

export class StagePanel {
  /** @param {import("../store.js").LiveStore} store @param {import("./orders.js").Orders} orders */
  constructor(store, orders) {
    this.store = store;
    this.orders = orders;
    this.air = byId("air");
    this.problem = byId("stage-problem");
    this.speaker = "";
    this.warned = "";
    this.dropped = new Set();
    this.watching = new Watching(orders.live, () => import("../media.js"), (seat, stream) => this.show(seat, stream), (state) => this.watchState(state));
    byId("stage").addEventListener("click", (event) => this.press(/** @type {HTMLElement} */ (event.target)));
    byId("watch").addEventListener("click", () => this.toggleWatch());
  }

  get turns() {
    return /** @type {Record<string, any>} */ (this.store.view?.turns ?? {});
  }

  draw() {
    const view = this.store.view;
    if (!view) return;
    this.drawSeats(view.seats ?? {});
    const onAir = Object.entries(this.turns).filter(([, turn]) => turn.state === "on_stage");
    this.speaker = onAir[0]?.[0] ?? "";
    this.air.hidden = !this.speaker;
    const empty = byId("air-empty");
    empty.hidden = Boolean(this.speaker);
    put(empty, (view.session?.phase === "live" ? empty.dataset.live : empty.dataset.wait) ?? "");
    if (this.speaker) this.drawAir(view);
    this.drawTurns("deck", DECK_STATES);
    this.drawTurns("parked", ["parked"]);
    const heard = (view.recent ?? []).filter((/** @type {string} */ id) => view.questions[id]?.state === "heard");
    byId("heard-part").hidden = heard.length === 0;
    arrange(byId("heard"), heard, () => clone("t-heard"), (row, id) => this.words(row, view.questions[id], splitText));
    this.tick();
  }

  /** @param {Record<string, any>} seats */
  drawSeats(seats) {
    arrange(byId("tiles"), Object.keys(seats), () => clone("t-seat"), (tile, id) => {
      const seat = seats[id];
      tile.dataset.seat = id;
      tile.dataset.index = String(seat.index ?? 0);
      tile.toggleAttribute("data-taken", Boolean(seat.taken));
      tile.toggleAttribute("data-muted", Boolean(seat.muted));
      put(bit(tile, "kind"), say(`seatkind.${seat.kind}`));
      put(bit(tile, "seat-state"), say(!seat.taken ? "st.free" : seat.muted ? "st.muted" : "st.air"));
      const video = /** @type {HTMLVideoElement} */ (tile.querySelector("video"));
      // The last picture of someone who left would stay: it is shown only while the seat is taken.
      video.hidden = !video.srcObject || !seat.taken;
      for (const button of /** @type {NodeListOf<HTMLElement>} */ (tile.querySelectorAll("[data-seat-act]"))) button.hidden = !seat.taken || seat.kind === "citizen";
      put(bit(tile, "mute"), say(seat.muted ? "st.unmute" : "st.mute"));
    });
  }

  /** @param {any} view */
  drawAir(view) {
    const turn = this.turns[this.speaker];
    this.words(this.air, view.questions[turn.questions?.[0]], (text) => [text]);
    put(bit(this.air, "mute"), say(view.seats?.[turn.seat]?.muted ? "st.unmute" : "st.mute"));
  }

  /** @param {HTMLElement} row @param {any} q @param {(text: string) => string[]} cut */
  words(row, q, cut) {
    const [head = "", rest = ""] = cut(q?.text ?? "");
    put(bit(row, "name"), q?.name || say("someone"));
    put(bit(row, "topic"), topicNames[q?.category] ?? "");
    put(bit(row, "text"), rest ? `${head}…` : head);
  }

  /** @param {string} name @param {string[]} states */
  drawTurns(name, states) {
    const view = this.store.view;
    const ids = Object.keys(this.turns).filter((id) => states.includes(this.turns[id].state) && id !== this.speaker);
    const free = Object.values(view.seats ?? {}).some((seat) => seat.kind === "citizen" && !seat.taken && !seat.turn);
    byId(`${name}-part`).hidden = ids.length === 0;
    arrange(byId(name), ids, () => clone("t-turn"), (card, id) => {
      const turn = this.turns[id];
      card.dataset.state = turn.state;
      put(bit(card, "turn-state"), say(`turn.${turn.state}`));
      this.words(card, view.questions[turn.questions?.[0]], splitText);
      bit(card, "wait").hidden = turn.state !== "ready" || Boolean(turn.seat) || free;
      for (const button of /** @type {NodeListOf<HTMLElement>} */ (card.querySelectorAll("[data-turn-act]"))) {
        button.hidden = !button.dataset.states?.split(" ").includes(turn.state);
      }
      if (turn.state === "dropped" && !this.dropped.has(id)) announce("dropped", say("say.dropped"), { urgent: true });
    });
    if (name === "deck") this.dropped = new Set(ids.filter((id) => this.turns[id].state === "dropped"));
  }

  /** Once a second: the clocks, by the server's time. */
  tick() {
    const now = this.orders.live.now();
    const turn = this.turns[this.speaker];
    if (turn) {
      const left = turn.ends_at - now;
      put(byId("air-clock"), clockText(left > 0 ? left + 999 : left));
      put(byId("air-word"), say(left > 0 ? "st.left" : "st.over"));
      this.air.toggleAttribute("data-low", left > 0 && left <= LOW_MS);
      this.air.toggleAttribute("data-over", left <= 0);
      byId("air-bar").style.setProperty("--part", String(Math.max(0, Math.min(1, left / (turn.limit_ms || 1)))));
      if (left > 0 && left <= LOW_MS && this.warned !== this.speaker) {
        this.warned = this.speaker;
        announce("time", say("say.time", { n: 30 }));
      } else if (left > LOW_MS) this.warned = "";
    }
    for (const card of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("#deck > .turn"))) {
      const each = this.turns[card.dataset.id ?? ""] ?? {};
      const until = each.state === "dropped" ? each.until : each.state === "called" || each.state === "on_deck" ? each.answer_by : 0;
      const clock = bit(card, "clock");
      clock.hidden = !until;
      if (until) put(clock, clockText(Math.max(0, until - now)));
    }
  }

  /** @param {HTMLElement} target */
  press(target) {
    const button = /** @type {HTMLElement | null} */ (target.closest("button"));
    const id = button?.closest("li")?.dataset.id ?? "";
    if (!button) return;
    const { air, turnAct, seatAct, heard } = button.dataset;
    if (air) void this.airAct(air);
    else if (turnAct) void this.turnAct(turnAct, id, button);
    else if (seatAct) void this.seatAct(seatAct, button.closest("li")?.dataset.seat ?? "");
    else if (heard) void this.heardAct(heard, id);
  }

  /** @param {string} name */
  async airAct(name) {
    const turn = this.turns[this.speaker];
    if (!turn || !this.air.querySelector(`[data-air=${name}]`)?.checkVisibility()) return;
    const id = this.speaker;
    const how = { problem: this.problem };
    if (name === "add30" || name === "add60") {
      await this.orders.give("turn.extend", { turn: id, extra_ms: name === "add30" ? 30000 : 60000 }, { ...how, done: "undo.extend" });
    } else if (name === "finish") await this.orders.give("turn.finish", { turn: id }, { ...how, done: "undo.finish" });
    else if (name === "mute") await this.seatAct("mute", turn.seat);
    else if (name === "take_off") await this.takeOff(turn.seat, this.store.view.questions[turn.questions?.[0]]);
  }

  /** @param {string} name @param {string} seat */
  async seatAct(name, seat) {
    if (name === "clear") return this.takeOff(seat, null);
    const muted = !this.store.view.seats?.[seat]?.muted;
    await this.orders.give("seat.mute", { seat, muted }, {
      problem: this.problem,
      done: muted ? "undo.mute" : "undo.unmute",
      inverse: () => ["seat.mute", { seat, muted: !muted }],
    });
  }

  /** @param {string} seat @param {any} q */
  async takeOff(seat, q) {
    const answer = await ask("take_off", q?.text ?? "");
    if (answer) await this.orders.give("seat.clear", { seat, reason: answer.reason }, { problem: this.problem, done: "undo.take_off" });
  }

  /** @param {string} name @param {string} id @param {HTMLElement} button */
  async turnAct(name, id, button) {
    const how = { problem: this.problem, busy: button, done: `undo.${name}` };
    if (name !== "remove") return void (await this.orders.give(`turn.${name}`, { turn: id }, how));
    const turn = this.turns[id] ?? {};
    const answer = await ask("remove", this.store.view.questions[turn.questions?.[0]]?.text);
    if (!answer) return;
    const fields = { participant: turn.participant, reason: answer.reason, ...(answer.note ? { note: answer.note } : {}) };
    await this.orders.give("participant.remove", fields, {
      ...how,
      inverse: () => ["participant.unblock", { participant: turn.participant }],
    });
  }

  /** @param {string} name @param {string} id */
  async heardAct(name, id) {
    /** @type {Record<string, unknown>} */
    const fields = { question: id };
    if (name === "defer") {
      const answer = await ask("defer", this.store.view.questions[id]?.text);
      if (!answer) return;
      fields.reason = answer.reason;
      if (answer.note) fields.note = answer.note;
    }
    await this.orders.give(`question.${name}`, fields, { problem: this.problem, done: `undo.${name}` });
  }

  toggleWatch() {
    if (this.watching.wanted) {
      this.watching.stop();
      for (const video of document.querySelectorAll("#tiles video")) /** @type {HTMLVideoElement} */ (video).srcObject = null;
      this.draw();
    } else void this.watching.start();
    this.watchState("");
  }

  /** @param {string} state */
  watchState(state) {
    const button = byId("watch");
    put(button.querySelector("span"), (this.watching.wanted ? button.dataset.on : button.dataset.off) ?? "");
    button.setAttribute("aria-pressed", String(this.watching.wanted));
    byId("tiles").toggleAttribute("data-watching", this.watching.wanted);
    if (state === "failed") announce("watch", say("st.watch_fail"));
  }

  /** @param {string} seat its id, or `seat` and its number @param {MediaStream} picture */
  show(seat, picture) {
    const tiles = byId("tiles");
    const tile = tiles.querySelector(`[data-seat="${seat}"]`) ?? tiles.querySelector(`[data-index="${seat.replace(/\D/g, "")}"]`);
    const video = tile?.querySelector("video");
    if (!video) return;
    video.srcObject = picture;
    video.play().catch(() => {});
    this.draw();
  }
}
