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

from tests.bench.line import RETURN_MS
from tests.namespaces import needed
from tests.servers import require

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]

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
    for part, named in (("lossy", "5pct"), ("narrow", "150k")):
        # A machine that had to do something else for a moment breaks the sound once; a bad line does it again.
        tries = [sample(part)]
        if tries[0][f"breaks_{named}"]:
            tries.append(sample(part))
        assert tries[-1][f"breaks_{named}"] == 0, tries
        assert tries[-1][f"heard_{named}"] > 0.9, tries
        assert part != "lossy" or tries[-1]["lost_up"] > 0.02, "the weather has to be bad for this to mean anything"


def test_after_a_gap_with_another_address_she_is_heard_again_on_the_same_seat() -> None:
    found = sample("returned")
    assert found["returned_of"] == 2
    # How soon is the bench's figure, of a machine that has nothing else to do.
    assert all(took is not None and took < 3 * RETURN_MS for took in found["return_ms"]), found


def test_a_media_process_that_dies_is_heard_for_a_moment_and_the_desk_goes_on() -> None:
    found = sample("killed")
    assert found["killed_of"] == 2 and all(took is not None for took in found["killed_ms"]), found
    assert found["commands"] > 4 and found["refused"] == 0
