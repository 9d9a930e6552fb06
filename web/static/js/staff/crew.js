/** The staff by name, with their times; who was barred; whether those who are called can be reached. */

import { announce } from "../announcer.js";
import { dialogOf } from "./dialogs.js";
import { fetched } from "./errands.js";
import { arrange, bit, byId, clone, put } from "./rows.js";
import { say, sayCount, showProblem } from "./talk.js";

/** How often lines are looked at while somebody is called. */
const LOOK_MS = 5000;
const PRESIDING = ["moderator", "chair"];
/** @type {Map<string, string>} */
const names = new Map();
for (const chip of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("#crew-list [data-id]"))) {
  names.set(chip.dataset.id ?? "", bit(chip, "name").textContent ?? "");
}

/** @param {string} participant */
export function nameOf(participant) {
  return names.get(participant) || say("claim.somebody");
}

export class Crew {
  /** @param {import("../store.js").LiveStore} store @param {import("./orders.js").Orders} orders @param {() => void} changed @param {() => void} take */
  constructor(store, orders, changed, take) {
    this.store = store;
    this.orders = orders;
    this.changed = changed;
    this.take = take;
    /** @type {any[]} */
    this.staff = [];
    /** @type {any[]} */
    this.barred = [];
    /** @type {Record<string, boolean>} */
    this.lines = {};
    this.seen = "";
    this.asking = false;
    this.again = false;
    /** What was read already: it is not shown again. */
    this.dismissed = "";
    /** Objections that were read and kept. @type {Set<string>} */
    this.kept = new Set();
    this.problem = dialogOf("barred").querySelector("[data-problem]");
    document.getElementById("open-barred")?.addEventListener("click", () => dialogOf("barred").showModal());
    byId("barred").addEventListener("click", (event) => void this.press(/** @type {HTMLElement} */ (event.target)));
    byId("handover-take").addEventListener("click", () => {
      this.dismissed = this.missing().map((each) => each.participant + each.at).join();
      this.drawHandover();
      this.take();
    });
    setInterval(() => Object.keys(this.store.view?.turns ?? {}).length > 0 && void this.look(), LOOK_MS);
  }

  /** The view changed: ask again when somebody came, left, was barred or was called. */
  draw() {
    const { staff = {}, turns = {}, line = [], objections = {} } = this.store.view ?? {};
    const seen = JSON.stringify([staff, Object.values(turns).map((turn) => turn.participant), line.slice(0, 5), Object.keys(objections)]);
    if (seen !== this.seen) {
      this.seen = seen;
      void this.look();
    }
    this.drawHandover();
  }

  /** Somebody was barred or freed. @param {any} frame */
  hear(frame) {
    if ((frame.events ?? []).some((/** @type {any} */ event) => String(event.type).startsWith("participant."))) void this.look();
  }

  async look() {
    this.again = this.asking;
    if (this.asking) return;
    this.asking = true;
    try {
      const said = await fetched("people");
      this.staff = said.staff;
      this.barred = said.barred;
      this.lines = said.lines;
      for (const each of said.staff) names.set(each.participant, each.name);
      this.show();
      this.changed();
    } catch {
      // The line's own state is shown already; the next change asks again.
    }
    this.asking = false;
    if (this.again) void this.look();
  }

  show() {
    const by = new Map(this.staff.map((each) => [each.participant, each]));
    arrange(byId("crew-list"), [...by.keys()], () => clone("t-crew"), (chip, id) => {
      const who = by.get(id);
      chip.toggleAttribute("data-here", who.here);
      put(bit(chip, "name"), who.name);
      put(bit(chip, "role"), who.title || who.role_text);
      put(bit(chip, "times"), who.times);
    });
    const bars = new Map(this.barred.map((each) => [each.participant, each]));
    const button = document.getElementById("open-barred");
    if (button) button.hidden = bars.size === 0;
    put(document.getElementById("barred-count"), String(bars.size));
    const open = this.barred.filter((each) => each.objection && !this.kept.has(each.participant)).length;
    const badge = document.getElementById("objection-count");
    if (badge) {
      const more = open > Number(badge.dataset.n ?? 0);
      badge.dataset.n = String(open);
      badge.hidden = open === 0;
      put(badge, sayCount("bar.objections", open));
      if (more) announce("objection", sayCount("bar.objections", open));
    }
    arrange(byId("barred"), [...bars.keys()], () => clone("t-bar"), (row, id) => {
      const each = bars.get(id);
      put(bit(row, "name"), each.name);
      put(bit(row, "facts"), [each.reason, each.length].join(say("comma") + " "));
      bit(row, "note-box").hidden = !each.note;
      put(bit(row, "note"), each.note);
      bit(row, "objection-box").hidden = !each.objection;
      put(bit(row, "objection"), each.objection);
      put(bit(row, "said-at"), each.said_at);
      bit(row, "bar=keep").hidden = !each.objection || this.kept.has(id);
    });
    this.drawHandover();
  }

  /** @param {HTMLElement} target */
  async press(target) {
    const button = /** @type {HTMLElement | null} */ (target.closest("[data-bar]"));
    const id = button?.closest("li")?.dataset.id ?? "";
    if (!button) return;
    if (button.dataset.bar === "keep") {
      this.kept.add(id);
      this.show();
    } else {
      showProblem(this.problem);
      await this.orders.give("participant.unblock", { participant: id }, { problem: this.problem, done: "undo.unblock", busy: button });
    }
  }

  /** Moderators who were here and are gone. @returns {any[]} */
  missing() {
    return this.staff.filter((each) => each.role === "moderator" && !each.here && each.participant !== this.store.participant);
  }

  /** The moderator is gone and nobody else moderates: say so, and what I can do about it. */
  drawHandover() {
    const box = byId("handover");
    const { staff = {}, session = {} } = this.store.view ?? {};
    const others = Object.entries(staff).filter(([id]) => id !== this.store.participant);
    const open = ["doors_open", "live", "adjourned"].includes(session.phase);
    const gone = this.missing();
    const mine = staff[this.store.participant] ?? "";
    const moderated = others.some(([, role]) => role === "moderator");
    const key = gone.map((each) => each.participant + each.at).join();
    const was = box.hidden;
    box.hidden = !open || !gone.length || moderated || key === this.dismissed;
    if (box.hidden) return;
    const last = gone.reduce((a, b) => (a.at > b.at ? a : b));
    const presides = PRESIDING.includes(mine);
    put(byId("handover-title"), say("handover.title", { name: last.name, times: last.times }));
    put(byId("handover-text"), say(presides ? "handover.yours" : others.some(([, role]) => role === "chair") ? "handover.chair" : "handover.nobody"));
    put(byId("handover-take").firstElementChild, say(presides ? "handover.take" : "handover.read"));
    if (was) announce("handover", byId("handover-title").textContent ?? "", { urgent: true });
  }
}
