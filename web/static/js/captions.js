/**
 * The last lines of what is said, as a captioner types them. Read by the eye or line by line, and never spoken over the sound.
 * Whoever has a turn hears the stage undelayed, and reads it so: those lines stand in her own frame until all have them.
 */

import { inOrder } from "./words.js";

const SHOWN = 3;

/** @param {HTMLElement} root @param {import("./store.js").LiveStore} store */
export function attachCaptions(root, store) {
  const list = /** @type {HTMLElement} */ (root.querySelector("ol"));
  store.follow(() => {
    if (!store.view) return;
    const all = Object.entries({ ...store.view.captions, ...store.personal?.captions });
    const lines = all.sort(([, one], [, other]) => (one.at ?? 0) - (other.at ?? 0)).slice(-SHOWN);
    const here = new Map(Array.from(list.children, (row) => [row.getAttribute("data-caption"), row]));
    inOrder(list, lines.map(([id, line]) => fillCaption(here.get(id), id, line)));
    root.hidden = lines.length === 0;
  });
}

/** @param {Element | undefined} old @param {string} id @param {any} line */
function fillCaption(old, id, line) {
  const row = /** @type {HTMLElement} */ (old ?? document.createElement("li"));
  row.dataset.caption = id;
  row.lang = line.language ?? "";
  row.dir = "auto";
  if (row.textContent !== line.text) row.textContent = line.text ?? "";
  return row;
}
