"""What another body gets of a complaint: an ombudsman, a court, an appeal body outside of the house.

Everything in both languages: what was asked, what was promised until when, every step with its words, the evidence by
its digests, and the end of the chain by which all of it can be checked. Words are those that everybody may read, with
numbers and the like masked; notes among the staff stay in the house. How the asker can be reached stands on it only for
whoever has just looked at that with a reason (kachehri/particulars.py); else the paper says that it is kept back.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from kachehri.store.papers import Exhibited
from kachehri.store.tables import Ticket
from kachehri.tickets.calendar import WorkingCalendar
from kachehri.tickets.clocks import dues
from kachehri.tickets.events import Evidence, Happened, Noted
from kachehri.tickets.life import Life
from web import ticket_story
from web.papers.pairs import Both, Pair
from web.ticket_names import Names

#: Steps that are talk among the staff.
INSIDE: Final = (Noted,)


@dataclass(frozen=True)
class Head:
    """What stands above the pack and at the foot of its pages."""

    house: Pair
    title: Pair
    subject: Pair
    reference: str
    seq: int
    hash: str
    made: str

    @property
    def mark(self) -> str:
        """The start of the hash, for the foot of every page."""
        return self.hash[:16]


@dataclass(frozen=True)
class Clock:
    """One clock: until when, when it happened, and by how many working days it was late."""

    name: Pair
    until: str
    happened: str
    late: int


@dataclass(frozen=True)
class Line:
    """One step."""

    number: int
    at: str
    who: Pair
    what: Pair
    words: tuple[tuple[Pair, str], ...]


@dataclass(frozen=True)
class Exhibit:
    """One picture, by its number and the digest of its file (SHA-256)."""

    number: int
    at: str
    shown: bool
    digest: str


@dataclass(frozen=True)
class Pack:
    head: Head
    facts: tuple[tuple[Pair, Pair, str], ...]
    text: str
    clocks: tuple[Clock, ...]
    story: tuple[Line, ...]
    exhibits: tuple[Exhibit, ...]
    others: tuple[tuple[Pair, str], ...]
    #: How she can be reached, where whoever takes it out has just looked at that; else what is kept back.
    reached: tuple[tuple[Pair, str], ...] = ()
    withheld: tuple[Pair, ...] = ()


@dataclass(frozen=True)
class HandoverPage:
    both: Both
    pack: Pack
    pages_mark: str = ""


class Writer:
    """Makes the parts of a pack from what was read of a ticket."""

    def __init__(
        self, both: Both, ur: Names, en: Names, ticket: Ticket, life: Life, calendar: WorkingCalendar, now: int
    ) -> None:
        self.both, self.ur, self.en = both, ur, en
        self.ticket, self.life, self.calendar, self.now = ticket, life, calendar, now

    def facts(self, hearing: Pair, followers: int) -> tuple[tuple[Pair, Pair, str], ...]:
        """What it is about and where it stands; a fact is said in words or in figures."""
        life, both = self.life, self.both
        district = self.en.district
        place = both.area(district, life.area) if life.area else Pair()
        rows = [
            ("pack.topic", both.topic(district, life.category or self.ticket.category), ""),
            ("pack.place", place, ""),
            ("pack.kind", both(f"office.kind.{life.kind}"), ""),
            ("pack.hearing", hearing, ""),
            ("pack.opened", Pair(), both.stamp(life.opened_at)),
            ("pack.with", self._pair(lambda names: names.post_of_office(life.post, life.office)), ""),
            ("pack.accountable", self._pair(lambda names: names.post(life.accountable)), ""),
            ("pack.level", Pair(), str(life.level) if life.level else ""),
            ("pack.state", both(f"ticket.state.{life.state}"), ""),
            ("pack.end", both(f"office.outcome.{life.outcome}") if self._ends() else Pair(), ""),
            ("pack.basis", both(f"office.basis.{life.basis}") if life.basis else Pair(), ""),
            ("pack.followers", Pair(), str(followers) if followers else ""),
            ("pack.disputes", Pair(), str(life.disputes) if life.disputes else ""),
        ]
        return tuple((both(key), said, figures) for key, said, figures in rows if figures or any(said))

    def _ends(self) -> bool:
        return self._done() and bool(self.life.outcome) and self.ur.words.has(f"office.outcome.{self.life.outcome}")

    def _done(self) -> bool:
        return not self.life.is_open or self.life.state == "resolution_proposed"

    def clocks(self) -> tuple[Clock, ...]:
        """What should have happened until when, and whether it did."""
        life, found = self.life, dues(self.life, self.calendar)
        rows = [
            ("accept", found.accept, life.accepted_at),
            ("first", found.first, life.first_action_at),
            ("resolve", found.resolve, life.proposed_at if self._done() else None),
        ]
        if life.promised is not None:
            rows.append(
                ("promised", life.promised, max((p.kept_at or 0 for p in life.pledges.values()), default=0) or None)
            )
        if found.appeal is not None:
            rows.append(("appeal", found.appeal, None))
        return tuple(self._clock(name, until, happened) for name, until, happened in rows)

    def _clock(self, name: str, until: int, happened: int | None) -> Clock:
        end = happened if happened is not None else self.now
        late = self.calendar.days(self.life.area).between(until, end) if end > until else 0
        return Clock(
            self.both(f"pack.clock.{name}"),
            self.both.stamp(until),
            self.both.stamp(happened) if happened is not None else "",
            late,
        )

    def story(
        self,
        steps: Sequence[Happened],
        texts: Mapping[str, str],
        references: Mapping[str, str],
        *,
        money: bool = False,
    ) -> tuple[Line, ...]:
        """Every step that is no talk among the staff."""
        said = [step for step in steps if not isinstance(step.body, INSIDE)]
        rows = [
            ticket_story.rows(said, texts, names, references, "", self.now, money=money) for names in (self.ur, self.en)
        ]
        return tuple(
            Line(
                number=ur.seq,
                at=self.both.stamp(ur.at),
                who=Pair(ur.who, en.who),
                what=Pair(ur.text, en.text),
                words=tuple(
                    (Pair(first, second), text) for (first, text), (second, _) in zip(ur.words, en.words, strict=True)
                ),
            )
            for ur, en in zip(*rows, strict=True)
        )

    def exhibits(self, steps: Sequence[Happened], pictures: Sequence[Exhibited]) -> tuple[Exhibit, ...]:
        """The evidence in the order in which it was added."""
        added = {step.body.attachment: step.at for step in steps if isinstance(step.body, Evidence)}
        return tuple(
            Exhibit(number, self.both.stamp(added.get(each.id, each.at)), each.shown, each.sha256.hex())
            for number, each in enumerate(pictures, 1)
        )

    def _pair(self, say: Callable[[Names], str]) -> Pair:
        return Pair(say(self.ur), say(self.en))
