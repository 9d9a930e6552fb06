/** Incoming questions: one chosen at a time, opened to work on it, the same buttons always in the same place, a key for each. */

import { announce } from "../announcer.js";
import { ask, dialogOf } from "./dialogs.js";
import { Chooser } from "./chooser.js";
import { nameOf } from "./crew.js";
import { fetched } from "./errands.js";
import { Finder } from "./finder.js";
import { askTarget } from "./joining.js";
import { byId, fillQuestion, put } from "./rows.js";
import { Selection, wayBack } from "./selection.js";
import { say, sayCount, showProblem } from "./talk.js";

const LISTS = ["new", "held", "refusing", "merged", "not_taken"];

export class Triage {
  /** @param {import("../store.js").LiveStore} store @param {import("./orders.js").Orders} orders @param {import("./claims.js").Claims} claims @param {Set<string>} rights */
  constructor(store, orders, claims, rights) {
    this.store = store;
    this.orders = orders;
    this.claims = claims;
    this.rights = rights;
    this.bar = byId("triage-acts");
    this.problem = this.bar.querySelector("[data-problem]");
    this.about = /** @type {HTMLSelectElement | null} */ (document.getElementById("about"));
    this.tabs = /** @type {HTMLElement[]} */ ([...document.querySelectorAll("[data-list]")]);
    this.list = this.tabs.find((tab) => tab.hasAttribute("aria-current"))?.dataset.list ?? "new";
    this.known = -1;
    this.chosen = "";
    /** Questions with all their words. @type {Record<string, any>} */
    this.whole = {};
    this.finder = new Finder(() => this.list, () => this.draw());
    this.chooser = new Chooser(byId("triage-list"), "t-question", () => this.fit(), (id) => !claims.held(id));
    this.selection = new Selection(this.chooser, () => this.view(), orders.undo, () => this.pick());
    byId("triage-form").addEventListener("submit", (event) => {
      event.preventDefault();
      const name = /** @type {SubmitEvent} */ (event).submitter?.getAttribute("value");
      if (name) void this.act(name);
    });
    // A click of the mouse means "this one"; the arrow keys of a list of radio buttons click too, with detail 0.
    this.chooser.list.addEventListener("click", (event) => {
      const target = /** @type {HTMLElement} */ (event.target);
      const more = target.closest("[data-more]");
      if (more) event.preventDefault();
      if (more) this.chooser.choose(target.closest("li")?.dataset.id ?? "");
      if (more || (event.detail > 0 && target.closest("label"))) void this.open(target.closest("li")?.dataset.id ?? "");
    });
    this.chooser.list.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || /** @type {HTMLElement} */ (event.target).closest("a")) return;
      event.preventDefault();
      void this.open();
    });
    byId("claim-over").addEventListener("click", () => void this.open(this.chooser.id, true));
    this.about?.addEventListener("change", () => void this.classify());
    for (const tab of this.tabs) {
      tab.addEventListener("click", (event) => {
        event.preventDefault();
        this.openList(tab.dataset.list ?? "new");
      });
    }
  }

  /** The desk's view, with what was found and what was read as a whole. */
  view() {
    const view = this.store.view ?? {};
    const questions = { ...this.finder.questions, ...view.questions };
    const whole = this.whole[this.claims.mine || this.chosen];
    const id = this.claims.mine || this.chosen;
    if (whole && questions[id]) questions[id] = { ...questions[id], text: whole.text, more: false };
    return { ...view, questions };
  }

  /** @param {string} list */
  openList(list) {
    this.list = list;
    this.selection.clear();
    showProblem(this.problem);
    if (this.finder.searches) this.finder.clear();
    else if (this.finder.on) void this.finder.look();
    this.draw();
  }

  draw() {
    if (!this.store.view) return;
    const view = this.view();
    const totals = view.totals ?? {};
    const now = this.orders.live.now();
    const searched = this.finder.searches;
    this.finder.follow(this.store.view);
    const ids = this.finder.on ? this.finder.ids.filter((id) => view.questions[id]) : (view[this.list] ?? []);
    for (const tab of this.tabs) tab.dataset.list === this.list && !searched ? tab.setAttribute("aria-current", "true") : tab.removeAttribute("aria-current");
    this.chooser.show(ids, (row, id) => fillQuestion(row, id, view, { me: this.store.participant, now, searched, names: nameOf }));
    byId("triage-empty").hidden = ids.length > 0;
    const [title = "", text = ""] = this.finder.on ? this.finder.nothing() : [say(`triage.empty.${this.list}`), say(`triage.empty_more.${this.list}`)];
    put(byId("triage-empty").firstElementChild?.firstElementChild ?? null, title);
    put(byId("triage-empty").lastElementChild, text);
    const total = this.finder.on ? this.finder.total : (totals[this.list] ?? 0);
    byId("triage-more").hidden = total <= ids.length;
    byId("triage-more").textContent = say("triage.more", { shown: ids.length, n: total });
    this.pick();
    const fresh = totals.new ?? 0;
    if (this.known >= 0 && fresh > this.known) announce("new", sayCount("say.new", fresh - this.known));
    this.known = fresh;
  }

  /** One question or several: the bar below the list is for the one or for the others. */
  pick() {
    this.selection.draw();
    this.bar.hidden = this.selection.on || this.chooser.ids.length === 0 || !(this.rights.has("triage") || this.rights.has("classify"));
  }

  /** Shows what can be done with the chosen question, by the table of the rules. */
  fit() {
    const q = this.question();
    const id = this.chooser.id;
    if (id !== this.chosen) {
      this.chosen = id;
      if (this.claims.mine && this.claims.mine !== id && !document.querySelector("dialog[open]")) void this.claims.release();
    }
    for (const row of /** @type {NodeListOf<HTMLElement>} */ (this.chooser.list.querySelectorAll("li"))) row.toggleAttribute("data-open", row.dataset.id === this.claims.mine);
    if (!q) return;
    const concern = /** @type {HTMLAnchorElement | null} */ (document.getElementById("concern"));
    if (concern) concern.pathname = concern.pathname.replace(/[^/]*$/, id);
    const state = q.state ?? "admitted";
    const own = state === "refusing" && q.by === this.store.participant;
    const held = this.claims.draw(id);
    for (const button of /** @type {NodeListOf<HTMLButtonElement>} */ (this.bar.querySelectorAll("[data-act]"))) {
      const can = button.dataset.states?.split(" ").includes(state) ?? false;
      const idle = (own && button.dataset.act === "confirm_refusal") || (q.barred && button.dataset.act === "block");
      button.hidden = !can || Boolean(idle);
      button.disabled = held;
    }
    if (!this.about) return;
    this.about.disabled = held;
    if (document.activeElement !== this.about) this.about.value = q.category ?? "other";
  }

  question() {
    return this.view().questions[this.chooser.id];
  }

  /** Take a question to work on it, and read all of it. @param {string} [id] @param {boolean} [over] from somebody who said nothing for a minute */
  async open(id = this.chooser.id, over = false) {
    const q = this.view().questions[id];
    if (!q) return;
    if (q.more && !this.whole[id]) {
      const said = await fetched("words", { question: id }).catch(() => ({}));
      if (said.question) this.whole = { [id]: said.question };
    }
    if (!this.claims.held(id) || over) await this.claims.open(id, this.problem);
    if (this.store.view) this.draw();
  }

  /** @param {string} name an action of this panel, or of the selection */
  async act(name) {
    if (this.selection.on) return this.selection.act(name);
    const id = this.chooser.id;
    const q = this.question();
    const button = /** @type {HTMLButtonElement | null} */ (this.bar.querySelector(`[data-act=${name}]`));
    if (!q || !button || button.hidden || button.disabled || this.bar.hidden || this.chooser.pending.has(id)) return;
    if (name === "block") return blockAsker(q, this.orders, this.problem);
    const was = this.claims.mine === id;
    await actOn(name, id, q, this.chooser, this.orders, this.problem, this.view(), this.claims);
    // Whoever works through the list by opening each goes on with the next one open.
    if (was && this.chooser.id !== id && !this.claims.mine) void this.open();
  }

  async classify() {
    const id = this.chooser.id;
    const before = this.question()?.category ?? "other";
    const given = await this.orders.give("question.classify", { question: id, category: this.about?.value }, {
      problem: this.problem,
      done: "undo.classify",
      inverse: () => ["question.classify", { question: id, category: before }],
    });
    if (!given) this.fit();
  }

  /** Esc: the selection goes, then the question is given back. Whether there was anything to leave. */
  leave() {
    if (this.selection.on) this.selection.clear();
    else if (this.claims.mine) void this.claims.release().then(() => this.draw());
    else return false;
    return true;
  }
}

