/**
 * The microphone's test on a page: asks on a tap, moves a bar with the voice, and where it fails says which of the ways it is
 * and what helps. "Read out my question" stays beside it, whatever happens.
 */

import { announce } from "./announcer.js";
import { MicrophoneError, isInApp, meter } from "./mic.js";
import { sentence } from "./words.js";

export class MicCheck {
  /**
   * @param {() => Promise<MediaStream>} open gets the microphone
   * @param {{onOpen?: (stream: MediaStream) => void, onHeard?: () => void, onFail?: () => void}} [told]
   */
  constructor(open, told = {}) {
    this.open = open;
    this.told = told;
    this.card = /** @type {HTMLElement} */ (document.getElementById("mic"));
    this.stop = () => {};
    for (const button of document.querySelectorAll("[data-mic-again]")) button.addEventListener("click", () => void this.start());
    const test = this.part("mic-test");
    test.addEventListener("click", () => void this.start());
    test.hidden = false;
    document.getElementById("by-hand")?.remove();
    this.prepareOtherBrowser();
  }

  /** @param {string} id */
  part(id) {
    return /** @type {HTMLElement} */ (document.getElementById(id));
  }

  get boxes() {
    return /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-causes]"));
  }

  async start() {
    for (const box of this.boxes) box.hidden = true;
    this.part("mic-start").hidden = false;
    this.part("mic-test").hidden = true;
    this.part("mic-why").textContent = sentence(this.card, "wait");
    try {
      this.heard(await this.open());
    } catch (error) {
      this.fail(error instanceof MicrophoneError ? error.why : "busy");
      // She was still reading the browser's own question, and has answered it now.
      if (error instanceof MicrophoneError) error.late?.then((stream) => this.heard(stream), () => {});
    }
  }

  /** @param {MediaStream} stream */
  heard(stream) {
    this.stop();
    for (const box of this.boxes) box.hidden = true;
    this.part("mic-start").hidden = true;
    this.part("mic-on").hidden = false;
    this.part("mic-say").textContent = sentence(this.card, "silent");
    this.stop = meter(stream, this.part("level"), () => {
      this.part("mic-say").textContent = sentence(this.card, "hear");
      announce("mic", sentence(this.card, "hear"));
      this.told.onHeard?.();
    });
    stream.getAudioTracks()[0]?.addEventListener("ended", () => this.fail("ended"));
    this.told.onOpen?.(stream);
  }

  /** Back to the beginning, so that it can be tried again. */
  reset() {
    this.stop();
    this.part("mic-on").hidden = true;
    this.part("mic-start").hidden = false;
    this.part("mic-test").hidden = false;
    this.part("mic-why").textContent = sentence(this.card, "why");
  }

  /** @param {import("./mic.js").Cause} cause */
  fail(cause) {
    this.stop();
    this.part("mic-start").hidden = true;
    this.part("mic-on").hidden = true;
    this.told.onFail?.();
    for (const box of this.boxes) {
      box.hidden = false;
      for (const each of /** @type {NodeListOf<HTMLElement>} */ (box.querySelectorAll("[data-cause]"))) each.hidden = each.dataset.cause !== cause;
      const elsewhere = cause === "inapp";
      /** @type {HTMLElement} */ (box.querySelector("[data-mic-copy]")).hidden = !elsewhere;
      const link = /** @type {HTMLAnchorElement} */ (box.querySelector("[data-mic-open]"));
      link.hidden = !elsewhere || !link.href;
      if (!box.closest("[hidden]")) announce("mic", box.querySelector(`[data-cause="${cause}"] p`)?.textContent?.trim() ?? "");
    }
  }

  /** An in-app browser shares no cookie with Chrome: the link carries the place there, and Android opens it at a tap. */
  prepareOtherBrowser() {
    const target = new URL(document.body.dataset.carry || location.pathname, location.origin);
    const android = /Android/.test(navigator.userAgent) && isInApp();
    for (const link of /** @type {NodeListOf<HTMLAnchorElement>} */ (document.querySelectorAll("[data-mic-open]"))) {
      if (android) {
        const rest = `${target.host}${target.pathname}${target.search}`;
        link.href = `intent://${rest}#Intent;scheme=${target.protocol.slice(0, -1)};package=com.android.chrome;S.browser_fallback_url=${encodeURIComponent(target.href)};end`;
      }
    }
    for (const button of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-mic-copy]"))) {
      button.addEventListener("click", async () => {
        await navigator.clipboard?.writeText(target.href).catch(() => {});
        /** @type {HTMLElement} */ (button.querySelector("span")).textContent = button.dataset.msgDone ?? "";
      });
    }
  }
}
