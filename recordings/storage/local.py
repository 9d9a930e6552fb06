"""A folder of this machine, or of a disk that is mounted here."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from recordings.archive.disk import NEW, make_folder, write_whole

from .port import StorageError, Stored, checked, checked_prefix, checked_span


class LocalStorage:
    """Files below `folder`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, name: str, data: bytes) -> None:
        path = self._folder / checked(name)
        with _told():
            make_folder(path.parent)
            write_whole(path, data)

    def get(self, name: str) -> bytes:
        path = self._folder / checked(name)
        with _told():
            return path.read_bytes()

    def range(self, name: str, offset: int, length: int) -> bytes:
        checked_span(offset, length)
        path = self._folder / checked(name)
        with _told(), open(path, "rb") as file:
            file.seek(offset)
            return file.read(length)

    def list(self, prefix: str) -> Iterator[Stored]:
        top = self._folder / checked_prefix(prefix)
        found = []
        for folder, _, names in os.walk(top):
            for name in names:
                path = Path(folder) / name
                if not name.endswith(NEW):  # half of a file that was on its way
                    found.append(Stored(path.relative_to(self._folder).as_posix(), path.stat().st_size))
        yield from sorted(found)

    def delete(self, names: Iterable[str]) -> None:
        for name in names:
            path = self._folder / checked(name)
            with _told():
                path.unlink(missing_ok=True)
            self._fold(path.parent)

    def _fold(self, folder: Path) -> None:
        """Remove folders that are empty now."""
        while folder != self._folder:
            try:
                folder.rmdir()
            except OSError:
                return
            folder = folder.parent


@contextmanager
def _told() -> Iterator[None]:
    """Say what the system said in the words of the port."""
    try:
        yield
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        raise StorageError("gone") from None
    except PermissionError as error:
        raise StorageError("refused", error.strerror or "") from None
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        raise StorageError("space" if full else "away", error.strerror or "") from None
