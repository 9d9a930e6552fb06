"""The media process as the server starts it: everything is loaded first, then it waits until it is told its fence.

A hearing is silent while this loads, so one is kept waiting beside the one that works (kachehri/companion.py).
`kachehri media` runs the same for a person.
"""

from __future__ import annotations

import importlib
import os
import signal
import threading

from kachehri import logs
from kachehri.settings import load


def told_fence() -> int | None:
    """Waits for the line on standard input that says under which fence to begin; None when the parent is gone."""
    line = b""
    while not line.endswith(b"\n"):
        more = os.read(0, 1)  # not sys.stdin: its lock, held by the thread below, would abort the interpreter at exit
        if not more:
            return None
        line += more
    return int(line)


def end_with_parent() -> None:
    """A thread that waits for the parent's pipe to end, then stops this process."""

    def wait() -> None:
        while os.read(0, 4096):
            pass
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=wait, name="parent", daemon=True).start()


def main() -> None:
    """The whole life of the process. The settings are right: the server has read the same."""
    settings = load()
    logs.set_up(settings)
    # By name: nothing here may import the parts above this package.
    process = importlib.import_module("signaling.media.process")
    fence = told_fence()
    if fence is not None:
        end_with_parent()
        process.main(settings, fence)


if __name__ == "__main__":
    main()
