"""Removes recordings whose time is over: from the storage, from the folder, and last from the database.

In this order, so that one that was interrupted is found again and ended.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from typing import Final

from kachehri.logs import logger
from kachehri.store import Store, recordings, redactions, replays, sessions
from recordings.archive import Archive
from recordings.archive.guard import undisturbed
from recordings.archive.layout import DELAYED
from recordings.storage import Storage

DAY_MS: Final = 86_400_000
#: What was recorded while people practised is of use to them the next day, and to nobody afterwards.
PRACTICE_DAYS: Final = 2


def retire(
    store: Store,
    archive: Archive,
    storage: Storage | None,
    keep_days: int,
    spared: Callable[[str], bool] = lambda _session: False,
) -> list[str]:
    """Remove what is older than `keep_days`; 0 removes nothing but what was practice. Returns the sessions whose
    recordings are gone. One that somebody holds stays, and the journal says how many of them would have gone.

    Arguments:
        spared: whether a session's recording is kept beyond its time.

    Errors: `StorageError`, `OSError`; what was not removed is the next time.
    """
    with store.read() as conn:
        now = store.now(conn)
        over = recordings.recorded_before(conn, now - PRACTICE_DAYS * DAY_MS, practice=True)
        if keep_days:
            over = sorted({*over, *recordings.recorded_before(conn, now - keep_days * DAY_MS)})
    gone, held = [], 0
    for session in over:
        kept = _held(store, session)
        if not kept and not spared(session) and not written(archive, session):
            kept = not remove(store, archive, storage, session)
            if not kept:
                gone.append(session)
        held += kept
    if held:
        logger(__name__).info("recordings.held", count=held, way="=")
    if gone:
        logger(__name__).info("recordings.removed", count=len(gone), way="x")
    return gone


def forget_delayed(store: Store, archive: Archive) -> None:
    """Remove what still waits in the safety delay of a hearing that is over.

    A program removes it at the close. One that was killed in its last seconds has nobody that follows it. A file that
    the disk does not let go keeps no other waiting; it is tried again the next time.
    """
    for session in archive.sessions():
        for name in DELAYED:
            path = archive.folder / session / name
            try:
                if path.exists() and _over(store, session) and not written(archive, session):
                    path.unlink(missing_ok=True)
            except OSError:
                logger(__name__).error("recordings.delay_left", session=session, way="!")


def _over(store: Store, session: str) -> bool:
    with store.read() as conn:
        row = sessions.get(conn, session)
    return row is not None and row.phase in ("closing", "closed", "cancelled")


def written(archive: Archive, session: str) -> bool:
    """Whether somebody writes one of a session's renditions."""
    for rendition in archive.renditions(session):
        with undisturbed(archive.folder_of(session, rendition)) as alone:
            if not alone:
                return True
    return False


def remove(store: Store, archive: Archive, storage: Storage | None, session: str) -> bool:
    """Remove one session's recording everywhere. Whether it is gone: somebody may hold it by now, which is asked
    directly before each step. Errors: `StorageError`, `OSError`; begin again then.
    """
    if storage is not None:
        names = [each.name for each in storage.list(f"{session}/")]
        if _held(store, session):
            return False
        with store.write() as conn:  # first: however far it comes, what stays is sent again
            recordings.unstored(conn, session)
        storage.delete(names)
    if _held(store, session):
        return False
    if session in archive.sessions():
        shutil.rmtree(archive.folder / session)
    archive.forget(session)
    with store.write() as conn:
        recordings.forget(conn, session)
        redactions.forget(conn, session)
    return True


def _held(store: Store, session: str) -> bool:
    with store.read() as conn:
        return redactions.held(conn, session) is not None


def wanted(store: Store, session: str) -> bool:
    """Whether a recording is kept beyond its time: somebody asked for something in it, or a redaction is not done."""
    with store.read() as conn:
        return bool(replays.requests(conn, session) or redactions.due(conn, session))
