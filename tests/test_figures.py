"""Small samples of `make bench NAME=commit` and `NAME=close`: that they run, and that what they count comes out.

The ratios themselves are not asserted here: on a busy machine a sample this small says nothing about them.
"""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.bench import close, commit

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]


def test_commits_are_counted(tmp_path: Path) -> None:
    result = asyncio.run(commit.run(tmp_path, 600, 600, 50, 1, 1))
    assert result["questions_open"] == 1_200
    assert result["per_s"] > 0
    assert result["orm_per_s"] > 0
    assert {"vs_orm_commit_each", "p99_ms", "db"} <= result.keys()


def test_a_close_accounts_for_everything(tmp_path: Path) -> None:
    result = close.run(tmp_path, 1_000, 1, 1)
    assert result["tickets"] + result["followers"] == result["questions"] == 1_000
    assert result["followers"] == 100
    # What the peer wrote is what ours wrote, so the ratio compares like with like.
    assert result["rows"]["ticket"] == result["rows"]["ticket_event"] == result["tickets"]
    assert result["rows"]["outbox"] == 1_000
    # A citizen's snapshot, whatever the size of the queue.
    assert result["snapshot_bytes"] <= 16 * 1024
