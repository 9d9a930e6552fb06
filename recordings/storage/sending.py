"""Sends whole segments to the storage, oldest first, and goes on after any end: the rows say what is there.

A segment is looked at before it goes: what is not what was written is never sent, and somebody is told. With a
rendition's segments go its heads and lines, and what is sealed beside them, so that all of it can be brought back
without the database.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Sequence
from typing import Final

from kachehri.logs import logger
from kachehri.store import Store, recordings
from kachehri.store.tables import RecordedSegment
from recordings.archive import Archive, RecordingError
from recordings.archive.disk import make_folder, write_whole
from recordings.archive.layout import init_name, kept_name, rendition_name, segment_name, session_name
from recordings.archive.placing import Known

from .port import Storage, StorageError, Stored

#: Rows that are looked up at once.
_AT_ONCE: Final = 100


class Sending:
    """From the folder to the storage. For one thread at a time."""

    def __init__(self, store: Store, archive: Archive, storage: Storage) -> None:
        self._store, self._archive, self._storage = store, archive, storage
        self._heads: set[tuple[str, str, int]] = set()
        #: Segments that cannot be sent: their files are gone, or not what was written.
        self.held: set[tuple[str, str, int]] = set()
        self._stopping = threading.Event()

    def stop(self) -> None:
        """End the round after the segment that is on its way."""
        self._stopping.set()

    def forget(self) -> None:
        """Send the heads once more with what goes next: they may have been removed from the storage."""
        self._heads.clear()

    def round(self) -> int:
        """Send all that is waiting; returns how many segments went. Errors: `StorageError`: the rest goes next time."""
        sent = 0
        while not self._stopping.is_set():
            with self._store.read() as conn:
                waiting = recordings.not_stored(conn, _AT_ONCE + len(self.held))
            waiting = [each for each in waiting if _key(each) not in self.held]
            if not waiting:
                break
            for each in waiting:
                if self._stopping.is_set():
                    break
                sent += self._send(each)
        return sent

    def _send(self, row: RecordedSegment) -> int:
        session, rendition = row.session_id, row.rendition
        folder = f"{session}/{rendition}"
        try:
            data = self._archive.read(session, rendition, row.number)
            if hashlib.sha256(data).hexdigest() != row.sha256:
                raise RecordingError("damaged", segment_name(row.number))
            head = self._archive.read_init(session, rendition, row.epoch)
            lines = self._archive.folder_of(session, rendition) / segment_name(row.number, "parts")
            text = lines.read_bytes()
            seal = lines.with_suffix(".sealed")
            original = seal.read_bytes() if seal.exists() else None
        except (RecordingError, FileNotFoundError) as error:
            code = error.code if isinstance(error, RecordingError) else "gone"
            logger(__name__).error("recording.not_sent", session=session, code=code, way="!")
            self.held.add(_key(row))
            return 0
        if (session, rendition, row.epoch) not in self._heads:
            self._storage.put(f"{folder}/{init_name(row.epoch)}", head)
            self._heads.add((session, rendition, row.epoch))
        if original is not None:
            self._storage.put(f"{folder}/{seal.name}", original)
        self._storage.put(f"{folder}/{segment_name(row.number, 'parts')}", text)
        self._storage.put(f"{folder}/{segment_name(row.number)}", data)
        with self._store.write() as conn:
            recordings.stored(conn, row, self._store.now(conn))
        return 1


def fetch(storage: Storage, archive: Archive, session: str, known: Sequence[Known] = ()) -> int:
    """Bring a session's recording back from the storage into the folder; returns how many files came.

    Files that are there are left as they are. Errors: `StorageError`.
    """
    came = 0
    for each in storage.list(f"{session_name(session)}/"):
        rendition, name = _placed(each)
        if not kept_name(name):
            continue
        path = archive.folder_of(session, rendition) / name
        if not path.exists():
            make_folder(path.parent)
            write_whole(path, storage.get(each.name))
            came += 1
    archive.rebuild(session, known)
    return came


def _placed(stored: Stored) -> tuple[str, str]:
    words = stored.name.split("/")
    if len(words) != 3:
        raise StorageError("name", "there is something else in the storage")
    return rendition_name(words[1]), words[2]


def _key(row: RecordedSegment) -> tuple[str, str, int]:
    return row.session_id, row.rendition, row.number
