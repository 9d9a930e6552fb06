"""A small sample of the program's bench: that it runs and that what it measures is there. No figure is asserted."""

from __future__ import annotations

import asyncio

import pytest

from tests.bench import program

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]


def test_the_program_is_measured() -> None:
    result = asyncio.run(program.measure(program.SMALL))
    for name in ("core_video", "core_audio", "core_two_renditions"):
        assert 0 < result[name], result
    assert isinstance(result["rss_drift_mb"], float) and isinstance(result["core_channel"], float), result
    told = result["told"]
    assert told["channel"]["parts"] > told["audio"]["parts"] * 1.5, result
    assert result["failed"] == "", result
    assert result["told"]["two"]["pictured"] == ["c1", "o1"], result
    assert all(each["why"] == "told" and each["parts"] > 3 for each in result["told"].values()), result
