"""The end of processes that we started: each is told, has its time to obey, and is then made to."""

from __future__ import annotations

import subprocess
from typing import Final

#: So long may one take that is told to end.
END_S: Final = 5.0


def end(*processes: subprocess.Popen[bytes], seconds: float = END_S) -> None:
    """Ends them and waits until they have ended. All are told before any is waited for."""
    for process in processes:
        process.terminate()
    for process in processes:
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdin:
            process.stdin.close()
