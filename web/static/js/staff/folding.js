/** Words as they are compared: one letter for all of its forms, as web/finding.py folds them on the server. */

/** Arabic forms of letters that Urdu writes otherwise, and what joins or stretches letters. @type {Record<string, string>} */
const LETTERS = { "ي": "ی", "ى": "ی", "ے": "ی", "ك": "ک", "ه": "ہ", "ة": "ہ", "ۃ": "ہ", "ھ": "ہ", "ـ": "", "\u200c": "", "\u200d": "" };

/** @param {string} text */
export function folded(text) {
  const bare = text.toLowerCase().normalize("NFKD").replace(/\p{M}/gu, "");
  return bare.replace(/[يىےكهةۃھـ\u200c\u200d\u0660-\u0669\u06f0-\u06f9]/g, (letter) => LETTERS[letter] ?? String(letter.charCodeAt(0) & 15));
}
