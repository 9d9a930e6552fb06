/**
 * Who is working on what: opening a question takes it, so that two moderators never work on one; its chip is there for
 * everybody. Leaving it gives it back, and after a minute of silence somebody else may take it over.
 */

import { byId, put } from "./rows.js";
import { nameOf } from "./crew.js";
import { say } from "./talk.js";

/** The rules keep others off this long (rooms/limits.py CLAIM_MS). */
const KEPT_MS = 60000;
/** While somebody works, the minute is renewed this often. */
const RENEW_MS = 25000;

export class Claims {
  /** @param {import("../store.js").LiveStore} store @param {import("./orders.js").Orders} orders @param {boolean} may */
  constructor(store, orders, may) {
    this.store = store;
    this.orders = orders;
    this.may = may;
    /** The question that is open here. */
    this.mine = "";
    this.saidAt = 0;
    this.movedAt = 0;
    for (const name of ["keydown", "pointerdown", "input"]) addEventListener(name, () => (this.movedAt = Date.now()), { passive: true });
    setInterval(() => void this.renew(), RENEW_MS / 5);
  }

  /** @param {string} id */
  question(id) {
    return this.store.view?.questions?.[id];
  }

  /** Who else has it, or nothing. @param {string} id */
  other(id) {
    const by = this.question(id)?.claimed ?? "";
    return by && by !== this.store.participant ? by : "";
  }

  /** Whether somebody else keeps me off it just now. @param {string} id */
  held(id) {
    return this.other(id) !== "" && this.orders.live.now() < (this.question(id)?.claimed_at ?? 0) + KEPT_MS;
  }

  /** Take a question; the one before is given back. @param {string} id @param {Element | null} problem */
  async open(id, problem) {
    if (!this.may || !id || this.mine === id) return true;
    await this.release();
    this.mine = id;
    this.saidAt = Date.now();
    const given = await this.orders.give("question.claim", { question: id }, { problem });
    if (!given && this.mine === id) this.mine = "";
    return given;
  }

  async release() {
    const id = this.mine;
    this.mine = "";
    // What was decided has ended the claim by itself.
    if (id && this.question(id)?.claimed === this.store.participant) {
      await this.orders.give("question.release", { question: id }, { quiet: true });
    }
  }

  /** The command itself ends the claim. @param {string} id */
  spent(id) {
    if (this.mine === id) this.mine = "";
  }

  async renew() {
    const works = Date.now() - this.movedAt < KEPT_MS;
    if (!this.mine || !works || Date.now() - this.saidAt < RENEW_MS) return;
    if (this.question(this.mine)?.claimed !== this.store.participant) return;
    this.saidAt = Date.now();
    await this.orders.give("question.claim", { question: this.mine }, { quiet: true });
  }

  /** The line above the buttons, when somebody else has it. @param {string} id */
  draw(id) {
    const other = this.other(id);
    byId("claim").hidden = !other;
    put(byId("claim").querySelector("span"), other ? say("claim.by", { name: nameOf(other) }) : "");
    byId("claim-over").hidden = this.held(id);
    return this.held(id);
  }
}
