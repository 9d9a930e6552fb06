/**
 * A private word with whoever is next, or with an official who has not sat down: listen, or talk as well. She is told before
 * she is heard, the whole desk sees who speaks with whom, and nobody else hears either.
 */

import { announce } from "../announcer.js";
import { RefusedError } from "../connection.js";
import { capture } from "../mic.js";
import { sentence } from "../words.js";
import { nameOf } from "./crew.js";
import { arrange, bit, byId, clone, put } from "./rows.js";
import { sayNo, showProblem } from "./talk.js";

const MY_SOUND = { echoCancellation: true, noiseSuppression: true, autoGainControl: true, channelCount: 1 };
/** The server ends a talk that is not renewed within two minutes; with each renewal the desk is told again, newcomers too. */
const RENEW_ASIDE_MS = 10000;
/** A connection that does not stand by then will not. */
const STANDS_MS = 10000;
const BEHIND_STATES = ["called", "on_deck", "ready", "dropped"];
const NOES = { media_unknown_peer: "no-line", media_busy: "no-busy", media_on_stage: "no-stage", media_lost: "over-left" };
const ENDS = { left: "over-left", on_stage: "over-stage", timeout: "over-timeout", ended: "over-turn" };

export class DeckTalk {
  /** @param {import("../store.js").LiveStore} store @param {import("../connection.js").LiveConnection} live @param {boolean} may */
  constructor(store, live, may) {
    this.may = may;
    this.store = store;
    this.live = live;
    this.words = byId("aside-words");
    this.problem = byId("stage-problem");
    this.sound = new Audio();
    /** What the server said of each moderator. @type {Map<string, any>} */
    this.talks = new Map();
    /** Staff whose sound reaches the server without a seat. @type {string[]} */
    this.waiting = [];
    /** Whom I hear, and whether I speak. */
    this.with = "";
    this.aloud = false;
    this.busy = false;
    /** @type {any} */
    this.peer = null;
    /** @type {MediaStreamTrack | null} */
    this.microphone = null;
    this.timer = 0;
    byId("stage").addEventListener("click", (event) => {
      const button = /** @type {HTMLElement | null} */ (/** @type {HTMLElement} */ (event.target).closest("[data-aside-act]"));
      const row = button?.closest("li");
      if (button && row) void this.press(this.personOf(row), button.dataset.asideAct === "talk");
    });
    live.on("media.talking", (frame) => this.hear(frame));
    live.on("media.lost", (frame) => {
      if (!frame.peer) this.talks.clear();
      if (this.peer && (!frame.peer || frame.peer === this.peer.peer)) this.stop("over-left");
    });
    live.on("media.health", (frame) => {
      this.waiting = Object.keys(frame.deck ?? {});
      this.draw();
    });
  }

  /** @param {HTMLElement} row of a turn or of an official */
  personOf(row) {
    const id = row.dataset.id ?? "";
    return row.parentElement?.id === "green" ? id : (this.store.view?.turns?.[id]?.participant ?? "");
  }

