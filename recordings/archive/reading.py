"""The index of one rendition, read from its files, and again at the cost of what is new."""

from __future__ import annotations

import os
import threading
from pathlib import Path

from .layout import REPLACED, Index, Segment, numbers, read_lines, segment_name


class Reading:
    """What was read of one rendition so far. Safe to use from several threads."""

    def __init__(self, folder: Path, session: str, rendition: str) -> None:
        self._folder, self._session, self._rendition = folder, session, rendition
        self._whole: list[Segment] = []
        self._growing: tuple[int, int, Segment | None] = (-1, -1, None)
        self._index = Index(session, rendition)
        self._listed = False
        self._replaced = 0
        self._lock = threading.Lock()

    def refresh(self) -> Index:
        """The index as the files are now; one that was removed stays until all is read anew (`Archive.forget`)."""
        with self._lock:
            return self._refreshed()

    def _refreshed(self) -> Index:
        changed = False
        if (at := self._when_replaced()) != self._replaced:
            # Whole segments became others, which happens long after a hearing: all is read anew.
            self._replaced, self._listed, self._whole, changed = at, False, [], True
        if not self._listed:
            changed = self._list() or changed
        while self._next_whole():
            changed = True
        grown = self._grown()
        if changed or grown is not self._growing[2]:
            self._growing = (*self._growing[:2], grown)
            segments = (*self._whole, grown) if grown is not None else tuple(self._whole)
            self._index = Index(self._session, self._rendition, segments)
        return self._index

    def _when_replaced(self) -> int:
        try:
            return os.stat(self._folder / REPLACED).st_mtime_ns
        except FileNotFoundError:
            return 0

    def _list(self) -> bool:
        try:
            names = os.listdir(self._folder)
        except FileNotFoundError:
            return False
        self._listed = True
        for number in numbers(names, "m4s"):
            if (found := self._read(number)) is not None and found.whole:
                self._whole.append(found)
        return bool(self._whole)

    def _next_whole(self) -> bool:
        number = self._next()
        if not (self._folder / segment_name(number)).exists():
            return False
        found = self._read(number)
        if found is None or not found.whole:
            return False
        self._whole.append(found)
        self._growing = (-1, -1, None)
        return True

    def _next(self) -> int:
        return self._whole[-1].number + 1 if self._whole else 0

    def _grown(self) -> Segment | None:
        number = self._next()
        try:
            size = os.stat(self._folder / segment_name(number, "parts")).st_size
        except FileNotFoundError:
            return None
        if (number, size) == self._growing[:2]:
            return self._growing[2]
        found = self._read(number)
        self._growing = (number, size, self._growing[2])
        return found

    def _read(self, number: int) -> Segment | None:
        return read_segment(self._folder, self._rendition, number)


def read_segment(folder: Path, rendition: str, number: int) -> Segment | None:
    """What the lines of one segment say; None without any."""
    try:
        return read_lines(rendition, number, (folder / segment_name(number, "parts")).read_bytes())
    except FileNotFoundError:
        return None
