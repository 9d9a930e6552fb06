/** Looking through a list by the words that somebody types. */

import { folded } from "./folding.js";

/** Letters and digits of any script, without vowel signs, which people write or leave out. @param {string} text */
export function wordsOf(text) {
  return new Set((folded(text).match(/[\p{L}\p{N}]+/gu) ?? []).filter((word) => word.length > 2));
}

/** Whether every word that was typed occurs in the words, the name or the number. @param {string} typed @param {any} q */
export function matches(typed, q) {
  const digits = folded(typed).replace(/\D/g, "");
  if (digits.length > 3 && (q.reference ?? "").includes(digits)) return true;
  const here = folded(`${q.text ?? ""} ${q.name ?? ""}`);
  return [...wordsOf(typed)].every((word) => here.includes(word));
}