  draw() {
    const view = this.store.view;
    if (!view) return;
    const green = this.waiting.filter((id) => view.staff?.[id] && id !== this.store.participant);
    byId("green-part").hidden = green.length === 0;
    arrange(byId("green"), green, () => clone("t-green"), (row, id) => put(bit(row, "name"), nameOf(id)));
    for (const row of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("#deck > li, #green > li"))) {
      const turn = row.parentElement?.id === "green" ? null : view.turns?.[row.dataset.id ?? ""];
      bit(row, "aside").hidden = !this.may || Boolean(turn) && !BEHIND_STATES.includes(turn.state);
      this.drawRow(row, this.personOf(row));
    }
  }

  /** @param {HTMLElement} row @param {string} person */
  drawRow(row, person) {
    const mine = this.with === person;
    const talk = [...this.talks.values()].find((each) => each.participant === person);
    const others = talk && talk.moderator !== this.store.participant;
    for (const act of ["listen", "talk"]) {
      const button = /** @type {HTMLElement} */ (row.querySelector(`[data-aside-act=${act}]`));
      const on = mine && this.aloud === (act === "talk");
      button.setAttribute("aria-pressed", String(on));
      button.toggleAttribute("disabled", Boolean(others) || this.busy);
      put(button.querySelector("span"), this.say(on ? "act-stop" : act === "talk" ? "act-talk" : "act-listen"));
    }
    const state = bit(row, "aside-state");
    state.hidden = !talk;
    if (!talk) return;
    const name = others ? "other" : talk.state === "asked" && !talk.talks ? "asked" : talk.talks ? "you-talk" : "you-hear";
    put(state, this.say(name, { name: nameOf(talk.moderator) }));
  }

  /** @param {string} name @param {Record<string, string>} [values] */
  say(name, values) {
    return sentence(this.words, name, values);
  }

  /** By a key: the first who is next. @param {boolean} aloud */
  first(aloud) {
    if (this.with) return void this.press(this.with, aloud);
    const row = /** @type {HTMLElement[]} */ ([...document.querySelectorAll("#deck > li, #green > li")]).find((each) => !bit(each, "aside").hidden);
    if (row) void this.press(this.personOf(row), aloud);
  }

  /** The same button again ends it. @param {string} person @param {boolean} aloud */
  async press(person, aloud) {
    if (this.busy || !person) return;
    showProblem(this.problem);
    if (this.with === person && this.aloud === aloud) {
      this.stop("");
      return void this.live.send("media.talk").catch(() => {});
    }
    this.busy = true;
    if (this.with !== person) this.with = "";
    this.draw();
    try {
      await this.connect();
      const speaks = aloud && (await this.speak());
      await this.live.send("media.talk", { participant: person, talks: speaks });
      if (!speaks) await this.peer?.speak(null);
      [this.with, this.aloud] = [person, speaks];
      clearInterval(this.timer);
      this.timer = setInterval(() => this.renew(), RENEW_ASIDE_MS);
      if (aloud && !speaks) showProblem(this.problem, this.say("no-mic"));
    } catch (error) {
      const why = error instanceof RefusedError ? NOES[/** @type {keyof typeof NOES} */ (error.params.reason)] : "over-left";
      showProblem(this.problem, why ? this.say(why) : sayNo(error));
      if (!this.with) this.stop("");
    }
    this.busy = false;
    this.draw();
  }

  renew() {
    this.live.send("media.talk", { participant: this.with, talks: this.aloud }).catch(() => this.stop("over-left"));
  }

  /** My own private line: what comes on it is whom I listen to. */
  async connect() {
    if (this.peer?.state === "up") return;
    this.peer?.close();
    const { converse } = await import("../media.js");
    const offer = await this.live.send("media.private");
    /** @type {() => void} */
    let up = () => {};
    const stands = new Promise((done, failed) => {
      up = () => done(null);
      setTimeout(failed, STANDS_MS, new Error("no connection"));
    });
    const peer = await converse(offer, {
      speaks: true,
      onstate: (/** @type {string} */ state) => {
        if (state === "up") up();
        else if (state === "failed" && peer === this.peer) this.stop("over-left");
      },
    });
    this.peer = peer;
    await this.live.send("media.answer", { peer: peer.peer, sdp: peer.answer });
    await stands;
    this.sound.srcObject = peer.sound;
    this.sound.play().catch(() => {});
  }

  /** Whether my microphone is open now. */
  async speak() {
    try {
      this.microphone ??= (await capture({ audio: MY_SOUND })).getAudioTracks()[0] ?? null;
      await this.peer?.speak(this.microphone);
      return Boolean(this.microphone);
    } catch {
      return false;
    }
  }

  /** Who speaks with whom, of every moderator. @param {any} frame */
  hear(frame) {
    if (!frame.moderator) return;
    const mine = frame.moderator === this.store.participant;
    const before = this.talks.get(frame.moderator);
    if (frame.state === "over") this.talks.delete(frame.moderator);
    else this.talks.set(frame.moderator, frame);
    if (mine && frame.state === "over" && frame.participant === this.with) {
      this.stop(ENDS[/** @type {keyof typeof ENDS} */ (frame.cause)] ?? "");
    } else if (mine && frame.state !== "over" && frame.state !== "asked" && before?.state !== frame.state) {
      announce("aside", this.say(frame.talks ? "you-talk" : "you-hear"));
    }
    this.draw();
  }

  /** Nothing is sent and nothing is heard any more. @param {string} why */
  stop(why) {
    const peer = this.peer;
    clearInterval(this.timer);
    this.with = "";
    this.aloud = false;
    this.peer = null;
    this.microphone?.stop();
    this.microphone = null;
    this.sound.srcObject = null;
    if (peer) {
      peer.close();
      this.live.send("media.leave", { peer: peer.peer }).catch(() => {});
    }
    if (why) {
      showProblem(this.problem, this.say(why));
      announce("aside", this.say(why), { urgent: true });
    }
    this.draw();
  }
}
