/**
 * A list in which one row is chosen. The rows are radio buttons, so arrow keys and screen readers know them; this keeps
 * the choice when rows come and go, and moves on by itself once something was done with the chosen one.
 */

import { arrange, clone } from "./rows.js";

export class Chooser {
  /**
   * @param {HTMLElement} list @param {string} template @param {() => void} changed called when another row is chosen
   * @param {(id: string) => boolean} [free] whether nobody else works on a row; the others are passed over
   */
  constructor(list, template, changed, free = () => true) {
    this.list = list;
    this.template = template;
    this.changed = changed;
    this.free = free;
    /** @type {string[]} */
    this.ids = Array.from(list.children, (row) => row.getAttribute("data-id") ?? "");
    /** Rows on which something is under way. @type {Set<string>} */
    this.pending = new Set();
    this.id = this.ids[0] ?? "";
    list.addEventListener("change", (event) => {
      const input = /** @type {HTMLInputElement} */ (event.target);
      if (input.type !== "radio") return;
      this.id = input.value;
      this.changed();
    });
  }

  /** @param {readonly string[]} ids @param {(row: HTMLElement, id: string, index: number) => void} fill */
  show(ids, fill) {
    const hadFocus = this.list.contains(document.activeElement);
    const before = this.ids;
    this.ids = [...ids];
    for (const id of this.pending) if (!ids.includes(id)) this.pending.delete(id);
    arrange(this.list, ids, () => clone(this.template), (row, id, index) => {
      fill(row, id, index);
      row.toggleAttribute("data-pending", this.pending.has(id));
    });
    if (!ids.includes(this.id)) {
      const after = before.slice(before.indexOf(this.id) + 1).find((id) => ids.includes(id));
      this.id = after ?? ids[Math.max(0, Math.min(before.indexOf(this.id), ids.length - 1))] ?? "";
    }
    this.mark(hadFocus && !this.list.contains(document.activeElement));
    this.changed();
  }

  /** @param {boolean} focus */
  mark(focus) {
    const input = this.input(this.id);
    if (input) input.checked = true;
    if (input && focus) input.focus({ preventScroll: true });
  }

  /** @param {string} id @returns {HTMLInputElement | null} */
  input(id) {
    return id ? this.list.querySelector(`[data-id="${id}"] input[type=radio]`) : null;
  }

  /** @param {string} id @param {boolean} [focus] */
  choose(id, focus = true) {
    if (!this.ids.includes(id)) return;
    this.id = id;
    this.mark(focus);
    this.input(id)?.closest("li")?.scrollIntoView({ block: "nearest" });
    this.changed();
  }

  /** @param {1 | -1} by */
  step(by) {
    const at = this.ids.indexOf(this.id);
    this.choose(this.ids[Math.max(0, Math.min(this.ids.length - 1, at + by))] ?? "");
  }

  /** Something is being done with this row: go on with the next one meanwhile. @param {string} id */
  leave(id) {
    this.pending.add(id);
    this.input(id)?.closest("li")?.toggleAttribute("data-pending", true);
    if (id !== this.id) return;
    const at = this.ids.indexOf(id);
    const open = [...this.ids.slice(at + 1), ...this.ids.slice(0, at).reverse()];
    const idle = open.filter((each) => !this.pending.has(each));
    const next = idle.find((each) => this.free(each)) ?? idle[0];
    if (next) this.choose(next, this.list.contains(document.activeElement));
  }

  /** It did not happen: back to the row. @param {string} id */
  back(id) {
    this.pending.delete(id);
    this.input(id)?.closest("li")?.toggleAttribute("data-pending", false);
    this.choose(id, this.list.contains(document.activeElement));
  }
}
