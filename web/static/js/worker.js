/** Starts the service worker (sw.js): alerts while the page is closed, and the last schedule and receipts without a network. */

export function registerWorker() {
  const workers = navigator.serviceWorker;
  if (!workers) return;
  // Our content policy asks for a typed address; this one is written here and nowhere else.
  const types = /** @type {any} */ (window).trustedTypes?.createPolicy("kachehri-worker", { createScriptURL: (/** @type {string} */ url) => url });
  const register = () => void workers.register(types?.createScriptURL("/sw.js") ?? "/sw.js").catch(() => {});
  if (document.readyState === "complete") register();
  else addEventListener("load", register, { once: true });
}
