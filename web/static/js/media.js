/**
 * The browser's half of the stage: answers the server's offers, sends given tracks, receives fixed seats.
 *
 * No page, no capture, no socket in here: the caller brings the tracks, carries offer and answer, and shows what comes.
 * There is no renegotiation and no repair. When a connection fails, ask the server for a fresh offer.
 *
 * @typedef {import("./peer.js").Offer} Offer
 * @typedef {import("./peer.js").State} State
 * @typedef {{audio?: MediaStreamTrack | null, video?: MediaStreamTrack | null}} Tracks
 * @typedef {{audio: MediaStream, video: MediaStream}} Seat
 */

import { compact, connect, total } from "./peer.js";

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
    bytes: () => total(connection, "transport", "bytesSent"),
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
    bytes: () => total(connection, "transport", "bytesReceived"),
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
    arrived: () => total(connection, "inbound-rtp", "packetsReceived"),
    close: peer.close,
  };
}
