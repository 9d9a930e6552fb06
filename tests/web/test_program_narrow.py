"""The program's sound on the line of a village: 45 kbit/s and 600 ms, a short sample of `make bench NAME=data`."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser

from tests.bench import program_data

pytestmark = [pytest.mark.anyio, pytest.mark.browser, pytest.mark.slow]


async def test_sound_does_not_stand_still_on_a_narrow_line(browser: Browser) -> None:
    found = await program_data.measure(browser, seconds=0.0, narrow_s=15.0, follows=())
    assert found["narrow_stalls"] == 0 and found["narrow_heard_s"] >= 14.5, found
