/** The stage: its seats, who is called and whether she can be reached, whose turn is kept, and what to do next. */

import { announce } from "../announcer.js";
import { Voices, floorOf } from "../floor.js";
import { ask } from "./dialogs.js";
import { Health, drawHealth } from "./health.js";
import { OnAir, drawLine, muteSeat, takeOff } from "./onair.js";
import { arrange, bit, byId, clone, put, splitText, topicNames } from "./rows.js";
import { clockText, say, sayCount } from "./talk.js";
import { Watching } from "./watching.js";

const DECK_STATES = ["called", "on_deck", "ready", "dropped"];

export class StagePanel {
  /**
   * @param {import("../store.js").LiveStore} store @param {import("./orders.js").Orders} orders
   * @param {(question: string) => void} note what became of a question
   * @param {import("./line.js").Line} line @param {() => Record<string, boolean>} lines who is connected
   */
  constructor(store, orders, note, line, lines) {
    this.store = store;
    this.orders = orders;
    this.line = line;
    this.lines = lines;
    this.problem = byId("stage-problem");
    this.health = new Health(orders.live, () => this.draw());
    this.voices = new Voices(orders.live, byId("tiles"));
    this.onAir = new OnAir(store, orders, note, lines, this.health);
    this.dropped = new Set();
    this.watching = new Watching(orders.live, () => import("../media.js"), (seat, stream) => this.show(seat, stream), (state) => this.watchState(state));
    this.nextUp = document.getElementById("next-up");
    byId("stage").addEventListener("click", (event) => this.press(/** @type {HTMLElement} */ (event.target)));
    byId("watch").addEventListener("click", () => this.toggleWatch());
    document.getElementById("mute-all")?.addEventListener("click", () => void this.muteAll());
    document.getElementById("mute-others")?.addEventListener("click", () => void this.muteAll(true));
    this.nextUp?.addEventListener("click", () => void this.next());
  }

  get turns() {
    return /** @type {Record<string, any>} */ (this.store.view?.turns ?? {});
  }

  draw() {
    const view = this.store.view;
    if (!view) return;
    this.drawSeats(view.seats ?? {});
    this.onAir.draw();
    this.drawTurns("deck", DECK_STATES);
    this.drawTurns("parked", ["parked"]);
    document.getElementById("mute-others")?.toggleAttribute("disabled", !floorOf(view));
    this.drawNext();
    this.tick();
  }

  /** Whether a citizen's seat is free. */
  seatFree() {
    return Object.values(this.store.view.seats ?? {}).some((seat) => seat.kind === "citizen" && !seat.taken && !seat.turn);
  }

  /** What the one key does now: bring whoever is ready on the stage, else call the first in line. @returns {{ready?: string, call?: string}} */
  wanted() {
    const ready = Object.keys(this.turns).find((id) => this.turns[id].state === "ready");
    if (ready) return { ready };
    const waits = Object.values(this.turns).some((turn) => ["called", "on_deck"].includes(turn.state));
    const first = waits || this.store.view.session?.phase !== "live" ? "" : this.line.first();
    return first ? { call: first } : {};
  }

  drawNext() {
    if (!this.nextUp) return;
    const { ready, call } = this.wanted();
    const q = this.store.view.questions?.[(ready ? this.turns[ready]?.questions?.[0] : call) ?? ""];
    this.nextUp.hidden = !q;
    if (q) put(this.nextUp.querySelector("span"), say(ready ? "st.bring" : "st.call_next", { name: q.name || say("someone") }));
  }

  async next() {
    if (!this.nextUp || this.nextUp.hidden) return;
    const { ready, call } = this.wanted();
    if (ready) await this.orders.give("turn.stage", { turn: ready }, { problem: this.problem, done: "undo.stage", busy: this.nextUp });
    else if (call) await this.line.call(call);
  }

