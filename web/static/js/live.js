/**
 * The live page: complete as served; from here on it changes by itself. Each part is attached alone, so that one that fails
 * on an old phone takes no other with it, and the page says how to go on by hand.
 */

import { attachAlerts } from "./alerts.js";
import { announce } from "./announcer.js";
import { attachCaptions } from "./captions.js";
import { LiveConnection } from "./connection.js";
import { attachFollow } from "./follow.js";
import { attachMine } from "./mine.js";
import { attachQueue } from "./queue.js";
import { freshPage, takeOver } from "./refresh.js";
import { Screens, attachSeats } from "./seats.js";
import { LiveStore } from "./store.js";
import { sentence } from "./words.js";
import { registerWorker } from "./worker.js";

const PATCHED = ["phase-note", "phase-badge", "mine-actions", "recorded", "t-row", "t-mine"];
const RELOADED_MS = 30000;
const OVER_NOW = new Set(["closed", "cancelled"]);
const page = document.body;
const byId = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));
export const store = new LiveStore(page.dataset.participant ?? "");
const netBar = byId("net");
const phaseBox = byId("phase");
let offSince = 0;

export const live = new LiveConnection({
  session: page.dataset.session ?? "",
  formToken: page.dataset.formToken ?? "",
  position: () => store.position(),
  onFrame: (frame) => {
    // Whoever went on with this place from another phone has it now, and this page must say so.
    if (frame.type === "welcome" && frame.participant !== page.dataset.participant && !wasReloaded()) location.reload();
    else store.take(frame);
  },
  onState: (state, code) => {
    netBar.hidden = state === "on";
    if (state === "on") {
      if (offSince && performance.now() - offSince > 5000) announce("net", sentence(page, "net-back"));
      offSince = 0;
    } else if (state === "off") {
      offSince ||= performance.now();
      netBar.textContent = sentence(page, store.personal?.questions?.some((/** @type {any} */ own) => own.place || own.turn) ? "net-kept" : "net-weak");
      setTimeout(() => offSince && performance.now() - offSince >= 5000 && announce("net", sentence(page, "net-weak")), 5000);
    } else if ((code === 4505 || code === 403) && !wasReloaded()) {
      location.reload(); // the page says why, and how to object
    } else {
      netBar.hidden = page.hasAttribute("data-barred");
      netBar.textContent = sentence(page, "net-off");
    }
  },
});

let whole = true;
const screens = new Screens();
const session = page.dataset.session ?? "";
attempt(() => attachSeats(byId("watch"), store, screens, live));
// Where a program is made, it is followed instead of the stage (on_air.js).
if (document.getElementById("follow")) attempt(() => attachFollow(byId("watch"), store, live, screens));
attempt(() => attachCaptions(byId("captions"), store));
attempt(() => attachAlerts(byId("alerts"), store, session, page.dataset.formToken ?? ""));
attempt(() => attachMine(byId("mine"), store, session));
attempt(() => attachQueue(byId("queue"), store, live));
store.follow(({ view }) => {
  const seen = store.view?.session ?? {};
  if (!view || !seen.phase) return;
  const people = byId("present");
  people.hidden = !store.view.present || OVER_NOW.has(seen.phase);
  if (store.view.present) people.textContent = sentence(people, "n", { n: store.view.present });
  if (seen.phase === phaseBox.dataset.phase) return;
  announce("phase", phaseBox.getAttribute(`data-say-${seen.phase.replace("_", "-")}`) ?? "");
  phaseBox.dataset.phase = seen.phase;
  // Notices, buttons and the balance of a phase are the server's words; a hall full of phones does not ask at once.
  setTimeout(() => void renewPhase(seen.phase, 0), 400 + Math.random() * 2000);
});
attempt(followTabs);
attempt(() => page.dataset.barred === "removed" || live.start());
if (whole) {
  byId("again").hidden = true;
  byId("by-hand").remove();
}
attempt(registerWorker);

/** A page that was loaded anew a moment ago is not loaded anew again: it would never end. */
function wasReloaded() {
  const [load] = /** @type {PerformanceNavigationTiming[]} */ (performance.getEntriesByType("navigation"));
  return load?.type === "reload" && performance.now() < RELOADED_MS;
}

/** @param {() => void} part */
export function attempt(part) {
  try {
    part();
  } catch (error) {
    whole = false;
    console.error(error);
  }
}

/** @param {string} phase @param {number} tries */
async function renewPhase(phase, tries) {
  if (phase !== phaseBox.dataset.phase) return;
  try {
    const fresh = await freshPage(location.pathname);
    takeOver(fresh, PATCHED);
    for (const card of fresh.querySelectorAll("#mine-list [data-question]")) {
      const link = card.querySelector("[data-link]");
      const here = document.querySelector(`#mine-list [data-question="${card.getAttribute("data-question")}"] [data-link]`);
      if (link && here) here.replaceWith(document.importNode(link, true));
    }
    for (const part of ["watch", "queue", "tabs"]) byId(part).hidden = Boolean(fresh.getElementById(part)?.hidden);
    byId("line").replaceChildren();
    store.tell({ view: true, personal: true });
    if (OVER_NOW.has(phase)) showOutcome();
  } catch {
    if (tries < 5) setTimeout(() => void renewPhase(phase, tries + 1), 3000 * 2 ** tries);
  }
}

/** It is over: whoever asked is led to what became of her question, everybody else to the balance. */
function showOutcome() {
  const asked = document.querySelector("#mine-list [data-question]");
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  (asked ? byId("mine") : byId("phase-note")).scrollIntoView({ block: "start", behavior: calm ? "auto" : "smooth" });
  if (asked) announce("outcome", sentence(page, "outcome"));
}

/** The bottom tabs are links to parts of the page; mark the part that is in view. */
function followTabs() {
  const tabs = new Map();
  for (const link of document.querySelectorAll('.tabs a[href^="#"]')) {
    tabs.set(/** @type {HTMLAnchorElement} */ (link).hash.slice(1), link);
  }
  if (!("IntersectionObserver" in window)) return;
  const observer = new IntersectionObserver(
    (entries) => {
      const seen = entries.find((entry) => entry.isIntersecting);
      if (!seen) return;
      for (const [id, link] of tabs) id === seen.target.id ? link.setAttribute("aria-current", "true") : link.removeAttribute("aria-current");
    },
    { rootMargin: "-30% 0px -60% 0px" },
  );
  for (const id of tabs.keys()) {
    const part = document.getElementById(id);
    if (part) observer.observe(part);
  }
}
