/** Sound and picture of the stage, seat by seat; a fresh peer whenever the connection is lost. */

const AGAIN_MS = 1500;

export class Watching {
  /**
   * @param {import("../connection.js").LiveConnection} live
   * @param {() => Promise<typeof import("../media.js")>} load the module of the stage; its address depends on the page's own script
   * @param {(seat: string, picture: MediaStream) => void} show
   * @param {(state: string) => void} told
   */
  constructor(live, load, show, told) {
    this.live = live;
    this.load = load;
    this.show = show;
    this.told = told;
    this.wanted = false;
    this.round = 0;
    /** @type {{close: () => void, peer: string} | null} */
    this.peer = null;
    /** Sound plays by itself: a picture may never come. @type {Map<string, HTMLAudioElement>} */
    this.sounds = new Map();
    /** My own seat: hearing myself a moment later would be an echo. */
    this.silent = "";
    live.on("media.lost", () => this.wanted && this.again());
  }

  async start() {
    this.wanted = true;
    const round = ++this.round;
    try {
      const { watch } = await this.load();
      const offer = await this.live.send("media.watch");
      const peer = await watch(offer, {
        onseat: (/** @type {string} */ seat, /** @type {{audio: MediaStream, video: MediaStream}} */ streams) => {
          this.play(seat, streams.audio);
          this.show(seat, streams.video);
        },
        onstate: (/** @type {string} */ state) => {
          this.told(state);
          if (state === "failed" && round === this.round && this.wanted) this.again();
        },
      });
      if (round !== this.round || !this.wanted) return peer.close();
      this.peer = peer;
      await this.live.send("media.answer", { peer: peer.peer, sdp: peer.answer });
    } catch {
      if (round === this.round) this.told("failed");
    }
  }

  /** @param {string} seat @param {MediaStream} stream */
  play(seat, stream) {
    const sound = this.sounds.get(seat) ?? new Audio();
    this.sounds.set(seat, sound);
    sound.srcObject = stream;
    sound.muted = seat === this.silent;
    sound.play().catch(() => this.told("failed"));
  }

  /** @param {string} seat */
  silence(seat) {
    this.silent = seat;
    for (const [each, sound] of this.sounds) sound.muted = each === seat;
  }

  again() {
    this.peer?.close();
    this.peer = null;
    const round = ++this.round;
    setTimeout(() => round === this.round && this.wanted && void this.start(), AGAIN_MS);
  }

  stop() {
    this.wanted = false;
    this.round += 1;
    if (this.peer) this.live.send("media.leave", { peer: this.peer.peer }).catch(() => {});
    this.peer?.close();
    this.peer = null;
    for (const sound of this.sounds.values()) sound.srcObject = null;
    this.sounds.clear();
  }
}
