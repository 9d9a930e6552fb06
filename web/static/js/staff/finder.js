/** Looking for questions: the server searches everything that the session has; this shows what it found, and keeps it true. */

import { announce } from "../announcer.js";
import { fetched } from "./errands.js";
import { byId, put } from "./rows.js";
import { say, sayCount } from "./talk.js";

const TYPED_MS = 250;
/** Something changed in the session: what was found may have changed with it. */
const STALE_MS = 800;

export class Finder {
  /** @param {() => string} list the list that is open @param {() => void} changed */
  constructor(list, changed) {
    this.list = list;
    this.changed = changed;
    this.form = /** @type {HTMLFormElement} */ (byId("find"));
    this.text = /** @type {HTMLInputElement} */ (byId("find-text"));
    this.more = byId("find-more");
    /** @type {string[]} */
    this.ids = [];
    this.total = 0;
    /** @type {Record<string, any>} */
    this.questions = {};
    this.timer = 0;
    this.round = 0;
    /** @type {any} */
    this.view = null;
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.look();
    });
    this.form.addEventListener("input", () => this.soon(TYPED_MS));
    byId("find-open").addEventListener("click", () => this.unfold(this.more.hasAttribute("data-shut")));
    byId("found-clear").addEventListener("click", (event) => {
      event.preventDefault();
      this.clear();
      this.text.focus();
    });
    this.text.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      if (this.text.value) this.text.value = "";
      else this.text.blur();
      this.soon(0);
    });
  }

  /** @returns {Record<string, string>} */
  get wanted() {
    const fields = Object.fromEntries(Array.from(new FormData(this.form), ([name, value]) => [name, String(value).trim()]));
    return { ...fields, list: this.list() };
  }

  get searches() {
    return this.text.value.trim() !== "";
  }

  /** How many filters are set, words and order apart. */
  get filters() {
    const { topic, area, channel, kind, private: hidden } = this.wanted;
    return [topic, area, channel, kind, hidden].filter(Boolean).length;
  }

  get on() {
    return this.searches || this.filters > 0 || this.wanted.sort === "supports";
  }

  /** @param {boolean} open */
  unfold(open) {
    this.more.toggleAttribute("data-shut", !open);
    byId("find-open").setAttribute("aria-expanded", String(open));
    if (open) this.more.querySelector("select")?.focus();
  }

  clear() {
    for (const field of this.form.querySelectorAll("input, select")) {
      if (field instanceof HTMLSelectElement) field.selectedIndex = 0;
      else if (field instanceof HTMLInputElement && field.type === "checkbox") field.checked = false;
      else if (field instanceof HTMLInputElement && field.type === "search") field.value = "";
    }
    void this.look();
  }

  /** @param {number} ms */
  soon(ms) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.look(), ms);
  }

  /** The session changed. @param {any} view */
  follow(view) {
    if (this.view && this.view !== view && this.on) this.soon(STALE_MS);
    this.view = view;
  }

  async look() {
    clearTimeout(this.timer);
    const round = ++this.round;
    if (this.on) {
      try {
        const said = await fetched("find", this.wanted);
        if (round !== this.round) return;
        if (said.total !== this.total) announce("found", sayCount("find.found", said.total));
        this.ids = said.ids;
        this.total = said.total;
        this.questions = said.questions;
      } catch {
        return;
      }
    } else this.questions = {};
    this.draw();
    this.changed();
  }

  draw() {
    byId("found").hidden = !this.on;
    put(byId("found").firstElementChild, this.on ? sayCount("find.found", this.total) : "");
    byId("find-count").hidden = this.filters === 0;
    put(byId("find-count"), String(this.filters));
  }

  /** What a list shows that is empty. */
  nothing() {
    return [say("find.none"), say("find.none_more")];
  }
}
