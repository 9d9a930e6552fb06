"""All recordings of one folder."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from kachehri.logs import logger
from kachehri.settings.tree import Recordings

from .disk import failure, make_folder
from .guard import undisturbed
from .layout import Index, RecordingError, epochs, init_name, rendition_name, segment_name, session_name
from .placing import Known
from .reading import Reading
from .recover import finish_open, write_lines
from .space import Space
from .track import Track

#: Renditions of which the index is kept in memory: two hours take eight megabytes.
_READ_MOST: Final = 24


class Archive:
    """The folder that holds the recordings, one folder a session in it. Safe to use from several threads."""

    def __init__(self, folder: Path, space: Space | None = None) -> None:
        self.folder = folder
        self._space = space
        self._readings: dict[tuple[str, str], Reading] = {}
        self._lock = threading.Lock()

    @classmethod
    def of(cls, recordings: Recordings) -> Archive:
        """As the house is set."""
        make_folder(recordings.folder)
        return cls(
            recordings.folder, Space(recordings.folder, recordings.least_mb * 1_000_000, recordings.warn_percent)
        )

    @property
    def space(self) -> Space:
        """The room on its disk."""
        if self._space is None:
            make_folder(self.folder)
            self._space = Space(self.folder)
        return self._space

    def track(self, session: str, rendition: str, fence: int) -> Track:
        """Begin to write a rendition, and finish what an earlier writer left growing.

        Errors: `RecordingError` name, fence, busy, space, disk.
        """
        folder = self._at(session, rendition)
        try:
            make_folder(folder)
            self.space.need(0)
            return Track(folder, rendition, fence, self.space)
        except OSError as error:
            raise failure(error) from None

    def next_epoch(self, session: str) -> int:
        """An epoch that no rendition of this session had, from 1."""
        found = [0]
        for rendition in self.renditions(session):
            found += epochs(os.listdir(self._at(session, rendition)))
        return max(found) + 1

    def sessions(self) -> list[str]:
        """Those of which there is a folder."""
        return _folders(self.folder, session_name)

    def renditions(self, session: str) -> list[str]:
        """Those of a session of which there is a folder."""
        return _folders(self.folder / session_name(session), rendition_name)

    def index(self, session: str, rendition: str) -> Index:
        """What there is of a rendition, the growing segment too. Cheap to ask again. Errors: `RecordingError` name."""
        key = (session_name(session), rendition_name(rendition))
        with self._lock:
            reading = self._readings.pop(key, None) or Reading(self._at(*key), *key)
            # The newest stands last; names that somebody makes up push out what nobody looks at, and no more.
            self._readings[key] = reading
            while len(self._readings) > _READ_MOST:
                del self._readings[next(iter(self._readings))]
        return reading.refresh()

    def finish(self, session: str) -> bool:
        """Finish what dead processes left growing. False while somebody writes one of the renditions."""
        alone = True
        for rendition in self.renditions(session):
            folder = self._at(session, rendition)
            with undisturbed(folder) as free:
                if free:
                    finish_open(folder, rendition)
                alone = alone and free
        return alone

    def rebuild(self, session: str, known: Sequence[Known] = ()) -> int:
        """Bring a session's files into order after any end, and read the index anew.

        A rendition that somebody writes at this moment is left alone. Returns how many segments there are of which
        nothing says when they were said: nobody gets them, and the journal says so.

        Arguments:
            known: what else is known of its segments (manifest.py); it counts before what other segments' lines say.
        """
        for rendition in self.renditions(session):
            folder = self._at(session, rendition)
            with undisturbed(folder) as alone:
                if alone:
                    finish_open(folder, rendition)
                    write_lines(folder, rendition, known)
            with self._lock:
                self._readings.pop((session, rendition), None)
        every = (each for name in self.renditions(session) for each in self.index(session, name).segments)
        if unplaced := sum(not each.placed for each in every):
            logger(__name__).error("recording.unplaced", session=session, count=unplaced, way="!")
        return unplaced

    def forget(self, session: str) -> None:
        """Keep nothing of a session in memory; its files were removed, or others put there."""
        with self._lock:
            for key in [key for key in self._readings if key[0] == session]:
                del self._readings[key]

    def folder_of(self, session: str, rendition: str) -> Path:
        """Where a rendition's files are. Errors: `RecordingError` name."""
        return self._at(session, rendition)

    def init_path(self, session: str, rendition: str, epoch: int) -> Path:
        """Where the init file of an epoch is."""
        return self._at(session, rendition) / init_name(epoch)

    def read(self, session: str, rendition: str, number: int, offset: int = 0, length: int = -1) -> bytes:
        """Bytes of a segment, whole or growing; all from `offset` on when no length is given. Errors: gone."""
        folder = self._at(session, rendition)
        # It may get its other name between two looks, but only once.
        for ending in ("m4s", "open", "m4s"):
            try:
                with open(folder / segment_name(number, ending), "rb") as file:
                    file.seek(offset)
                    return file.read(length)
            except FileNotFoundError:
                continue
        raise RecordingError("gone", segment_name(number))

    def read_init(self, session: str, rendition: str, epoch: int) -> bytes:
        """The init file of an epoch. Errors: `RecordingError` gone."""
        try:
            return self.init_path(session, rendition, epoch).read_bytes()
        except FileNotFoundError:
            raise RecordingError("gone", init_name(epoch)) from None

    def _at(self, session: str, rendition: str) -> Path:
        return self.folder / session_name(session) / rendition_name(rendition)


def _folders(folder: Path, fits: Callable[[str], str]) -> list[str]:
    names = []
    try:
        entries = list(os.scandir(folder))
    except FileNotFoundError:
        return []
    for entry in entries:
        try:
            if entry.is_dir(follow_symlinks=False):
                names.append(fits(entry.name))
        except RecordingError:
            continue
    return sorted(names)
