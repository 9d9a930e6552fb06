"""What a storage can do. Calls block: make them in a thread."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple, Protocol

#: Folders and a file, as recordings/archive/layout.py names them: no part begins with a dot.
_NAME: Final = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}(/[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}){0,4}\Z")
_PREFIX: Final = re.compile(r"([A-Za-z0-9_-][A-Za-z0-9._-]{0,99}/){0,4}\Z")


class StorageError(Exception):
    """`code` is one of name (nothing can be called so), gone (it is not there), refused (account, bucket or
    permission), space (no room), away (cannot be reached, or did not do it: try again later).
    """

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code


class Stored(NamedTuple):
    """One thing that is there, and its size in bytes."""

    name: str
    size: int


class Storage(Protocol):
    """Named bytes. A name is folders and a file, parted by slashes. Errors of every call: `StorageError`."""

    def put(self, name: str, data: bytes) -> None:
        """Keep it under this name, whole or not at all, in place of what was there; on return it is safe."""

    def get(self, name: str) -> bytes:
        """All of it."""

    def range(self, name: str, offset: int, length: int) -> bytes:
        """`length` bytes from `offset` on; fewer at its end."""

    def list(self, prefix: str) -> Iterator[Stored]:
        """What is in a folder and below. `prefix` ends in a slash, or is empty for everything."""

    def delete(self, names: Iterable[str]) -> None:
        """Remove these; one that is not there is gone already."""


def checked(name: str) -> str:
    """A name that can be one. Errors: `StorageError` name."""
    if not _NAME.match(name):
        raise StorageError("name")
    return name


def checked_prefix(prefix: str) -> str:
    """A folder that can be one. Errors: `StorageError` name."""
    if not _PREFIX.match(prefix):
        raise StorageError("name")
    return prefix


def checked_span(offset: int, length: int) -> None:
    """Errors: `StorageError` name, for a range that cannot be."""
    if offset < 0 or length <= 0:
        raise StorageError("name", "a range has a beginning and a length")
