"""The stage bench's driver for the whole server: every command goes over the public protocol, from outside.

The server and its media process run as they do for anybody; a citizen asks, is admitted, called, says that she is
ready, and a moderator ends her turn. Only the pages are missing: the browser pages of the bench use the same
`media.js`, and their offers and answers travel on these connections.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

from playwright.async_api import Page

from rooms.lifecycle import Timing
from signaling.client import LiveClient
from signaling.client.media import Clip, Speaker
from signaling.media import compat
from tests.signaling.media.conftest import CLIPS
from tests.signaling.media.people import PUBLISH, WATCH
from web import demo_data
from web.rehearsal import founding
from web.rehearsal.browser import Browser
from web.rehearsal.server import Server, here


class HouseDriver:
    """People of one hearing. The seats that are used are its citizens'; an intruder waits on deck for another."""

    def __init__(self, server: Server, founded: founding.Founded) -> None:
        self._server, self._founded = server, founded
        self._clients: list[LiveClient] = []
        self._speakers: list[Speaker] = []
        self._turns: dict[str, tuple[LiveClient, str]] = {}
        self._desk: LiveClient

    @property
    def seats(self) -> tuple[str, ...]:
        return ("citizen-2",)

    async def _enter(self, role: str = "citizen", login: str = "") -> LiveClient:
        where = self._server.where
        browser = Browser(where.url, self._founded.session, role, trust=where.trust)
        if login:
            await browser.sign_in(login, self._founded.account(login).password)
        else:
            await browser.get(f"/s/{self._founded.session}")
        client = LiveClient(browser, trust=browser.trust)
        await client.__aenter__()
        self._clients.append(client)
        return client

    async def open(self) -> None:
        self._desk = await self._enter("staff", "moderator")
        await self._desk.send("session.open_doors")
        await self._desk.send("session.start")

    async def close(self) -> None:
        for speaker in self._speakers:
            await speaker.close()
        for client in self._clients:
            await client.close()

    async def _called(self, seat: str) -> tuple[LiveClient, str]:
        """A citizen who has asked and has been called to a seat, and is on deck."""
        client = await self._enter()
        asked = await client.send("question.ask", category="other", text="کب تک پانی آئے گا؟")
        question = asked["result"]["question"]
        await self._desk.send("question.admit", question=question)
        await self._desk.send("turn.call", question=question, seat=seat)
        turn = str(await client.until(lambda: client.personal["turn"]))
        await client.send("turn.accept", turn=turn)
        return client, turn

    async def intrude(self) -> None:
        client, _ = await self._called("citizen-1")
        speaker = Speaker(Clip.load(CLIPS / "water.webm"))
        self._speakers.append(speaker)
        offer = await client.send("media.publish")
        up = _ups(client)
        await client.send("media.answer", peer=offer["peer"], sdp=await speaker.answer(offer["sdp"]))
        await client.until(lambda: offer["peer"] in up)

    async def watch(self, page: Page) -> None:
        client = await self._enter()
        offer = await client.send("media.watch")
        up = _ups(client)
        answer = await page.evaluate(WATCH, {"offer": _for_page(offer), "picture": True})
        await client.send("media.answer", peer=offer["peer"], sdp=answer)
        await client.until(lambda: offer["peer"] in up)

    async def publish(self, page: Page, name: str) -> None:
        client, turn = await self._called("citizen-2")
        self._turns[name] = client, turn
        offer = await client.send("media.publish")
        up = _ups(client)
        given = {"offer": _for_page(offer), "picture": True, "sound": True}
        answer = await page.evaluate(PUBLISH, given)
        await client.send("media.answer", peer=offer["peer"], sdp=answer)
        await client.until(lambda: offer["peer"] in up)

    async def ready(self, name: str, seat: str) -> float:
        client, turn = self._turns[name]
        at = time.time() * 1000
        await client.send("turn.ready", turn=turn)
        return at

    async def take_off(self, name: str, seat: str) -> float:
        client, turn = self._turns.pop(name)
        at = time.time() * 1000
        await self._desk.send("turn.finish", turn=turn)
        self._clients.remove(client)
        asyncio.get_running_loop().call_later(2.0, lambda: asyncio.ensure_future(client.close()))
        return at


def _ups(client: LiveClient) -> set[str]:
    """Peers of this client that the server has reported up, from now on."""
    up: set[str] = set()
    client.on("media.up", lambda frame: up.add(frame["peer"]))
    return up


def _for_page(offer: dict[str, Any]) -> dict[str, Any]:
    return {"peer": offer["peer"], "sdp": offer["sdp"], "ice_servers": offer.get("ice_servers", [])}


D = TypeVar("D", bound=HouseDriver)


@asynccontextmanager
async def house_driver(kind: type[D] = HouseDriver, place: Path | None = None) -> AsyncIterator[D]:  # type: ignore[assignment]
    """A founded district, its server and media process, and a driver inside. `place` is where its folder is made."""
    compat.limit_client_addresses(["127.0.0.1"])
    with tempfile.TemporaryDirectory(dir=place) as folder:
        server = Server(Path(folder), here(), "Bench")
        now = time.time_ns() // 1_000_000
        founded = await founding.found(server.settings, demo_data.district(), now, timing=Timing(), starts_in_ms=0)
        server.session = founded.session
        async with server:
            driver = kind(server, founded)
            try:
                await driver.open()
                yield driver
            except BaseException:
                print(server.tail(), flush=True)
                raise
            finally:
                await driver.close()
