"""A hearing of hours with thousands of questions, closed: some heard on the stage, the rest answered in writing.

Time is moved by hand; everything goes through the service. Its recording has as many segments as a real one and
nothing in it that anybody could hear.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from kachehri.store import replays
from recordings import replaying
from recordings.archive import Archive
from recordings.archive.space import Space
from recordings.program import movie
from rooms.attendance import ReportPresence
from rooms.base import SYSTEM, Actor
from rooms.captions import TypeCaption
from rooms.outcomes import NoteOutcome
from rooms.questions import AdmitQuestion, AnswerQuestion
from rooms.turns import AcceptTurn, CallTurn, FinishTurn, GiveFloor, ReadyTurn, TakeSeat
from tests.bench.rendering import fill
from tests.web.test_following import close
from tests.web.town import MODERATOR, Town
from web.broadcasting import Broadcasting
from web.forms import new_key

CHAIR: Final = Actor("00000000000000cc", "chair", "acc")
#: What a turn takes, and what is heard of it before the office has the floor, in milliseconds.
TURN_MS: Final = 100_000
ASKS_MS: Final = 40_000
BETWEEN_MS: Final = 20_000
#: Lines that are written down at one moment, so that making it takes a bearable while.
TOGETHER: Final = 10
#: How long a segment of each rendition is, in milliseconds.
SEGMENTS: Final = {"sound": 4_000, "light": 2_000}
SAID: Final = "ٹینکر سوموار سے روز آئے گا اور نئی موٹر مہینے کے آخر تک لگ جائے گی، لائن نمبر {n}"


@dataclass
class LongHearing:
    """Where it is; `heard` questions have a chapter with a sound, `last` is the number of the last of these."""

    session: str
    heard: list[str]
    last: int
    chapters: int
    lines: int


async def held(town: Town, folder: Path, questions: int, turns: int, lines: int) -> LongHearing:
    """Hold it, close it, and release what was heard."""
    clock = [time.time_ns() // 1_000_000 - turns * (TURN_MS + BETWEEN_MS) - 7_200_000]
    town.service.store._clock = lambda: clock[0]
    session = await town.schedule(live=True)
    for who in (MODERATOR, CHAIR):  # a hearing that its staff has left is adjourned
        there = ReportPresence(participant=who.participant, role=who.role, present=True)
        await town.service.submit(SYSTEM, session, there)
    asked = await fill(town, session, questions)
    await town.service.submit(CHAIR, session, TakeSeat(seat="chair"), new_key())
    heard, rest = asked[:turns], asked[turns:]
    typed = 0

    async def say(during_ms: int) -> None:
        nonlocal typed
        count = round(lines * during_ms / (turns * (TURN_MS + BETWEEN_MS)))
        for first in range(0, count, TOGETHER):
            some = range(first, min(first + TOGETHER, count))
            clock[0] += during_ms * len(some) // count
            texts = [SAID.format(n=typed + n) for n in some]
            await asyncio.gather(*(town.moderate(session, TypeCaption(language="ur", line=each)) for each in texts))
        typed += count

    queue = (await town.service.live(session)).session.queue.questions
    fresh = [each for each in asked if queue[each].state == "new"]
    await asyncio.gather(*(town.moderate(session, AdmitQuestion(question=each)) for each in fresh))
    for n, question in enumerate(heard):
        asker = Actor(queue[question].asker, "citizen")
        turn = (await town.moderate(session, CallTurn(question=question, seat="citizen")))["turn"]
        await town.service.submit(asker, session, AcceptTurn(turn=turn), new_key())
        await town.service.submit(asker, session, ReadyTurn(turn=turn), new_key())
        await say(ASKS_MS)
        await town.moderate(session, GiveFloor(seat="chair"))
        await say(TURN_MS - ASKS_MS)
        await town.moderate(session, NoteOutcome(question=question, outcome="answered", note=SAID.format(n=n)))
        await town.moderate(session, FinishTurn(turn=turn))
        note = SAID.format(n=n)
        await asyncio.gather(
            *(town.moderate(session, AnswerQuestion(question=each, note=note)) for each in rest[n::turns])
        )
        await say(BETWEEN_MS)
    await close(town, session)
    live = await town.service.live(session)
    store = town.service.store
    with store.write() as conn:
        replaying.keep(conn, live)
        for row in replays.of_session(conn, session):
            if row.question_id is not None:
                replays.decide(conn, session, row.key, "released", "", "acc", store.now(conn))
        told = replaying.replay(conn, live, folder)
    made = recorded(folder, session, told.began_at, told.ended_at)
    town.app.state.house = replace(town.house, broadcasting=Broadcasting(made, None, (b"k" * 32,)))  # type: ignore[arg-type]
    spoken = [each.n for each in told.chapters if each.chapter.spoken]
    return LongHearing(session, heard, spoken[-1], len(told.chapters), len(told.public_lines))


def recorded(folder: Path, session: str, began_at: int, ended_at: int) -> Archive:
    """A recording from the begin to the end, one part in each segment."""
    made = Archive(folder, Space(folder, room=lambda _: (10**12, 10**12)))
    for rendition, length_ms in SEGMENTS.items():
        track = made.track(session, rendition, 1)
        track.begin(1, movie.head([movie.TrackHead(1, 24_000, movie.aac_entry(24_000, 1, b"\x13\x08", 24_000))]))
        for number in range((ended_at - began_at) // length_ms + 1):
            ticks = length_ms * 24
            sample = movie.Sample(number * ticks, ticks, b"%09d" % number * 40, True)
            data, starts_ms = movie.fragment(number + 1, [(1, [sample])]), number * length_ms
            times = {"starts_ms": starts_ms, "wall_ms": began_at + starts_ms, "duration_us": length_ms * 1_000}
            track.part(data, independent=True, last=True, **times)
        track.close()
    return made
