/**
 * By which way a connection reaches the server. What leads through the relay costs the house a line for each listener, so it
 * is told to the page, and remembered for the tab.
 *
 * @typedef {"direct" | "relay" | "web"} Way straight to the server, through the relay, through it as web pages go
 */

/** The tab's memory of a network that needs the relay. */
const DETOUR = "k-detour";

/** Whether the pair in use leads through the relay, and how to it. @param {RTCPeerConnection} connection @returns {Promise<Way>} */
export async function wayOf(connection) {
  const stats = await connection.getStats();
  for (const entry of stats.values()) {
    if (entry.type !== "candidate-pair" || !(entry.selected || (entry.nominated && entry.state === "succeeded"))) continue;
    const own = stats.get(entry.localCandidateId);
    if (own?.candidateType === "relay") return own.relayProtocol === "tls" ? "web" : "relay";
  }
  return "direct";
}

/** For whoever puts it in words (route_words.js). @param {boolean} sends @param {Way | "none"} way @param {boolean} found */
export function tellWay(sends, way, found) {
  dispatchEvent(new CustomEvent("media-way", { detail: { sends, way, found } }));
}

/** Whether a network let nothing through directly before, in this tab. */
export function knowsDetour() {
  try {
    return sessionStorage.getItem(DETOUR) === "1";
  } catch {
    return false;
  }
}

export function rememberDetour() {
  try {
    sessionStorage.setItem(DETOUR, "1");
  } catch {
    // then the next page finds out again
  }
}
