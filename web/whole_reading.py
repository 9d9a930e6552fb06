"""The whole hearing as one recording to play: where each chapter is in it, and what each way of playing costs."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence
from typing import Final

from kachehri.i18n import Words
from kachehri.live import Live
from recordings import queues
from recordings.edition import Edition
from recordings.queues import Then
from recordings.replaying import Told
from web.data_rates import PROGRAM_RATES
from web.house import House
from web.replay_shapes import Elsewhere, LineThen, Way, Whole
from web.topics import District

WAYS: Final[tuple[Way, ...]] = ("sound", "light", "full")


async def whole_of(
    house: House,
    live: Live,
    edition: Edition,
    told: Sequence[Told],
    way: str,
    here: int,
    words: Words,
    shown: Collection[int],
) -> Whole | None:
    """The whole hearing; None where nothing of it may be heard.

    Arguments:
        way: how somebody wants it, as the address says; sound where it says nothing that there is.
        here: the number of the chapter at which it begins.
        shown: numbers of the chapters on the page: of these the line is told, of the others the name.
    """
    door = house.broadcasting
    if door is None:
        return None
    offered, jumps = await asyncio.to_thread(_read, edition, told, door.offered)
    if not offered:
        return None
    lines, district = await house.service.read(queues.lines_of, live, told, shown), await house.districts.get()
    return Whole(
        base=door.base(live.session.id, "replay", house.now()),
        way=next((each for each in offered if each == way), offered[0]),
        ways=tuple((each, PROGRAM_RATES[each].mb_per_hour) for each in offered),
        jumps=jumps,
        start=jumps.get(here, 0.0),
        lines={n: line_then(then, district, words) for n, then in lines.items()},
        others=tuple(
            Elsewhere(each.n, name_of(each, district, words), jumps[each.n], each.chapter.duration_ms)
            for each in told
            if each.n in jumps and each.n not in shown
        ),
    )


def name_of(told: Told, district: District, words: Words) -> str:
    """What a chapter that everybody may hear is about, in a reader's language."""
    if told.question is None:
        return words.plain("replay.opening")
    category = told.ticket.category if told.ticket else told.question.category
    return district.topic(category, words) or words.plain("replay.hidden.private")


def line_then(then: Then, district: District, words: Words) -> LineThen:
    """A line as a reader's language has it."""
    named = ((district.topic(each.category, words), district.area(each.area, words)) for each in then.first)
    return LineThen(then.count, tuple(words.plain("replay.named_then", topic=a, place=b) if b else a for a, b in named))


def _read(edition: Edition, told: Sequence[Told], made: Sequence[str]) -> tuple[tuple[Way, ...], dict[int, float]]:
    offered = tuple(way for way in WAYS if way in made and edition.open(way))
    if not offered:
        return (), {}
    timeline = edition.index(offered[0]).timeline
    places = {each.n: timeline.place(each.chapter.starts_at) for each in told if each.open}
    return offered, {n: at for n, at in places.items() if at is not None}
