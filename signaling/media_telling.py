"""What the plane notices and nobody records: who speaks, told to those who listen, and how lines are, told to the desk.

Both are true for a moment only, so they travel beside the log: whoever misses a frame gets the next one.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Protocol

from . import protocol
from .frames import Packed
from .hub import Hub
from .media import port


class Hearer(Protocol):
    """A connection that can be told something."""

    def say(self, message: protocol.ToClient) -> None:
        """Send a frame."""


class Telling:
    """One worker's part of it."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        #: Who speaks, by session, as it was told last.
        self._voices: dict[str, tuple[str, ...]] = {}

    def speaking(self, report: port.Speaking, listeners: Iterable[Any]) -> None:
        """Tell the staff, and of the public those who receive sound: whoever only reads pays for no byte of it."""
        self._voices[report.session] = report.seats
        frame = Packed(protocol.encode(self._frame(report.seats)))
        members = dict.fromkeys((*self._staff(report.session, "desk", "official"), *listeners))
        for member in members:
            if not member.paused:
                member.send(frame)

    def came(self, session: str, line: Hearer) -> None:
        """Somebody receives sound from now on."""
        seats = self._voices.get(session, ())
        if seats:
            line.say(self._frame(seats))

    def lost(self, session: str, listeners: Iterable[Any]) -> None:
        """Nobody can be heard any more."""
        if self._voices.pop(session, ()):
            self.speaking(port.Speaking(session, ()), listeners)

    def health(self, report: port.Seats) -> None:
        """Tell the desk how the lines are; addresses and names are not part of it."""
        desk = self._staff(report.session, "desk")
        if not desk:
            return
        frame = protocol.MediaHealth(
            at=self._hub.clock.now(),
            seats={each.seat: health_of(each) for each in report.seats},
            deck={each.participant: health_of(each) for each in report.waiting},
        )
        packed = Packed(protocol.encode(frame))
        for member in desk:
            if not member.paused:
                member.send(packed)

    def _frame(self, seats: tuple[str, ...]) -> protocol.MediaSpeaking:
        return protocol.MediaSpeaking(at=self._hub.clock.now(), seats=seats)

    def _staff(self, session: str, *audiences: Any) -> list[Any]:
        gathering = self._hub.gathering(session)
        if gathering is None:
            return []
        return [member for audience in audiences for member in gathering.fans[audience].members]


def health_of(stats: port.SeatStats) -> protocol.LineHealth:
    """One line in a word and figures."""
    return protocol.LineHealth(
        grade=stats.grade,
        kbps=stats.kbps,
        loss=stats.loss,
        rtt=stats.rtt,
        sound=stats.audio_packets > 0,
    )
