"""The program without delay in a page, with the server's part of it and the media process's played by a script."""

from __future__ import annotations

from typing import Final

from playwright.async_api import BrowserContext, Page

from tests.servers import SOON_MS

#: Answers the page's requests for it: `say` is a refusal's reason, or nothing for an offer. Peers stand at once, and
#: what they bring is a picture and a sound of the browser's own. A page counts as out of sight as `sight` says.
FAKE: Final = """
const fake = window.fake = { say: "", asked: [], peers: [] };
const send = WebSocket.prototype.send;
WebSocket.prototype.send = function (text) {
  const { type, ref } = JSON.parse(text);
  if (!type.startsWith("media.")) return send.call(this, text);
  fake.asked.push(type);
  fake.socket = this;
  const frame = { at: Date.now(), ref };
  if (type !== "media.program") Object.assign(frame, { type: "reply" });
  else if (fake.say) Object.assign(frame, { type: "refused", code: "media", params: { reason: fake.say } });
  else Object.assign(frame, { type: "media.offer", peer: `p${fake.asked.length}`, direction: "program", sdp: "" });
  setTimeout(() => this.onmessage({ data: JSON.stringify(frame) }));
};
fake.tell = (frame) => fake.socket.onmessage({ data: JSON.stringify({ at: Date.now(), ...frame }) });
fake.watch = async (offer, options) => {
  const canvas = document.createElement("canvas");
  const tone = new AudioContext();
  canvas.getContext("2d").fillRect(0, 0, 9, 9);
  const video = options.picture ? canvas.captureStream(5) : new MediaStream();
  const audio = tone.createMediaStreamDestination().stream;
  const peer = { peer: offer.peer, answer: "answer", state: "connecting", picture: options.picture };
  Object.assign(peer, {
    seats: new Map([["program", { audio, video }]]),
    bytes: async () => 5000000,
    stats: async () => new Map(),
    arrived: async () => ({}),
    close: () => ((peer.state = "closed"), tone.close()),
  });
  fake.peers.push(peer);
  setTimeout(() => ((peer.state = "up"), options.onstate("up")), 50);
  return peer;
};
let hidden = false;
Object.defineProperty(Document.prototype, "hidden", { get: () => hidden });
fake.sight = (seen) => ((hidden = !seen), document.dispatchEvent(new Event("visibilitychange")));
"""


async def acted_page(context: BrowserContext) -> tuple[Page, list[str]]:
    """A fresh page with the script in it, and the faults that its console shows from now on."""
    page = await context.new_page()
    page.set_default_timeout(SOON_MS)
    faults: list[str] = []
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    await page.add_init_script(FAKE)
    await page.route(
        "**/js/media.*",
        lambda route: route.fulfill(body="export const watch = fake.watch;", content_type="text/javascript"),
    )
    return page, faults
