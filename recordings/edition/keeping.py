"""Sees to it that every closed hearing has its edition, and that redactions are carried out: one after the other, each
in a process of its own, so that no picture is ever encoded in the process that answers pages.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from dataclasses import dataclass
from typing import IO, Final

import msgspec

from kachehri.logs import logger
from kachehri.store import Store, recordings, redactions
from recordings.archive import Archive, RecordingError
from recordings.archive.layout import EDITION, segment_name
from recordings.retention import DAY_MS, written
from recordings.storage import Storage

from .edition import made_from
from .report import BUSY, NOTHING, Report
from .restored import take_out_again, unknown_seals

#: Seconds until one that failed is tried again, and until redactions that failed are.
AGAIN_S: Final = 60.0
FAILED_S: Final = 3_600.0
#: One that takes longer than this is ended and tried again, in seconds: eight hours of redactions are done by then.
LONGEST_S: Final = 3_600.0


@dataclass
class _Child:
    """One run."""

    session: str
    mark: str
    process: subprocess.Popen[bytes]
    said: IO[bytes]
    began: float


class Editions:
    """For one thread at a time.

    Arguments:
        sealed_days: how long originals are kept.
    """

    COMMAND: tuple[str, ...] = (sys.executable, "-m", "kachehri", "edition", "--attached")

    def __init__(self, store: Store, archive: Archive, storage: Storage | None, sealed_days: int) -> None:
        self._store, self._archive, self._storage, self._sealed_days = store, archive, storage, sealed_days
        self._child: _Child | None = None
        self._made: dict[str, str] = {}
        self._again: dict[str, float] = {}
        #: Redactions that are tried again with the hour, undone ones among them.
        self._failed: set[str] = set()
        self._hourly = -FAILED_S
        #: Looked at for originals that no row knows; a database comes back while nothing runs, so once is enough.
        self._known: set[str] = set()

    @property
    def busy(self) -> bool:
        """Whether segments may be changing at this moment."""
        return self._child is not None

    def close(self) -> None:
        """End the run that is on its way; what it did is done again."""
        if self._child is not None:
            self._child.process.terminate()
            self._end(self._child)

    def round(self, now: float) -> list[tuple[str, str, int]]:
        """Take note of a run that has ended, and begin the next.

        Arguments:
            now: seconds of a clock that only grows.

        Returns: session, rendition and number of the segments that are others now.

        Errors: `StorageError`: done again.
        """
        changed: list[tuple[str, str, int]] = []
        if (child := self._child) is not None:
            if child.process.poll() is None:
                if now - child.began > LONGEST_S:
                    child.process.kill()
                return []
            changed = self._ended(child, now)
        if (found := self._next(now)) is not None:
            self._begin(*found, now)
        return changed

    def _next(self, now: float) -> tuple[str, str] | None:
        """A session that waits, and what its edition is to be made from."""
        there = self._archive.sessions()
        if now - self._hourly >= FAILED_S:
            self._come_back(there)
        with self._store.read() as conn:
            marks = redactions.marks(conn, there)
            due = {row.session_id for row in redactions.due(conn, failed=False) if row.id not in self._failed}
            if now - self._hourly >= FAILED_S:
                self._hourly = now
                self._failed.clear()
                due |= redactions.sessions_open(conn)
                due |= {row.session_id for row in redactions.over(conn, self._store.now(conn))}
        for session, mark in marks.items():
            if session not in self._made:
                self._made[session] = made_from(self._archive.folder / session / EDITION)
            if self._made[session] == mark and session not in due:
                continue
            if session in due:
                self._made[session] = ""  # also after this round, until it is done
            if now >= self._again.get(session, now) and not written(self._archive, session):
                return session, mark
        return None

    def _come_back(self, sessions: list[str]) -> None:
        """What somebody put back from a backup, with what was taken out in it, is taken out again.

        One that the disk does not give back does not keep the others waiting; it is looked at again in an hour.
        """
        for session in sessions:
            try:
                if not written(self._archive, session):
                    take_out_again(self._store, self._archive, session)
                    self._name_unknown(session)
            except (RecordingError, OSError):
                logger(__name__).error("redaction.unlooked", session=session, way="!")

    def _name_unknown(self, session: str) -> None:
        if session in self._known:
            return
        self._known.add(session)
        if found := unknown_seals(self._store, self._archive, session):
            logger(__name__).warning("redaction.unknown", session=session, count=len(found), way="!")

    def _begin(self, session: str, mark: str, now: float) -> None:
        said = tempfile.TemporaryFile()
        command = (*self.COMMAND, session, "--mark", mark)
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=said)
        self._child = _Child(session, mark, process, said, now)

    def _end(self, child: _Child) -> bytes:
        self._child = None
        if child.process.stdin is not None:
            child.process.stdin.close()
        child.process.wait()
        child.said.seek(0)
        with child.said:
            return child.said.read()

    def _ended(self, child: _Child, now: float) -> list[tuple[str, str, int]]:
        said, status = self._end(child), child.process.returncode
        self._again[child.session] = now + AGAIN_S  # taken back where all is well
        if status == NOTHING:
            self._made[child.session] = child.mark
            return []
        if status:
            if status != BUSY:
                logger(__name__).error("edition.died", session=child.session, status=status, way="!")
            return []
        report = msgspec.json.decode(said.splitlines()[-1], type=Report)
        with self._store.read() as conn:
            if redactions.held(conn, child.session) is not None:
                report = report.kept()
        self._store_again(child.session, report)
        self._enter(child.session, report)
        self._failed.update(report.failed)
        self._made[child.session] = child.mark
        del self._again[child.session]
        logger(__name__).info("edition.made", session=child.session, count=report.made, way="=")
        return [(child.session, rendition, number) for rendition, number, _, _ in report.replaced]

    def _store_again(self, session: str, report: Report) -> None:
        """The storage has what the folder has, the originals sealed there too, before a redaction counts as done."""
        if self._storage is None:
            return
        names = [
            f"{session}/{rendition}/{segment_name(number, ending)}"
            for rendition, number, _, _ in report.replaced
            for ending in ("sealed", "parts", "m4s")
        ]
        # Also where the archive's original was not: it is sealed there anew, without what is over.
        names += [f"{session}/{each}/{segment_name(number, 'sealed')}" for each, number in report.destroyed]
        for name in names:
            path = self._archive.folder / name
            if path.exists():
                self._storage.put(name, path.read_bytes())
        self._storage.delete([f"{session}/{each}/{segment_name(number, 'sealed')}" for each, number in report.unsealed])

    def _enter(self, session: str, report: Report) -> None:
        with self._store.write() as conn:
            now = self._store.now(conn)
            for rendition, number, size, sha256 in report.replaced:
                recordings.replaced(conn, session, rendition, number, size, sha256)
            for id in report.done:
                redactions.carried_out(conn, id, now, now + self._sealed_days * DAY_MS)
            for id in report.back:
                redactions.taken_back(conn, id, now + 1)
            lost = sum(redactions.failed(conn, id, now) for id in report.failed)
            redactions.destroyed(conn, report.over)
        log = logger(__name__)
        if lost:
            log.error("redaction.lost", session=session, count=lost, way="!")
        if report.done or report.back:
            log.info("redaction.done", session=session, count=len(report.done), back=len(report.back), way="x")
        if report.over:
            log.info("redaction.unsealed", session=session, count=len(report.over), way="x")
