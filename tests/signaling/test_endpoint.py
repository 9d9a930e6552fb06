"""The live protocol over real sockets: what is answered, slowed down and ended, and what is left of a line."""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed

from kachehri.allowance import Asking
from rooms.base import Role
from signaling import codes
from signaling.codes import Close
from signaling.connection import Rate
from tests.signaling.sockets import KEY, Raw, closed, dial, enter, greeting, hear, say
from tests.signaling.town import Town, person, town_at

pytestmark = pytest.mark.anyio


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
    assert await asyncio.wait_for(raw.reader.readexactly(7), 30) == b"\x8a\x05hello"
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
