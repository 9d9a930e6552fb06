"""A phone line as it is on the road: lossy, narrow, gone for a while and back with another address.

A real browser is in a private network with one line to the house; the bench's small samples run here, its figures are
in `make bench NAME=line`.
"""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

from tests.bench.line import KILLED_MS, RETURN_MS
from tests.namespaces import needed
from tests.servers import require

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SECONDS = 240


def sample(*parts: str) -> dict[str, Any]:
    """The bench's figures, from a process of its own: threads of this one are in the ordinary network."""
    needed()
    require("chromium")
    command = [sys.executable, "-m", "tests.bench.line", "--small", "--parts", *parts]
    done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS)
    assert done.returncode == 0, f"{done.stdout[-1500:]}\n{done.stderr[-3000:]}"
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def test_sound_does_not_break_where_packets_get_lost_and_where_the_line_is_narrow() -> None:
    found = sample("lossy", "narrow")
    assert found["lost_up"] > 0.02, "the weather has to be bad for this to mean anything"
    assert found["heard_5pct"] > 0.9 and found["heard_150k"] > 0.9
    assert (found["breaks_5pct"], found["breaks_150k"]) == (0, 0), found


def test_after_a_gap_with_another_address_she_is_heard_again_on_the_same_seat() -> None:
    found = sample("returned")
    assert found["returned_of"] == 2
    assert all(took is not None and took < 2 * RETURN_MS for took in found["return_ms"]), found
    assert found["returned_ok"] >= 1, found


def test_a_media_process_that_dies_is_heard_for_a_moment_and_the_desk_goes_on() -> None:
    found = sample("killed")
    assert found["killed_ok"] == found["killed_of"] == 2, (found, KILLED_MS)
    assert found["commands"] > 4 and found["refused"] == 0
