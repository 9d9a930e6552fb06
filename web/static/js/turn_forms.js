/** The buttons of one's own turn, sent on the live line; where that has ended, as the forms that they are. */

import { RefusedError } from "./connection.js";
import { byId, page, turnId } from "./turn_page.js";
import { sentence } from "./words.js";

/** @param {import("./connection.js").LiveConnection} live */
export function attachTurnForms(live) {
  for (const form of /** @type {NodeListOf<HTMLFormElement>} */ (document.querySelectorAll("form[data-action]"))) {
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const button = /** @type {HTMLButtonElement} */ (form.querySelector("button"));
      button.disabled = true;
      byId("problem").hidden = true;
      try {
        const key = /** @type {HTMLInputElement} */ (form.elements.namedItem("key")).value;
        await live.send(`turn.${form.dataset.action}`, { turn: turnId, key });
      } catch (error) {
        if (error instanceof RefusedError && error.code === "ended") return form.submit();
        byId("problem").hidden = false;
        byId("problem").textContent = sentence(page, "refused-other");
      }
      button.disabled = false;
    });
  }
}
