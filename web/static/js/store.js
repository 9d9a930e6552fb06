/** What this browser knows of the session: a snapshot, kept up to date by merge patches, and a personal frame beside it. */

/** RFC 7386. @param {any} target @param {any} patch @returns {any} */
export function merged(target, patch) {
  if (patch === null || typeof patch !== "object" || Array.isArray(patch)) return patch;
  const result = target !== null && typeof target === "object" && !Array.isArray(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else result[key] = merged(result[key], value);
  }
  return result;
}

export class LiveStore {
  /** @param {string} participant whose personal frames are mine */
  constructor(participant) {
    this.participant = participant;
    this.epoch = "";
    this.seq = 0;
    /** @type {any} */
    this.view = null;
    /** @type {any} */
    this.personal = null;
    /** @type {((change: {view: boolean, personal: boolean}) => void)[]} */
    this.followers = [];
  }

  /** @param {(change: {view: boolean, personal: boolean}) => void} follower */
  follow(follower) {
    this.followers.push(follower);
  }

  position() {
    return this.view ? { epoch: this.epoch, since: this.seq } : {};
  }

  /** @param {any} frame */
  take(frame) {
    if (frame.type === "welcome") {
      this.participant = frame.participant;
    } else if (frame.type === "snapshot") {
      this.epoch = frame.epoch;
      this.seq = frame.seq;
      this.view = frame.view;
      this.tell({ view: true, personal: false });
    } else if (frame.type === "tick") {
      this.seq = frame.seq;
      if (frame.patch === undefined) return;
      this.view = merged(this.view, frame.patch);
      this.tell({ view: true, personal: false });
    } else if (frame.type === "personal" && frame.participant === this.participant) {
      this.personal = frame.view;
      this.tell({ view: false, personal: true });
    }
  }

  /** @param {{view: boolean, personal: boolean}} change */
  tell(change) {
    for (const follower of this.followers) follower(change);
  }
}
