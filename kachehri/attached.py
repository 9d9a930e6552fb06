"""The media process as the server starts it: settings from the environment, and nothing loaded that the stage does not
need, because a hearing waits in silence while it starts. `kachehri media` runs the same for a person.
"""

from __future__ import annotations

import importlib
import os
import signal
import sys
import threading

from kachehri import logs
from kachehri.settings import load


def end_with_parent() -> None:
    """A thread that waits for the parent's pipe to end, then stops this process."""

    def wait() -> None:
        while os.read(0, 4096):  # not sys.stdin: its lock, held here, would abort the interpreter at exit
            pass
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=wait, name="parent", daemon=True).start()


def main(fence: int) -> None:
    """The whole life of the process. The settings are right: the server has read the same."""
    settings = load()
    end_with_parent()
    logs.set_up(settings)
    # By name: nothing here may import the parts above this package.
    importlib.import_module("signaling.media.process").main(settings, fence)


if __name__ == "__main__":
    main(int(sys.argv[1]))
