/** Rows of questions: filled from the desk's view, kept in order without disturbing what somebody is choosing. */

import { grouped, table } from "../words.js";
import { say, sayCount } from "./talk.js";

/** Letters that are shown until a question is chosen; the server draws with the same number. */
const HEAD_MOST = 120;
const MINUTE = 60000;
export const topicNames = table(document.body, "data-topics");
export const areaNames = table(document.body, "data-areas");
/** @type {Record<string, string>} */
const REASON_OF = { held: "hold", not_taken: "not_take", refusing: "refuse", refused: "refuse", deferred: "defer" };

/** @param {ParentNode} root @param {string} part @returns {HTMLElement} */
export function bit(root, part) {
  return /** @type {HTMLElement} */ (root.querySelector(`[data-${part}]`));
}

/** @param {string} id */
export function byId(id) {
  return /** @type {HTMLElement} */ (document.getElementById(id));
}

/** Sets text only where it changed, so that a selection of words by the reader survives. @param {Element | null} node @param {string} text */
export function put(node, text) {
  if (node && node.textContent !== text) node.textContent = text;
}

/** @param {string} id of a template @returns {HTMLElement} */
export function clone(id) {
  const template = /** @type {HTMLTemplateElement} */ (byId(id));
  return /** @type {HTMLElement} */ (template.content.firstElementChild?.cloneNode(true));
}

/** An excerpt without the word that it was cut in: half a word in Urdu is often another word. @param {string} text */
export function wholeWords(text) {
  const gap = text.lastIndexOf(" ");
  return text.endsWith("…") && gap > 0 ? `${text.slice(0, gap)} …` : text;
}

/** @param {string} given */
export function splitText(given) {
  const text = wholeWords(given);
  if (text.length <= HEAD_MOST + 20) return [text, ""];
  const gap = text.lastIndexOf(" ", HEAD_MOST);
  const at = gap > HEAD_MOST / 2 ? gap : HEAD_MOST;
  return [text.slice(0, at), text.slice(at)];
}

/** @param {number} ms */
export function ageText(ms) {
  const minutes = Math.floor(Math.max(0, ms) / MINUTE);
  if (minutes < 1) return say("row.ago_now");
  if (minutes < 60) return sayCount("row.ago", minutes);
  if (minutes < 1440) return sayCount("row.ago_hours", Math.floor(minutes / 60));
  return sayCount("row.ago_days", Math.floor(minutes / 1440));
}

/** A row from the server has the flags that it shows; before it is filled again it gets them all. @param {HTMLElement} row */
function completeFlags(row) {
  if (row.dataset.whole !== undefined) return;
  row.dataset.whole = "";
  row.querySelector(".q-flags")?.replaceWith(/** @type {Element} */ (clone("t-question").querySelector(".q-flags")));
}

/** @param {HTMLElement} row @param {string} name @param {string | false | undefined} text */
function flag(row, name, text) {
  const badge = /** @type {HTMLElement} */ (row.querySelector(`[data-flag=${name}]`));
  badge.hidden = !text;
  if (typeof text === "string" && text) put(badge, text);
}

/**
 * @param {HTMLElement} row @param {string} id @param {any} view
 * @param {{me: string, now: number, place?: number, searched?: boolean, names?: (participant: string) => string}} known
 */
export function fillQuestion(row, id, view, known) {
  const q = view.questions[id] ?? {};
  const state = q.state ?? "admitted";
  const [head, rest] = splitText(q.text || say(q.spoken ? "row.spoken_text" : "row.erased"));
  completeFlags(row);
  row.dataset.id = id;
  row.dataset.state = state;
  for (const input of /** @type {NodeListOf<HTMLInputElement>} */ (row.querySelectorAll("input"))) input.value = id;
  put(bit(row, "head"), head);
  put(bit(row, "rest"), rest);
  bit(row, "cut").hidden = !rest;
  put(bit(row, "topic"), topicNames[q.category] ?? q.category ?? "");
  put(bit(row, "name"), q.name || say("someone"));
  put(bit(row, "area"), [areaNames[q.area] ?? q.area, q.village].filter(Boolean).join(`${say("comma")} `));
  bit(row, "area").hidden = !q.area && !q.village;
  bit(row, "age").dataset.at = String(q.at ?? 0);
  put(bit(row, "age"), ageText(known.now - (q.at ?? 0)));
  put(bit(row, "ref"), grouped(q.reference ?? ""));
  bit(row, "more").hidden = !q.more;
  flag(row, "claimed", q.claimed && (q.claimed === known.me ? say("claim.you") : (known.names?.(q.claimed) ?? "")));
  bit(row, "flag=claimed").toggleAttribute("data-own", q.claimed === known.me);
  flag(row, "stands", known.searched && say(`stands.${state}`));
  flag(row, "spoken", q.spoken && bit(row, "flag=spoken").textContent || false);
  flag(row, "private", q.private && bit(row, "flag=private").textContent || false);
  flag(row, "hidden", q.hidden && bit(row, "flag=hidden").textContent || false);
  flag(row, "barred", q.barred && bit(row, "flag=barred").textContent || false);
  flag(row, "own", state === "refusing" && q.by === known.me && bit(row, "flag=own").textContent || false);
  flag(row, "joined", q.followers && sayCount("row.joined_n", q.followers));
  flag(row, "support", q.supports && sayCount("row.support_n", q.supports));
  flag(row, "channel", say(`row.by_${q.channel}`));
  flag(row, "reason", q.reason && say(`reason.${REASON_OF[state]}.${q.reason}`));
  const parent = view.questions[q.parent];
  flag(row, "parent", parent && `${say("row.joined_to")} ${grouped(parent.reference ?? "")}`);
  flag(row, "moved", q.moved && say(`reason.move.${q.moved}`));
  const note = bit(row, "note");
  note.hidden = !q.note;
  put(note.firstElementChild, q.note ?? "");
  const place = row.querySelector("[data-place]");
  if (place) put(place, String(known.place ?? ""));
}

/**
 * Brings a list into order with as few moves as possible: a node that moves loses the focus.
 * @param {HTMLElement} list @param {readonly string[]} ids @param {() => HTMLElement} make
 * @param {(row: HTMLElement, id: string, index: number) => void} fill
 */
export function arrange(list, ids, make, fill) {
  const wanted = new Set(ids);
  /** @type {Map<string, HTMLElement>} */
  const known = new Map();
  for (const row of /** @type {HTMLElement[]} */ (Array.from(list.children))) {
    if (wanted.has(row.dataset.id ?? "")) known.set(row.dataset.id ?? "", row);
    else row.remove();
  }
  ids.forEach((id, index) => {
    const row = known.get(id) ?? make();
    row.dataset.id = id;
    fill(row, id, index);
    if (list.children[index] !== row) list.insertBefore(row, list.children[index] ?? null);
  });
}

/** Keeps ages true while nothing else happens. @param {number} now */
export function refreshAges(now) {
  for (const age of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-age]"))) {
    put(age, ageText(now - Number(age.dataset.at)));
  }
}
