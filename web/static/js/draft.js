/** The form for a question keeps what is being written (drafts.js), and offers what was begun before. Works without it. */

import { canKeep, draftAt, draftsOf, forgetDraft, isTaken, keepAt, newFormKey, wasSent } from "./drafts.js";
import { recall, remember } from "./memory.js";

const KEPT = ["group", "category", "spoken", "text", "area", "village", "name", "hide_name", "private"];
const SAVE_MS = 800;
const NEARLY_FULL = 200;

/** @type {HTMLFormElement | null} */
const askForm = document.querySelector("form[data-draft]");
if (askForm) keepDraft(askForm);

/** @param {HTMLFormElement} form */
function keepDraft(form) {
  const session = form.dataset.draft ?? "";
  const here = `k-draft-here-${session}`;
  const note = document.getElementById("draft-note");
  const text = /** @type {HTMLTextAreaElement} */ (form.elements.namedItem("text"));
  const key = /** @type {HTMLInputElement} */ (form.elements.namedItem("key"));
  let timer = 0;
  let changed = false;

  const name = () => `${session}-${key.value}`;
  const fields = () => KEPT.flatMap((each) => /** @type {any[]} */ (Array.from(form.querySelectorAll(`[name="${each}"]`))));
  const isOn = (/** @type {any} */ each) => (each.type === "radio" || each.type === "checkbox" ? each.checked : each.value.trim());
  const say = (/** @type {string | undefined} */ words) => {
    if (!note || !words) return;
    note.hidden = false;
    note.textContent = words;
  };
  const isWritten = () => fields().some((each) => each.name !== "hide_name" && isOn(each));

  if (!canKeep()) say(form.dataset.msgCannot);
  else if (!isWritten()) takeUp(recall(here));
  offer();

  form.addEventListener("input", () => {
    changed = true;
    clearTimeout(timer);
    timer = setTimeout(save, SAVE_MS);
    const left = Number(form.dataset.limit) - text.value.length;
    if (left < NEARLY_FULL) say((form.dataset.msgCount ?? "").replace("{n}", String(left)));
  });
  addEventListener("pagehide", save);
  form.addEventListener("submit", (event) => {
    save();
    if (navigator.onLine) return;
    event.preventDefault();
    say(form.dataset.msgOffline);
    addEventListener("online", () => form.submit(), { once: true });
  });

  function save() {
    clearTimeout(timer);
    if (!changed || !isWritten()) return; // going back to a form that was sent begins no new draft
    if (isTaken(name()) || wasSent(name())) key.value = newFormKey(); // a draft of its own
    const values = Object.fromEntries(fields().filter(isOn).map((each) => [each.name, each.value]));
    remember(here, name());
    const kept = keepAt(name(), values);
    if (Number(form.dataset.limit) - text.value.length >= NEARLY_FULL || !kept) say(kept ? form.dataset.msgKept : form.dataset.msgCannot);
  }

  /** Go on with a draft in this page; its key comes along, so that it is still one question. @param {string} which */
  function takeUp(which) {
    const draft = which.startsWith(`${session}-`) ? draftAt(which) : null;
    if (!draft) return;
    for (const each of fields()) {
      const value = draft.values[each.name];
      if (each.type === "radio" || each.type === "checkbox") each.checked = each.value === value;
      else each.value = value ?? "";
    }
    key.value = which.slice(session.length + 1);
    keepAt(which, draft.values);
    remember(here, which);
    say(form.dataset.msgBack);
  }

  /** What was begun in another page, or before this one was closed. */
  function offer() {
    const box = /** @type {HTMLElement} */ (document.getElementById("drafts"));
    const blank = /** @type {HTMLTemplateElement} */ (document.getElementById("t-draft"));
    const others = draftsOf(session).filter(([each]) => each !== name());
    box.hidden = others.length === 0;
    const rows = others.map(([each, draft]) => {
      const row = /** @type {HTMLElement} */ (blank.content.firstElementChild?.cloneNode(true));
      const words = /** @type {HTMLElement} */ (row.querySelector("[data-words]"));
      if (draft.values.text) words.textContent = draft.values.text;
      row.querySelector("[data-go-on]")?.addEventListener("click", () => {
        save();
        takeUp(each);
        offer();
        text.focus();
      });
      row.querySelector("[data-forget]")?.addEventListener("click", () => {
        forgetDraft(each);
        offer();
      });
      return row;
    });
    box.querySelector("ul")?.replaceChildren(...rows);
  }
}
