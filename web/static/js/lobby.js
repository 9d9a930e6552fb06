/** The lobby turns by itself when the doors open, when the hearing is put off, and when it is over. */

import { announce } from "./announcer.js";
import { LiveConnection } from "./connection.js";
import { freshPage, takeOver } from "./refresh.js";
import { attachShares } from "./share.js";
import { LiveStore } from "./store.js";
import { sentence } from "./words.js";
import { registerWorker } from "./worker.js";

const OPEN_PHASES = new Set(["doors_open", "live"]);
const OVER_PHASES = new Set(["closed", "cancelled"]);
const page = document.body;
const main = /** @type {HTMLElement} */ (document.getElementById("main"));
const store = new LiveStore("");
let shown = page.dataset.phase ?? "";

attachShares();
registerWorker();
if (!OVER_PHASES.has(shown)) {
  const live = new LiveConnection({
    session: page.dataset.session ?? "",
    formToken: page.dataset.formToken ?? "",
    position: () => store.position(),
    onFrame: (frame) => store.take(frame),
    onState: () => {}, // a lobby without a line is a page like any other
  });
  store.follow(({ view }) => {
    const phase = store.view?.session?.phase ?? "";
    if (!view || !phase || phase === shown) return;
    const opened = OPEN_PHASES.has(phase) && !OPEN_PHASES.has(shown);
    shown = phase;
    // A hall full of phones does not ask at once.
    setTimeout(() => void turn(phase, opened, 0), Math.random() * 2000);
    if (OVER_PHASES.has(phase)) live.stop();
  });
  live.start();
}

/** What was chosen in the form stays chosen. @param {string} phase @param {boolean} opened @param {number} tries */
async function turn(phase, opened, tries) {
  if (phase !== shown) return;
  try {
    const fresh = await freshPage(location.pathname);
    const follow = /** @type {HTMLInputElement | null} */ (main.querySelector("input[name=follow]:checked"))?.value;
    const hidden = /** @type {HTMLInputElement | null} */ (main.querySelector("input[name=hide_name]"))?.checked;
    takeOver(fresh, ["main"]);
    const again = /** @type {HTMLInputElement | null} */ (main.querySelector(`input[name=follow][value="${follow}"]`));
    const hide = /** @type {HTMLInputElement | null} */ (main.querySelector("input[name=hide_name]"));
    if (again) again.checked = true;
    if (hide && hidden !== undefined) hide.checked = hidden;
    attachShares();
    if (opened) announce("opened", sentence(page, "opened"));
  } catch {
    if (tries < 5) setTimeout(() => void turn(phase, opened, tries + 1), 3000 * 2 ** tries);
  }
}
