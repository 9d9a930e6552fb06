/** The line as everybody sees it: a row for each question, places counted from the order that the server computed. */

import { inOrder, sentence, table } from "./words.js";

/**
 * @param {HTMLElement} root @param {import("./store.js").LiveStore} store
 * @param {import("./connection.js").LiveConnection} live
 */
export function attachQueue(root, store, live) {
  const list = /** @type {HTMLElement} */ (root.querySelector("#line"));
  const blank = /** @type {HTMLTemplateElement} */ (document.getElementById("t-row"));
  const topics = table(document.body, "data-topics");
  const moves = table(document.getElementById("mine"), "data-moves");

  /** What was supported from this page; the count itself comes from the server. @type {Set<string>} */
  const supported = new Set();
  root.querySelector("form")?.addEventListener("submit", (event) => {
    const button = /** @type {HTMLButtonElement | null} */ (/** @type {SubmitEvent} */ (event).submitter);
    if (!button) return;
    event.preventDefault();
    button.disabled = true;
    live.send("question.support", { question: button.value }).then(
      () => markSupported(button),
      () => (button.disabled = false),
    );
  });

  store.follow(({ view }) => {
    if (!view && !store.personal) return;
    if (!store.view) return;
    const { line = [], questions = {}, totals = {} } = store.view;
    const mine = new Set((store.personal?.questions ?? []).map((/** @type {any} */ own) => own.id));
    const rows = new Map(Array.from(list.children, (row) => [row.getAttribute("data-question"), row]));
    const wanted = line.map((/** @type {string} */ id, /** @type {number} */ index) => {
      const row = /** @type {HTMLElement | undefined} */ (rows.get(id) ?? blank.content.firstElementChild?.cloneNode(true));
      // Until the personal frame is there, hers is what the server marked.
      const isMine = store.personal ? mine.has(id) : Boolean(row?.classList.contains("mine"));
      fillRow(/** @type {HTMLElement} */ (row), id, index + 1, questions[id] ?? {}, isMine);
      return row;
    });
    inOrder(list, wanted);
    const waiting = totals.admitted ?? 0;
    const heard = (totals.heard ?? 0) + (totals.answered ?? 0) + (totals.deferred ?? 0);
    say("#totals", sentence(root, "totals", { waiting, heard }));
    const more = /** @type {HTMLElement} */ (root.querySelector("#more"));
    more.hidden = waiting <= line.length;
    more.textContent = (more.dataset.msg ?? "").replace("{n}", String(waiting - line.length));
    /** @type {HTMLElement} */ (root.querySelector("#line-empty")).hidden = line.length > 0;
  });

  /** @param {string} selector @param {string} text */
  function say(selector, text) {
    const element = root.querySelector(selector);
    if (element && element.textContent !== text) element.textContent = text;
  }

  /** @param {HTMLElement} row @param {string} id @param {number} place @param {any} question @param {boolean} isMine */
  function fillRow(row, id, place, question, isMine) {
    row.dataset.question = id;
    row.classList.toggle("mine", isMine);
    const moved = question.moved ? sentence(root, "moved", { reason: moves[question.moved] ?? "" }) : "";
    const texts = {
      n: String(place),
      topic: topics[question.category] ?? topics.other ?? "",
      text: question.text ?? "",
      name: question.name || sentence(root, "citizen"),
      support: question.supports ? ` — ${sentence(root, "support", { n: question.supports })}` : "",
      moved,
    };
    for (const [name, text] of Object.entries(texts)) {
      const element = row.querySelector(`[data-${name}]`);
      if (!element) continue;
      if (element.textContent !== text) element.textContent = text;
      if (name === "text" || name === "moved") /** @type {HTMLElement} */ (element).hidden = !text;
    }
    /** @type {HTMLElement} */ (row.querySelector("[data-mine]")).hidden = !isMine;
    const meToo = /** @type {HTMLElement | null} */ (row.querySelector("[data-me-too]"));
    const button = /** @type {HTMLButtonElement | null} */ (meToo?.querySelector("button") ?? null);
    if (!meToo || !button) return;
    meToo.hidden = isMine;
    button.value = id;
    if (supported.has(id)) markSupported(button);
  }

  /** @param {HTMLButtonElement} button */
  function markSupported(button) {
    supported.add(button.value);
    button.disabled = true;
    /** @type {HTMLElement} */ (button.querySelector("span")).textContent = sentence(root, "supported");
  }
}
