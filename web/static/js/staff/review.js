/**
 * A chapter that a moderator listens to: "from here" and "to here" take the moment from the player, the line of the moment
 * is marked, and a line's time goes there. Without this file the times are typed. The keys I and O work while the player or
 * its form has the focus, so that no other page of theirs is in the way (WCAG 2.2 2.1.4).
 */

const place = /** @type {HTMLElement} */ (document.querySelector("[data-review]"));
const heard = /** @type {HTMLAudioElement[]} */ (Array.from(place.querySelectorAll("audio[data-offset]")));
const rows = /** @type {HTMLElement[]} */ (Array.from(document.querySelectorAll(".review-lines [data-at]")));
let current = heard[0];
let shown = -1;

/** Where the player stands in the chapter, in milliseconds. @param {HTMLAudioElement} player */
const moment = (player) => Math.max(0, player.currentTime * 1000 + Number(player.dataset.offset));

/** Minutes, seconds and tenths, as the form takes them. @param {number} ms */
function told(ms) {
  const tenths = Math.floor(ms / 100);
  const two = (/** @type {number} */ n) => String(n).padStart(2, "0");
  return `${two(Math.floor(tenths / 600))}:${two(Math.floor(tenths / 10) % 60)}.${tenths % 10}`;
}

/** @param {string} name */
function take(name) {
  const field = /** @type {HTMLInputElement | null} */ (document.getElementById(name));
  if (field && current) field.value = told(moment(current));
}

for (const player of heard) {
  player.addEventListener("play", () => {
    for (const other of heard) if (other !== player) other.pause();
    current = player;
  });
  player.addEventListener("timeupdate", () => {
    const at = moment(player);
    const now = rows.findLastIndex((row) => Number(row.dataset.at) <= at);
    if (now === shown) return;
    rows[shown]?.removeAttribute("data-now");
    rows[now]?.setAttribute("data-now", "");
    shown = now;
  });
}
for (const button of /** @type {NodeListOf<HTMLButtonElement>} */ (place.querySelectorAll("[data-take]"))) {
  button.hidden = false;
  button.addEventListener("click", () => take(String(button.dataset.take)));
}
place.addEventListener("keydown", (event) => {
  const target = /** @type {HTMLElement} */ (event.target);
  if (event.ctrlKey || event.metaKey || event.altKey || target.matches("input:not([type=checkbox])")) return;
  const name = { KeyI: "from", KeyO: "to" }[event.code];
  if (!name) return;
  event.preventDefault();
  take(name);
});
for (const row of rows) {
  const time = row.querySelector(".said-at");
  if (!time) continue;
  time.setAttribute("role", "button");
  time.setAttribute("tabindex", "0");
  const go = () => {
    const at = Number(row.dataset.at);
    const behind = heard.findLast((player) => Number(player.dataset.offset) <= at);
    current = behind ?? current;
    if (!current) return;
    current.currentTime = Math.max(0, (at - Number(current.dataset.offset)) / 1000);
    void current.play();
  };
  time.addEventListener("click", go);
  time.addEventListener("keydown", (event) => {
    const code = /** @type {KeyboardEvent} */ (event).code;
    if (code !== "Enter" && code !== "Space") return;
    event.preventDefault();
    go();
  });
}
