"""The live protocol over real sockets: what is let in, what is answered, what is cut off."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import struct
import zlib
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from kachehri.allowance import Asking
from rooms.base import Role
from signaling import codes
from signaling.codes import Close
from signaling.connection import Rate
from tests.signaling.town import Town, person, town_at

pytestmark = pytest.mark.anyio

KEY = "A" * 22


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    async with town_at(tmp_path) as town:
        yield town


def dial(town: Town, entry_pass: str = "", **options: Any) -> Any:
    defaults: dict[str, Any] = {
        "origin": town.origin,
        "subprotocols": ["kachehri.v1", *([f"p.{entry_pass}"] if entry_pass else [])],
        "proxy": None,
        "ping_interval": None,
        "max_size": None,
    }
    return connect(options.pop("url", town.url), **{**defaults, **options})


async def say(link: ClientConnection, **fields: Any) -> None:
    await link.send(json.dumps(fields))


async def hear(link: ClientConnection, kind: str = "") -> dict[str, Any]:
    while True:
        frame: dict[str, Any] = json.loads(await asyncio.wait_for(link.recv(), 5))
        if not kind or frame["type"] == kind:
            return frame


async def enter(town: Town, link: ClientConnection, **more: Any) -> dict[str, Any]:
    await say(link, type="hello", versions=[1], session=town.session, **more)
    return await hear(link, "welcome")


async def closed(link: ClientConnection) -> int:
    with pytest.raises(ConnectionClosed) as gone:
        while True:
            await asyncio.wait_for(link.recv(), 5)
    assert gone.value.rcvd is not None
    return gone.value.rcvd.code


async def test_pages_and_sockets_share_one_port(town: Town) -> None:
    async with httpx.AsyncClient(trust_env=False) as http:
        assert (await http.get(town.origin)).text == "pages live here"
    async with dial(town, town.pass_for(person(1))) as link:
        assert link.subprotocol == "kachehri.v1"
        welcome = await enter(town, link)
        assert (welcome["participant"], welcome["audience"], welcome["version"]) == (person(1), "public", 1)
        snapshot = await hear(link)
        assert snapshot["type"] == "snapshot" and snapshot["view"]["session"]["phase"] == "scheduled"
        assert (await hear(link))["type"] == "personal"


@pytest.mark.parametrize(
    ("options", "status"),
    [
        ({"origin": "https://evil.example"}, 403),
        ({"origin": None}, 403),
        ({"path": "/elsewhere"}, 404),
        ({"path": "/live/"}, 404),
        ({"subprotocols": ["chat"]}, 400),
        ({"subprotocols": None}, 400),
    ],
)
async def test_what_does_not_belong_here_is_refused_in_http(town: Town, options: dict[str, Any], status: int) -> None:
    path = options.pop("path", None)
    if path is not None:
        options["url"] = town.origin.replace("http", "ws") + path
    with pytest.raises(InvalidStatus) as refused:
        async with dial(town, town.pass_for(person(1)), **options):
            pass
    assert refused.value.response.status_code == status


async def test_a_pass_that_is_no_good_is_a_close_that_says_come_back(town: Town) -> None:
    """A browser sees nothing of a refused handshake, so the socket opens, and then says why."""
    stale = town.door.passes.issue(town.door.passes.read(town.pass_for(person(1)), town.door.hub.clock.now()).bearer, 0)
    for bad in ("", "x", "a.b", stale):
        async with dial(town, bad) as link:
            assert await closed(link) == codes.PASS_STALE.code


async def test_a_pass_opens_one_connection(town: Town) -> None:
    entry_pass = town.pass_for(person(1))
    async with dial(town, entry_pass) as first, dial(town, entry_pass) as second:
        await enter(town, first)
        await say(second, type="hello", versions=[1], session=town.session)
        assert await closed(second) == codes.PASS_STALE.code


async def test_two_at_once_with_one_pass_are_one(town: Town) -> None:
    entry_pass = town.pass_for(person(1))

    async def attempt() -> bool:
        async with dial(town, entry_pass) as link:
            await say(link, type="hello", versions=[1], session=town.session)
            try:
                return bool((await hear(link))["type"] == "welcome")
            except ConnectionClosed:
                return False

    assert sum(await asyncio.gather(*(attempt() for _ in range(8)))) == 1


async def test_a_pass_is_for_its_session(town: Town) -> None:
    async with dial(town, town.pass_for(person(1))) as link:
        await say(link, type="hello", versions=[1], session="zzzz2345")
        assert await closed(link) == codes.OTHER_SESSION.code
    async with dial(town, town.pass_for(person(1), session="zzzz2345")) as link:
        await say(link, type="hello", versions=[1], session="zzzz2345")
        assert await closed(link) == codes.OTHER_SESSION.code


@pytest.mark.parametrize(
    ("raw", "close"),
    [
        ("{", codes.UNREADABLE),
        ("[" * 9_000, codes.UNREADABLE),
        ('{"type":"question.ask","type":"x"}', codes.UNREADABLE),
        ("x" * 16_385, codes.TOO_BIG),
        ("x" * 200_000, codes.TOO_BIG),
        (b"binary", codes.BINARY),
    ],
)
async def test_what_cannot_be_read_ends_the_connection(town: Town, raw: Any, close: Close) -> None:
    async with dial(town, town.pass_for(person(1))) as link:
        await enter(town, link)
        await link.send(raw)
        assert await closed(link) == close.code
    async with town.client(1) as client:
        assert client.view, "and harms nobody else"


async def test_a_message_with_a_number_is_answered(town: Town) -> None:
    async with dial(town, town.pass_for(person(1))) as link:
        await enter(town, link)
        await link.send('{"type":"question.ask","ref":3,"ref":3,"text":"x"}')
        assert (await hear(link, "refused"))["code"] == "malformed"
        await link.send('{"type":"question.ask","ref":4,"key":"' + KEY + '","text":"\\ud800"}')
        refused = await hear(link, "refused")
        assert (refused["ref"], refused["code"]) == (4, "malformed")
        await say(link, type="question.ask", ref=5, key=KEY, text="   ")
        refused = await hear(link, "refused")
        assert (refused["ref"], refused["code"], refused["params"]["field"]) == (5, "text_empty", "text")
        await say(link, type="session.close", ref=6, key=KEY)
        assert (await hear(link, "refused"))["code"] == "not_allowed"
        await say(link, type="question.ask", ref=7, key=KEY, text="پانی")
        reply = await hear(link, "reply")
        assert reply["ref"] == 7 and set(reply["result"]) == {"question", "reference", "receipt"}


async def test_a_message_may_come_in_pieces(town: Town) -> None:
    async with dial(town, town.pass_for(person(1))) as link:
        await link.send(['{"type":"hello","versions":[1],', f'"session":"{town.session}"', "}"])
        assert (await hear(link))["type"] == "welcome"


async def test_a_key_is_carried_out_once(town: Town) -> None:
    async with dial(town, town.pass_for(person(1))) as link:
        await enter(town, link)
        for ref in (1, 2):
            await say(link, type="question.ask", ref=ref, key=KEY, text="x")
        one, two = await hear(link, "reply"), await hear(link, "reply")
        assert one["result"] == two["result"] and (one["ref"], two["ref"]) == (1, 2)
        await say(link, type="question.ask", ref=3, key=KEY, text="other")
        assert (await hear(link, "refused"))["code"] == "key_conflict"


async def test_one_connection_may_speak_for_several(town: Town) -> None:
    async with town.client(1) as kiosk:
        added = await kiosk.send("connection.add", **{"pass": town.pass_for(person(2))})
        assert added["result"] == {"participant": person(2)}
        await kiosk.send("question.ask", text="hers", **{"as": person(2)})
        await kiosk.until(lambda: kiosk.personals[person(2)].get("questions"))
        assert "questions" not in kiosk.personal
        from signaling.client import RefusedError

        for bad in ("x", town.pass_for(person(3), session="zzzz2345")):
            with pytest.raises(RefusedError) as refused:
                await kiosk.send("connection.add", **{"pass": bad})
            assert refused.value.code == "not_allowed"


async def test_who_talks_too_fast_is_slowed_down_then_cut_off(tmp_path: Path) -> None:
    async with town_at(tmp_path, rate=Rate(per_s=1, burst=3, patience=5)) as town:
        async with dial(town, town.pass_for(person(1))) as link:
            await enter(town, link)
            for ref in range(20):
                await say(link, type="question.support", ref=ref, key=KEY, question=person(9))
            seen = []
            with pytest.raises(ConnectionClosed) as gone:
                while True:
                    frame = await hear(link)
                    if frame["type"] == "refused":
                        seen.append(frame["code"])
            assert seen.count("slow_down") == 5
            assert gone.value.rcvd and gone.value.rcvd.code == codes.TOO_FAST.code


async def test_a_full_server_says_come_back(tmp_path: Path) -> None:
    async with town_at(tmp_path, per_address=2) as town:
        async with dial(town, town.pass_for(person(1))) as one, dial(town, town.pass_for(person(2))):
            async with dial(town, town.pass_for(person(3))) as third:
                assert await closed(third) == codes.FULL.code
            await one.close()
            async with dial(town, town.pass_for(person(3))) as again:
                assert await enter(town, again)


async def test_proxies_are_believed_only_when_trusted(tmp_path: Path) -> None:
    def via(town: Town, number: int, forwarded: str) -> Any:
        return dial(town, town.pass_for(person(number)), additional_headers={"X-Forwarded-For": forwarded})

    one, other = "198.51.100.7, 203.0.113.9", "203.0.113.9, 198.51.100.7"
    async with town_at(tmp_path, per_address=1, trusted_proxies=("127.0.0.0/8",)) as town:
        async with via(town, 1, one), via(town, 2, other) as two:
            assert await enter(town, two)
            async with via(town, 3, one) as third:
                assert await closed(third) == codes.FULL.code


async def test_a_flood_of_questions_from_one_network_is_slowed_and_staff_is_not(tmp_path: Path) -> None:
    async with town_at(tmp_path, asking=Asking(device=9, network=1), trusted_proxies=("127.0.0.0/8",)) as town:

        async def ask(number: int, role: Role = "citizen") -> dict[str, Any]:
            options = {"additional_headers": {"X-Forwarded-For": "203.0.113.9"}}
            async with dial(town, town.pass_for(person(number), role), **options) as link:
                await enter(town, link)
                await say(link, type="question.ask", ref=1, key=f"{number:022d}", text="No water.")
                while True:
                    frame = await hear(link)
                    if frame.get("ref") == 1:
                        return frame

        assert (await ask(1))["type"] == "reply"
        assert (await ask(2))["code"] == "slow_down"
        assert (await ask(3, "moderator"))["type"] == "reply"


async def test_named_origins_are_the_only_ones(tmp_path: Path) -> None:
    async with town_at(tmp_path, origins=("https://hearing.example.pk",)) as town:
        async with dial(town, town.pass_for(person(1)), origin="https://hearing.example.pk") as link:
            assert await enter(town, link)
        for foreign in ("https://elsewhere.example", "http://hearing.example.pk"):
            with pytest.raises(InvalidStatus):
                async with dial(town, town.pass_for(person(1)), origin=foreign):
                    pass
        # Whoever announced a wrong address mends it on the machine itself.
        async with dial(town, town.pass_for(person(1))) as link:
            assert await enter(town, link)


async def test_signing_out_ends_the_connections_of_the_account(town: Town) -> None:
    async with dial(town, town.pass_for(person(1), "moderator")) as link, town.client(2) as citizen:
        await enter(town, link)
        town.door.hub.dismiss(f"acc-{person(1)}")
        assert await closed(link) == codes.SIGNED_OUT.code
        assert citizen.ended is None


async def test_a_pass_that_was_given_before_signing_out_opens_nothing(town: Town) -> None:
    early = town.pass_for(person(1), "moderator")
    town.door.hub.dismiss(f"acc-{person(1)}")
    async with dial(town, early) as link:
        await say(link, type="hello", versions=[1], session=town.session)
        assert await closed(link) == codes.PASS_STALE.code


async def test_compression_keeps_no_context_and_clients_read_it(town: Town) -> None:
    from websockets.extensions.permessage_deflate import ClientPerMessageDeflateFactory

    plain, small = (
        dial(town, town.pass_for(person(1)), compression=None),
        dial(
            town,
            town.pass_for(person(2)),
            compression=None,
            extensions=[ClientPerMessageDeflateFactory(server_max_window_bits=9)],
        ),
    )
    async with plain as one, small as two, dial(town, town.pass_for(person(3))) as three:
        assert not one.response.headers.get("Sec-WebSocket-Extensions")
        assert "server_no_context_takeover" in three.response.headers["Sec-WebSocket-Extensions"]
        assert "client_no_context_takeover" in three.response.headers["Sec-WebSocket-Extensions"]
        for link in (one, two, three):
            await enter(town, link)
            assert (await hear(link, "snapshot"))["view"]
        async with town.client(9, "moderator") as moderator:
            for kind in ("session.open_doors", "session.start"):
                await moderator.send(kind)
                for link in (one, two, three):
                    # A tick may also tell that the desk is staffed, which is no event of the public's.
                    while not (await hear(link, "tick")).get("events"):
                        pass


class Raw:
    """A client that does what no library would."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    @classmethod
    async def open(cls, town: Town, *, extensions: str = "", entry_pass: str = "") -> Raw:
        reader, writer = await asyncio.open_connection("127.0.0.1", town.port)
        lines = [
            "GET /live HTTP/1.1",
            f"Host: 127.0.0.1:{town.port}",
            f"Origin: {town.origin}",
            "Connection: Upgrade",
            "Upgrade: websocket",
            "Sec-WebSocket-Version: 13",
            f"Sec-WebSocket-Key: {base64.b64encode(os.urandom(16)).decode()}",
            f"Sec-WebSocket-Protocol: kachehri.v1, p.{entry_pass or town.pass_for(person(1))}",
            *([f"Sec-WebSocket-Extensions: {extensions}"] if extensions else []),
        ]
        writer.write(("\r\n".join(lines) + "\r\n\r\n").encode())
        head = await reader.readuntil(b"\r\n\r\n")
        assert b" 101 " in head
        return cls(reader, writer)

    def frame(self, opcode: int, data: bytes, *, fin: bool = True, rsv1: bool = False, mask: bool = True) -> None:
        first = (0x80 if fin else 0) | (0x40 if rsv1 else 0) | opcode
        size = len(data)
        bit = 0x80 if mask else 0
        head = struct.pack("!BB", first, bit | size) if size < 126 else struct.pack("!BBH", first, bit | 126, size)
        self.writer.write(head + (b"\0\0\0\0" if mask else b"") + data)

    async def close_code(self) -> int:
        """Read frames until the close."""
        while True:
            first, second = await asyncio.wait_for(self.reader.readexactly(2), 8)
            size = second & 0x7F
            if size == 126:
                (size,) = struct.unpack("!H", await self.reader.readexactly(2))
            data = await self.reader.readexactly(size)
            if first & 0x0F == 8:
                return int(struct.unpack("!H", data[:2])[0])

    async def end(self) -> None:
        self.writer.close()
        await asyncio.gather(self.writer.wait_closed(), return_exceptions=True)


