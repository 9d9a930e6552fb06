"""Tells the rules whose line is there and whose is gone, where that matters: for staff, and for people with a turn.

A line that breaks is given a moment before it is reported, because a phone that changes cells is back by then. Workers
do not know of each other's connections: whoever sees someone reported gone who is connected here says the opposite.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import cast

from kachehri.live import Live, Recorded
from rooms.attendance import CountAttendance, ReportPresence, StaffLeft
from rooms.base import STAFF, Command, Role
from rooms.lifecycle import OPEN
from rooms.turns import TurnDropped

from .clock import Clock, Timer

#: How long a line may be gone before anyone is told.
GRACE_MS = 3_000
#: How long people have to come back after the server itself was gone; phones retry with growing pauses.
RESTART_MS = 15_000
#: How often the number of people is written down, when it has changed.
COUNT_MS = 30_000
#: Phases in which people are in the hall.
HALL = frozenset({"doors_open", "live", "adjourned"})


class Presence:
    """Lines of one session in this process.

    Arguments:
        submit: gives a command of the server's own; what becomes of it is logged, not awaited.
    """

    def __init__(self, live: Live, clock: Clock, submit: Callable[[Command], None]) -> None:
        self.live = live
        self._clock = clock
        self._submit = submit
        self._lines: dict[str, int] = {}
        self._roles: dict[str, Role] = {}
        self._grace: dict[str, Timer] = {}
        self._counted_at: int | None = None
        #: What other workers said of this session: how many are connected there, and when they said so.
        self._others: dict[str, tuple[int, int]] = {}

    @property
    def idle(self) -> bool:
        """Whether nobody is here and nobody is awaited."""
        return not self._lines and not self._grace

    @property
    def people(self) -> int:
        """How many people are connected to this process."""
        return len(self._lines)

    def came(self, participant: str, role: Role) -> None:
        """A connection of theirs opened."""
        self._lines[participant] = self._lines.get(participant, 0) + 1
        self._roles[participant] = role
        grace = self._grace.pop(participant, None)
        if grace is not None:
            grace.cancel()
        self._confirm(participant)

    def went(self, participant: str) -> None:
        """A connection of theirs ended."""
        left = self._lines[participant] - 1
        if left:
            self._lines[participant] = left
            return
        del self._lines[participant]
        self._grace[participant] = self._clock.later(GRACE_MS, partial(self._gone, participant))

    def expect(self) -> None:
        """After a start: whoever the session believes to be here has a while to come back before the rules are told."""
        session = self.live.session
        awaited: dict[str, Role] = {turn.participant: "citizen" for turn in session.stage.turns.values()}
        awaited.update({participant: cast(Role, role) for participant, role in session.attendance.staff.items()})
        for participant, role in awaited.items():
            if not self.here(participant) and participant not in self._grace:
                self._roles[participant] = role
                self._grace[participant] = self._clock.later(RESTART_MS, partial(self._gone, participant))

    def here(self, participant: str) -> bool:
        """Whether they are connected to this process."""
        return participant in self._lines

    def announced(self, records: Iterable[Recorded]) -> None:
        """Contradict another worker that lost sight of someone who is here."""
        for record in records:
            event = record.event
            if isinstance(event, StaffLeft) and self.here(event.participant):
                self._confirm(event.participant)
            elif isinstance(event, TurnDropped) and event.cause == "socket":
                turn = self.live.session.stage.turns.get(event.turn)
                if turn is not None and self.here(turn.participant):
                    self._confirm(turn.participant)

    def counted_elsewhere(self, origin: str, people: int) -> None:
        """Another worker says how many are connected there."""
        self._others[origin] = (people, self._clock.steady())

    def sweep(self, origin: str = "", tell: Callable[[int], None] | None = None) -> None:
        """Now and then tell the other workers how many are here, and write the sum down when it has changed.

        Arguments:
            origin: this worker; of those that speak of the session, the first by name writes.
        """
        now = self._clock.steady()
        if self._counted_at is not None and now - self._counted_at < COUNT_MS:
            return
        self._counted_at = now
        if tell is not None:
            tell(self.people)
        self._others = {key: said for key, said in self._others.items() if now - said[1] < 3 * COUNT_MS}
        if any(other < origin for other in self._others):
            return
        session, people = self.live.session, self.people + sum(said[0] for said in self._others.values())
        if session.phase in HALL and people != session.attendance.present:
            self._submit(CountAttendance(present=people))

    def stop(self) -> None:
        """Forget whoever is awaited."""
        for grace in self._grace.values():
            grace.cancel()
        self._grace.clear()

    def _confirm(self, participant: str) -> None:
        """Say that someone is here, if the session believes otherwise."""
        session, role = self.live.session, self._roles[participant]
        if session.phase not in OPEN:
            return
        turn = session.stage.turn_of(participant)
        # A line that the media process misses is back when the media process hears it, not when a page reconnects.
        dropped = turn is not None and turn.state == "dropped" and turn.cause == "socket"
        if dropped or (role in STAFF and session.attendance.staff.get(participant) != role):
            self._submit(ReportPresence(participant=participant, role=role, present=True))

    def _gone(self, participant: str) -> None:
        del self._grace[participant]
        role = self._roles.pop(participant)
        session = self.live.session
        if session.phase not in OPEN:
            return
        if session.stage.turn_of(participant) is not None or participant in session.attendance.staff:
            self._submit(ReportPresence(participant=participant, role=role, present=False))
