/**
 * The browser's half of the stage: answers the server's offers, sends given tracks, receives fixed seats.
 *
 * No page, no capture, no socket in here: the caller brings the tracks, carries offer and answer, and shows what comes.
 * There is no renegotiation and no repair. When a connection fails, ask the server for a fresh offer.
 *
 * @typedef {{peer: string, sdp: string, ice_servers?: RTCIceServer[]}} Offer
 * @typedef {"connecting" | "up" | "interrupted" | "failed" | "closed"} State
 * @typedef {{audio?: MediaStreamTrack | null, video?: MediaStreamTrack | null}} Tracks
 * @typedef {{audio: MediaStream, video: MediaStream}} Seat
 * @typedef {"direct" | "relay" | "web"} Way straight to the server, through the relay, through it as web pages go
 */

/** Milliseconds without a connection after which a peer counts as failed, so that the caller asks for a fresh one. */
const PATIENCE = 6000;

/** Milliseconds that a listener gives the direct way alone, and between what is told of the ways. */
const DIRECT = 4000;
const TELL = 1500;
/** The tab's memory of a network that needs the relay. */
const DETOUR = "k-detour";

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

/** Whether the pair in use leads through the relay, and how to it. @param {RTCPeerConnection} connection @returns {Promise<Way>} */
async function wayOf(connection) {
  const stats = await connection.getStats();
  for (const entry of stats.values()) {
    if (entry.type !== "candidate-pair" || !(entry.selected || (entry.nominated && entry.state === "succeeded"))) continue;
    const own = stats.get(entry.localCandidateId);
    if (own?.candidateType === "relay") return own.relayProtocol === "tls" ? "web" : "relay";
  }
  return "direct";
}

/** For whoever puts it in words (route_words.js). @param {boolean} sends @param {Way | "none"} way @param {boolean} found */
function tellWay(sends, way, found) {
  dispatchEvent(new CustomEvent("media-way", { detail: { sends, way, found } }));
}

/** Whether a network let nothing through directly before, in this tab. */
function knowsDetour() {
  try {
    return sessionStorage.getItem(DETOUR) === "1";
  } catch {
    return false;
  }
}

function rememberDetour() {
  try {
    sessionStorage.setItem(DETOUR, "1");
  } catch {
    // then the next page finds out again
  }
}

/**
 * Who sends tries every way at once. Who only receives tries the direct way first, because each way through the relay costs
 * the house a line for each listener; when it leads nowhere, the caller's next connection tries them all.
 *
 * @param {Offer} offer
 * @param {(state: State) => void} onstate
 * @param {boolean} [sends]
 */
