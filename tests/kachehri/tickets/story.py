"""A ticket to which things are done on days that count, and everybody who does them."""

from __future__ import annotations

from typing import Any

import pytest

from kachehri.tickets import acts as a
from kachehri.tickets import events as e
from kachehri.tickets.acts import Act, Doer
from kachehri.tickets.decide import Context, decide
from kachehri.tickets.events import Happened
from kachehri.tickets.life import Life, evolve
from kachehri.tickets.status import TicketRefused
from rooms.base import ContentRef

DAY = 86_400_000
WORDS = ContentRef("c1", "digest")
OFFICER = Doer("officer", "aslam", "water", "p-1")
OFFICE = Doer("office", "focal", "water", "p-2")
CHIEF = Doer("supervisor", "chief", "water", "p-9", 1)
HEAD = Doer("supervisor", "head", "seat", "p-99", 2)
TRIAGE = Doer("triage", "sorter", "triage", "p-t")
CITIZEN = Doer("citizen", "nasreen")
BODY = Doer("appeal", "judge", "court", "p-j")
CLOCK = Doer("clock", "clock")


class Story:
    """A ticket to which things are done, a day's work at a time; working days are days here."""

    def __init__(self, *, start: int = 0, conflicts: tuple[str, ...] = (), **opened: Any) -> None:
        self.life = Life("t1")
        self.day = start
        self.conflicts = conflicts
        self.more: dict[str, Any] = {}
        self._add("system", e.Opened(**{"office": "water", "category": "pump", "state": "routed", **opened}))

    def _add(self, actor: str, body: e.Step) -> None:
        evolve(self.life, Happened(self.life.seq + 1, self.day * DAY, actor, body))

    @property
    def ctx(self) -> Context:
        def concerns(office: str, post: str, about: str) -> bool:
            return post in self.conflicts or (not post and office in self.conflicts)

        plain = Context(
            now=self.day * DAY,
            after_days=lambda at, days: at + days * DAY,
            end_of_day=lambda at, days: (at // DAY + days + 1) * DAY - 1,
            conflicts=lambda post, about: post in self.conflicts,
            concerns=concerns,
            triage="triage",
            above=lambda level: f"above-{level}",
        )
        return plain._replace(**self.more)

    def do(self, act: Act, doer: Doer) -> list[e.Step]:
        found = decide(self.life, act, doer, self.ctx)
        for body in found:
            self._add(doer.side if doer.side in ("citizen", "clock") else doer.id, body)
        return found

    def no(self, act: Act, doer: Doer) -> str:
        """The code with which it is refused."""
        with pytest.raises(TicketRefused) as caught:
            decide(self.life, act, doer, self.ctx)
        return caught.value.code

    def wait(self, days: int) -> Story:
        self.day += days
        return self

    def taken(self) -> Story:
        self.do(a.Assign(post="p-1", account="aslam"), OFFICE)
        return self

    def proposed(self, doer: Doer = OFFICER, **said: Any) -> Story:
        self.do(a.Propose(**{"outcome": "relief_granted", "note": WORDS, **said}), doer)
        return self

    def arrived(self) -> Story:
        self.do(a.NoteArrival(channel="sms"), CLOCK)
        return self

    def disputed(self) -> Story:
        self.do(a.Dispute(solved="no", words=WORDS), CITIZEN)
        return self


def begun(**opened: Any) -> Story:
    return Story(**opened).taken()
