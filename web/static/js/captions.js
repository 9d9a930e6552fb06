/** The last lines of what is said, as a captioner types them. Read by the eye or line by line, and never spoken over the sound. */

import { inOrder } from "./words.js";

/** @param {HTMLElement} root @param {import("./store.js").LiveStore} store */
export function attachCaptions(root, store) {
  const list = /** @type {HTMLElement} */ (root.querySelector("ol"));
  store.follow(({ view }) => {
    if (!view || !store.view) return;
    const lines = Object.entries(store.view.captions ?? {}).sort(([, one], [, other]) => (one.at ?? 0) - (other.at ?? 0));
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
