/** Choosing which question another one is joined with: what the server finds alike first, the rest by search. */

import { grouped } from "../words.js";
import { ask } from "./dialogs.js";
import { fetched } from "./errands.js";
import { bit, byId, clone, put, splitText, topicNames } from "./rows.js";
import { matches } from "./similar.js";
import { say } from "./talk.js";

const SHOWN = 12;
const JOINABLE = new Set(["new", "held", "admitted", "called", "heard", "answered", "deferred", "not_taken"]);

/**
 * @param {string} id @param {any} view
 * @returns {Promise<string | null>} the question to join with
 */
export async function askTarget(id, view) {
  // A suggestion is a comfort: without it the list is there all the same.
  const found = await fetched("alike", { question: id }).catch(() => ({ alike: [], questions: {} }));
  const questions = { ...view.questions, ...found.questions };
  /** @type {Map<string, string[]>} */
  const alike = new Map(found.alike.map((/** @type {any} */ each) => [each.id, each.words]));
  const others = Object.keys(view.questions).filter((each) => each !== id && !alike.has(each));
  const order = [...alike.keys(), ...others.filter((each) => JOINABLE.has(questions[each].state ?? "admitted"))];
  const box = byId("d-merge-list");
  const find = /** @type {HTMLInputElement} */ (byId("d-merge-find"));
  const draw = () => {
    const chosen = box.querySelector("input:checked")?.getAttribute("value");
    const shown = order.filter((each) => matches(find.value, questions[each])).slice(0, SHOWN);
    for (const label of box.querySelectorAll("label")) label.remove();
    for (const each of shown) box.append(target(each, questions[each], alike.get(each), each === chosen));
    byId("d-merge-none").hidden = shown.length > 0;
  };
  const answer = await ask("merge", view.questions[id]?.text ?? "", () => {
    find.value = "";
    find.oninput = draw;
    draw();
    const likeliest = /** @type {HTMLInputElement | null} */ (box.querySelector("input"));
    if (likeliest && alike.has(likeliest.value)) likeliest.checked = true;
  });
  return answer?.into ?? null;
}

/** @param {string} id @param {any} q @param {string[] | undefined} words for which it is alike @param {boolean} checked */
function target(id, q, words, checked) {
  const label = clone("t-target");
  const input = /** @type {HTMLInputElement} */ (label.querySelector("input"));
  input.value = id;
  input.checked = checked;
  put(bit(label, "text"), splitText(q.text ?? "").map((part, at) => (at && part ? "…" : part)).join(""));
  put(bit(label, "topic"), topicNames[q.category] ?? "");
  put(bit(label, "name"), q.name || say("someone"));
  put(bit(label, "ref"), grouped(q.reference ?? ""));
  bit(label, "shares").hidden = !words;
  put(bit(label, "why"), (words ?? []).join(" · "));
  return label;
}
