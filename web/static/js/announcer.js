/**
 * What is spoken to people who listen to the page. The only module that writes into live regions, so that no two parts of a
 * page talk over each other. Polite news: at most one in 10 s, newest of its kind; urgent news: at most one in 5 s.
 */

/** @typedef {{key: string, text: string, until: number}} News */

const SPACING_MS = { status: 10000, alert: 5000 };
/** @type {{status: News[], alert: News[]}} */
const waitingNews = { status: [], alert: [] };
const spokenAt = { status: -Infinity, alert: -Infinity };
/** @type {{status: number, alert: number}} */
const speaking = { status: 0, alert: 0 };

/**
 * @param {string} key news of the same key replaces what has not been spoken yet
 * @param {string} text one sentence in the page's language
 * @param {{urgent?: boolean, ttlMs?: number}} [how] what is older than ttlMs is no news any more
 */
export function announce(key, text, how = {}) {
  const level = how.urgent ? "alert" : "status";
  const rest = waitingNews[level].filter((each) => each.key !== key);
  waitingNews[level] = [...rest, { key, text, until: performance.now() + (how.ttlMs ?? 30000) }];
  speakNext(level);
}

/** A short shake of the phone; before the first tap browsers refuse it, and complain (userActivation, HTML §6.4.1). */
export function nudge() {
  if (navigator.userActivation?.hasBeenActive ?? true) navigator.vibrate?.(200);
}

/** @param {"status" | "alert"} level */
function speakNext(level) {
  if (speaking[level]) return;
  const wait = Math.max(0, spokenAt[level] + SPACING_MS[level] - performance.now());
  speaking[level] = setTimeout(() => {
    speaking[level] = 0;
    const now = performance.now();
    waitingNews[level] = waitingNews[level].filter((each) => each.until > now);
    const next = waitingNews[level].shift();
    if (!next) return;
    const region = document.getElementById(level === "alert" ? "sr-alert" : "sr-status");
    const node = document.createElement("p");
    node.lang = document.documentElement.lang;
    node.textContent = next.text;
    region?.replaceChildren(node);
    spokenAt[level] = now;
    if (waitingNews[level].length) speakNext(level);
  }, wait);
}
