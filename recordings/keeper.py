"""Looks after recordings beside the programs that write them: rows, storage, editions, room on the disk, their end."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from kachehri.logs import logger
from kachehri.rounds import Rounds
from kachehri.settings import Settings
from kachehri.settings.tree import Recordings
from kachehri.store import Store
from recordings.archive import Archive
from recordings.archive.manifest import Manifest
from recordings.archive.space import State
from recordings.edition.keeping import Editions
from recordings.retention import forget_delayed, retire, wanted
from recordings.storage import Storage, StorageError
from recordings.storage.sending import Sending

EVERY_S: Final = 5.0
_RETIRE_S: Final = 3_600.0


def storage_of(recordings: Recordings) -> Storage | None:
    """The storage beside the folder, as the house is set; None without one."""
    if recordings.storage != "s3":
        return None
    from recordings.storage.s3 import S3Storage  # who has none does not load it

    secret = recordings.secret_key_file.read_text().strip() if recordings.secret_key_file else ""
    return S3Storage(
        bucket=recordings.bucket,
        region=recordings.region,
        access_key=recordings.access_key,
        secret_key=secret,
        endpoint=recordings.endpoint,
        prefix=recordings.prefix,
    )


def keeper_of(settings: Settings, store: Store) -> Keeper | None:
    """This house's keeper; None where nothing is recorded and nothing ever was."""
    if settings.program.enabled != "yes" and not settings.recordings.folder.is_dir():
        return None
    return Keeper(store, settings.recordings, spared=lambda session: wanted(store, session))


class Keeper:
    """The rounds of one process.

    Arguments:
        spared: whether a session's recording is kept beyond its time.
        clock: seconds that only grow; replaced by tests.
    """

    def __init__(
        self,
        store: Store,
        settings: Recordings,
        *,
        storage: Storage | None = None,
        archive: Archive | None = None,
        spared: Callable[[str], bool] = lambda _session: False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._store, self._settings, self._spared, self._clock = store, settings, spared, clock
        self._archive = archive or Archive.of(settings)
        self._storage = storage or storage_of(settings)
        self._manifest = Manifest(store, self._archive)
        self._sending = Sending(store, self._archive, self._storage) if self._storage is not None else None
        recordings = settings
        self._editions = Editions(store, self._archive, self._storage, recordings.sealed_days)
        self._retired = -_RETIRE_S
        #: How much room is left: `low` is said early enough for somebody to make more.
        self.space: State = "enough"
        #: What keeps segments from the storage; empty while they go.
        self.trouble = ""
        self.rounds = Rounds("recordings", self.round, EVERY_S)

    def start(self) -> None:
        self.rounds.start()

    async def close(self) -> None:
        """End after the segment that is on its way."""
        if self._sending is not None:
            self._sending.stop()
        await self.rounds.close()
        self._editions.close()

    def round(self) -> None:
        """Once, now."""
        self._look()
        self._manifest.round()
        if not self._editions.busy:
            self._send()
        self._edit()
        if self._clock() - self._retired >= _RETIRE_S:
            self._retired = self._clock()
            recordings = self._settings
            forget_delayed(self._store, self._archive)
            try:
                retire(self._store, self._archive, self._storage, recordings.keep_days, self._spares)
            except StorageError as error:
                self._tell(error.code)
            finally:
                if self._sending is not None:
                    self._sending.forget()  # a removal that did not come to its end has taken heads with it

    def _spares(self, session: str) -> bool:
        return self._editions.busy or self._spared(session)

    def _look(self) -> None:
        now = self._archive.space.state()
        if now != self.space:
            log = logger(__name__)
            (log.info if now == "enough" else log.warning)("recordings.room_changed", state=now, way="=")
            self.space = now

    def _edit(self) -> None:
        try:
            changed = self._editions.round(self._clock())
        except StorageError as error:
            self._tell(error.code)
            return
        if self._sending is not None:
            self._sending.held.difference_update(changed)  # they may have been looked at while they changed

    def _send(self) -> None:
        if self._sending is None:
            return
        try:
            self._sending.round()
        except StorageError as error:
            self._tell(error.code)
        else:
            self._tell("")

    def _tell(self, trouble: str) -> None:
        if trouble != self.trouble:
            log = logger(__name__)
            (log.warning if trouble else log.info)("recordings.storage_changed", code=trouble, way="=")
            self.trouble = trouble
