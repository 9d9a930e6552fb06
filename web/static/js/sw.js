/**
 * The service worker, served as /sw.js with the sentences it needs in WORDS. It shows alerts while no page is open, and keeps
 * the last schedule and this phone's receipts for when there is no network. Live pages and media it never keeps.
 */

const PAGES = "k-pages-1";
const SHELL = "k-shell-1";
const RECEIPTS_MOST = 12;
const SHELL_MOST = 24;
const HOME = "/";
const OFFLINE = "/offline";
const RECEIPT = /^\/q\/[\w=-]+$/;
const ERASE = /^\/q\/[\w=-]+\/erase$/;
const STATIC = /^\/static\/.*\.(?:css|js|svg|woff2)$/;
const scope = /** @type {any} */ (self);

scope.addEventListener("install", (/** @type {any} */ event) => {
  event.waitUntil(caches.open(PAGES).then((kept) => kept.add(OFFLINE)));
  scope.skipWaiting();
});

scope.addEventListener("activate", (/** @type {any} */ event) => event.waitUntil(begin()));

async function begin() {
  for (const name of await caches.keys()) if (name !== PAGES && name !== SHELL) await caches.delete(name);
  await scope.clients.claim();
}

scope.addEventListener("fetch", (/** @type {any} */ event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method === "POST" && ERASE.test(url.pathname)) event.waitUntil(forget());
  if (request.method !== "GET" || url.origin !== location.origin) return;
  if (request.mode === "navigate") event.respondWith(page(request, url));
  else if (STATIC.test(url.pathname)) event.respondWith(shell(request));
});

/** From the network, as always; without one, the copy that was kept, which says how old it is. @param {Request} request @param {URL} url */
async function page(request, url) {
  const keeps = url.pathname === HOME || RECEIPT.test(url.pathname);
  try {
    const answer = await fetch(request);
    if (keeps && answer.ok && !answer.redirected) await keep(PAGES, url.pathname, answer.clone());
    return answer;
  } catch (error) {
    const kept = await caches.open(PAGES);
    const copy = keeps ? await kept.match(url.pathname) : undefined;
    if (copy) return saved(copy);
    const offline = await kept.match(OFFLINE);
    if (offline) return offline;
    throw error;
  }
}

/** Files whose address has their content's hash never change. @param {Request} request */
async function shell(request) {
  const kept = await caches.open(SHELL);
  const copy = await kept.match(request);
  if (copy) return copy;
  const answer = await fetch(request);
  if (answer.ok && /\.[0-9a-f]{12}\.\w+$/.test(new URL(request.url).pathname)) await keep(SHELL, request.url, answer.clone());
  return answer;
}

/** @param {string} name @param {string} key @param {Response} answer */
async function keep(name, key, answer) {
  try {
    const kept = await caches.open(name);
    await kept.delete(key);
    await kept.put(key, answer);
    const most = name === SHELL ? SHELL_MOST : RECEIPTS_MOST;
    const old = (await kept.keys()).filter((each) => name === SHELL || RECEIPT.test(new URL(each.url).pathname));
    for (const each of old.slice(0, Math.max(0, old.length - most))) await kept.delete(each);
  } catch {
    // The phone is full: everything works as without a service worker.
  }
}

/** @param {Response} copy */
async function saved(copy) {
  const text = await copy.text();
  const at = new Date(copy.headers.get("date") ?? 0);
  const time = `${at.getHours()}:${String(at.getMinutes()).padStart(2, "0")}`;
  const words = WORDS[/<html lang="(\w+)"/.exec(text)?.[1] ?? ""] ?? WORDS.ur;
  const note = `<p class="net" data-saved>${words.saved.replace("{time}", `<bdi>${time}</bdi>`)}</p>`;
  const headers = new Headers(copy.headers);
  headers.delete("content-encoding");
  headers.delete("content-length");
  return new Response(text.replace("<main", `${note}<main`), { headers });
}

scope.addEventListener("message", (/** @type {any} */ event) => {
  if (event.data === "forget") event.waitUntil(forget());
});

/** What was erased in the house does not stay on the phone either: all that is kept goes, but the page that names nobody. */
async function forget() {
  const kept = await caches.open(PAGES);
  for (const each of await kept.keys()) if (new URL(each.url).pathname !== OFFLINE) await kept.delete(each);
}

scope.addEventListener("push", (/** @type {any} */ event) => {
  /** @type {{title: string, body: string, path: string, tag: string, lang: string, dir: "ltr" | "rtl", called: boolean} | null} */
  let said = null;
  try {
    said = event.data.json();
  } catch {
    return;
  }
  if (said) event.waitUntil(show(said));
});

/** @param {any} said */
async function show({ title, body, path, tag, lang, dir, called }) {
  // An open page in front of her eyes rings by itself.
  const pages = await scope.clients.matchAll({ type: "window" });
  if (pages.some((/** @type {any} */ each) => each.visibilityState === "visible" && new URL(each.url).pathname.startsWith(path))) return;
  await scope.registration.showNotification(title, { body, tag, lang, dir, renotify: true, requireInteraction: called, vibrate: [200, 100, 200], data: path });
}

scope.addEventListener("notificationclick", (/** @type {any} */ event) => {
  event.notification.close();
  event.waitUntil(open(event.notification.data));
});

/** @param {string} path */
async function open(path) {
  const pages = await scope.clients.matchAll({ type: "window" });
  const there = pages.find((/** @type {any} */ each) => new URL(each.url).pathname.startsWith(path));
  if (there) return there.focus();
  return scope.clients.openWindow(path.startsWith("/s/") ? `${path}/live` : path);
}
