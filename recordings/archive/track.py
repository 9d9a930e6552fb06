"""Writes one rendition. Each part is on the disk before anybody hears of it; a segment gets its name when it is whole.

The order, which recovery relies on: the part's bytes, fsync; its line. With the last part also: the seal, fsync of
the lines, rename, fsync of the folder. So bytes without a line are a part that nobody was told of, and a line without
bytes cannot be. Blocks for as long as the disk takes: call it beside the event loop.
"""

from __future__ import annotations

import hashlib
import os
import zlib
from pathlib import Path
from typing import Final

from .disk import append_to, failure, sync_folder, write_all, write_whole
from .guard import Guard
from .layout import Part, RecordingError, epochs, head_line, init_name, numbers, part_line, seal_line, segment_name
from .recover import finish_open
from .space import Space

#: One part is a third of a second: what is larger was not made here.
PART_BYTES_MOST: Final = 8_000_000


class Track:
    """One rendition being written by one process. Made by `Archive.track`. Used by one thread at a time.

    Errors of every call: `RecordingError` fence (somebody newer writes), space, disk; after any of them the track is
    over, and what was written before stays whole and playable.
    """

    def __init__(self, folder: Path, rendition: str, fence: int, space: Space) -> None:
        self._folder, self.rendition, self.fence, self._space = folder, rendition, fence, space
        self._guard = Guard(folder, fence)
        self._data = self._lines = -1
        self._epoch = 0
        self._index = self._offset = 0
        self._sha256 = hashlib.sha256()
        self._over = ""
        try:
            self._guard.enter()
            with self._guard.writing():
                # What a process before this one left is finished here, so that numbers go on behind it.
                finish_open(folder, rendition)
                self._number = max(numbers(os.listdir(folder), "m4s"), default=-1) + 1
        except OSError as error:
            self._guard.close()
            raise failure(error) from None
        except RecordingError:
            self._guard.close()
            raise

    @property
    def number(self) -> int:
        """The segment that the next part goes into."""
        return self._number

    def begin(self, epoch: int, init: bytes) -> None:
        """A new epoch, with its own init file. Its number is one that no epoch of this rendition had."""
        self._check(began=False)
        try:
            with self._guard.writing():
                self._finish()
                there = epochs(os.listdir(self._folder))
                if there and epoch <= there[-1]:
                    raise RecordingError("state", f"epoch {epoch} was there")
                self._space.need(len(init))
                write_whole(self._folder / init_name(epoch), init)
                self._epoch = epoch
        except (OSError, RecordingError) as error:
            raise self._fail(error) from None

    def part(
        self, data: bytes, *, duration_us: int, independent: bool, starts_ms: int, wall_ms: int, last: bool
    ) -> Part:
        """Add one part; on return it is on the disk. `last`: the segment is whole with it."""
        self._check(began=True)
        if not 0 < len(data) <= PART_BYTES_MOST or duration_us <= 0:
            raise RecordingError("state", "a part has bytes and a duration")
        try:
            with self._guard.writing():
                self._space.need(len(data))
                if self._data < 0:
                    self._open()
                part = self._append(data, duration_us, independent, starts_ms, wall_ms)
                if last:
                    self._finish()
                return part
        except (OSError, RecordingError) as error:
            raise self._fail(error) from None

    def close(self) -> None:
        """Finish the segment that grows, and let go. Also for a track that failed; it then only lets go."""
        if self._over == "closed":
            return
        try:
            if not self._over:
                with self._guard.writing():
                    self._finish()
        except OSError as error:
            raise failure(error) from None
        finally:
            self._over = "closed"
            self._let_go()
            self._guard.close()

    def _check(self, *, began: bool) -> None:
        if self._over:
            raise RecordingError("state", f"this track is over ({self._over})")
        if began and not self._epoch:
            raise RecordingError("state", "begin comes first")

    def _open(self) -> None:
        self._data = append_to(self._folder / segment_name(self._number, "open"))
        self._lines = append_to(self._folder / segment_name(self._number, "parts"))
        os.ftruncate(self._lines, 0)
        write_all(self._lines, head_line(self._epoch, self.fence).encode())
        sync_folder(self._folder)
        self._index = self._offset = 0
        self._sha256 = hashlib.sha256()

    def _append(self, data: bytes, duration_us: int, independent: bool, starts_ms: int, wall_ms: int) -> Part:
        write_all(self._data, data)
        os.fsync(self._data)
        crc32 = zlib.crc32(data)
        place = (self._epoch, self._number, self._index, self._offset)
        part = Part(self.rendition, *place, len(data), duration_us, independent, starts_ms, wall_ms, crc32)
        write_all(self._lines, part_line(part).encode())
        self._sha256.update(data)
        self._index, self._offset = part.index + 1, part.ends
        return part

    def _finish(self) -> None:
        if self._data < 0:
            return
        if self._index:
            write_all(self._lines, seal_line(self._offset, self._sha256.hexdigest()).encode())
            os.fsync(self._lines)
            name = self._folder / segment_name(self._number)
            os.rename(name.with_suffix(".open"), name)
            sync_folder(self._folder)
            self._number += 1
        self._let_go()

    def _let_go(self) -> None:
        for handle in (self._data, self._lines):
            if handle >= 0:
                os.close(handle)
        self._data = self._lines = -1

    def _fail(self, error: OSError | RecordingError) -> RecordingError:
        """Be over. What is torn at the end has no line, so nobody reads it; recovery cuts it off."""
        told = failure(error) if isinstance(error, OSError) else error
        self._over = told.code
        self._let_go()
        return told