  /** Silence at once, for everybody who can be heard, or for all but who has the turn; with one undo. @param {boolean} [butFloor] */
  async muteAll(butFloor = false) {
    const floor = this.store.view?.floor ?? "";
    if (butFloor && !floorOf(this.store.view)) return;
    const seats = Object.entries(this.store.view?.seats ?? {});
    const loud = seats
      .filter(([id, seat]) => seat.taken && !seat.muted && seat.kind !== "slides" && !(butFloor && id === floor))
      .map(([id]) => id);
    const done = await Promise.all(loud.map((seat) => this.orders.give("seat.mute", { seat, muted: true }, { problem: this.problem })));
    const muted = loud.filter((_, at) => done[at]);
    const undo = () => {
      for (const seat of muted) void this.orders.give("seat.mute", { seat, muted: false }, { problem: this.problem });
    };
    if (muted.length) this.orders.undo.offer(sayCount("st.all_muted", muted.length), undo);
  }

  /** The turn to speak, for a seat or for nobody. @param {string | null} seat */
  async giveFloor(seat) {
    const before = this.store.view?.floor || null;
    await this.orders.give("floor.give", { seat }, {
      problem: this.problem,
      done: seat ? "undo.floor" : "undo.floor_back",
      inverse: () => ["floor.give", { seat: before }],
    });
  }

  /** By one key: to the next seat that is heard. */
  async nextFloor() {
    const seats = this.store.view?.seats ?? {};
    const heard = Object.keys(seats).filter((id) => seats[id].taken && seats[id].kind !== "slides");
    const next = heard[(heard.indexOf(this.store.view?.floor ?? "") + 1) % heard.length];
    if (next && next !== this.store.view?.floor) await this.giveFloor(next);
  }

  /** The hall that could be heard now. */
  hall() {
    const seats = /** @type {[string, any][]} */ (Object.entries(this.store.view?.seats ?? {}));
    return seats.find(([, seat]) => seat.kind === "hall" && seat.taken && !seat.turn)?.[0] ?? "";
  }

  /** @param {Record<string, any>} seats */
  drawSeats(seats) {
    const floor = this.store.view?.floor ?? "";
    arrange(byId("tiles"), Object.keys(seats), () => clone("t-seat"), (tile, id) => {
      const seat = seats[id];
      tile.dataset.seat = id;
      tile.dataset.index = String(seat.index ?? 0);
      tile.toggleAttribute("data-taken", Boolean(seat.taken));
      tile.toggleAttribute("data-muted", Boolean(seat.muted));
      tile.toggleAttribute("data-floor", id === floor);
      tile.classList.toggle("tile-shows", seat.kind === "slides");
      put(bit(tile, "kind"), seat.title?.[document.documentElement.lang] || say(`seatkind.${seat.kind}`));
      const states = [say(!seat.taken ? "st.free" : seat.muted ? "st.muted" : "st.air"), id === floor && say("st.has_floor"), seat.talk === "hold" && say("st.holds"), seat.shows];
      put(bit(tile, "seat-state"), states.filter(Boolean).join(`${say("comma")} `));
      drawHealth(tile, seat.taken ? this.health.ofSeat(id) : null);
      const video = /** @type {HTMLVideoElement} */ (tile.querySelector("video"));
      // The last picture of someone who left would stay: it is shown only while the seat is taken.
      video.hidden = !video.srcObject || !seat.taken;
      for (const button of /** @type {NodeListOf<HTMLElement>} */ (tile.querySelectorAll("[data-seat-act]"))) {
        const act = button.dataset.seatAct ?? "";
        button.hidden = !seat.taken || (act === "floor" || act === "talk" ? seat.kind === "slides" : act === "mute" && seat.kind === "slides" ? true : seat.kind === "citizen");
      }
      put(bit(tile, "give"), say(id === floor ? "st.floor_back" : "st.floor"));
      put(bit(tile, "ask-talk"), say(seat.talk === "hold" ? "st.talk_open" : "st.talk_hold"));
      put(bit(tile, "mute"), say(seat.muted ? "st.unmute" : "st.mute"));
    });
    this.voices.mark();
  }

  /** @param {HTMLElement} row @param {any} q @param {(text: string) => string[]} cut */
  words(row, q, cut) {
    const [head = "", rest = ""] = cut(q?.text || say("row.spoken_text"));
    put(bit(row, "name"), q?.name || say("someone"));
    put(bit(row, "topic"), topicNames[q?.category] ?? "");
    put(bit(row, "text"), rest ? `${head}…` : head);
  }

