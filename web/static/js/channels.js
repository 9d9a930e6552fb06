/**
 * Which sound is played: the hearing's own, or an interpreter's. A tap chooses, and is seen; an interpreter's is sound alone,
 * so whoever goes to a picture is back with the hearing's own. A choice appears when somebody sits down on its seat.
 */

/** @param {HTMLElement} box the program's @param {import("./store.js").LiveStore} store */
export function attachChannels(box, store) {
  const group = /** @type {HTMLElement | null} */ (box.querySelector("#sounds"));
  if (!group) return;
  const choices = /** @type {HTMLAnchorElement[]} */ (Array.from(group.querySelectorAll("[data-sound]")));
  for (const each of choices) {
    each.addEventListener("click", (event) => {
      event.preventDefault();
      if (each.dataset.sound === (box.dataset.sound ?? "sound")) return;
      pick(each.dataset.sound ?? "sound");
      // Read again, the page is as it was left.
      history.replaceState(history.state, "", each.getAttribute("href"));
      /** @type {HTMLElement | null} */ (box.querySelector("[data-follow=sound]"))?.click();
    });
  }
  box.addEventListener("click", ({ target }) => {
    const way = target instanceof Element ? target.closest("[data-follow], #direct") : null;
    const follow = way?.getAttribute("data-follow") ?? "direct";
    if (way && follow !== "sound") leave(follow);
  });
  store.follow(() => {
    for (const each of choices) {
      if (each.dataset.from && store.view?.seats?.[each.dataset.from]?.taken) group.hidden = each.hidden = false;
    }
  });

  /** @param {string} sound a rendition */
  function pick(sound) {
    box.dataset.sound = sound;
    for (const each of choices) each.dataset.sound === sound ? each.setAttribute("aria-current", "true") : each.removeAttribute("aria-current");
  }

  /** @param {string} follow */
  function leave(follow) {
    if (follow !== "text") pick("sound");
    if (new URLSearchParams(location.search).has("sound")) history.replaceState(history.state, "", `${location.pathname}#watch`);
  }
}
