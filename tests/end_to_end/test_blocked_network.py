"""Networks that stand in the way: UDP blocked, everything but the port of web pages blocked, the house behind NAT.

A real browser is in a network of its own with one line to the house, where media process and relay run as an office
runs them. What is let through is decided on that line.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page, async_playwright

from kachehri import turn
from signaling.media.port import Direction, MediaSettings, Ready
from signaling.media.remote import RemotePlane
from tests.kachehri.test_certificates import DAY, certificate, found
from tests.namespaces import Line, Network
from tests.relays import MEDIA, RELAY, Relay, addressed, settings
from tests.servers import require
from tests.signaling.media.conftest import stage_flags, tone
from tests.signaling.media.people import PUBLISH, SEATS, SESSION, WATCH, BrowserWatcher, start_process, two_pages, until

pytestmark = [pytest.mark.anyio, pytest.mark.browser, pytest.mark.slow]

#: A house behind NAT: where its media is, and where phones find it.
INSIDE, PUBLIC = "10.20.0.8", "203.0.113.99"
#: What a line through the relay is asked for, and how long it may take to stand, in seconds.
STANDS_S = 15
#: The nominated pair's own candidate: its kind, and how it reaches the relay.
ROUTE = """async (which) => {
  const stats = await window[which].stats();
  const all = [...stats.values()];
  const transport = all.find((s) => s.type === "transport" && s.selectedCandidatePairId);
  const pair = stats.get(transport.selectedCandidatePairId);
  const local = stats.get(pair.localCandidateId);
  return {type: local.candidateType, by: local.relayProtocol ?? "", to: stats.get(pair.remoteCandidateId).address};
}"""


@dataclass
class House:
    """The stage, its relay, and the line of a phone to both."""

    network: Network
    phone: Network
    line: Line
    plane: RemotePlane
    relay: Relay

    def block(self, *what: str) -> None:
        self._rule("-A", what)

    def unblock(self, *what: str) -> None:
        self._rule("-D", what)

    def _rule(self, do: str, what: tuple[str, ...]) -> None:
        self.network.run("iptables", "-t", "raw", do, "PREROUTING", "-i", self.line.name, *what, "-j", "DROP")

    def offer(self, peer: str, sdp: str, who: str) -> dict[str, Any]:
        """The offer as a browser gets it, with credentials for the relay."""
        given = turn.credentials(self.relay.secret, who, int(time.time()), turn.urls(self.relay.settings))
        server = {"urls": list(given.urls), "username": given.username, "credential": given.credential}
        return {"peer": peer, "sdp": sdp, "ice_servers": [server]}


@dataclass
class Place:
    """A line, a certificate for the relay, and what is to be ended."""

    network: Network
    phone: Network
    line: Line
    pem: str
    folder: Path
    stack: AsyncExitStack

    async def house(self, name: str, media: MediaSettings, relay: dict[str, Any]) -> House:
        """Media process and relay, started."""
        offered = list(media.announced or media.addresses)
        certified = {"certificate": self.pem, "certificate_key": self.pem, **relay}
        turn_server = Relay(self.network, settings(certified, {"addresses": offered}))
        self.stack.callback(turn_server.close)
        turn_server.start()
        socket = self.folder / name
        with self.network.entered():
            process = start_process(socket, media)
        self.stack.callback(process.wait, 10)
        self.stack.callback(process.terminate)
        plane = RemotePlane(socket)
        reports: list[object] = []
        plane.follow(reports.append)
        plane.start()
        self.stack.push_async_callback(plane.stop)
        await until(lambda: any(isinstance(report, Ready) for report in reports))
        await plane.open(SESSION, 1, SEATS)
        return House(self.network, self.phone, self.line, plane, turn_server)


@pytest.fixture(scope="module")
async def place(anyio_backend: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Place]:
    folder = tmp_path_factory.mktemp("blocked")
    authority, now = found(folder), datetime.now(UTC)
    pem = str(certificate(folder, RELAY, authority, begins=now - DAY, ends=now + timedelta(days=9)))
    async with AsyncExitStack() as stack:
        network, phone = stack.enter_context(Network("house")), stack.enter_context(Network("phone"))
        line = stack.enter_context(Line(network, phone))
        addressed(network, RELAY, MEDIA, INSIDE)
        yield Place(network, phone, line, pem, folder, stack)


@pytest.fixture(scope="module")
async def house(place: Place) -> House:
    return await place.house("media.sock", MediaSettings(addresses=(MEDIA,)), {})


@pytest.fixture(scope="module")
async def behind_nat(place: Place) -> House:
    """Media on a private address, which a router maps the public one to; and so does the relay's own machine."""
    house = await place.house(
        "inside.sock", MediaSettings(addresses=(INSIDE,), announced=(PUBLIC,)), {"port": 3500, "tls_port": 444}
    )
    place.network.run("ip", "route", "add", "default", "via", place.line.phone_host)
    router = ("PREROUTING", "-i", place.line.name, "-d", PUBLIC, "-j", "DNAT", "--to-destination", INSIDE)
    place.network.run("iptables", "-t", "nat", "-A", *router)
    # As OPERATING.md tells the administrator of the relay's machine.
    own = """add table ip kachehri_nat; add chain ip kachehri_nat output { type nat hook output priority -100; }
             add rule ip kachehri_nat output ip daddr %s udp dport %d-%d dnat to %s"""
    require("nft")
    place.network.run("nft", "-f", "-", text=own % (PUBLIC, 1_024, 65_535, INSIDE) + "\n")
    return house


