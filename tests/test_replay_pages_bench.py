"""A small sample of `make bench NAME=replay-pages`: that it runs, and that its pages hold what they should weigh."""

from __future__ import annotations

import asyncio

import pytest
import structlog

from tests.bench import replay_pages


@pytest.mark.slow
def test_pages_of_a_long_hearing_are_measured_beside_an_empty_one() -> None:
    before = structlog.get_config()
    try:
        found = asyncio.run(replay_pages.run(60, 3, 120, 1))
    finally:
        structlog.configure(**before)
    assert found["chapters"] == 60 and found["lines"] >= 100
    assert found["peer_ms"] == found["pages"]["how"]["p50_ms"] > 0
    assert found["pages"]["replay"]["bytes"] < replay_pages.MOST_BYTES
