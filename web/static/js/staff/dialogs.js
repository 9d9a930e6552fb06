/** Questions back to the moderator: a native dialog each, already in the page; numbers choose, Enter confirms, Esc leaves. */

import { put } from "./rows.js";
import { say, showProblem } from "./talk.js";

/** @param {string} name @returns {HTMLDialogElement} */
export function dialogOf(name) {
  return /** @type {HTMLDialogElement} */ (document.getElementById(`d-${name}`));
}

/** Whether a dialog is open, so that single keys mean nothing else. */
export function isAsking() {
  return document.querySelector("dialog[open]") !== null;
}

/**
 * Opens a dialog and waits for its answer.
 * @param {string} name
 * @param {string} [subject] the words that it is about
 * @param {(form: HTMLFormElement) => void} [prepare]
 * @returns {Promise<Record<string, string> | null>} the fields, or null when it was left
 */
export function ask(name, subject = "", prepare = () => {}) {
  const dialog = dialogOf(name);
  const form = /** @type {HTMLFormElement} */ (dialog.querySelector("form"));
  const problem = form.querySelector("[data-problem]");
  const quote = /** @type {HTMLElement | null} */ (form.querySelector("[data-subject]"));
  form.reset();
  form.noValidate = true;
  showProblem(problem);
  if (quote) {
    quote.hidden = !subject;
    put(quote.firstElementChild, subject);
  }
  prepare(form);
  const { promise, resolve } = settled();
  const stop = new AbortController();
  const until = { signal: stop.signal };
  /** @type {Record<string, string> | null} */
  let answer = null;
  form.addEventListener("submit", (event) => {
    if (form.checkValidity()) {
      answer = Object.fromEntries(Array.from(new FormData(form), ([key, value]) => [key, String(value)]));
      return;
    }
    event.preventDefault();
    showProblem(problem, say(form.dataset.pick ?? "dialog.pick"));
    /** @type {HTMLElement | null} */ (form.querySelector(":invalid:not(fieldset)"))?.focus();
  }, until);
  form.querySelector("[data-leave]")?.addEventListener("click", () => dialog.close(), until);
  dialog.addEventListener("keydown", (event) => choose(event, form), until);
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close(), until);
  dialog.addEventListener("close", () => {
    stop.abort();
    resolve(answer);
  }, { once: true });
  dialog.showModal();
  return promise;
}

/** @returns {{promise: Promise<Record<string, string> | null>, resolve: (value: Record<string, string> | null) => void}} */
function settled() {
  /** @type {(value: Record<string, string> | null) => void} */
  let resolve = () => {};
  /** @type {Promise<Record<string, string> | null>} */
  const promise = new Promise((done) => (resolve = done));
  return { promise, resolve };
}

/** A digit picks the reason beside it, unless somebody is writing. @param {KeyboardEvent} event @param {HTMLFormElement} form */
function choose(event, form) {
  const target = /** @type {HTMLElement} */ (event.target);
  const writes = target.matches("textarea, select, input:not([type=radio])");
  if (writes || event.ctrlKey || event.metaKey || event.altKey || !/^[1-9]$/.test(event.key)) {
    if (event.key === "Enter" && target.matches("input[type=radio]")) {
      event.preventDefault();
      form.requestSubmit(/** @type {HTMLElement} */ (form.querySelector("[type=submit]")));
    }
    return;
  }
  const radio = /** @type {HTMLInputElement | undefined} */ (form.querySelectorAll("input[name=reason]")[Number(event.key) - 1]);
  if (!radio) return;
  event.preventDefault();
  radio.checked = true;
  radio.dispatchEvent(new Event("change", { bubbles: true }));
  radio.focus();
}
