"""The one thread that writes: commands that arrive during a commit go together into the next (group commit).

Under the lock of the session's row, in one transaction: catch up with what other workers recorded, decide each command
in turn, append its events to the chain, keep its words, write its projections, remember its key. A reply leaves only
after the commit. The writer owns a mutable copy of each session and drops it whenever a transaction fails.
"""

import asyncio
import hashlib
import queue
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import msgspec

from moderation.roles import allows
from rooms import closing, erasing, lifecycle, questions, turns
from rooms.base import SYSTEM, Actor, Command, Context, Event, Refused, SetFact
from rooms.session import Session, decide, decode_event, encode_event, evolve, owner
from rooms.stage import Turn

from . import broken_numbers, erasure, intake, opening, projections
from .codes import Codes
from .ids import new_id
from .live import Announced, Recorded, tag_of
from .logs import logger
from .people import People
from .references import References
from .store import Connection, Store, StoreError, content, event_log
from .store import questions as question_rows
from .store import sessions as session_rows

#: Commands in one transaction at most: enough to share one sync among hundreds, few enough to keep the wait short.
BATCH = 256


class Accepted(msgspec.Struct, frozen=True):
    """A command was carried out. `seq` is the number of its last event; `result` is what its reply tells."""

    seq: int
    result: dict[str, str] | None = None


@dataclass(slots=True)
class Pending:
    """A command on its way to the writer, and whom to tell."""

    session_id: str
    actor: Actor
    command: Command
    key: str
    future: "asyncio.Future[Accepted]"
    body_hash: bytes = b""
    outcome: "Accepted | Exception | None" = None


