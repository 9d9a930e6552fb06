/** The close: what it will do, in words and numbers, before it is done; then its progress and the sealed balance. */

import { ask, dialogOf } from "./dialogs.js";
import { fetched } from "./errands.js";
import { bit, byId, put } from "./rows.js";
import { say, sayCount, showProblem } from "./talk.js";

/** What a close does, line by line, by the names of the sums (web/desk_sums.py). */
const CONSEQUENCES = ["waiting", "on_stage", "on_deck", "answered", "deferred", "not_taken", "refusing"];

/** The balance that a close would write now: `raised = tickets + followers + withdrawn + refused`. @param {Record<string, number>} totals */
export function weigh(totals) {
  const raised = Object.values(totals).reduce((sum, n) => sum + n, 0);
  const followers = totals.merged ?? 0;
  const withdrawn = totals.withdrawn ?? 0;
  const refused = totals.refused ?? 0;
  return { raised, tickets: raised - followers - withdrawn - refused, followers, withdrawn, refused };
}

export class Closing {
  /** @param {import("../store.js").LiveStore} store @param {import("./orders.js").Orders} orders @param {() => void} note what became of the turns */
  constructor(store, orders, note) {
    this.store = store;
    this.orders = orders;
    byId("d-close-note").addEventListener("click", () => {
      dialogOf("close").close();
      note();
    });
    this.done = Number(byId("closing").dataset.done ?? 0);
  }

  async ask() {
    const sums = await fetched("sums").catch(() => null);
    if (!sums) return showProblem(byId("stage-problem"), say("no.offline"));
    const said = CONSEQUENCES.filter((name) => sums[name]).map((name) => sayCount(`close.${name}`, sums[name]));
    if (sums.people) said[0] = [sayCount("close.people", sums.people), said[0]].join(" ");
    const answer = await ask("close", "", () => {
      const items = (said.length ? said : [say("close.none")]).map((text) => {
        const item = document.createElement("li");
        item.textContent = text;
        return item;
      });
      byId("d-close-list").replaceChildren(...items);
      byId("d-close-unnoted").hidden = sums.unnoted === 0;
      put(byId("d-close-unnoted").querySelector("span"), sayCount("close.unnoted", sums.unnoted));
      put(byId("d-close-sum"), say("close.sum", sums));
      put(byId("d-close-yes"), sayCount("dialog.close_confirm", sums.tickets));
    });
    if (answer) await this.orders.give("session.close", {}, { problem: byId("stage-problem") });
  }

  /** Tickets that were opened since. @param {any} frame */
  hear(frame) {
    for (const event of frame.events ?? []) {
      if (event.type === "tickets.opened") this.done += event.questions?.length ?? 0;
      else if (event.type === "session.closing") this.done = 0;
    }
  }

  draw() {
    const { session = {}, totals = {}, balance } = this.store.view ?? {};
    const over = session.phase === "closed" || session.phase === "cancelled";
    const raised = balance?.raised ?? weigh(totals).raised;
    byId("closing").hidden = !over && session.phase !== "closing";
    byId("closing-work").hidden = over;
    byId("balance").hidden = !balance;
    const title = over ? say(session.phase === "closed" ? "close.sealed" : "close.cancelled") : say("close.working", { part: raised ? Math.floor((100 * this.done) / raised) : 100, done: this.done, n: raised });
    put(byId("h-closing"), title);
    const bar = byId("closing-work").querySelector("[role=progressbar]");
    bar?.setAttribute("aria-valuenow", String(this.done));
    bar?.setAttribute("aria-valuemax", String(raised));
    /** @type {HTMLElement | null} */ (bar?.firstElementChild ?? null)?.style.setProperty("--part", String(raised ? this.done / raised : 1));
    for (const name of ["raised", "tickets", "followers", "withdrawn", "refused"]) {
      put(bit(byId("balance"), `balance=${name}`), String(balance?.[name] ?? 0));
    }
  }
}
