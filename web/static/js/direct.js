/**
 * The program without delay, straight from the house: sound and picture as they are said, also what a moderator takes out
 * of the broadcast a moment later. Fetched with the first tap for it. When the line is lost it is tried for some seconds, and
 * then given up: whoever asked goes on with what there was before.
 */

/** From a tap, or from the moment a line is lost, until it is given up. */
const DIRECT_PATIENCE_MS = 12000;
/** So long out of sight, and the picture is given up; the sound goes on. */
const DIRECT_REST_MS = 10000;
const DIRECT_TRIES = 3;

/** @typedef {"wait" | "on" | "off" | "full" | "none" | "no" | "lost"} DirectState `full`: all places are taken; `none`: nothing is made now */

export class Direct {
  /**
   * @param {import("./connection.js").LiveConnection} live
   * @param {typeof import("./standing.js").Standing} Standing given by the page, which has it already
   * @param {(streams: {audio: MediaStream, video: MediaStream}) => void} onPlay
   * @param {(state: DirectState) => void} onState
   */
  constructor(live, Standing, onPlay, onState) {
    this.live = live;
    this.onPlay = onPlay;
    this.onState = onState;
    /** Nobody looks at it: only the sound is wanted. */
    this.resting = false;
    /** It came at least once since the tap. */
    this.came = false;
    this.timer = 0;
    this.rest = 0;
    this.standing = new Standing(live, {
      type: "media.program",
      eager: false,
      make: (offer, onstate) => this.make(offer, onstate),
      onState: (state) => this.told(state),
      mayRetry: (error, tries) => this.mayRetry(error, tries),
    });
    document.addEventListener("visibilitychange", () => this.look());
  }

  get wanted() {
    return this.standing.wanted;
  }

  start() {
    if (this.wanted) return;
    this.resting = this.came = false;
    this.onState("wait");
    this.patience();
    void this.standing.start();
  }

  /** @param {DirectState} [why] */
  stop(why = "off") {
    if (!this.wanted) return;
    clearTimeout(this.timer);
    clearTimeout(this.rest);
    this.timer = 0;
    const { peer } = this.standing;
    this.standing.stop();
    if (peer) this.live.send("media.leave", { peer: peer.peer }).catch(() => {});
    this.onState(why);
  }

  bytes() {
    return this.standing.bytes();
  }

  patience() {
    if (!this.timer) this.timer = setTimeout(() => this.stop("lost"), DIRECT_PATIENCE_MS);
  }

  /** @param {any} offer @param {(state: string) => void} onstate */
  async make(offer, onstate) {
    const { watch } = await import("./media.js");
    const picture = !this.resting;
    const peer = await watch(offer, {
      picture,
      // What plays now plays on until the fresh connection stands.
      onstate: (state) => {
        onstate(state);
        const [streams] = peer?.seats.values() ?? [];
        if (state === "up" && peer === this.standing.peer && streams) this.onPlay(streams);
      },
    });
    return Object.assign(peer, { picture });
  }

  /** A fresh connection beside the old one, where that brings more or less than is wanted. */
  fit() {
    const { peer } = this.standing;
    if (this.wanted && peer && peer.picture === this.resting) void this.standing.connect();
  }

  look() {
    clearTimeout(this.rest);
    if (document.hidden) this.rest = setTimeout(() => ((this.resting = true), this.fit()), DIRECT_REST_MS);
    else {
      this.resting = false;
      this.fit();
    }
  }

  /** @param {"up" | "down"} state */
  told(state) {
    if (state === "down") {
      this.patience();
      return this.onState("wait");
    }
    clearTimeout(this.timer);
    this.timer = 0;
    this.came = true;
    this.onState("on");
    this.fit();
  }

  /** @param {any} error @param {number} tries */
  mayRetry(error, tries) {
    const reason = error.params?.reason ?? error.code ?? "";
    // A second connection of one's own, for less or more than the first, may find no place: then the first goes on.
    if (this.standing.peer?.state === "up") return false;
    if (reason === "media_program_full") this.stop("full");
    else if (reason === "not_allowed") this.stop("no");
    // What came before may come again: a program that was killed is back within seconds.
    else if (tries >= DIRECT_TRIES && !this.came && (reason === "media_no_program" || reason === "media_unknown_session")) this.stop("none");
    else if (reason === "ended") this.stop("lost");
    return this.wanted;
  }
}
