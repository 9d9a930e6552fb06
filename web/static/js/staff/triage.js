/** Incoming questions: one chosen at a time, the same buttons always in the same place, a key for each. */

import { announce } from "../announcer.js";
import { ask } from "./dialogs.js";
import { Chooser } from "./chooser.js";
import { askTarget } from "./joining.js";
import { byId, fillQuestion } from "./rows.js";
import { say, sayCount, showProblem } from "./talk.js";

const LISTS = ["new", "held", "refusing", "merged", "not_taken"];

export class Triage {
  /** @param {import("../store.js").LiveStore} store @param {import("./orders.js").Orders} orders */
  constructor(store, orders) {
    this.store = store;
    this.orders = orders;
    this.bar = byId("triage-acts");
    this.problem = this.bar.querySelector("[data-problem]");
    this.about = /** @type {HTMLSelectElement} */ (byId("about"));
    this.tabs = /** @type {HTMLElement[]} */ ([...document.querySelectorAll("[data-list]")]);
    this.list = this.tabs.find((tab) => tab.hasAttribute("aria-current"))?.dataset.list ?? "new";
    this.known = -1;
    this.chooser = new Chooser(byId("triage-list"), "t-question", () => this.fit());
    byId("triage-form").addEventListener("submit", (event) => {
      event.preventDefault();
      const name = /** @type {SubmitEvent} */ (event).submitter?.getAttribute("value");
      if (name) void this.act(name);
    });
    this.about.addEventListener("change", () => void this.classify());
    for (const tab of this.tabs) {
      tab.addEventListener("click", (event) => {
        event.preventDefault();
        this.open(tab.dataset.list ?? "new");
      });
    }
  }

  /** @param {string} list */
  open(list) {
    this.list = list;
    for (const tab of this.tabs) tab.dataset.list === list ? tab.setAttribute("aria-current", "true") : tab.removeAttribute("aria-current");
    showProblem(this.problem);
    this.draw();
  }

  draw() {
    const view = this.store.view;
    if (!view) return;
    const totals = view.totals ?? {};
    const now = this.orders.live.now();
    const ids = view[this.list] ?? [];
    this.chooser.show(ids, (row, id) => fillQuestion(row, id, view, { me: this.store.participant, now }));
    const empty = byId("triage-empty");
    empty.hidden = ids.length > 0;
    empty.textContent = say(`triage.empty.${this.list}`);
    const more = byId("triage-more");
    more.hidden = (totals[this.list] ?? 0) <= ids.length;
    more.textContent = say("triage.more", { shown: ids.length, n: totals[this.list] ?? 0 });
    this.bar.hidden = ids.length === 0;
    const fresh = totals.new ?? 0;
    if (this.known >= 0 && fresh > this.known) announce("new", sayCount("say.new", fresh - this.known));
    this.known = fresh;
  }

  /** Shows what can be done with the chosen question, by the table of the rules. */
  fit() {
    const q = this.question();
    if (!q) return;
    const state = q.state ?? "admitted";
    const own = state === "refusing" && q.by === this.store.participant;
    for (const button of /** @type {NodeListOf<HTMLElement>} */ (this.bar.querySelectorAll("[data-act]"))) {
      const can = button.dataset.states?.split(" ").includes(state) ?? false;
      const idle = (own && button.dataset.act === "confirm_refusal") || (q.barred && button.dataset.act === "block");
      button.hidden = !can || Boolean(idle);
    }
    if (document.activeElement !== this.about) this.about.value = q.category ?? "other";
  }

  question() {
    return this.store.view?.questions?.[this.chooser.id];
  }

  /** @param {string} name an action of this panel */
  async act(name) {
    const id = this.chooser.id;
    const q = this.question();
    const button = /** @type {HTMLElement | null} */ (this.bar.querySelector(`[data-act=${name}]`));
    if (!q || !button || button.hidden || this.chooser.pending.has(id)) return;
    if (name === "block") return blockAsker(q, this.orders, this.problem);
    await actOn(name, id, q, this.chooser, this.orders, this.problem, this.store.view);
  }

  async classify() {
    const id = this.chooser.id;
    const before = this.question()?.category ?? "other";
    const given = await this.orders.give("question.classify", { question: id, category: this.about.value }, {
      problem: this.problem,
      done: "undo.classify",
      inverse: () => ["question.classify", { question: id, category: before }],
    });
    if (!given) this.fit();
  }

  /** @param {1 | -1} by */
  turnList(by) {
    const at = LISTS.indexOf(this.list) + by;
    this.open(LISTS[(at + LISTS.length) % LISTS.length] ?? "new");
  }
}

/**
 * Carries out an action on a chosen question; asks for what the command needs first.
 * @param {string} name @param {string} id @param {any} q @param {Chooser} chooser
 * @param {import("./orders.js").Orders} orders @param {Element | null} problem @param {any} view
 */
export async function actOn(name, id, q, chooser, orders, problem, view) {
  /** @type {Record<string, unknown>} */
  const fields = { question: id };
  if (["hold", "not_take", "refuse", "defer"].includes(name)) {
    const answer = await ask(name, q.text);
    if (!answer) return;
    fields.reason = answer.reason;
    if (answer.note) fields.note = answer.note;
  } else if (name === "merge") {
    const into = await askTarget(id, view);
    if (!into) return;
    fields.into = into;
  }
  chooser.leave(id);
  const given = await orders.give(`question.${name}`, fields, { problem, done: `undo.${name}`, inverse: () => inverseOf(name, id, q) });
  if (!given) chooser.back(id);
}

/** @param {any} q @param {import("./orders.js").Orders} orders @param {Element | null} problem */
export async function blockAsker(q, orders, problem) {
  const answer = await ask("block", q.name ? `${q.name}: ${q.text}` : q.text);
  if (!answer) return;
  const fields = { participant: q.asker, reason: answer.reason, ...(answer.note ? { note: answer.note } : {}) };
  await orders.give("participant.block", fields, {
    problem,
    done: "undo.block",
    inverse: () => ["participant.unblock", { participant: q.asker }],
  });
}

/** What takes an action back, where the rules have a way to exactly the state before. @param {string} name @param {string} id @param {any} q */
function inverseOf(name, id, q) {
  const inLine = (q.state ?? "admitted") === "admitted";
  /** @type {Record<string, string | false>} */
  const ways = {
    merge: "question.unmerge",
    refuse: "question.overturn_refusal",
    hold: inLine && "question.admit",
    not_take: inLine && "question.admit",
    defer: inLine && "question.admit",
  };
  const way = ways[name];
  return way ? /** @type {[string, Record<string, unknown>]} */ ([way, { question: id }]) : null;
}

