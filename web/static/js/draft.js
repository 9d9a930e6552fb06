/**
 * Keeps what somebody is writing on this phone, so that a call, a reload or an empty battery loses nothing.
 * The form works without it. A draft is forgotten when its question was sent, and after a day: phones are shared.
 */

const DAY_MS = 86400000;
const KEPT = ["category", "text", "area", "name", "hide_name", "private"];

for (const element of document.querySelectorAll("form[data-draft]")) keepDraft(/** @type {HTMLFormElement} */ (element));

const done = /** @type {HTMLElement | null} */ (document.querySelector("[data-draft-done]"));
if (done) localStorage.removeItem(`k-draft-${done.dataset.draftDone}`);

/** @param {HTMLFormElement} form */
function keepDraft(form) {
  const name = `k-draft-${form.dataset.draft}`;
  const note = document.getElementById("draft-note");
  const text = /** @type {HTMLTextAreaElement} */ (form.elements.namedItem("text"));
  let timer = 0;

  const fields = () => KEPT.flatMap((key) => /** @type {any[]} */ (Array.from(form.querySelectorAll(`[name="${key}"]`))));
  const say = (/** @type {string | undefined} */ words) => {
    if (!note || !words) return;
    note.hidden = false;
    note.textContent = words;
  };

  restore();
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(save, 800);
    const left = Number(form.dataset.limit) - text.value.length;
    if (left < 200) say((form.dataset.msgCount ?? "").replace("{n}", String(left)));
  });
  addEventListener("pagehide", save);

  function save() {
    if (!text.value.trim()) return;
    const values = Object.fromEntries(
      fields().filter((each) => (each.type === "radio" || each.type === "checkbox" ? each.checked : each.value)).map((each) => [each.name, each.value]),
    );
    try {
      localStorage.setItem(name, JSON.stringify({ at: Date.now(), values }));
      if (Number(form.dataset.limit) - text.value.length >= 200) say(form.dataset.msgKept);
    } catch {
      // Storage is full or forbidden: the form itself still holds everything.
    }
  }

  function restore() {
    let draft = null;
    try {
      draft = JSON.parse(localStorage.getItem(name) ?? "null");
      if (draft && Date.now() - draft.at > DAY_MS) localStorage.removeItem(name);
    } catch {
      return;
    }
    if (!draft || Date.now() - draft.at > DAY_MS || text.value) return;
    for (const each of fields()) {
      const value = draft.values[each.name];
      if (value === undefined) continue;
      if (each.type === "radio" || each.type === "checkbox") each.checked = each.value === value;
      else each.value = value;
    }
    if (draft.values.text) say(form.dataset.msgBack);
  }
}
