/** Sound and picture of the stage, seat by seat; a fresh peer whenever the connection is lost. */

const AGAIN_MS = 1500;

export class Watching {
  /**
   * @param {import("../connection.js").LiveConnection} live
   * @param {(seat: string, stream: MediaStream) => void} show
   * @param {(state: string) => void} told
   */
  constructor(live, show, told) {
    this.live = live;
    this.show = show;
    this.told = told;
    this.wanted = false;
    this.round = 0;
    /** @type {{close: () => void, peer: string} | null} */
    this.peer = null;
    live.on("media.lost", () => this.wanted && this.again());
  }

  async start() {
    this.wanted = true;
    const round = ++this.round;
    try {
      const { watch } = await import("../media.js");
      const offer = await this.live.send("media.watch");
      const peer = await watch(offer, {
        onseat: ({ seat, stream }) => this.show(seat, stream),
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
  }
}
