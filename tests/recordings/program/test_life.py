"""What ends an epoch, and whether somebody takes up what waits."""

from __future__ import annotations

import pytest

from recordings.program.process import _Life

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    ("phase", "over"), [("live", False), ("adjourned", False), ("closing", True), ("closed", True)]
)
async def test_after_the_close_nobody_follows_whoever_is_told_to_end(phase: str, over: bool) -> None:
    life = _Life(1_800.0, 10.0)
    life.phase("live")
    life.phase(phase)
    assert not life.ending.is_set(), "what waits goes out"
    life.end()
    assert life.ending.is_set() and life.over is over
    life.phase("live")
