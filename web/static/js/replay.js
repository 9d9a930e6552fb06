/**
 * A hearing that is over, while it is heard: the line of the moment is marked, a tap on a line's time goes there, and one
 * chapter at a time is heard. Without this file each chapter has the browser's own player, and the lines stand beside it.
 */

const players = /** @type {HTMLAudioElement[]} */ (Array.from(document.querySelectorAll("audio[data-starts]")));

for (const player of players) {
  const chapter = /** @type {HTMLElement} */ (player.closest(".chapter"));
  const starts = Number(player.dataset.starts);
  const lines = /** @type {HTMLElement[]} */ (Array.from(chapter.querySelectorAll("[data-at]")));
  const at = (/** @type {HTMLElement} */ line) => (Number(line.dataset.at) - starts) / 1000;
  let marked = -1;
  player.addEventListener("timeupdate", () => {
    const now = lines.findLastIndex((line) => at(line) <= player.currentTime);
    if (now === marked) return;
    lines[marked]?.removeAttribute("data-now");
    lines[now]?.setAttribute("data-now", "");
    marked = now;
  });
  player.addEventListener("play", () => {
    for (const other of players) if (other !== player) other.pause();
    const told = chapter.querySelector("details");
    if (told) told.open = true;
  });
  for (const line of lines) {
    line.querySelector(".said-at")?.addEventListener("click", () => {
      player.currentTime = Math.max(0, at(line));
      void player.play();
    });
  }
}
