/**
 * Alerts while the page is closed (Web Push, RFC 8030): asked for on a tap, given to this browser alone. Where a browser has
 * no such thing, the open page alerts by itself.
 */

const READY_MS = 8000;

/** Whether this browser can be told anything while no page is open. */
export function canPush() {
  return Boolean(navigator.serviceWorker) && "PushManager" in window && "Notification" in window;
}

/** Where this browser is reached now; nothing where it never asked for it. @returns {Promise<string>} */
export async function reachedAt() {
  const worker = await navigator.serviceWorker.getRegistration();
  return (await worker?.pushManager.getSubscription())?.endpoint ?? "";
}

/**
 * @param {string} address of ours that is told @param {string} formToken @param {boolean} on
 * @returns {Promise<"push" | "page" | "denied" | "off">}
 */
export async function switchAlerts(address, formToken, on) {
  const worker = await readyWorker();
  if (!on) {
    const known = await worker?.pushManager?.getSubscription();
    await tell(address, formToken, { endpoint: known?.endpoint ?? "" });
    return "off";
  }
  if (!worker || !canPush()) return "page";
  if ((await Notification.requestPermission()) !== "granted") return "denied";
  try {
    const { key } = await (await fetch("/alerts")).json();
    const given = await worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytesOf(key) });
    const { endpoint, keys } = given.toJSON();
    return (await tell(address, formToken, { endpoint, ...keys })) ? "push" : "page";
  } catch {
    return "page"; // a browser without a push service, or a line that broke
  }
}

/** @returns {Promise<ServiceWorkerRegistration | null>} */
function readyWorker() {
  if (!navigator.serviceWorker) return Promise.resolve(null);
  const late = new Promise((done) => setTimeout(done, READY_MS, null));
  return /** @type {any} */ (Promise.race([navigator.serviceWorker.ready, late]));
}

/** @param {string} address @param {string} formToken @param {Record<string, string | undefined>} body */
async function tell(address, formToken, body) {
  const answer = await fetch(address, {
    method: "POST",
    headers: { "content-type": "application/json", "x-form-token": formToken },
    body: JSON.stringify(body),
  });
  return answer.ok;
}

/** @param {string} text URL-safe base64 without padding */
function bytesOf(text) {
  const raw = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(raw, (letter) => letter.charCodeAt(0));
}
