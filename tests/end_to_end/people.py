"""People with browsers: what they do on a page, and how a test waits for what they should see, hear or be told."""

from __future__ import annotations

import asyncio
import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Page, expect

from kachehri.i18n import Words, words_for
from tests.offline import offline
from tests.servers import SOON_MS
from tests.web.console_desk import STAYS
from web.rehearsal.founding import Founded

PHONE = {"width": 360, "height": 640}
DESKTOP = {"width": 1280, "height": 800}
#: Sound counts as heard above this energy (W3C webrtc-stats, totalAudioEnergy): a tenth of a second of the tone.
HEARD = 0.003

#: Every connection that a page makes, so that a test can read its statistics or cut it.
CONNECTIONS = """
window.peers = []; window.sockets = [];
for (const [name, all] of [["RTCPeerConnection", window.peers], ["WebSocket", window.sockets]]) {
  const Made = window[name];
  window[name] = class extends Made { constructor(...given) { super(...given); all.push(this); } };
}
"""
#: Chromium's offline switch leaves open sockets and WebRTC alone. A connection whose network is gone is told so by the
#: browser (W3C webrtc §4.3.3, state "failed").
CUT = """() => {
  for (const socket of window.sockets) {
    socket.close();
    socket.dispatchEvent(new CloseEvent("close", { code: 1006 })); // the other side's word does not come on a dead line
  }
  for (const peer of window.peers) {
    peer.close();
    Object.defineProperty(peer, "connectionState", { value: "failed" });
    peer.dispatchEvent(new Event("connectionstatechange"));
  }
}"""
#: What a watching page has received over all its connections.
RECEIVED = """async () => {
  const sum = { energy: 0, packets: 0, pictures: 0 };
  for (const peer of window.peers) for (const entry of (await peer.getStats()).values()) {
    if (entry.type !== "inbound-rtp") continue;
    if (entry.kind === "audio") {
      sum.energy += entry.totalAudioEnergy ?? 0;
      sum.packets += entry.packetsReceived ?? 0;
    } else sum.pictures += entry.framesDecoded ?? 0;
  }
  return sum;
}"""


@dataclass(frozen=True)
class House:
    """The running server: where it is, its accounts, its hearings by name, its database file."""

    url: str
    founded: Founded
    sessions: dict[str, str]
    database: Path


@dataclass(frozen=True)
class Receipt:
    """What she keeps: the number, and the link of her question's own page."""

    path: str
    reference: str


