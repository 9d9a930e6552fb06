/**
 * One connection of the stage: how it stands, from the first try until it is given up, and what of an answer the server reads.
 *
 * @typedef {{peer: string, sdp: string, ice_servers?: RTCIceServer[]}} Offer
 * @typedef {"connecting" | "up" | "interrupted" | "failed" | "closed"} State
 */

import { knowsDetour, rememberDetour, tellWay, wayOf } from "./ways.js";

/** Milliseconds without a connection after which a peer counts as failed, so that the caller asks for a fresh one. */
const PATIENCE = 6000;

/** Milliseconds that a listener gives the direct way alone, and between what is told of the ways. */
const DIRECT = 4000;
const TELL = 1500;

/** @param {RTCPeerConnection} connection @returns {State} */
function stateOf(connection) {
  switch (connection.connectionState) {
    case "connected":
      return "up";
    case "disconnected":
      return "interrupted";
    case "failed":
      return "failed";
    case "closed":
      return "closed";
    default:
      return "connecting";
  }
}

/**
 * Keeps of an answer what the server reads. The transport is described once (RFC 9143 §7.3) and candidates are left
 * out: the server learns a phone's address from its first packet, and nobody else needs to know it.
 *
 * @param {string} sdp
 */
export function compact(sdp) {
  const once = /^a=(?:ice-ufrag|ice-pwd|fingerprint|setup):/;
  const never = /^a=(?:candidate|end-of-candidates|ice-options|rtcp|rtcp-fb|extmap|ssrc|ssrc-group|msid)(?:[:]|$)/;
  let media = 0;
  return (
    sdp
      .split("\r\n")
      .filter((line) => {
        if (line.startsWith("m=")) media += 1;
        return !never.test(line) && !(media > 1 && once.test(line));
      })
      .join("\r\n")
  );
}

/**
 * Who sends tries every way at once. Who only receives tries the direct way first, because each way through the relay costs
 * the house a line for each listener; when it leads nowhere, the caller's next connection tries them all.
 *
 * @param {Offer} offer
 * @param {(state: State) => void} onstate
 * @param {boolean} [sends]
 */
export function connect(offer, onstate, sends = true) {
  const servers = offer.ice_servers ?? [];
  const all = sends || !servers.length || knowsDetour();
  const connection = new RTCPeerConnection({ iceServers: all ? servers : [], bundlePolicy: "max-bundle" });
  /** @type {State} */
  let state = "connecting";
  /** @type {Set<import("./ways.js").Way>} */
  const ways = new Set();
  connection.addEventListener("icecandidate", ({ candidate }) => {
    if (candidate?.type !== "relay") return;
    ways.add(candidate.relayProtocol === "tls" || candidate.url?.startsWith("turns:") ? "web" : "relay");
  });
  let waited = 0;
  const telling = setInterval(() => {
    waited += 1;
    tellWay(sends, waited < 2 || !ways.size ? "direct" : ways.has("relay") ? "relay" : "web", false);
  }, TELL);
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  /** @param {State} next */
  const become = (next) => {
    if (next === state || state === "closed") return;
    clearTimeout(timer);
    clearInterval(telling);
    const first = state === "connecting";
    state = next;
    if (next === "interrupted") timer = setTimeout(() => become("failed"), PATIENCE);
    if (next === "up") void wayOf(connection).then((way) => tellWay(sends, way, true), () => {});
    if (next === "failed" && first) {
      if (!all) rememberDetour();
      tellWay(sends, all ? "none" : "relay", false);
    }
    onstate(next);
  };
  timer = setTimeout(() => become("failed"), all ? 2 * PATIENCE : DIRECT);
  connection.addEventListener("connectionstatechange", () => become(stateOf(connection)));
  return {
    connection,
    get state() {
      return state;
    },
    close() {
      connection.close();
      become("closed");
    },
  };
}

/**
 * One figure of a connection's statistics, added up over all entries of a type.
 * @param {RTCPeerConnection} connection @param {"transport" | "inbound-rtp"} type @param {string} figure
 */
export async function total(connection, type, figure) {
  let sum = 0;
  for (const entry of (await connection.getStats()).values()) {
    if (entry.type === type) sum += entry[figure] ?? 0;
  }
  return sum;
}
