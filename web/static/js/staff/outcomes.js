/** What became of each turn: answered, ordered, referred or refused, noted with a key each, and changed until the close. */

import { ask, dialogOf } from "./dialogs.js";
import { arrange, bit, byId, clone, put, splitText, topicNames } from "./rows.js";
import { say } from "./talk.js";
import { table } from "../words.js";

const KINDS = ["answered", "ordered", "referred", "refused"];
const HEARD_STATES = ["heard", "answered"];
const officeNames = table(document.body, "data-offices");
const dayNames = JSON.parse(document.body.dataset.dayNames ?? "[]");
const monthNames = JSON.parse(document.body.dataset.monthNames ?? "[]");

/** A day as the server says it: weekday, date and year. @param {string} day year-month-day */
export function dayText(day) {
  const [year = 0, month = 1, date = 1] = day.split("-").map(Number);
  const at = new Date(Date.UTC(year, month - 1, date));
  if (!day || Number.isNaN(at.getTime())) return "";
  return `${dayNames[(at.getUTCDay() + 6) % 7]}${document.body.dataset.comma} ${date} ${monthNames[month - 1]} ${year}`;
}

/** An outcome in words. @param {any} outcome */
export function outcomeText(outcome) {
  const due = outcome.due ? say("outcome.until", { day: dayText(outcome.due) }) : "";
  return [outcome.office ? (officeNames[outcome.office] ?? outcome.office) : "", due, outcome.rule, outcome.note].filter(Boolean).join(" — ");
}

export class Outcomes {
  /** @param {import("../store.js").LiveStore} store @param {import("./orders.js").Orders} orders @param {boolean} may @param {() => string} speaker the question on air */
  constructor(store, orders, may, speaker) {
    this.store = store;
    this.orders = orders;
    this.may = may;
    this.speaker = speaker;
    this.problem = byId("stage-problem");
    this.form = /** @type {HTMLFormElement} */ (dialogOf("outcome").querySelector("form"));
    this.due = /** @type {HTMLInputElement} */ (byId("d-outcome-due"));
    this.form.addEventListener("change", () => this.fit());
    this.form.addEventListener("input", () => put(byId("d-outcome-day"), dayText(this.due.value)));
    this.form.addEventListener("click", (event) => {
      const days = /** @type {HTMLElement} */ (event.target).closest("[data-days]")?.getAttribute("data-days");
      if (days) this.set(Number(days));
    });
    byId("heard").addEventListener("click", (event) => {
      const button = /** @type {HTMLElement | null} */ (/** @type {HTMLElement} */ (event.target).closest("[data-heard]"));
      if (button) void this.press(button.dataset.heard ?? "", button.closest("li")?.dataset.id ?? "");
    });
  }

  /** Heard today, first those of which nobody said what became of them. @returns {string[]} */
  heard() {
    const { recent = [], questions = {} } = this.store.view ?? {};
    const ids = recent.filter((/** @type {string} */ id) => HEARD_STATES.includes(questions[id]?.state));
    return [...ids.filter((/** @type {string} */ id) => !questions[id].outcome), ...ids.filter((/** @type {string} */ id) => questions[id].outcome)];
  }

  draw() {
    const view = this.store.view;
    const ids = this.heard();
    const open = ["doors_open", "live", "adjourned"].includes(view.session?.phase);
    const unnoted = ids.filter((id) => !view.questions[id].outcome).length;
    byId("heard-part").hidden = ids.length === 0;
    byId("unnoted").hidden = unnoted === 0;
    put(byId("unnoted"), String(unnoted));
    arrange(byId("heard"), ids, () => clone("t-heard"), (row, id) => {
      const q = view.questions[id];
      const [head = "", rest = ""] = splitText(q.text ?? "");
      put(bit(row, "name"), q.name || say("someone"));
      put(bit(row, "topic"), topicNames[q.category] ?? "");
      put(bit(row, "text"), rest ? `${head}…` : head);
      row.dataset.outcome = q.outcome?.kind ?? "";
      bit(row, "result").hidden = !q.outcome;
      bit(row, "open-acts").hidden = Boolean(q.outcome) || !this.may || !open;
      bit(row, "heard=change").hidden = !this.may || !open;
      const read = bit(row, "read");
      read.hidden = !q.outcome?.words;
      for (const button of read.querySelectorAll("button")) button.hidden = !this.may || !open;
      if (!q.outcome) return;
      read.dataset.read = q.outcome.read ?? "";
      put(bit(row, "read-text"), say(`readback.${q.outcome.read || "open"}`));
      put(bit(row, "result-kind"), say(`outcome.${q.outcome.kind}`));
      put(bit(row, "result-text"), outcomeText(q.outcome));
    });
  }

