"""The minutes of a closed session: what happened when, who was there, what was decided, in both languages.

Made from the log alone, whose last hash stands at the end. Citizens appear by the numbers of their questions; a name
stands beside a turn only where its bearer let it be heard.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from kachehri.i18n.dates import MINUTE_MS
from kachehri.store.event_log import Logged
from kachehri.store.tables import Account
from kachehri.store.tables import Turn as TurnRow
from rooms import attendance, lifecycle, questions, turns
from rooms.queue import Question
from rooms.session import decode_event
from web.papers.pairs import Pair
from web.papers.register import Letterhead, Sources, Sums

#: The events that minutes are made of.
TYPES: Final = tuple(
    str(kind.__struct_config__.tag)
    for kind in (
        lifecycle.SessionScheduled,
        lifecycle.DoorsOpened,
        lifecycle.SessionStarted,
        lifecycle.SessionAdjourned,
        lifecycle.SessionResumed,
        lifecycle.SessionPostponed,
        lifecycle.SessionRescheduled,
        lifecycle.SessionClosing,
        attendance.ParticipantRemoved,
        attendance.ParticipantBlocked,
        attendance.ParticipantUnblocked,
        questions.QuestionMoved,
        turns.TurnCalled,
        turns.TurnEnded,
    )
) + ("session.closed",)
#: Turns of a hearing that stand in its minutes; a day has not more.
TURNS_MOST: Final = 2_000


@dataclass(frozen=True)
class Cell:
    """One cell: both languages, somebody's own words, or figures."""

    pair: Pair = Pair()
    words: str = ""
    figures: str = ""


@dataclass(frozen=True)
class Table:
    """One part of the minutes. Keys are below `minutes.`; without rows it says so."""

    key: str
    heads: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True)
class Minutes:
    head: Letterhead
    place: Pair
    tables: tuple[Table, ...]
    sums: Sums | None


class Facts(NamedTuple):
    """What is read from the tables."""

    events: Sequence[Logged]
    turns: Sequence[TurnRow]
    accounts: Mapping[str, Account]


