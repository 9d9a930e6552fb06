"""A small sample of `make bench NAME=broadcast`: from a camera on the stage to a screen, through every real process."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Browser

from tests.bench import broadcast

pytestmark = [pytest.mark.anyio, pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(240)]


async def test_the_clock_in_the_camera_is_read_on_the_screen(browser: Browser, tmp_path: Path) -> None:
    found = await broadcast.delays(browser, tmp_path, seconds=1.5, settle_s=4.0)
    # What is read is the clock: anything else is hours away. The bars are the bench's own, on a quiet machine.
    assert 0.5 < found["llhls_s"] < 60 and 0.5 < found["llhls_nginx_s"] < 60, found
    assert 0.1 < found["webrtc_s"] < 60, found