  /** @param {string} name @param {string} id */
  async press(name, id) {
    if (name === "answered") await this.give(id, { outcome: "answered" });
    else if (name === "defer") await this.defer(id);
    else if (name === "said_yes" || name === "said_no") await this.readBack(id, name === "said_yes");
    else await this.note(id, name === "change" ? "" : name);
  }

  /** What she said aloud when the order was read back to her. @param {string} id @param {boolean} agreed */
  async readBack(id, agreed) {
    const words = this.store.view.questions[id]?.outcome?.words ?? "";
    await this.orders.give("outcome.read_back", { question: id, words, agreed }, { problem: this.problem, done: "undo.read_back" });
  }

  /** The key: what is on air, else what was heard last without a word about it. */
  async next() {
    const id = this.speaker() || this.heard()[0];
    if (id && this.may) await this.note(id);
  }

  /** @param {string} id @param {string} [kind] chosen already */
  async note(id, kind = "") {
    const q = this.store.view.questions[id] ?? {};
    const before = q.outcome ?? {};
    const answer = await ask("outcome", q.text || say("row.spoken_text"), () => {
      for (const name of ["office", "rule", "note"]) this.field(name).value = before[name] ?? "";
      this.due.value = before.due || document.body.dataset.due || "";
      put(byId("d-outcome-day"), dayText(this.due.value));
      const chosen = this.form.querySelector(`input[value=${kind || before.kind || KINDS[0]}]`);
      /** @type {HTMLInputElement} */ (chosen).checked = true;
      this.fit();
    });
    if (!answer) return;
    const { reason = "", office = "", due = "", rule = "", note = "" } = answer;
    /** @type {Record<string, string>} */
    const fields = { outcome: reason };
    if (reason === "ordered" || reason === "referred") fields.office = office;
    if (reason === "ordered") fields.due = due;
    if (reason === "refused") fields.rule = rule;
    if (note) fields.note = note;
    await this.give(id, fields);
  }

  /** @param {string} id @param {Record<string, string>} fields */
  async give(id, fields) {
    await this.orders.give("outcome.note", { question: id, ...fields }, { problem: this.problem, done: `undo.outcome_${fields.outcome}` });
  }

  /** @param {string} id */
  async defer(id) {
    const answer = await ask("defer", this.store.view.questions[id]?.text);
    if (!answer) return;
    const fields = { question: id, reason: answer.reason, ...(answer.note ? { note: answer.note } : {}) };
    await this.orders.give("question.defer", fields, { problem: this.problem, done: "undo.defer" });
  }

  /** Only the fields of the chosen kind are there, and what it cannot be without is required. */
  fit() {
    const kind = /** @type {HTMLInputElement | null} */ (this.form.querySelector("input[name=reason]:checked"))?.value ?? "";
    for (const part of /** @type {NodeListOf<HTMLElement>} */ (this.form.querySelectorAll("[data-for]"))) {
      part.hidden = !part.dataset.for?.split(" ").includes(kind);
    }
    this.field("office").required = kind === "ordered" || kind === "referred";
    this.field("due").required = kind === "ordered";
    this.field("rule").required = kind === "refused";
    this.field("note").required = kind === "ordered";
    put(byId("d-outcome-more"), kind ? say(`outcome.more.${kind}`) : "");
  }

  /** @param {string} name @returns {HTMLInputElement} */
  field(name) {
    return /** @type {HTMLInputElement} */ (this.form.elements.namedItem(name));
  }

  /** @param {number} days from today */
  set(days) {
    const [year = 0, month = 1, date = 1] = (document.body.dataset.today ?? "").split("-").map(Number);
    this.due.value = new Date(Date.UTC(year, month - 1, date + days)).toISOString().slice(0, 10);
    put(byId("d-outcome-day"), dayText(this.due.value));
  }
}
