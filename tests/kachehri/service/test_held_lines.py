"""Typed lines through the service: held for the safety delay also over a restart, and no number left in two of them."""

from __future__ import annotations

import asyncio

import pytest

from kachehri.service import Service
from kachehri.store import content
from moderation.masking import MARK
from rooms.base import Command
from rooms.captions import CorrectCaption, TypeCaption, WithholdCaptions
from rooms.lifecycle import OpenDoors, StartSession
from rooms.views import ViewAudience, view
from tests.bench.house import SESSION, schedule, service_on
from tests.conftest import ManualClock
from tests.kachehri.service.commands import DESK, key, log_of, refused

pytestmark = pytest.mark.anyio
DELAY_MS = 5_000


async def live_on(service: Service) -> None:
    await schedule(service)
    await do(service, OpenDoors(), StartSession())


async def do(service: Service, *commands: Command) -> None:
    for n, command in enumerate(commands):
        await service.submit(DESK, SESSION, command, key(len(log_of(service)), f"line-{n}"))


def typed(*lines: str, language: str = "ur") -> list[TypeCaption]:
    return [TypeCaption(language=language, line=line) for line in lines]  # type: ignore[arg-type]


async def read(service: Service, audience: ViewAudience = "public") -> list[str]:
    live = await service.live(SESSION)
    return [row.text for row in view(live.session, audience, live.texts).captions.values()]


def types(service: Service) -> list[str]:
    return [row.type for row in log_of(service) if row.type.startswith("caption.")]


async def test_a_line_is_held_also_when_the_process_is_another(address: str, clock: ManualClock) -> None:
    async with service_on(address, clock=clock, held_ms=DELAY_MS) as service:
        await live_on(service)
        await do(service, *typed("one"))
        clock.advance(2_000)
        await do(service, *typed("two"))
        await service.tick(clock.now)
        assert await read(service) == [] and await read(service, "desk") == ["one", "two"]
    async with service_on(address, clock=clock) as service:  # whatever the delay is by now
        assert await read(service) == [] and await read(service, "official") == ["one", "two"]
        clock.advance(DELAY_MS - 2_000)
        await service.tick(clock.now)
        assert await read(service) == ["one"]
        clock.advance(2_000)
        await service.tick(clock.now)
        assert await read(service) == ["one", "two"]
        assert types(service) == ["caption.typed", "caption.typed", "caption.released", "caption.released"]


async def test_what_is_dumped_while_it_is_held_is_read_by_nobody(sqlite_address: str, clock: ManualClock) -> None:
    async with service_on(sqlite_address, clock=clock, held_ms=DELAY_MS) as service:
        await live_on(service)
        await do(service, *typed("dumped"))
        clock.advance(DELAY_MS - 1)
        await do(service, WithholdCaptions(reach_ms=0))
        clock.advance(DELAY_MS)
        await service.tick(clock.now)
        assert await read(service) == await read(service, "desk") == []
        assert types(service) == ["caption.typed", "caption.withheld"]


async def test_a_number_over_two_lines_is_masked_in_both(service: Service) -> None:
    await do(service, OpenDoors(), StartSession())
    await do(service, *typed("نمبر 35202-1234", "the road", language="en"))
    await do(service, *typed("نمبر 35202-1234"))
    assert await read(service) == ["نمبر 35202-1234", "the road", "نمبر 35202-1234"]
    await do(service, *typed("567-1 ہے"))
    assert await read(service) == ["the road", f"نمبر {MARK}", f"{MARK} ہے"], "of its own language alone"
    live = await service.live(SESSION)
    first, second = live.session.captions.last[-2:]
    with service.store.read() as conn:
        kept = content.texts(conn, SESSION)
    assert (kept[first.line], kept[second.line]) == (f"نمبر {MARK}", f"{MARK} ہے")
    assert types(service) == ["caption.typed"] * 4


async def test_so_it_is_when_both_came_at_once(service: Service) -> None:
    await do(service, OpenDoors(), StartSession())
    one, two, three = (
        service.submit(DESK, SESSION, each, key(n, "at-once")) for n, each in enumerate(typed("0300", "1234", "567"))
    )
    await asyncio.gather(one, two, three)
    assert await read(service) == [MARK, MARK, MARK]


async def test_so_it_is_when_a_correction_completes_it_or_brings_it_together(service: Service) -> None:
    await do(service, OpenDoors(), StartSession())
    await do(service, *typed("35202-1234", "of land", "done"))
    live = await service.live(SESSION)
    await do(service, CorrectCaption(caption=live.session.captions.last[1].id, line="567-1"))
    assert await read(service) == [MARK, MARK, "done"]
    await do(service, *typed("35202-1234", "the road", "567-1"))
    assert (await read(service))[-3:] == ["35202-1234", "the road", "567-1"]
    await do(service, CorrectCaption(caption=live.session.captions.last[-2].id))
    assert (await read(service))[-2:] == [MARK, MARK]


async def test_a_line_that_is_gone_is_nobodys_neighbour(service: Service) -> None:
    await do(service, OpenDoors(), StartSession())
    await do(service, *typed("35202-1234"))
    assert await refused(service, DESK, CorrectCaption(caption="f" * 16, line="567-1")) == "caption_gone"
    assert await read(service) == ["35202-1234"]
