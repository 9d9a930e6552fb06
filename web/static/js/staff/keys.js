/** Single keys of the desk. They can be switched off (WCAG 2.2 §2.1.4), and mean nothing while somebody writes or is asked. */

import { isAsking, dialogOf } from "./dialogs.js";
import { byId } from "./rows.js";

const KEPT = "k_desk_keys";

/** @param {Record<string, () => void>} keys by the letter on a Latin keyboard @param {Record<string, () => void>} codes by place, for keyboards that write Urdu */
export function listenForKeys(keys, codes) {
  const box = /** @type {HTMLInputElement} */ (byId("keys-on"));
  box.checked = localStorage.getItem(KEPT) !== "off";
  box.addEventListener("change", () => localStorage.setItem(KEPT, box.checked ? "on" : "off"));
  byId("open-keys").addEventListener("click", () => dialogOf("keys").showModal());
  addEventListener("keydown", (event) => {
    const target = /** @type {HTMLElement} */ (event.target);
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || isAsking()) return;
    if (target.matches("textarea, select, input:not([type=radio], [type=checkbox])")) return;
    // On a button or a link, Enter is the browser's own.
    if (event.key === "Enter" && target.matches("button, a, summary")) return;
    const act = event.key === "?" ? () => dialogOf("keys").showModal() : box.checked ? (keys[event.key] ?? codes[event.code]) : null;
    if (!act) return;
    event.preventDefault();
    act();
  });
}
