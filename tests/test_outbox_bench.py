"""A small sample of `make bench NAME=outbox`, and proof that its witnesses would notice."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from tests.bench import outbox
from tests.conftest import MONDAY_MS, ManualClock

SEED = 20260105


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_messages_leave_once_or_stand_before_a_person(tmp_path: Path) -> None:
    result = outbox.run(tmp_path, 24, 4, SEED)
    assert outbox.wrong(result) == 0, (SEED, result)
    assert result["points_killed"] == result["points_expected"] >= 8, (SEED, result)
    assert result["honours_unknown"] == 0 and result["honours_once"] + result["other_once"] > 20, (SEED, result)


def test_the_witness_notices_what_is_doubled_lost_or_wrong(tmp_path: Path) -> None:
    town = outbox.build(
        f"sqlite:///{tmp_path}/house.db", ManualClock(MONDAY_MS), 2, state="registered", notice="ticket.routed"
    )
    found = outbox.examine(town, Counter({"a": 2, "b": 1}), 2, honours=True, lied=set())
    assert (found["doubled"], found["unrecorded"], found["lost_rows"]) == (1, 2, 2)
    assert outbox.wrong({f"killed_{name}": found[name] for name in outbox.TROUBLE}) == 5
    town.store.close()
