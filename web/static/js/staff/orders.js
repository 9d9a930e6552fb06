/** Commands of the desk: said once, answered where they were given, undone where the rules have an inverse. */

import { announce } from "../announcer.js";
import { nameOf } from "./crew.js";
import { say, sayNo, showProblem } from "./talk.js";

/**
 * @typedef {Object} How
 * @property {Element | null} [problem] where a refusal is shown
 * @property {string} [done] message key of what was done; none for what shows itself
 * @property {Record<string, string | number>} [values] for that message
 * @property {() => [string, Record<string, unknown>] | null} [inverse] the command that takes it back
 * @property {Element | null} [busy] shown as busy until the answer
 * @property {boolean} [quiet] nobody asked for it: a refusal is not worth a word
 */

export class Orders {
  /** @param {import("../connection.js").LiveConnection} live @param {import("./undo.js").Undo} undo */
  constructor(live, undo) {
    this.live = live;
    this.undo = undo;
  }

  /**
   * Whether it happened. A refusal is shown and never thrown: nobody's click may end in a console.
   * @param {string} type @param {Record<string, unknown>} fields @param {How} [how]
   */
  async give(type, fields, how = {}) {
    if (!how.quiet) showProblem(how.problem ?? null);
    how.busy?.setAttribute("aria-busy", "true");
    try {
      await this.live.send(type, fields);
    } catch (error) {
      if (how.quiet) return false;
      const params = /** @type {any} */ (error).params;
      if (params?.by) params.by = nameOf(params.by);
      const why = sayNo(error);
      showProblem(how.problem ?? null, why);
      announce("refused", why);
      return false;
    } finally {
      how.busy?.removeAttribute("aria-busy");
    }
    const back = how.inverse?.() ?? null;
    const undo = back && (() => void this.give(back[0], back[1], { problem: how.problem, done: "undo.done" }));
    if (how.done) this.undo.offer(say(how.done, how.values), undo);
    return true;
  }
}