def greeting(town: Town) -> bytes:
    return json.dumps({"type": "hello", "versions": [1], "session": town.session}).encode()


async def test_broken_frames_are_named(town: Town) -> None:
    bomb = zlib.compressobj(wbits=-15)
    bombed = (bomb.compress(b" " * 5_000_000) + bomb.flush(zlib.Z_SYNC_FLUSH))[:-4]
    cases: list[tuple[Callable[[Raw], None], int]] = [
        (lambda raw: raw.frame(1, b"\xff\xfe"), 1007),
        (lambda raw: raw.frame(1, b"{}", mask=False), 1002),
        (lambda raw: raw.frame(3, b""), 1002),
        (lambda raw: raw.frame(0, b"x"), 1002),
        (lambda raw: raw.frame(9, b"", fin=False), 1002),
        (lambda raw: raw.frame(1, bombed, rsv1=True), 1009),
        (lambda raw: raw.frame(1, b"\x00\x01\x02", rsv1=True), 1002),
    ]
    for act, code in cases:
        raw = await Raw.open(town, extensions="permessage-deflate")
        act(raw)
        assert await raw.close_code() == code
        await raw.end()


async def test_a_message_in_endless_pieces_is_cut_off(town: Town) -> None:
    raw = await Raw.open(town)
    raw.frame(1, greeting(town))
    raw.frame(1, b"", fin=False)
    for _ in range(100):
        raw.frame(0, b"", fin=False)
    assert await raw.close_code() == codes.UNREADABLE.code
    await raw.end()


async def test_pings_are_answered(town: Town) -> None:
    raw = await Raw.open(town)
    raw.frame(9, b"hello")
    assert await asyncio.wait_for(raw.reader.readexactly(7), 5) == b"\x8a\x05hello"
    await raw.end()


async def test_nothing_is_left_of_those_who_went(town: Town) -> None:
    hub = town.door.hub
    raw = await Raw.open(town)
    raw.frame(1, greeting(town))
    async with town.client(5):
        assert hub.connections == 2
    raw.writer.transport.abort()
    for _ in range(200):
        if not hub.connections:
            break
        await asyncio.sleep(0.01)
    assert hub.connections == 0
    gathering = hub.gathering(town.session)
    assert gathering is not None and not gathering.presence.people
    await raw.end()


async def test_a_stopping_server_says_come_back(tmp_path: Path) -> None:
    async with town_at(tmp_path) as town:
        link = await dial(town, town.pass_for(person(1)))
        await enter(town, link)
    assert await closed(link) == codes.RESTART.code
