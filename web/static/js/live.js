/** The live page: complete as served; from here on it changes by itself. */

import { announce } from "./announcer.js";
import { LiveConnection } from "./connection.js";
import { attachMine } from "./mine.js";
import { attachQueue } from "./queue.js";
import { attachSeats } from "./seats.js";
import { LiveStore } from "./store.js";
import { sentence } from "./words.js";

const page = document.body;
const store = new LiveStore(page.dataset.participant ?? "");
const netBar = /** @type {HTMLElement} */ (document.getElementById("net"));
const phaseBox = /** @type {HTMLElement} */ (document.getElementById("phase"));
let offSince = 0;

const live = new LiveConnection({
  session: page.dataset.session ?? "",
  formToken: page.dataset.formToken ?? "",
  position: () => store.position(),
  onFrame: (frame) => store.take(frame),
  onState: (state, code) => {
    netBar.hidden = state === "on";
    if (state === "on") {
      if (offSince && performance.now() - offSince > 5000) announce("net", sentence(page, "net-back"));
      offSince = 0;
    } else if (state === "off") {
      offSince ||= performance.now();
      setTimeout(() => offSince && performance.now() - offSince >= 5000 && announce("net", sentence(page, "net-weak")), 5000);
    } else if (code === 4505) {
      location.reload(); // the page says why, and how to object
    } else {
      netBar.textContent = sentence(page, "net-off");
    }
  },
});

attachSeats(/** @type {HTMLElement} */ (document.getElementById("watch")), store, live);
attachMine(/** @type {HTMLElement} */ (document.getElementById("mine")), store, page.dataset.session ?? "");
attachQueue(/** @type {HTMLElement} */ (document.getElementById("queue")), store, live);
store.follow(({ view }) => {
  const phase = store.view?.session?.phase ?? "";
  if (!view || !phase || phase === phaseBox.dataset.phase) return;
  announce("phase", phaseBox.getAttribute(`data-say-${phase.replace("_", "-")}`) ?? "");
  phaseBox.dataset.phase = phase;
  // Notices, buttons and the balance of a phase are the server's words: fetch the page once, unless sound is playing.
  if (!document.querySelector("#seats video")) setTimeout(() => location.reload(), 400 + Math.random() * 2000);
});
/** @type {HTMLElement} */ (document.getElementById("again")).hidden = true;
followTabs();
live.start();

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
