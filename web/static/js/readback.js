/** Where she speaks: a promise that is noted meanwhile is read back to her, and she says yes or no with one tap. */

import { announce } from "./announcer.js";
import { sentence, table } from "./words.js";

/**
 * @param {HTMLElement} box
 * @param {import("./store.js").LiveStore} store
 * @param {(fields: Record<string, unknown>) => Promise<unknown>} give
 */
export function attachReadBack(box, store, give) {
  const offices = table(box, "data-offices");
  const days = new Intl.DateTimeFormat(`${document.documentElement.lang}-u-nu-latn`, { weekday: "long", day: "numeric", month: "long", year: "numeric", timeZone: "UTC" });
  const part = (/** @type {string} */ name) => /** @type {HTMLElement} */ (box.querySelector(`[data-${name}]`));
  const asked = () => (store.personal?.questions ?? []).find((/** @type {any} */ each) => each.turn && each.outcome?.words);

  store.follow(() => {
    const question = asked();
    const outcome = question?.outcome;
    box.hidden = !outcome;
    if (!outcome) return;
    const news = box.dataset.words !== outcome.words;
    box.dataset.words = outcome.words;
    part("words").textContent = outcome.note;
    part("by").textContent = sentence(box, "by", { post: offices[outcome.office] ?? "", day: days.format(new Date(outcome.due)) });
    part("answers").hidden = Boolean(outcome.read);
    part("said").textContent = outcome.read ? sentence(box, `said-${outcome.read}`) : "";
    if (news && !outcome.read) announce("promise", `${part("ask").textContent} ${outcome.note}`, { urgent: true });
  });

  box.addEventListener("click", async (event) => {
    const button = /** @type {HTMLButtonElement | null} */ (/** @type {HTMLElement} */ (event.target).closest("[data-say]"));
    const question = asked();
    if (!button || !question) return;
    button.disabled = true;
    try {
      await give({ question: question.id, words: question.outcome.words, agreed: button.dataset.say === "yes" });
    } catch {
      // other words stand there meanwhile, and are drawn by the next tick; a broken line shows itself in the bar
    }
    button.disabled = false;
  });
}