@dataclass(slots=True)
class Work:
    """One session within one transaction: its copy and the rows that will be written."""

    session: Session
    head: event_log.Head
    now: int
    records: list[Recorded] = field(default_factory=list)
    texts: dict[str, str] = field(default_factory=dict)
    reworded: dict[str, str] = field(default_factory=dict)
    kept: list[content.Kept] = field(default_factory=list)
    asked: list[question_rows.Asked] = field(default_factory=list)
    touched: dict[str, None] = field(default_factory=dict)
    ended: dict[str, Turn] = field(default_factory=dict)
    turns: dict[str, None] = field(default_factory=dict)
    supports: list[tuple[Pending, SetFact]] = field(default_factory=list)
    remembered: dict[str, event_log.Remembered] = field(default_factory=dict)
    outer: tuple[Any, ...] = ()


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
        self._codes = Codes()
        self._held_ms = held_ms
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
                    self._session_group(conn, work, group)
                elif head is not None:
                    erased += self._over(conn, head, max(clock, head.at), group)
                else:
                    for pending in group:
                        pending.outcome = Refused("session_unknown")
            for work in works.values():
                self._write(conn, work)
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

    def _session_group(self, conn: Connection, work: Work, group: list[Pending]) -> None:
        seen = event_log.keys_seen(conn, work.session.id, {each.key for each in group if each.key})
        asks = sum(isinstance(each.command, questions.AskQuestion) for each in group)
        if asks:
            self._references.refill(conn, work.now, asks)
        seals = self._people.seals(conn, [each.actor for each in group if each.command.texts], work.now)
        work.outer = projections.outer(work.session)
        for pending in group:
            known = seen.get(pending.key) or work.remembered.get(pending.key)
            if known is not None:
                pending.outcome = repeated(known, pending)
                continue
            try:
                pending.outcome = self._decide(conn, work, pending, seals)
            except Refused as refused:
                pending.outcome = refused
                continue
            if pending.key and isinstance(pending.outcome, Accepted):
                result = msgspec.json.encode(pending.outcome.result) if pending.outcome.result else None
                work.remembered[pending.key] = event_log.Remembered(
                    work.session.id,
                    pending.key,
                    pending.body_hash,
                    pending.actor.participant,
                    pending.outcome.seq,
                    result,
                )
        self._count_supports(conn, work)

    def _decide(self, conn: Connection, work: Work, pending: Pending, seals: dict[str, intake.Seal]) -> Accepted:
        """One command through the role table and the rules, its events carried into our copy."""
        session, command, actor = work.session, pending.command, pending.actor
        tag = tag_of(command)
        if not allows(actor.role, tag, owner(session, command) == actor.participant):
            raise Refused("not_allowed")
        taken = (
            intake.take(command, session.id, seals[actor.participant], work.now) if command.texts else intake.NOTHING
        )
        self._codes.check(conn, command, work.now, self._references.zone)
        phone = intake.phone_of(command)
        ctx = Context(work.now, partial(new_id, work.now), self._references.draw, taken.refs, self._held_ms)
        decided = decide(session, command, actor, ctx)
        changed = broken_numbers.across(conn, session.captions, command, taken, work.texts)
        result: dict[str, str] | None = None
        for event in decided:
            if isinstance(event, SetFact):
                work.supports.append((pending, event))
                continue
            self._record(conn, work, event)
            if isinstance(event, questions.QuestionAsked):
                result = {"question": event.question, "reference": event.reference}
            elif isinstance(event, turns.TurnCalled):
                result = {"turn": event.turn}
        work.kept += [row._replace(public=changed.get(row.id, row.public)) for row in taken.rows]
        work.texts.update(taken.texts | changed)
        work.reworded.update(changed)
        if phone is not None:
            self._people.remember_phone(conn, actor.participant, phone)
        return Accepted(session.seq, result)

    def _record(self, conn: Connection, work: Work, event: Event) -> None:
        session, seq = work.session, work.session.seq + 1
        work.touched.update(dict.fromkeys(projections.touched(session, event)))
        turn_id = getattr(event, "turn", None)
        if turn_id is not None:
            work.turns[turn_id] = None
            if isinstance(event, turns.TurnEnded):
                work.ended[turn_id] = session.stage.turns[turn_id]
        elif isinstance(event, questions.QuestionAsked):
            work.asked.append(projections.asked(session.id, event, seq, work.now))
        evolve(session, event, seq, work.now)
        work.records.append(Recorded(seq, work.now, event, encode_event(event)))
        if isinstance(event, closing.TicketsOpened):
            opening.write(conn, self._people, session, event, work.now, self._references.zone)
        elif isinstance(event, erasing.ContentErased):
            erasure.take_away(conn, self._people, event, work.now)
        elif isinstance(event, lifecycle.SessionScheduled | lifecycle.SessionRescheduled):
            session_rows.set_seats(conn, projections.seat_rows(session.id, event))
            if isinstance(event, lifecycle.SessionRescheduled) and (title := event.title) is not None:
                named = {f"title_{code}": title.get(code, "") for code in ("ur", "en")}
                session_rows.rename(conn, session.id, **named)

    def _count_supports(self, conn: Connection, work: Work) -> None:
        """Write the "me too"s of the group at once; one event tells the new totals."""
        if not work.supports:
            return
        rows = [
            question_rows.Supported(fact.subject, fact.participant, work.session.id, work.now)
            for _, fact in work.supports
        ]
        fresh = question_rows.support(conn, rows)
        if fresh:
            counts: dict[str, int] = {}
            for question, _ in fresh:
                before = work.session.queue.questions[question].supports
                counts[question] = counts.get(question, before) + 1
            self._record(conn, work, questions.SupportCounted(counts=counts))
        for pending, _ in work.supports:
            pending.outcome = Accepted(work.session.seq)
            known = work.remembered.get(pending.key)
            if known is not None:
                work.remembered[pending.key] = known._replace(seq=work.session.seq)

    def _write(self, conn: Connection, work: Work) -> None:
        """Everything that the group caused, set-wise."""
        session = work.session
        if work.remembered:
            event_log.remember(conn, list(work.remembered.values()))
        if not work.records:
            return
        entries = [(record.at, tag_of(record.event), record.body) for record in work.records]
        event_log.append(conn, event_log.chain(work.head, entries))
        content.add(conn, work.kept)
        for id, text in work.reworded.items():
            content.republish(conn, id, text)
        question_rows.add(conn, work.asked)
        question_rows.change(
            conn, [projections.changed(session.queue.questions[each], session.seq) for each in work.touched]
        )
        if work.turns:
            rows = [projections.turn_row(session.id, turn, session.seq, work.now) for turn in work.ended.values()]
            rows += [
                projections.turn_row(session.id, session.stage.turns[each], session.seq)
                for each in work.turns
                if each not in work.ended
            ]
            pairs = [
                (event.turn, each)
                for _, _, event, _ in work.records
                if isinstance(event, turns.TurnCalled)
                for each in event.questions
            ]
            session_rows.save_turns(conn, rows, pairs)
        now = projections.outer(session)
        if now != work.outer:
            phase, starts_at, ends_at, deadline = now
            session_rows.project(conn, session.id, phase=phase, starts_at=starts_at, ends_at=ends_at, deadline=deadline)


def repeated(known: event_log.Seen | event_log.Remembered, pending: Pending) -> Accepted | Refused:
    """The answer that a command got the first time; its key under anything else is a conflict that reveals nothing."""
    if (known.body_hash, known.actor) != (pending.body_hash, pending.actor.participant):
        return Refused("key_conflict")
    return Accepted(known.seq, msgspec.json.decode(known.result) if known.result else None)


def refuse_over(conn: Connection, head: event_log.Head, group: list[Pending]) -> None:
    """A session that is over takes no commands and is not loaded to say so; only what was done is confirmed again."""
    seen = event_log.keys_seen(conn, head.session_id, {each.key for each in group if each.key})
    for pending in group:
        known = seen.get(pending.key)
        pending.outcome = repeated(known, pending) if known else Refused("phase", phase=head.phase)


def body_hash(command: Command) -> bytes:
    """What two uses of one key must have in common."""
    return hashlib.sha256(msgspec.msgpack.encode(command)).digest()[:16]
