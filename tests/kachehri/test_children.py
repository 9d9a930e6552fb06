"""Processes of ours end when they are told, and also when they do not listen."""

from __future__ import annotations

import signal
import subprocess
import sys

from kachehri.children import end

OBEYS = "import time; print(flush=True); time.sleep(60)"
DEAF = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(flush=True); time.sleep(60)"


def begun(code: str) -> subprocess.Popen[bytes]:
    process = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdout is not None
    with process.stdout as told:
        told.readline()
    return process


def test_who_obeys_is_waited_for_and_who_does_not_is_killed() -> None:
    obeys, deaf, over = begun(OBEYS), begun(DEAF), begun("pass")
    over.wait()
    end(obeys, deaf, over, seconds=0.5)
    assert [each.returncode for each in (obeys, deaf, over)] == [-signal.SIGTERM, -signal.SIGKILL, 0]
    assert all(each.stdin is not None and each.stdin.closed for each in (obeys, deaf, over))