function connect(offer, onstate, sends = true) {
  const servers = offer.ice_servers ?? [];
  const all = sends || !servers.length || knowsDetour();
  const connection = new RTCPeerConnection({ iceServers: all ? servers : [], bundlePolicy: "max-bundle" });
  /** @type {State} */
  let state = "connecting";
  /** @type {Set<Way>} */
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

/** Sound before the picture, where a browser can tell the two apart. @param {RTCRtpSender | undefined} sender */
async function first(sender) {
  if (!sender) return;
  const parameters = sender.getParameters();
  for (const encoding of parameters.encodings) {
    encoding.priority = "high";
    encoding.networkPriority = "high";
  }
  await sender.setParameters(parameters).catch(() => {}); // a wish; Firefox has not heard of it
}

/**
 * Publishes the given tracks. A missing one stays off for the life of the peer: sound alone is a full turn.
 *
 * @param {Offer} offer
 * @param {Tracks} tracks
 * @param {{onstate?: (state: State) => void, kbps?: number, short?: number, fps?: number}} [options] of the picture: most
 *   kilobits a second (0 sends none), shorter side in pixels, pictures a second
 */
export async function publish(offer, tracks, options = {}) {
  const peer = connect(offer, options.onstate ?? (() => {}));
  const { connection } = peer;
  await connection.setRemoteDescription({ type: "offer", sdp: offer.sdp });
  /** @type {Map<string, RTCRtpSender>} */
  const senders = new Map();
  for (const transceiver of connection.getTransceivers()) {
    const kind = transceiver.receiver.track.kind;
    const track = kind === "audio" ? tracks.audio : tracks.video;
    transceiver.direction = track ? "sendonly" : "inactive";
    if (!track) continue;
    await transceiver.sender.replaceTrack(track);
    senders.set(kind, transceiver.sender);
  }
  await connection.setLocalDescription();
  const limit = async (/** @type {{kbps?: number, short?: number, fps?: number}} */ { kbps, short, fps }) => {
    const sender = senders.get("video");
    if (!sender || kbps === undefined) return;
    const parameters = sender.getParameters();
    const { width = 0, height = 0 } = sender.track?.getSettings() ?? {};
    for (const encoding of parameters.encodings) {
      encoding.active = kbps > 0;
      if (kbps) encoding.maxBitrate = kbps * 1000;
      if (fps) encoding.maxFramerate = fps;
      encoding.scaleResolutionDownBy = short ? Math.max(1, Math.min(width, height) / short) : 1;
    }
    await sender.setParameters(parameters);
  };
  await limit(options);
  await first(senders.get("audio"));
  return {
    peer: offer.peer,
    /** To be sent to the server as it is. */
    answer: compact(connection.localDescription?.sdp ?? ""),
    get state() {
      return peer.state;
    },
    /**
     * Changes the microphone or the camera, or switches it off with null; only what was on from the start.
     * @param {"audio" | "video"} kind
     * @param {MediaStreamTrack | null} track
     */
    async replace(kind, track) {
      await senders.get(kind)?.replaceTrack(track);
    },
    limit,
    /** What the server lost of the last packets, as a fraction. */
    async loss() {
      let lost = 0;
      for (const entry of (await connection.getStats()).values()) {
        if (entry.type === "remote-inbound-rtp") lost = Math.max(lost, entry.fractionLost ?? 0);
      }
      return lost;
    },
    /** The connection's own statistics. */
    stats: () => connection.getStats(),
    /** Bytes sent so far, for the "this costs" line. */
    async bytes() {
      let sent = 0;
      for (const entry of (await connection.getStats()).values()) {
        if (entry.type === "transport") sent += entry.bytesSent ?? 0;
      }
      return sent;
    },
    close: peer.close,
  };
}

/**
 * Watches all seats of an offer. Each seat's streams exist from the start and stay silent and dark while nobody sits
 * there; when someone leaves, the last picture would stay, so clear it on the session's event.
 *
 * Sound and picture come as two streams, for an audio and a muted video element: a video element plays nothing before
 * its first picture, and someone who speaks without a camera has none. The browser keeps lips and voice together.
 *
 * @param {Offer} offer
 * @param {{onstate?: (state: State) => void, onseat?: (seat: string, streams: Seat) => void, sound?: boolean, picture?: boolean}} [options]
 *   false for what is not wanted: the server then sends nothing of it
 */
export async function watch(offer, options = {}) {
  const peer = connect(offer, options.onstate ?? (() => {}), false);
  const { connection } = peer;
  /** @type {Map<string, Seat>} */
  const seats = new Map();
  connection.addEventListener("track", (event) => {
    const seat = event.streams[0]?.id;
    if (seat === undefined) return;
    const streams = seats.get(seat) ?? { audio: new MediaStream(), video: new MediaStream() };
    streams[event.track.kind === "audio" ? "audio" : "video"].addTrack(event.track);
    const whole = seats.has(seat);
    seats.set(seat, streams);
    if (whole) options.onseat?.(seat, streams);
  });
  await connection.setRemoteDescription({ type: "offer", sdp: offer.sdp });
  for (const transceiver of connection.getTransceivers()) {
    const wanted = (transceiver.receiver.track.kind === "audio" ? options.sound : options.picture) !== false;
    transceiver.direction = wanted ? "recvonly" : "inactive";
  }
  await connection.setLocalDescription();
  return {
    peer: offer.peer,
    answer: compact(connection.localDescription?.sdp ?? ""),
    get state() {
      return peer.state;
    },
    /** Streams by the seat's id. */
    seats,
    /** Bytes received so far, for "used so far". */
    async bytes() {
      let received = 0;
      for (const entry of (await connection.getStats()).values()) {
        if (entry.type === "transport") received += entry.bytesReceived ?? 0;
      }
      return received;
    },
    /** The connection's own statistics. */
    stats: () => connection.getStats(),
    /**
     * What has arrived on a seat: packets of sound, their energy (grows while something is heard), decoded pictures.
     * @param {string} seat
     */
    async arrived(seat) {
      const streams = seats.get(seat);
      const tracks = new Set(streams ? [...streams.audio.getTracks(), ...streams.video.getTracks()].map((t) => t.id) : []);
      const found = { sound: 0, energy: 0, pictures: 0, bytes: 0, lost: 0 };
      for (const entry of (await connection.getStats()).values()) {
        if (entry.type !== "inbound-rtp" || !tracks.has(entry.trackIdentifier)) continue;
        found.bytes += entry.bytesReceived ?? 0;
        found.lost += entry.packetsLost ?? 0;
        if (entry.kind === "audio") {
          found.sound += entry.packetsReceived ?? 0;
          found.energy += entry.totalAudioEnergy ?? 0;
        } else {
          found.pictures += entry.framesDecoded ?? 0;
        }
      }
      return found;
    },
    close: peer.close,
  };
}

/**
 * A private line: one sound each way between this browser and the server. What comes is in `sound`; nothing is sent until
 * `speak` is given a track, so a page that publishes already only listens here.
 *
 * @param {Offer} offer
 * @param {{onstate?: (state: State) => void, speaks?: boolean}} [options]
 */
export async function converse(offer, options = {}) {
  const peer = connect(offer, options.onstate ?? (() => {}));
  const { connection } = peer;
  const sound = new MediaStream();
  connection.addEventListener("track", (event) => sound.addTrack(event.track));
  await connection.setRemoteDescription({ type: "offer", sdp: offer.sdp });
  const [line] = connection.getTransceivers();
  if (!line) throw new Error("an offer without a line");
  line.direction = options.speaks ? "sendrecv" : "recvonly";
  await connection.setLocalDescription();
  return {
    peer: offer.peer,
    answer: compact(connection.localDescription?.sdp ?? ""),
    get state() {
      return peer.state;
    },
    sound,
    /** @param {MediaStreamTrack | null} track */
    speak: (track) => line.sender.replaceTrack(track),
    /** Packets of sound that came so far. */
    async arrived() {
      let packets = 0;
      for (const entry of (await connection.getStats()).values()) {
        if (entry.type === "inbound-rtp") packets += entry.packetsReceived ?? 0;
      }
      return packets;
    },
    close: peer.close,
  };
}
