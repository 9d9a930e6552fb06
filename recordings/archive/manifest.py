"""Enters whole segments into the database, from the files and from nothing else: each round what is new since the last.

What a dead process left growing is finished here too, so that no recording waits for a person.
"""

from __future__ import annotations

import os
from typing import Final

from kachehri.logs import logger
from kachehri.store import Store, recordings
from kachehri.store.tables import RecordedSegment

from .archive import Archive
from .layout import RecordingError, Segment, numbers
from .placing import Known
from .reading import read_segment

#: Rows of one transaction.
_AT_ONCE: Final = 500


class Manifest:
    """The rows of one archive. For one thread at a time; several processes may do the same."""

    def __init__(self, store: Store, archive: Archive) -> None:
        self._store, self._archive = store, archive
        #: When each rendition's folder had changed when it was entered last, in nanoseconds.
        self._seen: dict[tuple[str, str], int] = {}

    def round(self) -> int:
        """Enter what is new; returns how many segments that were."""
        return sum(self._session(session) for session in self._archive.sessions())

    def of(self, session: str) -> int:
        """The same for one session."""
        return self._session(session)

    def _session(self, session: str) -> int:
        fresh = [name for name in self._archive.renditions(session) if self._changed(session, name)]
        if not fresh:
            return 0
        with self._store.read() as conn:
            if not recordings.known(conn, session):
                return 0
        entered = 0
        for rendition in fresh:
            at = self._changed(session, rendition)
            entered += self._rendition(session, rendition)
            if not self._growing(session, rendition):
                self._seen[session, rendition] = at
        return entered

    def _changed(self, session: str, rendition: str) -> int:
        """When the folder changed; 0 if that has been looked at."""
        at = os.stat(self._archive.folder_of(session, rendition)).st_mtime_ns
        return 0 if self._seen.get((session, rendition)) == at else at

    def _growing(self, session: str, rendition: str) -> bool:
        return bool(numbers(os.listdir(self._archive.folder_of(session, rendition)), "open"))

    def _rendition(self, session: str, rendition: str) -> int:
        folder = self._archive.folder_of(session, rendition)
        if self._growing(session, rendition):
            self._archive.finish(session)
        with self._store.read() as conn:
            last = recordings.last_number(conn, session, rendition)
        fresh = [number for number in numbers(os.listdir(folder), "m4s") if number > last]
        found = [read_segment(folder, rendition, number) for number in fresh]
        if any(segment is None or not segment.whole for segment in found):
            self._archive.rebuild(
                session, known_rows(self._store, session)
            )  # lines that are lost are written anew from the segments
            found = [read_segment(folder, rendition, number) for number in fresh]
        rows = [row(session, segment) for segment in found if segment is not None and segment.whole]
        if len(rows) < len(fresh):
            logger(__name__).error("recording.unreadable", session=session, count=len(fresh) - len(rows), way="!")
        for first in range(0, len(rows), _AT_ONCE):
            with self._store.write() as conn:
                recordings.add(conn, rows[first : first + _AT_ONCE])
        return len(rows)


def known_rows(store: Store, session: str) -> list[Known]:
    """What the database knows of a session's segments."""
    with store.read() as conn:
        rows = recordings.of_session(conn, session)
    return [
        Known(each.rendition, each.number, each.epoch, each.starts_ms, each.wall_ms, each.duration_us // 1_000)
        for each in rows
    ]


def row(session: str, segment: Segment) -> RecordedSegment:
    """What the database keeps of a whole segment. Errors: `RecordingError` state, while it grows."""
    if not segment.whole:
        raise RecordingError("state", "it grows")
    return RecordedSegment(
        session_id=session,
        rendition=segment.rendition,
        number=segment.number,
        epoch=segment.epoch,
        fence=segment.fence,
        starts_ms=segment.starts_ms,
        wall_ms=segment.wall_ms,
        duration_us=segment.duration_us,
        bytes=segment.bytes,
        sha256=segment.sha256,
    )