@dataclass
class Visitor:
    """One person, one browser."""

    house: House
    context: BrowserContext
    page: Page
    words: Words
    faults: list[str] = field(default_factory=list)
    #: Types of the events that her pages have been told of.
    events: list[str] = field(default_factory=list)
    #: Statuses that pages of this test are meant to answer with; Chromium notes them in the console.
    refusals: set[int] = field(default_factory=set)

    @classmethod
    async def come(cls, house: House, browser: Browser, language: str, **options: Any) -> Self:
        locale = {"ur": "ur-PK", "en": "en-GB"}[language]
        context = await browser.new_context(**{"viewport": PHONE, "locale": locale, "base_url": house.url, **options})
        context.set_default_timeout(SOON_MS)
        await context.add_init_script(CONNECTIONS)
        await context.add_init_script(STAYS)
        visitor = cls(house, context, await context.new_page(), words_for(language))
        visitor.follow(visitor.page)
        context.on("console", visitor._note)
        context.on("weberror", lambda error: visitor.faults.append(error.error.stack or error.error.message))
        return visitor

    def follow(self, page: Page) -> None:
        """Read along what the page is told over its live line."""

        def read(frame: str | bytes) -> None:
            message = json.loads(frame)
            told = [*message.get("events", ()), *message.get("missed", ())]
            self.events += [event["type"] for event in told]

        page.on("websocket", lambda link: link.on("framereceived", read))

    async def another_page(self) -> None:
        """The page is gone, as when a phone's battery is; the same browser opens a new one."""
        await self.page.close()
        self.page = await self.context.new_page()
        self.follow(self.page)

    async def lose_the_line(self) -> None:
        """A tunnel: the network is gone, and with it her socket, her sound and her picture."""
        await offline(self.context)
        await self.page.evaluate(CUT)

    async def find_the_line(self) -> None:
        """Daylight."""
        await self.context.set_offline(False)

    def _note(self, message: ConsoleMessage) -> None:
        status = re.search(r"the server responded with a status of (\d+)", message.text)
        offline = "net::ERR_INTERNET_DISCONNECTED" in message.text
        if message.type == "error" and not offline and not (status and int(status[1]) in self.refusals):
            asked = message.location.get("url", "")
            self.faults.append(f"{message.text} ({asked}, on {message.page.url if message.page else ''})")

    def says(self, key: str) -> str:
        """A sentence of the catalogue, in her language, as a page shows it."""
        return self.words.plain(key)

    async def write(self, session: str, text: str, *, name: str = "", phone: str = "") -> Receipt:
        """On the form for a question: both steps, by hand."""
        page = self.page
        if not page.url.endswith(f"/s/{session}/ask"):
            await page.goto(f"/s/{session}/ask")
        await page.locator(".topics label").first.click()
        await page.locator(".sub:visible .choice").first.click()
        await page.locator("#text").fill(text)
        await page.locator("#name").fill(name)
        await page.locator("#phone").fill(phone)
        await page.get_by_role("button", name=self.says("continue")).click()
        await page.get_by_role("button", name=self.says("check.send")).click()
        await expect(page.locator(".ref-n")).to_be_visible()
        reference = (await page.locator(".ref-n").inner_text()).strip()
        assert re.fullmatch(r"\d\d-\d{4}-\d{4}", reference), reference
        return Receipt(re.sub(r"^https?://[^/]+|\?.*$", "", page.url), reference)

    async def track(self, reference: str, digits: str) -> int:
        """On the form for tracking; returns the status of the answer."""
        await self.page.goto("/track")
        await self.page.locator("#reference").fill(reference)
        await self.page.locator("#digits").fill(digits)
        async with self.page.expect_response(lambda response: response.url.endswith("/track")) as answer:
            await self.page.get_by_role("button", name=self.says("track.show")).click()
        await self.page.wait_for_load_state()
        return (await answer.value).status

    async def sign_in(self, login: str, path: str) -> None:
        account = self.house.founded.account(login)
        await self.page.goto(f"/staff?next={path}")
        await self.page.locator("#login").fill(account.login)
        await self.page.locator("#password").fill(account.password)
        await self.page.locator("#main form .btn").click()
        await expect(self.page.locator("body[data-ready]")).to_be_attached()
        await expect(self.page.locator("#net-state")).to_have_attribute("data-net", "connected")

    async def pass_the_check(self) -> None:
        """Called: let the microphone be tried, and say "I am ready"."""
        await self.page.wait_for_url("**/next")
        await self.page.locator("#mic-test").click()
        await expect(self.page.locator("#mic-say")).to_have_text(self.says("mic.hear"))
        await self.page.get_by_role("button", name=self.says("next.ready")).click()

    async def is_on_air(self) -> None:
        await expect(self.page.locator("#air")).to_have_attribute("data-air", "on")
        assert self.page.url.endswith("/stage")

    async def listen(self, session: str) -> None:
        """On the live page, with sound."""
        await self.page.goto(f"/s/{session}/live")
        await self.page.locator("#listen").click()
        await expect(self.page.locator("#listen span")).to_have_text(self.says("listen.stop"))

    async def received(self) -> dict[str, float]:
        return dict(await self.page.evaluate(RECEIVED))

    async def hears(self, more_than: float = 0.0) -> dict[str, float]:
        """Wait until this much more sound has arrived than `more_than`; returns all that has."""
        return await self.receives(lambda got: got["energy"] > more_than + HEARD)

    async def receives(self, enough: Any) -> dict[str, float]:
        got: dict[str, float] = {}
        for _ in range(SOON_MS // 100):
            got = await self.received()
            if enough(got):
                return got
            await asyncio.sleep(0.1)  # statistics are asked for: nothing tells when they change
        raise AssertionError(f"never received enough: {got}")

    async def hears_nothing_more(self) -> None:
        """Wait until half a second passes without a packet."""
        before = -1.0
        for _ in range(SOON_MS // 500):
            now = (await self.received())["packets"]
            if now == before:
                return
            before = now
            await asyncio.sleep(0.5)
        raise AssertionError("sound goes on")


class Moderator(Visitor):
    """At the console."""

    async def sit_down(self, session: str, login: str = "moderator") -> None:
        await self.sign_in(login, f"/mod/{session}")

    async def course(self, name: str) -> None:
        """One of the buttons that move the hearing on."""
        await self.page.locator(f"[data-course={name}]").click()

    async def begin(self) -> None:
        for name in ("open_doors", "start"):
            await self.course(name)
        await expect(self.page.locator("body")).to_have_attribute("data-phase", "live")

    async def choose(self, part: str, text: str) -> None:
        """A question in `triage` or `line`, by its words."""
        row = self.page.locator(f"#{part}-list li", has_text=text)
        await row.click()
        await expect(row.locator("input[type=radio]")).to_be_checked()

    async def act(self, part: str, name: str) -> None:
        await self.page.locator(f"#{part}-acts [data-act={name}]").click()

    async def admit(self, text: str) -> None:
        await self.choose("triage", text)
        await self.act("triage", "admit")
        await expect(self.page.locator("#line-list li", has_text=text)).to_be_visible()

    async def call(self, text: str) -> None:
        await self.choose("line", text)
        await self.act("line", "call")
        await expect(self.page.locator("#deck li, #air:not([hidden])", has_text=text)).to_be_visible()


@dataclass
class Door:
    """Lets people in, each with a browser of her own, and remembers them."""

    house: House
    browser: Browser
    visitors: list[Visitor] = field(default_factory=list)

    async def citizen(self, language: str = "ur", **options: Any) -> Visitor:
        """With a small phone, whose owner has granted microphone and camera."""
        allowed = {"permissions": ["microphone", "camera"]}
        visitor = await Visitor.come(self.house, self.browser, language, **{**allowed, **options})
        self.visitors.append(visitor)
        return visitor

    async def moderator(self, session: str, language: str = "ur") -> Moderator:
        """Signed in, and at the console of a hearing."""
        moderator = await Moderator.come(self.house, self.browser, language, viewport=DESKTOP)
        self.visitors.append(moderator)
        await moderator.sit_down(session)
        return moderator
