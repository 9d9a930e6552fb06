"""A watching peer: its outlets on the lines of the seats it may receive, and what it says about their arrival."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from signaling.media import rtcp
from signaling.media.forward import Line, Outlet
from signaling.media.peer import Peer

#: A watcher whose sound or picture loses more than this (in 1/256) in so many reports running loses the picture, for
#: so many seconds at first: on a weak link the sound comes first.
WEAK_LOSS, WEAK_REPORTS, WEAK_S, WEAK_MAX_S = 64, 3, 10.0, 80.0
#: Each time after the first takes twice as long, until so many reports running were good.
WELL_REPORTS = 60


class Watcher(Peer):
    """A viewer's peer. `lines` are those of her offer in its order, None where she may not receive."""

    direction = "watch"

    def __init__(self, lines: Sequence[tuple[Line | None, str]], *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        self._lines = list(lines)
        self._outlets: dict[int, tuple[Line, Outlet, str]] = {}
        self._mine: set[int] = set()
        self._weak = self._well = 0
        self._weak_s = WEAK_S
        self.resumes_at: float | None = None

    def attach(self) -> None:
        """Joins the lines of the seats that she may receive, as far as her browser takes them."""
        assert self.answer is not None
        for (line, cname), active in zip(self._lines, self.answer.active, strict=True):
            if line is not None and active:
                outlet = Outlet(self.wire.send_rtp, self.wire.path)
                self._outlets[line.ssrc] = (line, outlet, cname)
                line.add(outlet)

    def spare(self, line: Line, mine: bool) -> None:
        """Keeps from her what is her own, or gives back a line that no longer is: her own voice would be an echo, and
        her own picture costs her twice."""
        found = self._outlets.get(line.ssrc)
        if found is None or mine is (line.ssrc in self._mine):
            return
        if mine:
            self._mine.add(line.ssrc)
            line.pause(found[1])
        else:
            self._mine.discard(line.ssrc)
            if line.kind == "audio" or self.resumes_at is None:
                line.add(found[1])

    def detach(self) -> None:
        for line, outlet, _ in self._outlets.values():
            line.remove(outlet)
        self._outlets.clear()

    def rtcp(self, data: bytes, now: float) -> None:
        self.heard(now)
        feedback = rtcp.parse(data)
        for media, seq in feedback.lost:
            found = self._outlets.get(media)
            if found is not None:
                found[0].repeat(found[1], seq, now)
        for media in feedback.keyframes:
            found = self._outlets.get(media)
            if found is not None and found[0].source is not None:
                found[0].source.keyframe_wanted = True
        losses = [block.fraction for block in feedback.blocks if block.ssrc in self._outlets]
        if losses:
            self._weigh(max(losses), now)

    def _weigh(self, loss: int, now: float) -> None:
        weak = loss > WEAK_LOSS
        self._weak = self._weak + 1 if weak else 0
        self._well = 0 if weak else self._well + 1
        if self._well >= WELL_REPORTS:
            self._weak_s = WEAK_S
        if self._weak < WEAK_REPORTS or self.resumes_at is not None:
            return
        self._weak = 0
        self.resumes_at = now + self._weak_s
        self._weak_s = min(WEAK_MAX_S, 2 * self._weak_s)
        for line, outlet, _ in self._outlets.values():
            if line.kind == "video":
                line.pause(outlet)

    def resume(self, now: float) -> None:
        """Tries the picture again when its time has come."""
        if self.resumes_at is None or now < self.resumes_at:
            return
        self.resumes_at = None
        for line, outlet, _ in self._outlets.values():
            if line.kind == "video" and line.ssrc not in self._mine:
                line.add(outlet)

    def report(self, now: float, wall: float) -> None:
        """Sender reports of every line that is being sent, in one packet. `wall` is Unix time in seconds."""
        ntp = rtcp.ntp_from_unix(wall)
        reports = names = b""
        for line, outlet, cname in self._outlets.values():
            time = line.clock_at(now)
            if time is None or outlet.base is None:
                continue
            packets, octets = line.packets - outlet.since_packets, line.octets - outlet.since_octets
            reports += rtcp.sender_report(line.ssrc, ntp, time, packets, octets)
            names += rtcp.source_description(line.ssrc, cname)
        if reports:
            self.wire.send_rtcp(reports + names)
