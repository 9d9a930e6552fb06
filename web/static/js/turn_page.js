/** The page of one's own turn: what the server wrote on it, and its parts by their names. */

export const page = document.body;
export const turnId = page.dataset.turn ?? "";
export const sessionId = page.dataset.session ?? "";
export const byId = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));
