/** Which questions say the same: shared words, weighed by how rare they are among the questions that the desk sees. */

import { folded } from "./folding.js";

/** Letters and digits of any script, without vowel signs, which people write or leave out. @param {string} text */
export function wordsOf(text) {
  return new Set((folded(text).match(/[\p{L}\p{N}]+/gu) ?? []).filter((word) => word.length > 2));
}

/**
 * @param {string} id the question to be joined
 * @param {Record<string, any>} questions
 * @returns {Map<string, number>} a number from 0 to 1 for each other question
 */
export function similarity(id, questions) {
  const bags = new Map(Object.entries(questions).map(([each, q]) => [each, wordsOf(q.text ?? "")]));
  /** @type {Map<string, number>} */
  const seen = new Map();
  for (const bag of bags.values()) for (const word of bag) seen.set(word, (seen.get(word) ?? 0) + 1);
  const weight = (/** @type {string} */ word) => Math.log(1 + bags.size / (seen.get(word) ?? 1));
  const total = (/** @type {Set<string>} */ bag) => [...bag].reduce((sum, word) => sum + weight(word), 0);
  const mine = bags.get(id) ?? new Set();
  /** @type {Map<string, number>} */
  const found = new Map();
  for (const [other, bag] of bags) {
    if (other === id) continue;
    const shared = [...mine].filter((word) => bag.has(word));
    const least = Math.min(total(mine), total(bag));
    const same = questions[other].category === questions[id]?.category ? 0.05 : 0;
    found.set(other, least ? shared.reduce((sum, word) => sum + weight(word), 0) / least + same : 0);
  }
  return found;
}

/** Whether every word that was typed occurs in the words, the name or the number. @param {string} typed @param {any} q */
export function matches(typed, q) {
  const digits = folded(typed).replace(/\D/g, "");
  if (digits.length > 3 && (q.reference ?? "").includes(digits)) return true;
  const here = folded(`${q.text ?? ""} ${q.name ?? ""}`);
  return [...wordsOf(typed)].every((word) => here.includes(word));
}
