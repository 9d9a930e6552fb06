/** The line: who comes next and why, calling, and moves by hand that always carry a public reason. */

import { ask } from "./dialogs.js";
import { Chooser } from "./chooser.js";
import { nameOf } from "./crew.js";
import { byId, fillQuestion, put } from "./rows.js";
import { say } from "./talk.js";
import { actOn, blockAsker } from "./triage.js";

export class Line {
  /** @param {import("../store.js").LiveStore} store @param {import("./orders.js").Orders} orders @param {import("./claims.js").Claims} claims @param {import("./outcomes.js").Outcomes} outcomes @param {boolean} may */
  constructor(store, orders, claims, outcomes, may) {
    this.store = store;
    this.orders = orders;
    this.claims = claims;
    this.outcomes = outcomes;
    this.may = may;
    this.bar = byId("line-acts");
    this.problem = this.bar.querySelector("[data-problem]");
    this.chooser = new Chooser(byId("line-list"), "t-line", () => this.fit());
    this.bar.addEventListener("click", (event) => {
      const name = /** @type {HTMLElement} */ (event.target).closest("[data-act]")?.getAttribute("data-act");
      if (!name) return;
      event.preventDefault();
      void this.act(name);
    });
    byId("line-form").addEventListener("submit", (event) => event.preventDefault());
  }

  get ids() {
    return /** @type {string[]} */ (this.store.view?.line ?? []);
  }

  draw() {
    const view = this.store.view;
    if (!view) return;
    const now = this.orders.live.now();
    const ids = this.ids;
    this.chooser.show(ids, (row, id, index) => fillQuestion(row, id, view, { me: this.store.participant, now, place: index + 1, names: nameOf }));
    const total = view.totals?.admitted ?? 0;
    byId("line-empty").hidden = ids.length > 0;
    byId("line-more").hidden = total <= ids.length;
    byId("line-more").textContent = say("triage.more", { shown: ids.length, n: total });
    this.bar.hidden = ids.length === 0 || !this.may;
  }

  fit() {
    const q = this.question();
    if (!q) return;
    const at = this.ids.indexOf(this.chooser.id);
    const live = this.store.view.session?.phase === "live";
    this.button("call").toggleAttribute("disabled", !live || !callable(q));
    const hall = this.hall();
    this.button("hall").hidden = !hall;
    this.button("hall").toggleAttribute("disabled", !live || !callable(q));
    const seat = this.store.view.seats?.[hall];
    if (hall) put(this.button("hall").querySelector("span"), say("line.act.hall", { hall: seat.title?.[document.documentElement.lang] || say("seatkind.hall") }));
    this.button("up").toggleAttribute("disabled", at <= 0);
    this.button("down").toggleAttribute("disabled", at >= this.ids.length - 1);
    this.button("block").hidden = Boolean(q.barred);
    this.button("unblock").hidden = !q.barred;
    byId("line-private").hidden = !q.private;
  }

  /** A hall that could be heard now. */
  hall() {
    const seats = /** @type {[string, any][]} */ (Object.entries(this.store.view?.seats ?? {}));
    return seats.find(([, seat]) => seat.kind === "hall" && seat.taken && !seat.turn)?.[0] ?? "";
  }

  question() {
    return this.store.view?.questions?.[this.chooser.id];
  }

  /** @param {string} name */
  button(name) {
    return /** @type {HTMLButtonElement} */ (this.bar.querySelector(`[data-act=${name}]`));
  }

  /** @param {string} name */
  async act(name) {
    const id = this.chooser.id;
    const q = this.question();
    if (!q || this.chooser.pending.has(id) || this.button(name)?.disabled || !this.bar.checkVisibility()) return;
    const at = this.ids.indexOf(id) + 1;
    if (name === "more") return this.unfold();
    if (name === "call") return this.call(id);
    if (name === "hall") return this.fromHall(id);
    if (name === "block") return blockAsker(q, this.orders, this.problem);
    if (name === "unblock") return this.unblock(q);
    if (name === "outcome") return this.outcomes.note(id);
    if (name === "up" || name === "down" || name === "move") {
      return this.move(id, q, name === "up" ? at - 1 : name === "down" ? at + 1 : 1);
    }
    await actOn(name, id, q, this.chooser, this.orders, this.problem, this.store.view, this.claims);
  }

  unfold() {
    const box = byId("line-more-acts");
    box.hidden = !box.hidden;
    this.button("more").setAttribute("aria-expanded", String(!box.hidden));
  }

  /** @param {string} id */
  async call(id) {
    const turnOf = (/** @type {string} */ question) =>
      Object.entries(this.store.view.turns ?? {}).find(([, turn]) => turn.questions?.includes(question))?.[0] ?? "";
    this.chooser.leave(id);
    const given = await this.orders.give("turn.call", { question: id }, {
      problem: this.problem,
      done: "undo.call",
      // The turn's id comes with the tick: the getter looks it up when somebody takes the call back.
      inverse: () => ["turn.cancel", { get turn() { return turnOf(id); } }],
    });
    if (!given) this.chooser.back(id);
  }

  /** Heard at once, from a microphone that many share. @param {string} id */
  async fromHall(id) {
    this.chooser.leave(id);
    const given = await this.orders.give("turn.hall", { question: id, seat: this.hall() }, { problem: this.problem, done: "undo.hall" });
    if (!given) this.chooser.back(id);
  }

  /** @param {string} id @param {any} q @param {number} wanted the place that the dialog proposes */
  async move(id, q, wanted) {
    const total = this.store.view.totals?.admitted ?? this.ids.length;
    // Places beyond the window are not known here: the last one that is known is the limit.
    const most = total > this.ids.length ? this.ids.length - 1 : this.ids.length;
    const answer = await ask("move", q.text, (form) => {
      const place = /** @type {HTMLInputElement} */ (form.elements.namedItem("place"));
      place.max = String(most);
      place.value = String(Math.max(1, Math.min(most, wanted)));
      byId("d-move-range").textContent = say("dialog.move_range", { n: most });
    });
    if (!answer) return;
    const others = this.ids.filter((each) => each !== id);
    const stood = others[this.ids.indexOf(id)] ?? null;
    const place = Number(answer.place);
    const before = others[place - 1] ?? null;
    /** @type {Record<string, unknown>} */
    const fields = { question: id, before, reason: answer.reason };
    if (answer.note) fields.note = answer.note;
    await this.orders.give("question.move", fields, {
      problem: this.problem,
      done: "undo.move",
      values: { n: place },
      inverse: () => ["question.move", { question: id, before: stood, reason: "correction" }],
    });
  }

  /** The first who can be called: not a private problem, and nobody who may only listen. */
  first() {
    return this.ids.find((id) => !this.chooser.pending.has(id) && callable(this.store.view.questions[id] ?? {})) ?? "";
  }

  /** @param {any} q */
  async unblock(q) {
    await this.orders.give("participant.unblock", { participant: q.asker }, { problem: this.problem, done: "undo.unblock" });
  }
}

/** @param {any} q */
function callable(q) {
  return !q.private && !q.barred;
}
