"""The one thread that writes: commands that arrive during a commit go together into the next (group commit).

Under the lock of the session's row, in one transaction: catch up with what other workers recorded, decide each command
in turn, append its events to the chain, keep its words, write its projections, remember its key. A reply leaves only
after the commit. The writer owns a mutable copy of each session and drops it whenever a transaction fails.
"""

import queue
import threading
from collections.abc import Callable, Iterable

from rooms import erasing, lifecycle
from rooms.base import SYSTEM, Refused
from rooms.session import Session, decode_event, evolve

from . import erasure
from .deciding import Deciding, Work, write
from .live import Announced
from .logs import logger
from .pending import Accepted, Pending, refuse_over
from .people import People
from .references import References
from .store import Connection, Store, StoreError, event_log

#: Commands in one transaction at most: enough to share one sync among hundreds, few enough to keep the wait short.
BATCH = 256


class Writer:
    """Takes commands from any thread and answers each after its commit.

    Arguments:
        announce: called in the writer's thread after a commit, before the replies.
        held_ms: the safety delay, for typed lines.
    """

    def __init__(
        self,
        store: Store,
        people: People,
        references: References,
        announce: Callable[[list[Announced]], None],
        deliver: Callable[[list[Pending]], None],
        held_ms: int = 0,
    ) -> None:
        self._store = store
        self._people = people
        self._references = references
        self._deciding = Deciding(people, references, held_ms)
        self._announce = announce
        self._deliver = deliver
        self._sessions: dict[str, Session] = {}
        self._epochs: dict[str, str] = {}
        self._queue: queue.SimpleQueue[Pending | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="writer", daemon=True)
        self._stopping = False
        #: A sync failed: nothing is written any more until a new process has looked at what is on the disk.
        self.broken = False

    @property
    def waiting(self) -> int:
        """How many commands have not been looked at yet."""
        return self._queue.qsize()

    def start(self) -> None:
        """Begin to write."""
        self._thread.start()

    def stop(self) -> None:
        """Finish what has been taken, then end; the database is closed by whoever opened it."""
        self._queue.put(None)
        self._thread.join()

    def put(self, pending: Pending) -> None:
        """Take a command."""
        self._queue.put(pending)

    def _run(self) -> None:
        while not self._stopping:
            batch = self._gather()
            if batch:
                self.commit(batch)

    def _gather(self) -> list[Pending]:
        """Wait for a command, then take what else has arrived meanwhile."""
        batch: list[Pending] = []
        try:
            item = self._queue.get()
            while item is not None:
                batch.append(item)
                if len(batch) == BATCH:
                    return batch
                item = self._queue.get_nowait()
            self._stopping = True
        except queue.Empty:
            pass
        return batch

    def commit(self, batch: list[Pending]) -> None:
        """One transaction; when it fails as a whole, each command is tried alone, so that one cannot spoil the rest."""
        try:
            if self.broken:
                raise StoreError("io")
            announced = self._transact(batch)
        except (StoreError, OSError) as error:
            self._forget(batch)
            self.broken = self.broken or (isinstance(error, StoreError) and error.fatal)
            # "failed": the database did not take some value, and only one of these commands brought it.
            if len(batch) > 1 and isinstance(error, StoreError) and error.code in ("conflict", "failed"):
                for pending in batch:
                    pending.outcome = None
                    self.commit([pending])
                return
            logger(__name__).error("commit.failed", code=getattr(error, "code", "io"), way="!")
            for pending in batch:
                pending.outcome = Refused("storage")
            announced = []
        except Exception as error:
            self._forget(batch)
            if len(batch) > 1:
                for pending in batch:
                    pending.outcome = None
                    self.commit([pending])
                return
            logger(__name__).exception("command.failed", type=str(batch[0].command.__struct_config__.tag), way="!")
            batch[0].outcome = error
            announced = []
        if announced:
            self._announce(announced)
        self._deliver(batch)

    def _forget(self, batch: Iterable[Pending]) -> None:
        for pending in batch:
            self._sessions.pop(pending.session_id, None)
            self._epochs.pop(pending.session_id, None)
        self._references.forget()
        self._people.forget()

    def _transact(self, batch: list[Pending]) -> list[Announced]:
        with self._store.write() as conn:
            heads = event_log.lock(conn, {pending.session_id for pending in batch})
            clock = self._store.now(conn)
            works = {
                session_id: Work(self._caught_up(conn, head), head, max(clock, head.at))
                for session_id, head in heads.items()
                if head.phase not in lifecycle.ENDED
            }
            by_session: dict[str, list[Pending]] = {}
            for pending in batch:
                by_session.setdefault(pending.session_id, []).append(pending)
            erased: list[Announced] = []
            for session_id, group in by_session.items():
                work, head = works.get(session_id), heads.get(session_id)
                if work is not None:
                    self._deciding.take(conn, work, group)
                elif head is not None:
                    erased += self._over(conn, head, max(clock, head.at), group)
                else:
                    for pending in group:
                        pending.outcome = Refused("session_unknown")
            for work in works.values():
                write(conn, work)
        announced = erased
        for session_id, work in works.items():
            if work.session.phase not in lifecycle.ENDED:
                self._sessions[session_id] = work.session
                self._epochs[session_id] = work.head.epoch
            if work.records:
                announced.append(Announced(session_id, work.head.epoch, work.records[0].seq, work.records, work.texts))
        return announced

    def _over(self, conn: Connection, head: event_log.Head, now: int, group: list[Pending]) -> list[Announced]:
        """A session that is over takes one command only, the server's own: to erase what somebody said."""
        asked = [each for each in group if isinstance(each.command, erasing.EraseContent) and each.actor == SYSTEM]
        refuse_over(conn, head, [each for each in group if each not in asked])
        told = erasure.after_the_end(conn, self._people, head, now, [each.command for each in asked])  # type: ignore[misc]
        for pending in asked:
            pending.outcome = Accepted(told[0].events[-1].seq)
        return told

    def _caught_up(self, conn: Connection, head: event_log.Head) -> Session:
        """Our copy, brought up to the head of the log; taken out of the cache until the transaction has succeeded."""
        session, epoch = self._sessions.pop(head.session_id, None), self._epochs.pop(head.session_id, "")
        if session is None or epoch != head.epoch or session.seq > head.seq:
            session = Session(id=head.session_id)
        if session.seq < head.seq:
            for row in event_log.after(conn, head.session_id, session.seq):
                evolve(session, decode_event(row.body), row.seq, row.at)
        return session
