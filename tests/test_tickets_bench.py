"""A small sample of `make bench NAME=tickets`: that it runs, and that every row follows from its chain."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bench import tickets


@pytest.mark.slow
def test_lives_leave_the_rows_that_their_chains_say(tmp_path: Path) -> None:
    result = tickets.lives(f"sqlite:///{tmp_path / 'lives.db'}", 25, 7)
    assert (result["lives"], result["rows_differing"]) == (25, 0)
    assert result["acts"] + result["refused"] == 25 * tickets.LENGTH and len(result["states"]) > 2