/**
 * Carries out an action on a chosen question; asks for what the command needs first, and keeps others off it meanwhile.
 * @param {string} name @param {string} id @param {any} q @param {Chooser} chooser
 * @param {import("./orders.js").Orders} orders @param {Element | null} problem @param {any} view
 * @param {import("./claims.js").Claims} claims
 */
export async function actOn(name, id, q, chooser, orders, problem, view, claims) {
  /** @type {Record<string, unknown>} */
  const fields = { question: id };
  if (["hold", "not_take", "refuse", "defer", "merge"].includes(name)) {
    void claims.open(id, problem).then((given) => given || dialogOf(name).close());
  }
  if (["hold", "not_take", "refuse", "defer"].includes(name)) {
    const answer = await ask(name, q.text || say("row.spoken_text"));
    if (!answer) return;
    fields.reason = answer.reason;
    if (answer.note) fields.note = answer.note;
  } else if (name === "merge") {
    const into = await askTarget(id, view);
    if (!into) return;
    fields.into = into;
  }
  const mine = claims.mine === id;
  claims.spent(id);
  chooser.leave(id);
  const given = await orders.give(`question.${name}`, fields, { problem, done: `undo.${name}`, inverse: () => inverseOf(name, id, q) });
  if (given) return;
  chooser.back(id);
  if (mine) claims.mine = id;
}

/** @param {any} q @param {import("./orders.js").Orders} orders @param {Element | null} problem */
export async function blockAsker(q, orders, problem) {
  const answer = await ask("block", q.name ? `${q.name}: ${q.text}` : q.text);
  if (!answer) return;
  /** @type {Record<string, unknown>} */
  const fields = { participant: q.asker, reason: answer.reason };
  if (answer.note) fields.note = answer.note;
  if (answer.length) fields.until = Math.round(orders.live.now() + Number(answer.length));
  await orders.give("participant.block", fields, {
    problem,
    done: "undo.block",
    inverse: () => ["participant.unblock", { participant: q.asker }],
  });
}

/** What takes an action back, where the rules have a way to exactly the state before. @param {string} name @param {string} id @param {any} q */
function inverseOf(name, id, q) {
  if (name === "merge") return /** @type {[string, Record<string, unknown>]} */ (["question.unmerge", { question: id }]);
  if (name === "refuse") return /** @type {[string, Record<string, unknown>]} */ (["question.overturn_refusal", { question: id }]);
  if (!["admit", "hold", "not_take", "return", "defer"].includes(name)) return null;
  const way = wayBack(name, q);
  if (!way) return null;
  const { do: step, ...rest } = way;
  return /** @type {[string, Record<string, unknown>]} */ ([`question.${step}`, { question: id, ...rest }]);
}
