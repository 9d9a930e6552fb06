/** A phone number is shown for a minute, to somebody who said why; who looked is on record before it is here. */

import { announce } from "../announcer.js";
import { ask, dialogOf } from "./dialogs.js";
import { posted } from "./errands.js";
import { byId, put } from "./rows.js";
import { say, sayNo, showProblem } from "./talk.js";

const SHOWN_S = 60;

/** @param {string} question @param {string} subject its words @param {Element | null} problem */
export async function reveal(question, subject, problem) {
  const answer = await ask("reveal", subject);
  if (!answer) return;
  showProblem(problem);
  try {
    const { phone } = await posted("phone", { question, reason: answer.reason, words: answer.words ?? "" });
    if (phone) showNumber(phone);
    else showProblem(problem, say("reveal.none"));
  } catch (error) {
    showProblem(problem, sayNo(error));
  }
}

/** @param {string} phone in the form E.164 */
function showNumber(phone) {
  const dialog = dialogOf("number");
  const number = byId("number").firstElementChild;
  put(number, phone);
  let left = SHOWN_S;
  const told = () => put(byId("number-left"), say("reveal.left", { n: left }));
  const clock = setInterval(() => (--left > 0 ? told() : dialog.close()), 1000);
  dialog.addEventListener("close", () => {
    clearInterval(clock);
    put(number, "");
  }, { once: true });
  told();
  dialog.showModal();
  announce("number", say("reveal.number"));
}