@dataclass(frozen=True)
class Writer:
    """Writes the parts."""

    sources: Sources
    facts: Facts

    def tables(self) -> tuple[Table, ...]:
        decoded = [(row.at, decode_event(row.body)) for row in self.facts.events]
        return (
            Table("phases", ("when", "what", "why"), tuple(self.phases(decoded))),
            Table("attendance", ("name", "role", "from", "to", "minutes"), tuple(self.attendance())),
            Table("counts", ("what", "number"), tuple(self.counts())),
            Table("turns", ("when", "question", "who", "minutes", "outcome"), tuple(self.turns(decoded))),
            Table("orders", ("question", "words", "office", "until", "by"), tuple(self.orders())),
            Table("refusals", ("question", "rule", "words"), tuple(self.refusals())),
            Table("bars", ("when", "what", "question", "why"), tuple(self.bars(decoded))),
            Table("moves", ("when", "question", "why"), tuple(self.moves(decoded))),
        )

    def phases(self, events: Iterable[tuple[int, Any]]) -> Iterable[tuple[Cell, ...]]:
        both = self.sources.both
        for at, event in events:
            tag = str(type(event).__struct_config__.tag)
            if not tag.startswith("session."):
                continue
            key = tag.removeprefix("session.")
            if key == "closing":
                key = f"closing_{event.by}"
            reason = getattr(event, "reason", None)
            why = both(f"phase_reason.{reason}") if reason else Pair()
            yield self.when(at), Cell(both(f"minutes.phase.{key}")), self.because(why, getattr(event, "note", None))

    def attendance(self) -> Iterable[tuple[Cell, ...]]:
        both = self.sources.both
        sittings = self.sources.live.session.attendance.sittings
        for who, sitting in sorted(sittings.items(), key=lambda each: each[1].first_seen):
            account = self.facts.accounts.get(who)
            title = Pair(account.title_ur, account.title_en) if account else Pair()
            role = both(f"role.{sitting.role}")
            named = Pair(title.ur or role.ur, title.en or role.en)
            yield (
                Cell(words=account.name if account else "—"),
                Cell(named if named == role else Pair(f"{named.ur}، {role.ur}", f"{named.en}, {role.en}")),
                self.when(sitting.first_seen),
                self.when(sitting.last_seen),
                Cell(figures=str(round(sitting.total_ms / MINUTE_MS))),
            )

    def counts(self) -> Iterable[tuple[Cell, ...]]:
        session, both = self.sources.live.session, self.sources.both
        asked = session.queue.questions.values()
        on_air = sum(each.state in ("heard", "answered") for each in asked)
        for key, count in (
            ("peak", session.attendance.peak),
            ("asked", len(asked)),
            ("askers", len(session.queue.asked_by)),
            ("on_air", on_air),
            ("private", sum(each.private for each in asked)),
        ):
            yield Cell(both(f"minutes.count.{key}")), Cell(figures=str(count))

    def turns(self, events: Iterable[tuple[int, Any]]) -> Iterable[tuple[Cell, ...]]:
        called: dict[str, tuple[str, ...]] = {}
        ended: dict[str, Any] = {}
        for _, event in events:
            if isinstance(event, turns.TurnCalled):
                called[event.turn] = event.questions
            elif isinstance(event, turns.TurnEnded):
                ended[event.turn] = event
        known = self.sources.live.session.queue.questions
        for row in self.facts.turns[:TURNS_MOST]:
            for each in called.get(row.id, ()):
                question = known[each]
                spoke = row.on_stage_at is not None and row.ended_at is not None
                length = (row.ended_at or 0) - (row.on_stage_at or 0) if spoke else 0
                how = ended[row.id].outcome if row.id in ended else "closed"
                outcome, words = self.outcome(question)
                if not question.outcome:
                    outcome = self.sources.both(f"minutes.turn.{how}")
                yield (
                    self.when(row.called_at),
                    self.question(question),
                    self.name(question),
                    Cell(figures=f"{length // MINUTE_MS}:{length // 1000 % 60:02d}" if length else "—"),
                    Cell(outcome, words),
                )

    def orders(self) -> Iterable[tuple[Cell, ...]]:
        both, session = self.sources.both, self.sources.live.session
        for question in self.decided("ordered"):
            noted = question.outcome
            assert noted is not None
            seat = session.stage.seats.get(noted.seat)
            yield (
                self.question(question),
                Cell(words=self.sources.live.texts.get(noted.note, "")),
                Cell(self.sources.office(self.sources.office_id(noted.office))),
                Cell(both.date(noted.due)),
                Cell(Pair(seat.title.get("ur", ""), seat.title.get("en", "")) if seat else Pair()),
            )

    def refusals(self) -> Iterable[tuple[Cell, ...]]:
        texts = self.sources.live.texts
        for question in self.decided("refused"):
            noted = question.outcome
            assert noted is not None
            words = Cell(words=texts.get(noted.note, ""))
            yield self.question(question), Cell(words=texts.get(noted.rule, "")), words

    def decided(self, kind: str) -> list[Question]:
        """Questions with this outcome, in the order of the notes; what is private is not listed."""
        asked = self.sources.live.session.queue.questions.values()
        found = [each for each in asked if each.outcome and each.outcome.kind == kind and not each.private]
        return sorted(found, key=lambda each: each.outcome.at if each.outcome else 0)

    def bars(self, events: Iterable[tuple[int, Any]]) -> Iterable[tuple[Cell, ...]]:
        both, queue = self.sources.both, self.sources.live.session.queue
        for at, event in events:
            match event:
                case attendance.ParticipantRemoved():
                    what, why = "removed", both(f"remove_reason.{event.reason}")
                case attendance.ParticipantBlocked():
                    what, why = "blocked", both(f"remove_reason.{event.reason}")
                case attendance.ParticipantUnblocked():
                    what, why = "unblocked", Pair()
                case _:
                    continue
            numbers = [
                both.en.grouped(queue.questions[each].reference) for each in queue.asked_by.get(event.participant, ())
            ]
            whose = Cell(figures=", ".join(numbers)) if numbers else Cell(both("minutes.listener"))
            yield (
                self.when(at),
                Cell(both(f"minutes.bar.{what}")),
                whose,
                self.because(why, getattr(event, "note", None)),
            )

    def moves(self, events: Iterable[tuple[int, Any]]) -> Iterable[tuple[Cell, ...]]:
        known = self.sources.live.session.queue.questions
        for at, event in events:
            if isinstance(event, questions.QuestionMoved):
                why = self.sources.both(f"moved.{event.reason}")
                yield self.when(at), self.question(known[event.question]), self.because(why, event.note)

    def when(self, at: int) -> Cell:
        return Cell(figures=self.sources.both.stamp(at))

    def because(self, why: Pair, note: Any) -> Cell:
        return Cell(why, self.sources.live.texts.get(note.id, "") if note else "")

    def question(self, question: Question) -> Cell:
        both = self.sources.both
        topic = both("paper.private_topic") if question.private else self.sources.topic(question.category)
        return Cell(topic, figures=both.en.grouped(question.reference))

    def name(self, question: Question) -> Cell:
        both, texts = self.sources.both, self.sources.live.texts
        if question.hide_name or question.private:
            return Cell(both("paper.hidden"))
        name = texts.get(question.name, "")
        return Cell(words=name) if name else Cell(both("paper.no_name"))

    def outcome(self, question: Question) -> tuple[Pair, str]:
        if question.outcome is None:
            return Pair(), ""
        said = self.sources.both(f"paper.outcome.{question.outcome.kind}")
        return said, self.sources.live.texts.get(question.outcome.note, "")