  /** @param {string} name @param {string[]} states */
  drawTurns(name, states) {
    const view = this.store.view;
    const ids = Object.keys(this.turns).filter((id) => states.includes(this.turns[id].state));
    const free = this.seatFree();
    byId(`${name}-part`).hidden = ids.length === 0;
    arrange(byId(name), ids, () => clone("t-turn"), (card, id) => {
      const turn = this.turns[id];
      card.dataset.state = turn.state;
      put(bit(card, "turn-state"), say(`turn.${turn.state}`));
      drawLine(card, this.lines()[turn.participant]);
      this.words(card, view.questions[turn.questions?.[0]], splitText);
      bit(card, "wait").hidden = turn.state !== "ready" || Boolean(turn.seat) || free;
      for (const button of /** @type {NodeListOf<HTMLElement>} */ (card.querySelectorAll("[data-turn-act]"))) {
        button.hidden = !button.dataset.states?.split(" ").includes(turn.state) || (button.dataset.turnAct === "hall" && !this.hall());
      }
      if (turn.state !== "dropped") this.health.tell(id, view.questions[turn.questions?.[0]]?.name || say("someone"), this.health.of(turn));
      this.drawLineOf(card, turn);
      if (turn.state === "dropped" && !this.dropped.has(id)) announce("dropped", say("say.dropped"), { urgent: true });
    });
    if (name === "deck") this.dropped = new Set(ids.filter((id) => this.turns[id].state === "dropped"));
  }

  /** How her line is; while it is gone, how long the seat is held. @param {HTMLElement} card @param {any} turn */
  drawLineOf(card, turn) {
    const left = Math.max(0, Math.ceil(((turn.until ?? 0) - this.orders.live.now()) / 1000));
    drawHealth(card, this.health.of(turn), { reads: true, ...(turn.state === "dropped" ? { heldS: left } : {}) });
  }

  /** Once a second: the clocks, by the server's time. */
  tick() {
    const now = this.orders.live.now();
    this.onAir.tick(now);
    for (const card of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("#deck > .turn"))) {
      const each = this.turns[card.dataset.id ?? ""] ?? {};
      const until = each.state === "dropped" ? each.until : each.state === "called" || each.state === "on_deck" ? each.answer_by : 0;
      const clock = bit(card, "clock");
      clock.hidden = !until;
      if (until) put(clock, clockText(Math.max(0, until - now)));
      if (each.state === "dropped") this.drawLineOf(card, each);
    }
  }

  /** @param {HTMLElement} target */
  press(target) {
    const button = /** @type {HTMLElement | null} */ (target.closest("button"));
    const id = button?.closest("li")?.dataset.id ?? "";
    if (!button) return;
    const { turnAct, seatAct } = button.dataset;
    if (turnAct) void this.turnAct(turnAct, id, button);
    else if (seatAct) void this.seatAct(seatAct, button.closest("li")?.dataset.seat ?? "");
  }

  /** @param {string} name @param {string} seat */
  async seatAct(name, seat) {
    if (name === "floor") return this.giveFloor(seat === this.store.view?.floor ? null : seat);
    if (name === "talk") {
      const mode = this.store.view?.seats?.[seat]?.talk === "hold" ? "open" : "hold";
      await this.orders.give("seat.talk", { seat, mode }, {
        problem: this.problem,
        done: "undo.talk",
        inverse: () => ["seat.talk", { seat, mode: mode === "hold" ? "open" : "hold" }],
      });
    } else if (name === "clear") await takeOff(seat, null, this.orders, this.problem);
    else await muteSeat(seat, this.store, this.orders, this.problem);
  }

  /** @param {string} name @param {string} id @param {HTMLElement} button */
  async turnAct(name, id, button) {
    const how = { problem: this.problem, busy: button, done: `undo.${name}` };
    if (name === "hall") {
      const question = this.turns[id]?.questions?.[0];
      return void (await this.orders.give("turn.hall", { question, seat: this.hall() }, how));
    }
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
