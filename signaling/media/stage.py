"""One session's stage: its seats with their lines, who sits there, and whose packets therefore go where.

The rule of the whole package is here: a line's source is the current occupant's, or there is none.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass

from signaling.media.backroom import Backroom
from signaling.media.direct import NAME, Program
from signaling.media.downlink import Downlinks
from signaling.media.forward import DIRECT, Fanout, Line
from signaling.media.port import Codec, MediaRefused, Private, SeatStats
from signaling.media.publisher import Publisher
from signaling.media.sdp import AUDIO_CLOCK, AUDIO_PT, RTX_PT, VIDEO_CLOCK, VIDEO_PT, SeatLines
from signaling.media.speaking import Speaking
from signaling.media.spending import Spending
from signaling.media.track import Kind
from signaling.media.watcher import Watcher


@dataclass(slots=True)
class Seat:
    """A seat and the log positions (`seq`) of what was last said about it. A mute older than its occupant is void."""

    name: str
    audio: Line
    video: Line
    lines: SeatLines
    occupant: str | None = None
    seq: int = -1
    muted: bool = False
    mute_seq: int = -1

    @property
    def silenced(self) -> bool:
        return self.muted and self.mute_seq >= self.seq


class Stage:
    """A session as the media plane knows it."""

    def __init__(
        self,
        session: str,
        fence: int,
        seats: tuple[str, ...],
        codec: Codec,
        tell: Callable[[Private], None] = lambda report: None,
        fanout: Fanout = DIRECT,
    ) -> None:
        self._fanout = fanout
        self.session, self.fence, self.codec = session, fence, codec
        self.publishers: dict[str, Publisher] = {}
        self.watchers: dict[str, Watcher] = {}
        self.orphaned_at: float | None = None
        #: How the occupied seats did in the last interval.
        self.last: tuple[SeatStats, ...] = ()
        #: And those who send, but have no seat.
        self.waiting: tuple[SeatStats, ...] = ()
        #: Seats whose picture is held back because the session sends more than its share.
        self.dark: list[str] = []
        self.spending = Spending()
        self.speaking = Speaking()
        #: The seat whose occupant has the floor, if any, and the log's position that says so.
        self.floor: str | None = None
        self.floor_seq = -1
        #: The seat that spoke last, by itself.
        self.spoke_last: str | None = None
        self.downlinks = Downlinks(self._pictures)
        self._ssrcs: set[int] = set()
        #: What is heard behind the stage, and never on it.
        self.backroom = Backroom(session, self.is_seated, lambda who: self.publishers.get(who), tell)
        self.seats = {name: self._seat(name) for name in seats}
        #: What is made of them all, for those who watch that instead.
        self.program = Program((self._ssrc(), self._ssrc(), self._ssrc()), fanout)

    def _ssrc(self) -> int:
        while True:
            ssrc = secrets.randbelow(0xFFFFFFF0) + 8  # the lowest are ours (RTCP)
            if ssrc not in self._ssrcs:
                self._ssrcs.add(ssrc)
                return ssrc

    def _seat(self, name: str) -> Seat:
        lines = SeatLines(name, self._ssrc(), self._ssrc(), self._ssrc())
        codec = self.codec
        return Seat(
            name,
            Line("audio", codec, AUDIO_PT, AUDIO_CLOCK, lines.audio_ssrc, None, self._fanout),
            Line(
                "video",
                codec,
                VIDEO_PT[codec],
                VIDEO_CLOCK,
                lines.video_ssrc,
                (RTX_PT[codec], lines.rtx_ssrc),
                self._fanout,
            ),
            lines,
        )

    def check(self, fence: int) -> None:
        """Takes the caller's lease into account: an older one is refused, a newer one takes over."""
        if fence < self.fence:
            raise MediaRefused("media_stale")
        self.fence = fence

    def is_seated(self, participant: str) -> bool:
        return any(seat.occupant == participant for seat in self.seats.values())

    def find(self, seat: str) -> Seat:
        found = self.seats.get(seat)
        if found is None:
            raise MediaRefused("media_unknown_seat")
        return found

    def sit(self, name: str, participant: str | None, seq: int) -> None:
        """The log says at `seq` who sits there; an older word than the last is ignored."""
        seat = self.find(name)
        if seq < seat.seq:
            return
        if participant is not None:
            for other in self.seats.values():
                if other is not seat and other.occupant == participant:
                    if other.seq > seq:
                        participant = None  # has meanwhile moved on
                        break
                    other.occupant = None
                    self.wire(other)
        seat.occupant, seat.seq = participant, seq
        self.backroom.settle()
        self.wire(seat)

    def mute(self, name: str, muted: bool, seq: int) -> None:
        seat = self.find(name)
        if seq < seat.mute_seq:
            return
        seat.muted, seat.mute_seq = muted, seq
        self.wire(seat)

    def give_floor(self, name: str | None, seq: int) -> None:
        """The log says at `seq` which seat has the floor; an older word than the last is ignored."""
        if name is not None:
            self.find(name)
        if seq >= self.floor_seq:
            self.floor, self.floor_seq = name, seq

    def clear(self) -> None:
        """Empties every seat, when nobody is left who could."""
        for seat in self.seats.values():
            seat.occupant = None
            self.wire(seat)
        self.backroom.clear()

    def wire(self, seat: Seat) -> None:
        """Connects the occupant's sources to the seat's lines, and disconnects everyone else's."""
        publisher = self.publishers.get(seat.occupant) if seat.occupant is not None else None
        sources = publisher.sources if publisher is not None else {}
        seat.audio.take(None if seat.silenced else sources.get("audio"))
        seat.video.take(None if seat.name in self.dark else sources.get("video"))
        for watcher in self.watchers.values():
            self._spare(watcher, seat)
        if publisher is not None:
            publisher.ask(publisher.clock())

    def _spare(self, watcher: Watcher, seat: Seat) -> None:
        mine = seat.occupant == watcher.participant
        watcher.spare(seat.audio, mine)
        watcher.spare(seat.video, mine)

    def join(self, watcher: Watcher) -> None:
        """A watcher's connection stands."""
        self.watchers[watcher.name] = watcher
        watcher.attach()
        for seat in self.seats.values():
            self._spare(watcher, seat)
        self.downlinks.join(watcher, watcher.kbps, watcher.clock())
        self.program.settle()

    def part(self, watcher: Watcher) -> None:
        """A watcher has gone."""
        if self.watchers.pop(watcher.name, None) is not None:
            watcher.detach()
            self.downlinks.part(watcher)
            self.program.settle()

    def importance(self) -> list[str]:
        """The seats, the most important first: who has the floor, who spoke last, then as the session orders them."""
        return sorted(self.seats, key=lambda name: (name != self.floor, name != self.spoke_last))

    def _pictures(self) -> list[tuple[str, Line]]:
        found = [(name, self.seats[name].video) for name in self.importance()]
        found.append((NAME, self.program.video))  # whoever watches both has the people themselves longest
        return [(name, line) for name, line in found if line.source is not None]

    def wire_of(self, participant: str) -> None:
        """Her peers or their sources are others now."""
        self.backroom.settle()
        for seat in self.seats.values():
            if seat.occupant == participant:
                self.wire(seat)

    def ask(self, now: float) -> None:
        """Speakers are asked for what is missing, and so is the program."""
        for publisher in list(self.publishers.values()):
            publisher.ask(now)
        self.program.ask(now)

    def report(self, now: float) -> None:
        """Speakers are told how they arrive."""
        for publisher in list(self.publishers.values()):
            publisher.report(now)

    def voices(self, now: float) -> tuple[str, ...] | None:
        """The seats that speak, when that has changed."""
        levels = {}
        for seat in self.seats.values():
            publisher = self.publishers.get(seat.occupant) if seat.occupant is not None else None
            source = publisher.sources.get("audio") if publisher is not None else None
            if source is not None:
                level, source.peak = source.peak, None
                if not seat.silenced:
                    levels[seat.name] = level
        voices = self.speaking.look(levels, now)
        if voices is not None and len(voices) == 1:
            self.spoke_last = voices[0]
        return voices

    def measure(self, now: float) -> bool:
        """Takes stock of the seats; False when there is nothing to tell."""
        before = self.last
        for publisher in self.publishers.values():
            publisher.look(now)
        counts = {name: publisher.take_counts(now) for name, publisher in self.publishers.items()}
        taken = {seat.occupant: seat.name for seat in self.seats.values() if seat.occupant is not None}
        self.last = tuple(self._stats(seat, occupant, counts) for occupant, seat in taken.items())
        self.waiting = tuple(self._stats("", name, counts) for name in self.publishers if name not in taken)
        return bool(self.last or self.waiting or before)

    def _stats(self, seat: str, occupant: str, taken: dict[str, tuple[dict[Kind, int], float]]) -> SeatStats:
        publisher = self.publishers.get(occupant)
        if publisher is None:
            return SeatStats(seat, occupant, grade="gone")
        counts, bits = taken[occupant]
        audio, video = publisher.sources.get("audio"), publisher.sources.get("video")
        level = None
        if audio is not None:
            level, audio.level = audio.level, None
        worst = max((s.fraction for s in (audio, video) if s is not None), default=0)
        rtt = publisher.wire.rtt
        return SeatStats(
            seat=seat,
            participant=occupant,
            audio_packets=counts["audio"],
            video_packets=counts["video"],
            kbps=round(bits / 1000),
            loss=round(worst / 256, 3),
            rtt=None if rtt is None else round(rtt * 1000),
            level=level,
            jitter_ms=0 if audio is None else round(audio.jitter_ms),
            estimate_kbps=None if publisher.estimate.kbps is None else round(publisher.estimate.kbps),
            grade=publisher.health.grade,
        )

    def spend(self, now: float, limit_kbps: int) -> None:
        """Keeps what the session sends within its share: the picture of the last seat goes first, and returns last."""
        verdict = self.spending.look(now, self._lines(), limit_kbps)
        if verdict == "less":
            lit = [name for name, seat in self.seats.items() if seat.video.source is not None]
            if lit:
                self.dark.append(lit[-1])
                self.wire(self.seats[lit[-1]])
        elif verdict == "more" and self.dark:
            self.wire(self.seats[self.dark.pop()])

    def forwarded(self) -> int:
        return sum(line.sent for line in self._lines())

    def _lines(self) -> list[Line]:
        seats = [line for seat in self.seats.values() for line in (seat.audio, seat.video)]
        return [*seats, self.program.audio, self.program.video]
