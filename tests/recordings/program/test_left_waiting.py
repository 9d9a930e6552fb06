"""What waited for a process that was killed: it is of whoever said it, or of nobody."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from recordings.program.scene import Sitting
from tests.recordings.program.test_clock_set_waiting import BEFORE, SINCE, Hearing, whole
from tests.recordings.program.test_program import LIVE

pytestmark = pytest.mark.anyio
OFFICIAL, CITIZEN = LIVE.sitting
NEXT = replace(LIVE, sitting=(OFFICIAL, Sitting("c", "citizen", "Bilal", who="z")))
GONE = replace(LIVE, sitting=(OFFICIAL,))


async def test_it_is_made_where_she_still_sits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hearing = Hearing(tmp_path, monkeypatch, 5_000, 0)
    assert await hearing.life(until=3_000) == "told"
    assert await hearing.life() == "told"
    whole(hearing.heard(BEFORE), BEFORE)
    whole(hearing.heard(SINCE), SINCE)


async def test_it_is_thrown_away_where_another_has_her_seat(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hearing = Hearing(tmp_path, monkeypatch, 5_000, 0)
    assert await hearing.life(until=3_000) == "told"
    assert await hearing.life(facts=NEXT) == "told"
    assert hearing.heard(BEFORE) == []
    whole(hearing.heard(SINCE), SINCE)


async def test_a_seat_that_was_taken_again_before_the_next_kill_gives_nothing_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hearing = Hearing(tmp_path, monkeypatch, 5_000, 0)
    assert await hearing.life(until=2_800) == "told"
    assert await hearing.life(until=3_100, facts=GONE) == "told"
    assert await hearing.life(facts=NEXT) == "told"
    assert hearing.heard(BEFORE) == []
    whole(hearing.heard(SINCE), SINCE)
