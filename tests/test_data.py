"""A short sample of `make bench NAME=data`: three minutes on the stage by voice, from twenty seconds of them."""

from __future__ import annotations

import pytest

from tests.bench import data

pytestmark = [pytest.mark.anyio, pytest.mark.browser, pytest.mark.slow]


async def test_three_minutes_on_the_stage_by_voice_stay_under_two_megabytes() -> None:
    found = await data.run(seconds=0.0, stage_seconds=20.0)
    # Less than half a megabyte would mean that one of the two was not heard.
    assert 0.5 < found["stage_3min_mb"] <= data.STAGE_MOST
