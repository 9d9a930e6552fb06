/** Choosing which question another one is joined with: the likeliest first, the rest by search. */

import { grouped } from "../words.js";
import { ask } from "./dialogs.js";
import { bit, byId, clone, put, splitText, topicNames } from "./rows.js";
import { matches, similarity } from "./similar.js";
import { say } from "./talk.js";

const SHOWN = 12;
/** From here on two questions are shown as alike: a third of the weight of the shorter one's words. */
const ALIKE = 0.34;
const JOINABLE = new Set(["new", "held", "admitted", "called", "heard", "answered", "deferred", "not_taken"]);

/**
 * @param {string} id @param {any} view
 * @returns {Promise<string | null>} the question to join with
 */
export async function askTarget(id, view) {
  const alike = similarity(id, view.questions);
  const order = [...alike.keys()]
    .filter((each) => JOINABLE.has(view.questions[each].state ?? "admitted"))
    .sort((a, b) => (alike.get(b) ?? 0) - (alike.get(a) ?? 0));
  const box = byId("d-merge-list");
  const find = /** @type {HTMLInputElement} */ (byId("d-merge-find"));
  const draw = () => {
    const chosen = box.querySelector("input:checked")?.getAttribute("value");
    const found = order.filter((each) => matches(find.value, view.questions[each])).slice(0, SHOWN);
    for (const label of box.querySelectorAll("label")) label.remove();
    for (const each of found) box.append(target(each, view.questions[each], (alike.get(each) ?? 0) >= ALIKE, each === chosen));
    byId("d-merge-none").hidden = found.length > 0;
  };
  const answer = await ask("merge", view.questions[id]?.text ?? "", () => {
    find.value = "";
    find.oninput = draw;
    draw();
    const likeliest = /** @type {HTMLInputElement | null} */ (box.querySelector("input"));
    if (likeliest && (alike.get(likeliest.value) ?? 0) >= ALIKE) likeliest.checked = true;
  });
  return answer?.into ?? null;
}

/** @param {string} id @param {any} q @param {boolean} alike @param {boolean} checked */
function target(id, q, alike, checked) {
  const label = clone("t-target");
  const input = /** @type {HTMLInputElement} */ (label.querySelector("input"));
  input.value = id;
  input.checked = checked;
  put(bit(label, "text"), splitText(q.text ?? "").map((part, at) => (at && part ? "…" : part)).join(""));
  put(bit(label, "topic"), topicNames[q.category] ?? "");
  put(bit(label, "name"), q.name || say("someone"));
  put(bit(label, "ref"), grouped(q.reference ?? ""));
  bit(label, "shares").hidden = !alike;
  return label;
}
