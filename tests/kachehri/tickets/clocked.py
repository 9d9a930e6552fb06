"""A ticket that lives step by step by the calendar, and what its clocks say at each."""

from __future__ import annotations

from typing import Any

from kachehri.tickets import acts as a
from kachehri.tickets import events as e
from kachehri.tickets.calendar import WorkingCalendar
from kachehri.tickets.clocks import due_actions, dues
from kachehri.tickets.events import Happened, Step
from kachehri.tickets.life import Life, evolve
from rooms.base import ContentRef

from .test_calendar import at, told

CALENDAR = WorkingCalendar()
WORDS = ContentRef("c", "")
MONDAY = "2026-01-05 10:00"


class Story:
    """A ticket that lives step by step; `begun` opens one on Monday, 5 January 2026, with 15 working days."""

    def __init__(self, calendar: WorkingCalendar = CALENDAR, *, start: str = MONDAY, **opened: Any) -> None:
        self.calendar = calendar
        self.life = Life("t1")
        self.do(start, e.Opened(office="water", **opened))

    def do(self, when: str | int, step: Step, actor: str = "clock") -> Story:
        now = at(when) if isinstance(when, str) else when
        evolve(self.life, Happened(self.life.seq + 1, now, actor, step))
        return self

    def due(self) -> str:
        return told(dues(self.life, self.calendar).resolve)

    def now(self, when: str, above: str = "chief") -> list[a.Act]:
        return due_actions(self.life, self.calendar, at(when), lambda level: f"{above}-{level}")

    def apply(self, when: str) -> list[a.Act]:
        """Do what is due, as the office of the ticket would."""
        acts = self.now(when)
        for act in acts:
            match act:
                case a.Escalate():
                    self.do(when, e.Escalated(level=act.level, post=act.post))
                case a.Assign():
                    self.do(when, e.Assigned(post=act.post or "head"))
                case a.StaySilent():
                    self.do(when, e.Silent())
                case a.Appeal():
                    self.do(when, e.Appealed(automatic=True))
                case a.Resume():
                    self.do(when, e.Resumed())
                case a.MoveDue():
                    self.do(when, e.CalendarChanged(version=act.version, due=act.due))
                case a.Pledge():
                    self.do(when, e.Pledged(commitment=act.commitment, step="broken"))
        return acts

    def taken(self) -> Story:
        """Sent, accepted and begun."""
        self.do(MONDAY, e.Routed(office="water", post="sdo"))
        self.do("2026-01-05 11:00", e.Assigned(post="sdo", account="acc"))
        return self.do("2026-01-05 12:00", e.Started(plan=WORDS))

    def proposed(self, when: str = "2026-01-12 10:00") -> Story:
        return self.do(when, e.Proposed(outcome="relief_granted", note=WORDS), "acc")
