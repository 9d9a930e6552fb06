"""What is decided for one session within one transaction, and the rows that this writes.

Each command goes through the role table and the rules; its events are carried into the writer's copy of the session.
"""

from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

import msgspec

from moderation.roles import allows
from rooms import closing, erasing, lifecycle, questions, turns
from rooms.base import Context, Event, Refused, SetFact
from rooms.session import Session, decide, encode_event, evolve, owner
from rooms.stage import Turn

from . import broken_numbers, erasure, intake, opening, projections
from .codes import Codes
from .ids import new_id
from .live import Recorded, tag_of
from .pending import Accepted, Pending, repeated
from .people import People
from .references import References
from .store import Connection, content, district, event_log
from .store import questions as question_rows
from .store import sessions as session_rows

#: Commands that say what a question is about.
_ABOUT: Final = (questions.AskQuestion, questions.ClassifyQuestion)


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
    #: Topics that are protected at this moment; read only when a command names one.
    guarded: frozenset[str] = frozenset()


class Deciding:
    """Decides the commands of a group.

    Arguments:
        held_ms: the safety delay, for typed lines.
    """

    def __init__(self, people: People, references: References, held_ms: int) -> None:
        self._people = people
        self._references = references
        self._codes = Codes()
        self._held_ms = held_ms

    def take(self, conn: Connection, work: Work, group: list[Pending]) -> None:
        """Decide a group in turn, each command on what those before it made of the session."""
        seen = event_log.keys_seen(conn, work.session.id, {each.key for each in group if each.key})
        asks = sum(isinstance(each.command, questions.AskQuestion) for each in group)
        if asks:
            self._references.refill(conn, work.now, asks)
        if any(isinstance(each.command, _ABOUT) for each in group):
            work.guarded = frozenset(each.code for each in district.categories(conn) if each.protected)
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
        if isinstance(command, _ABOUT) and command.category in work.guarded:
            # The event says so too: no later reading of the log depends on what the district protects by then.
            command = msgspec.structs.replace(command, private=True)
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


def write(conn: Connection, work: Work) -> None:
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
