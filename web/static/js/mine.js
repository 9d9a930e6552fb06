/** My questions: state, place and the reason for the place; calls me when my turn comes. */

import { announce } from "./announcer.js";
import { recall, remember } from "./memory.js";
import { grouped, inOrder, sentence, table } from "./words.js";

/** State of a question → the sentence below `state.` that a citizen reads. */
const SHOWN_AS = {
  new: "checking",
  refusing: "checking",
  held: "held",
  admitted: "in_line",
  called: "next",
  heard: "heard",
  answered: "answered",
  deferred: "written",
  merged: "merged",
  not_taken: "not_taken",
  refused: "refused",
  withdrawn: "withdrawn",
};
/** Questions whose turn did not come before the end: they become tickets like all others. */
const UNHEARD = new Set(["new", "held", "refusing", "admitted", "called"]);
const OVER = new Set(["closing", "closed", "cancelled"]);
/** The chime (alerts.js) is heard out before the page changes. */
const CHIME_MS = 700;
const ON_CALL = new Set(["called", "on_deck", "ready", "on_stage", "dropped"]);

/** @param {HTMLElement} root @param {import("./store.js").LiveStore} store @param {string} session */
export function attachMine(root, store, session) {
  const list = /** @type {HTMLElement} */ (root.querySelector("#mine-list"));
  const blank = /** @type {HTMLTemplateElement} */ (document.getElementById("t-mine"));
  const reasons = table(root, "data-reasons");
  const moves = table(root, "data-moves");
  /** @type {Map<string, {state: string, place: number, at: number}>} */
  const told = new Map();
  let leaving = "";

  store.follow(() => {
    if (!store.personal) return;
    const own = store.personal.questions ?? [];
    const cards = new Map(Array.from(list.children, (card) => [card.getAttribute("data-question"), card]));
    const shown = own.map((/** @type {any} */ question) => {
      const known = cards.get(question.id);
      const card = /** @type {HTMLElement} */ (known ?? blank.content.firstElementChild?.cloneNode(true));
      fillCard(card, question);
      tellChange(question);
      return card;
    });
    inOrder(list, shown);
    const empty = /** @type {HTMLElement | null} */ (root.querySelector("#mine-empty"));
    if (empty) empty.hidden = own.length > 0;
    const turn = store.personal.turn;
    const state = turn ? (store.view?.turns?.[turn]?.state ?? "") : "";
    if (ON_CALL.has(state)) comeForward(turn, state);
  });

  function isOver() {
    return OVER.has(store.view?.session?.phase);
  }

  /** @param {any} question */
  function stateOf(question) {
    if (isOver() && UNHEARD.has(question.state)) return "written";
    const turn = question.turn ? store.view?.turns?.[question.turn] : undefined;
    return question.turn && !turn ? "parked" : (SHOWN_AS[/** @type {keyof typeof SHOWN_AS} */ (question.state)] ?? "checking");
  }

  /** @param {any} question */
  function reasonOf(question) {
    const state = stateOf(question);
    if (isOver() && UNHEARD.has(question.state)) return sentence(root, "unheard");
    if (state === "parked") return sentence(root, "parked");
    if (question.reason) return [reasons[question.reason], question.note].filter(Boolean).join(" ");
    if (state === "merged") return sentence(root, "merged");
    if (state === "checking") return sentence(root, "checking");
    if (!question.place) return "";
    if (question.moved) return sentence(root, "moved", { reason: moves[question.moved] ?? "" });
    if (question.moved_ahead) return sentence(root, "ahead", { n: question.moved_ahead });
    return sentence(root, "arrival");
  }

  /** @param {HTMLElement} card @param {any} question */
  function fillCard(card, question) {
    card.dataset.question = question.id;
    const state = stateOf(question);
    const texts = {
      state: sentence(root, `state-${state.replace("_", "-")}`),
      ref: grouped(question.reference),
      text: question.text ?? "",
      place: String(question.place ?? ""),
      wait: question.place ? waitOf(question) : "",
      reason: reasonOf(question),
    };
    for (const [name, text] of Object.entries(texts)) {
      const element = card.querySelector(`[data-${name}]`);
      if (element && element.textContent !== text) element.textContent = text;
    }
    /** @type {HTMLElement} */ (card.querySelector("[data-place-box]")).hidden = !question.place || isOver();
    /** @type {HTMLElement} */ (card.querySelector("[data-next]")).hidden = state !== "next";
    const promise = /** @type {HTMLElement} */ (card.querySelector("[data-promise]"));
    const asks = Boolean(question.outcome?.words) && !question.outcome.read && !isOver();
    if (asks && promise.hidden) announce(`promise-${question.id}`, promise.querySelector("b")?.textContent ?? "", { urgent: true });
    promise.hidden = !asks;
  }

  /** A range of minutes from the pace of the last turns, or that nobody can say yet. @param {any} question */
  function waitOf(question) {
    const { wait_from_ms: from = 0, wait_to_ms: to = 0 } = question;
    if (!to) return sentence(root, "wait-unknown");
    const least = Math.max(1, Math.floor(from / 60000));
    const most = Math.max(least, Math.ceil(to / 60000));
    return least === most ? sentence(root, "eta", { n: most }) : sentence(root, "wait-range", { least, most });
  }

  /** Place news only at 5 or less, when it halves, or once in 3 minutes: a ticking number is noise. @param {any} question */
  function tellChange(question) {
    const state = stateOf(question);
    const place = question.place ?? 0;
    const before = told.get(question.id);
    const now = performance.now();
    if (!before) {
      told.set(question.id, { state, place, at: now });
    } else if (before.state !== state) {
      announce(`state-${question.id}`, sentence(root, "say-state", { state: sentence(root, `state-${state.replace("_", "-")}`) }));
      told.set(question.id, { state, place, at: now });
    } else if (place && place !== before.place && (place <= 5 || place * 2 <= before.place || now - before.at > 180000)) {
      announce(`place-${question.id}`, sentence(root, "say-place", { n: place }));
      told.set(question.id, { state, place, at: now });
    }
  }

  /** Once for each call: whoever goes back to this page afterwards is not thrown out of it again. @param {string} turn @param {string} state */
  function comeForward(turn, state) {
    if (leaving === turn || recall("k-called") === turn) return;
    leaving = turn;
    remember("k-called", turn);
    announce("called", sentence(root, "next"), { urgent: true });
    setTimeout(() => location.assign(`/s/${session}/${state === "on_stage" ? "stage" : "next"}`), CHIME_MS);
  }
}