@pytest.fixture(scope="module")
async def phone(place: Place, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Browser]:
    """A browser on the far side of the line; the relay's certificate is from an authority that nobody knows."""
    folder = tmp_path_factory.mktemp("phone")
    flags = [*stage_flags(tone(folder / "tone.wav")), "--ignore-certificate-errors"]
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=place.phone.wrapper("chromium", folder), args=flags)
        try:
            yield chromium
        finally:
            await chromium.close()


@pytest.fixture
async def pages(phone: Browser) -> AsyncIterator[tuple[Page, Page]]:
    async with two_pages(phone) as pages:
        yield pages


TOLD = """() => {
  if (window.told) return;
  window.told = [];
  addEventListener("media-way", ({detail}) => window.told.push(detail.found ? `found ${detail.way}` : detail.way));
}"""


async def joins(house: House, page: Page, who: str, *, speaks: bool) -> None:
    """As the pages do it: a connection that failed is followed by a fresh one."""
    direction: Direction = "publish" if speaks else "watch"
    name = "speaking" if speaks else "watching"
    await page.evaluate(TOLD)
    for _ in range(2):
        made = await house.plane.offer(SESSION, who, direction)
        given = {"offer": house.offer(made.peer, made.sdp, who), "picture": True, "sound": True}
        answer = await page.evaluate(PUBLISH if speaks else WATCH, given)
        await house.plane.answer(SESSION, who, made.peer, answer)
        settled = f"['up', 'failed'].includes(window.{name}.state)"
        await page.wait_for_function(settled, timeout=STANDS_S * 1000)
        if await page.evaluate(f"window.{name}.state") == "up":
            return
    raise AssertionError(f"{who} has no way in: {await page.evaluate('window.told')}")


async def speaks_and_is_seen(house: House, pages: tuple[Page, Page], seq: int) -> tuple[dict[str, str], dict[str, str]]:
    """One page speaks, the other sees and hears her; returns both routes."""
    plane, (first, second) = house.plane, pages
    await joins(house, first, "asma", speaks=True)
    await joins(house, second, "bilal", speaks=False)
    await plane.seat(SESSION, 1, "citizen1", "asma", seq)
    await BrowserWatcher(second).wait("citizen1", "a.pictures > 10 && a.energy > 0.001", STANDS_S)
    routes = await first.evaluate(ROUTE, "speaking"), await second.evaluate(ROUTE, "watching")
    await plane.seat(SESSION, 1, "citizen1", None, seq + 1)
    await plane.leave(SESSION, "asma")
    await plane.leave(SESSION, "bilal")
    return routes


async def test_where_nothing_is_blocked_the_relay_is_not_used(house: House, pages: tuple[Page, Page]) -> None:
    routes = await speaks_and_is_seen(house, pages, 10)
    assert [route["type"] for route in routes] == ["host", "host"]
    for page in pages:
        await page.wait_for_function("window.told.includes('found direct')")


async def test_where_udp_is_blocked_the_call_runs_through_the_relay_over_tcp(
    house: House, pages: tuple[Page, Page]
) -> None:
    house.block("-p", "udp")
    try:
        for route in await speaks_and_is_seen(house, pages, 20):
            assert (route["type"], route["to"]) == ("relay", MEDIA) and route["by"] in ("tcp", "tls")
        # Both are told so, and the listener that her direct try led nowhere.
        for page in pages:
            await page.wait_for_function("window.told.some((each) => /^found (relay|web)$/.test(each))")
        assert "relay" in await pages[1].evaluate("window.told")
        # And with TCP alone: whichever of the two came first above.
        house.block("-p", "tcp", "--dport", "443")
        try:
            for route in await speaks_and_is_seen(house, pages, 30):
                assert (route["type"], route["by"]) == ("relay", "tcp")
        finally:
            house.unblock("-p", "tcp", "--dport", "443")
    finally:
        house.unblock("-p", "udp")


async def test_where_only_the_port_of_web_pages_is_open_it_runs_over_tls(
    house: House, pages: tuple[Page, Page]
) -> None:
    house.block("-p", "udp")
    house.block("-p", "tcp", "!", "--dport", "443")
    try:
        for route in await speaks_and_is_seen(house, pages, 40):
            assert (route["type"], route["by"]) == ("relay", "tls")
        for page in pages:
            await page.wait_for_function("window.told.includes('found web')")
    finally:
        house.unblock("-p", "tcp", "!", "--dport", "443")
        house.unblock("-p", "udp")


async def test_behind_nat_phones_are_told_the_public_address(behind_nat: House, pages: tuple[Page, Page]) -> None:
    for route in await speaks_and_is_seen(behind_nat, pages, 10):
        assert (route["type"], route["to"]) == ("host", PUBLIC)


async def test_behind_nat_and_udp_blocked_the_relay_finds_the_public_address(
    behind_nat: House, pages: tuple[Page, Page]
) -> None:
    behind_nat.block("-p", "udp")
    try:
        for route in await speaks_and_is_seen(behind_nat, pages, 20):
            assert (route["type"], route["to"]) == ("relay", PUBLIC)
    finally:
        behind_nat.unblock("-p", "udp")


async def test_where_not_even_the_relay_is_reached_she_is_told(house: House, pages: tuple[Page, Page]) -> None:
    """The page's own socket is not on this line; sound and picture are, and nothing of them gets through."""
    house.block("-p", "udp")
    house.block("-p", "tcp")
    try:
        with pytest.raises(AssertionError, match="none"):
            await joins(house, pages[0], "asma", speaks=True)
    finally:
        house.unblock("-p", "tcp")
        house.unblock("-p", "udp")
