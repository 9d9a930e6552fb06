"""Which spans of a hearing were dumped: they are in no rendition, and no caption of theirs is shown or kept.

One line for each in a file beside the renditions, by the clock on the wall. Knows no codec.
"""

from __future__ import annotations

import errno
import json
import os
from contextlib import suppress
from pathlib import Path
from typing import Final

WITHHELD: Final = "withheld.jsonl"


def note_withheld(folder: Path, since_wall_ms: int, until_wall_ms: int) -> None:
    """Keeps which span was dumped, by the clock on the wall, for captions and chapters; synced on return.

    Errors: `OSError`.
    """
    # A line of its own, whatever an earlier write left without an end.
    line = "\n" + json.dumps({"since": since_wall_ms, "until": until_wall_ms}) + "\n"
    handle = os.open(folder / WITHHELD, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        if os.write(handle, line.encode()) < len(line):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        os.fsync(handle)
    finally:
        os.close(handle)


def withheld(folder: Path) -> list[tuple[int, int]]:
    """Every span of a session that was dumped: since and until, Unix time in ms. A torn last line is passed over."""
    spans = []
    with suppress(FileNotFoundError):
        for line in (folder / WITHHELD).read_text(errors="replace").splitlines():
            with suppress(ValueError, KeyError, TypeError):
                said = json.loads(line)
                spans.append((int(said["since"]), int(said["until"])))
    return spans


def is_withheld(spans: list[tuple[int, int]], at: int) -> bool:
    """Whether what was said at this moment was dumped."""
    return any(since <= at < until for since, until in spans)
