/**
 * Alerts while the page is closed (Web Push, RFC 8030): asked for on a tap, given to this browser alone. Where a browser has
 * no such thing, the open page alerts by itself.
 */

const READY_MS = 8000;

/**
 * @param {string} session @param {string} formToken @param {boolean} on
 * @returns {Promise<"push" | "page" | "denied" | "off">}
 */
export async function switchAlerts(session, formToken, on) {
  const worker = await readyWorker();
  if (!on) {
    const known = await worker?.pushManager?.getSubscription();
    await tell(session, formToken, { endpoint: known?.endpoint ?? "" });
    return "off";
  }
  if (!worker || !("PushManager" in window) || !("Notification" in window)) return "page";
  if ((await Notification.requestPermission()) !== "granted") return "denied";
  try {
    const { key } = await (await fetch("/alerts")).json();
    const given = await worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytesOf(key) });
    const { endpoint, keys } = given.toJSON();
    return (await tell(session, formToken, { endpoint, ...keys })) ? "push" : "page";
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

/** @param {string} session @param {string} formToken @param {Record<string, string | undefined>} body */
async function tell(session, formToken, body) {
  const answer = await fetch(`/s/${session}/alerts`, {
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
