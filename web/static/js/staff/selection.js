/** Several questions at once: ticked by key, by mouse or by range, and one decision for all of them with one undo. */

import { announce } from "../announcer.js";
import { newKey } from "../connection.js";
import { ask } from "./dialogs.js";
import { posted } from "./errands.js";
import { byId, put } from "./rows.js";
import { say, sayCount, sayNo, showProblem } from "./talk.js";

/** Questions in one request: enough to be quick, few enough for the bar to move. */
const AT_ONCE = 10;

export class Selection {
  /** @param {import("./chooser.js").Chooser} chooser @param {() => any} view @param {import("./undo.js").Undo} undo @param {() => void} changed */
  constructor(chooser, view, undo, changed) {
    this.chooser = chooser;
    this.view = view;
    this.undo = undo;
    this.changed = changed;
    /** @type {Set<string>} */
    this.ids = new Set();
    /** Where a range began. */
    this.from = "";
    this.busy = false;
    this.about = /** @type {HTMLSelectElement} */ (byId("bulk-about"));
    const list = chooser.list;
    list.addEventListener("change", (event) => {
      const box = /** @type {HTMLInputElement} */ (event.target);
      if (box.type === "checkbox") this.set(box.value, box.checked);
    });
    list.addEventListener("click", (event) => {
      const box = /** @type {HTMLInputElement} */ (event.target);
      if (event.shiftKey && box.type === "checkbox") this.reach(this.from || chooser.id, box.value);
      if (box.type === "checkbox") this.from = box.value;
    });
    list.addEventListener("keydown", (event) => {
      const by = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
      if (!by || !event.shiftKey) return;
      event.preventDefault();
      this.extend(by);
    });
    byId("bulk-all").addEventListener("click", () => this.all());
    byId("bulk-none").addEventListener("click", () => this.clear());
    this.about.addEventListener("change", () => this.about.value && void this.act("classify"));
    for (const button of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-bulk]"))) {
      button.addEventListener("click", () => void this.act(button.dataset.bulk ?? ""));
    }
  }

  get on() {
    return this.ids.size > 0;
  }

  /** @param {string} id @param {boolean} [on] */
  set(id, on = !this.ids.has(id)) {
    if (!id || this.busy) return;
    on ? this.ids.add(id) : this.ids.delete(id);
    this.from = id;
    this.changed();
  }

  /** @param {1 | -1} by */
  extend(by) {
    this.ids.add(this.chooser.id);
    this.chooser.step(by);
    this.set(this.chooser.id, true);
  }

  /** @param {string} from @param {string} to */
  reach(from, to) {
    const [a, b] = [this.chooser.ids.indexOf(from), this.chooser.ids.indexOf(to)].sort((x, y) => x - y);
    for (const id of this.chooser.ids.slice(Math.max(0, a ?? 0), (b ?? 0) + 1)) this.ids.add(id);
    this.changed();
  }

  all() {
    for (const id of this.chooser.ids) this.ids.add(id);
    this.changed();
  }

  clear() {
    this.ids.clear();
    showProblem(byId("bulk-problem"));
    this.changed();
  }

  /** After each redraw of the list: what is gone is not selected any more. */
  draw() {
    for (const id of this.ids) if (!this.chooser.ids.includes(id)) this.ids.delete(id);
    for (const box of /** @type {NodeListOf<HTMLInputElement>} */ (this.chooser.list.querySelectorAll(".q-tick"))) {
      box.checked = this.ids.has(box.value);
    }
    byId("bulk").hidden = !this.on;
    put(byId("bulk-count"), sayCount("pick.count", this.ids.size));
    put(byId("bulk-all").firstElementChild, say("pick.all", { n: this.chooser.ids.length }));
    const { questions = {} } = this.view();
    for (const button of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-bulk]"))) {
      const states = byId("triage-acts").querySelector(`[data-act=${button.dataset.bulk}]`)?.getAttribute("data-states")?.split(" ") ?? [];
      button.hidden = ![...this.ids].some((id) => states.includes(questions[id]?.state ?? "admitted"));
    }
  }

  /** @param {string} name admit, hold, not_take, return or classify */
  async act(name) {
    if (!this.on || this.busy || document.querySelector(`[data-bulk=${name}][hidden]`)) return;
    /** @type {Record<string, string>} */
    const fields = {};
    if (name === "hold" || name === "not_take") {
      const answer = await ask(name, sayCount("pick.count", this.ids.size));
      if (!answer) return;
      fields.reason = answer.reason ?? "";
      if (answer.note) fields.note = answer.note;
    } else if (name === "classify") fields.category = this.about.value;
    const ids = this.chooser.ids.filter((id) => this.ids.has(id));
    const ways = waysBack(name, ids, this.view().questions);
    const { done, failed } = await this.run([{ do: name, ...fields }], [ids]);
    this.about.value = "";
    const back = ways.map(({ order, ids: all }) => ({ order, ids: all.filter((id) => done.has(id)) })).filter((way) => way.ids.length);
    if (done.size) {
      this.undo.offer(sayCount(`many.${name}`, done.size), back.length ? () => void this.takeBack(back) : null);
    }
    this.tell(failed, ids.length);
  }

  /** @param {{order: Record<string, string>, ids: string[]}[]} ways */
  async takeBack(ways) {
    const { done, failed } = await this.run(ways.map((way) => way.order), ways.map((way) => way.ids));
    if (done.size) this.undo.offer(sayCount("many.undone", done.size));
    this.tell(failed, done.size + failed.length);
  }

  /**
   * @param {Record<string, string>[]} orders @param {string[][]} lists the questions of each order
   * @returns {Promise<{done: Set<string>, failed: {question: string, why: string}[]}>}
   */
  async run(orders, lists) {
    const bar = byId("bulk-progress");
    const total = lists.reduce((sum, ids) => sum + ids.length, 0);
    /** @type {Set<string>} */
    const done = new Set();
    /** @type {{question: string, why: string}[]} */
    const failed = [];
    this.busy = true;
    showProblem(byId("bulk-problem"));
    bar.hidden = total <= AT_ONCE;
    bar.setAttribute("aria-valuemax", String(total));
    byId("bulk").setAttribute("aria-busy", "true");
    try {
      for (const [at, order] of orders.entries()) {
        for (let from = 0; from < (lists[at] ?? []).length; from += AT_ONCE) {
          const questions = (lists[at] ?? []).slice(from, from + AT_ONCE);
          for (const id of questions) this.chooser.pending.add(id);
          const said = await posted("many", { ...order, questions, key: newKey() });
          for (const id of said.done) done.add(id);
          failed.push(...said.failed);
          for (const id of questions) this.chooser.pending.delete(id);
          bar.setAttribute("aria-valuenow", String(done.size + failed.length));
          /** @type {HTMLElement | null} */ (bar.firstElementChild ?? null)?.style.setProperty("--part", String((done.size + failed.length) / total));
        }
      }
    } catch (error) {
      const left = lists.flat().filter((id) => !done.has(id) && !failed.some((each) => each.question === id));
      failed.push(...left.map((question) => ({ question, why: sayNo(error) })));
    }
    this.busy = false;
    byId("bulk").removeAttribute("aria-busy");
    bar.hidden = true;
    for (const id of lists.flat()) this.chooser.pending.delete(id);
    this.ids = new Set(failed.map((each) => each.question));
    this.changed();
    return { done, failed };
  }

  /** What could not be done stays selected, with the reasons. @param {{question: string, why: string}[]} failed @param {number} total */
  tell(failed, total) {
    if (!failed.length) return;
    const text = say("many.failed", { n: failed.length, all: total, why: [...new Set(failed.map((each) => each.why))].join(" ") });
    const stays = failed.some((each) => this.chooser.ids.includes(each.question));
    showProblem(stays ? byId("bulk-problem") : document.querySelector("#triage-acts [data-problem]"), text);
    announce("many", text);
  }
}

/**
 * The orders that bring each question back to where it is now, where the rules have a way; alike ones together.
 * @param {string} name @param {string[]} ids @param {Record<string, any>} questions
 */
export function waysBack(name, ids, questions) {
  /** @type {Map<string, {order: Record<string, string>, ids: string[]}>} */
  const ways = new Map();
  for (const id of ids) {
    const q = questions[id];
    const order = q && wayBack(name, q);
    if (!order) continue;
    const key = JSON.stringify(order);
    const way = ways.get(key) ?? { order, ids: [] };
    way.ids.push(id);
    ways.set(key, way);
  }
  return [...ways.values()];
}

/** @param {string} name @param {any} q @returns {Record<string, string> | null} */
export function wayBack(name, q) {
  if (name === "classify") return { do: "classify", category: q.category ?? "other" };
  const note = q.note ? { note: q.note } : {};
  switch (q.state ?? "admitted") {
    case "new": return { do: "return" };
    case "admitted": return { do: "admit" };
    case "held": return { do: "hold", reason: q.reason, ...note };
    case "not_taken": return { do: "not_take", reason: q.reason, ...note };
    default: return null;
  }
}
