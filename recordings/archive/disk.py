"""The few ways in which a recording touches the disk, each so that a power cut leaves the old or the new, whole.

A write that failed is never tried again on the same file: after an error of fsync(2) the kernel may have dropped what
was to be written, and a second call that succeeds would say nothing about it.
"""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Final

from .layout import RecordingError

#: For the server's account alone: nobody else reads what people said before it is released.
_FILE_MODE: Final = 0o600
_FOLDER_MODE: Final = 0o700
#: Put behind the name of a file that is not whole yet.
NEW: Final = ".new"
_FULL: Final = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def failure(error: OSError) -> RecordingError:
    """What a failed call means for a recording."""
    return RecordingError("space" if error.errno in _FULL else "disk", os.strerror(error.errno or errno.EIO))


def make_folder(path: Path) -> None:
    """A folder and those above it; it is there after a power cut."""
    if path.is_dir():
        return
    make_folder(path.parent)
    path.mkdir(mode=_FOLDER_MODE, exist_ok=True)
    sync_folder(path.parent)


def sync_folder(path: Path) -> None:
    """Let the names in a folder outlast a power cut."""
    handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def append_to(path: Path) -> int:
    """A file to append to, made if need be."""
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, _FILE_MODE)


def write_all(handle: int, data: bytes) -> None:
    """All of it: one call may take less, at the end of the disk above all."""
    view = memoryview(data)
    while view:
        view = view[os.write(handle, view) :]


def write_whole(path: Path, data: bytes) -> None:
    """One file under its name, whole or not at all."""
    made = path.with_name(path.name + NEW)
    handle = os.open(made, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, _FILE_MODE)
    try:
        write_all(handle, data)
        os.fsync(handle)
    finally:
        os.close(handle)
    os.replace(made, path)
    sync_folder(path.parent)
