"""A recording on a real disk that gets full, is torn in the middle of a write, or takes nothing any more."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.recordings.small_disk import SCENARIOS

ROOT = Path(__file__).parents[2]


def why_not() -> str:
    """Why a disk cannot be mounted here; nothing where it can."""
    if os.geteuid() != 0:
        return "only root may mount a disk"
    unshare = shutil.which("unshare")
    if unshare is None:
        return "unshare (util-linux) is not here"
    tried = subprocess.run(
        [unshare, "--mount", "mount", "-t", "tmpfs", "none", "/mnt"], capture_output=True, text=True
    )  # fmt: skip
    return f"no disk can be mounted here: {tried.stderr.strip()}" if tried.returncode else ""


NOT_HERE = why_not()


@pytest.mark.slow
@pytest.mark.skipif(bool(NOT_HERE), reason=NOT_HERE)
@pytest.mark.parametrize("name", SCENARIOS)
def test_on_a_small_disk(tmp_path: Path, name: str) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    command = ["unshare", "--mount", sys.executable, "-W", "error", "-m", "tests.recordings.small_disk", name]
    done = subprocess.run([*command, str(disk)], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    assert list(disk.iterdir()) == [], "the disk was that process's own"
