"""Who may write a rendition: whoever has the highest fence, and nobody while another's write is on its way.

The fence comes from a lease (kachehri/store/leases.py): a process that was thought dead and goes on has a lower one
than its successor. It stands in a file beside the segments. Each write happens under that file's lock and looks at the
number first, so an older writer's next write is refused, however late it comes. A lock falls with its process.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Final

from .disk import write_all
from .layout import RecordingError

#: How long a write of somebody else is waited for, in seconds.
PATIENCE_S: Final = 2.0
_STEP_S: Final = 0.005


class Guard:
    """The fence of one rendition's folder."""

    def __init__(self, folder: Path, fence: int) -> None:
        self._fence = fence
        self._handle = os.open(folder / "fence", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        self._life = os.open(folder / "writer", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def enter(self) -> None:
        """Become the writer. Errors: `RecordingError` fence, when somebody newer is or was; busy."""
        with self._locked():
            found = self._read()
            if found > self._fence:
                raise RecordingError("fence", f"{found} is newer than {self._fence}")
            if found < self._fence:
                # One write of a line that never gets shorter: torn, it is not a higher number than it should be.
                os.lseek(self._handle, 0, os.SEEK_SET)
                write_all(self._handle, b"%020d\n" % self._fence)
                os.fsync(self._handle)
        _take(self._life, fcntl.LOCK_SH, "the folder is being rebuilt")

    @contextmanager
    def writing(self) -> Iterator[None]:
        """One write, which nobody newer can come before. Errors: `RecordingError` fence, busy."""
        with self._locked():
            found = self._read()
            if found != self._fence:
                raise RecordingError("fence", f"{found} is newer than {self._fence}")
            yield

    def close(self) -> None:
        """Let go of the files; the fence stays."""
        os.close(self._handle)
        os.close(self._life)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        _take(self._handle, fcntl.LOCK_EX, "another process holds the fence")
        try:
            yield
        finally:
            fcntl.flock(self._handle, fcntl.LOCK_UN)

    def _read(self) -> int:
        text = os.pread(self._handle, 21, 0)
        return int(text) if text.strip().isdigit() else 0


def _take(handle: int, how: int, else_: str) -> None:
    """Lock a file, and wait a little for whoever has it. Errors: `RecordingError` busy."""
    deadline = time.monotonic() + PATIENCE_S
    while True:
        try:
            fcntl.flock(handle, how | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if time.monotonic() > deadline:
                raise RecordingError("busy", else_) from None
            time.sleep(_STEP_S)


def undisturbed(folder: Path) -> AbstractContextManager[bool]:
    """Whether nobody writes this rendition; nobody begins while the block lasts."""
    return alone(folder / "writer")


@contextmanager
def alone(file: Path) -> Iterator[bool]:
    """Whether nobody else has this file locked; nobody locks it while the block lasts."""
    handle = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
    finally:
        os.close(handle)
