"""A watching peer: its outlets on the lines of the seats it may receive, and what it says about their arrival."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import Any

from signaling.media import rtcp
from signaling.media.downlink import Downlink
from signaling.media.forward import Line, Outlet
from signaling.media.labels import Labels
from signaling.media.pacing import Pacer
from signaling.media.peer import Peer
from signaling.media.port import Direction
from signaling.media.rtcp import Block
from signaling.media.track import SOUND_RTT_S
from signaling.media.valve import Valve

#: The SSRC under which the server itself reports.
OWN_SSRC = 1

#: Sender reports remembered, one a second: a browser answers the last with its next receiver report.
REPORTS = 8


class _Way:
    """One line's way to this watcher. `mine`: it is her own; `held`: her line does not take it now."""

    __slots__ = ("cname", "counted", "held", "line", "mine", "outlet", "valve")

    def __init__(self, line: Line, outlet: Outlet, cname: str) -> None:
        self.line, self.outlet, self.cname = line, outlet, cname
        self.mine = self.held = False
        self.valve: Valve | None = None
        self.counted: tuple[int, int] | None = None  # highest number and loss in the last receiver report

    def set(self, *, mine: bool, held: bool) -> None:
        before, self.mine, self.held = self.mine or self.held, mine, held
        if before is (mine or held):
            return
        if before:
            self.line.add(self.outlet)
        elif self.valve is not None:
            self.valve.stop()
        else:
            self.line.pause(self.outlet)


class Watcher(Peer):
    """A viewer's peer, of the seats or of the program. `lines` are those of her offer in its order, None where she may
    not receive; `kbps` is what her browser said of her network; `most`: how many there may be of her kind."""

    direction: Direction = "watch"

    def __init__(
        self,
        lines: Sequence[tuple[Line | None, str]],
        *args: Any,
        kbps: float | None = None,
        most: int | None = None,
        direction: Direction = "watch",
        **named: Any,
    ) -> None:
        super().__init__(*args, **named)
        self._lines, self.most, self.direction = list(lines), most, direction
        #: How her own numbers differ from ours, where she made the offer (RFC 3264 §6.1).
        self.labels: Labels | None = None
        self.kbps = kbps
        #: What she has in common with her other peers; there while this one stands.
        self.link: Downlink | None = None
        self._outlets: dict[int, _Way] = {}
        #: The seats whose picture this peer would show.
        self.pictures: frozenset[str] = frozenset()
        self._reported: deque[tuple[int, float]] = deque(maxlen=REPORTS)
        self._pacer: Pacer[Valve] | None = None

    # --- public state

    @property
    def width(self) -> int:
        """How many lines her offer has."""
        return len(self._lines)

    @property
    def estimate_kbps(self) -> int | None:
        """What her line takes of pictures; None while nothing has shown a limit."""
        kbps = None if self.link is None else self.link.estimate.kbps
        return None if kbps is None else round(kbps)

    @property
    def paused(self) -> frozenset[str]:
        """The seats whose picture she does not get because her line does not take it."""
        return frozenset() if self.link is None else self.link.paused & self.pictures

    # --- lines

    def attach(self) -> None:
        """Joins the lines of the seats that she may receive, as far as her browser takes them."""
        assert self.answer is not None
        for (line, cname), active in zip(self._lines, self.answer.active, strict=True):
            if line is not None and active:
                outlet = self._outlet()
                self._outlets[line.ssrc] = _Way(line, outlet, cname)
                line.add(outlet)
        self._count()

    def _outlet(self) -> Outlet:
        labels, send = self.labels, self.wire.send_rtp
        if labels is None:
            return Outlet(send, self.wire.path)

        def labelled(data: bytes) -> None:
            hers = labels.put(data)
            if hers is not None:
                send(hers)

        return Outlet(labelled)

    def detach(self) -> None:
        for way in self._outlets.values():
            if way.valve is not None:
                way.valve.stop()
            way.line.remove(way.outlet)
        self._outlets.clear()

    def spare(self, line: Line, mine: bool) -> None:
        """Keeps from her what is her own, or gives back a line that no longer is: her own voice would be an echo, and
        her own picture costs her twice."""
        way = self._outlets.get(line.ssrc)
        if way is not None and way.mine is not mine:
            way.set(mine=mine, held=way.held)
            self._count()

    def _count(self) -> None:
        ways = self._outlets.values()
        self.pictures = frozenset(way.cname for way in ways if way.line.kind == "video" and not way.mine)

    def show(self, paused: frozenset[str]) -> None:
        """Pictures of these seats pause, all others go on with their next keyframe."""
        for way in self._outlets.values():
            if way.line.kind == "video" and way.held is not (way.cname in paused):
                way.set(mine=way.mine, held=not way.held)

    def pace(self, pacer: Pacer[Valve] | None) -> None:
        """Pictures go out through the pacer from now on, or freely."""
        if pacer is self._pacer:
            return
        self._pacer = pacer
        for way in self._outlets.values():
            if way.line.kind != "video":
                continue
            if way.valve is not None:
                way.valve.open()
            way.valve = None if pacer is None else Valve(way.line, way.outlet, pacer, self.clock)

    def overflowed(self) -> list[str]:
        """Seats whose picture found no room on its way out."""
        return [way.cname for way in self._outlets.values() if way.valve is not None and way.valve.shut]

    # --- what her browser says

    def rtcp(self, data: bytes, now: float) -> None:
        self.heard(now)
        feedback = rtcp.parse(data)
        far = self.link is not None and (self.link.estimate.rtt_ms or 0.0) >= 1000 * SOUND_RTT_S
        for media, seq in feedback.lost:
            way = self._outlets.get(media)
            if way is not None and not (far and way.line.kind == "audio"):
                way.line.repeat(way.outlet, seq, now)
        for media in feedback.keyframes:
            way = self._outlets.get(media)
            if way is not None and way.line.source is not None:
                way.line.source.keyframe_wanted = True
        if self.link is not None:
            if feedback.blocks:
                self._read(feedback.blocks, self.link, now)
            if feedback.bitrate is not None:
                self.link.limited(feedback.bitrate / 1000, now)

    def _read(self, blocks: list[Block], link: Downlink, now: float) -> None:
        lost = expected = 0
        travelled: tuple[float, float] | None = None
        for block in blocks:
            way = self._outlets.get(block.ssrc)
            if way is None:
                continue
            before, way.counted = way.counted, (block.highest, block.lost)
            if before is not None and 0 < block.highest - before[0] < 0x8000:
                expected += block.highest - before[0]
                lost += max(0, block.lost - before[1])
            sent = next((at for middle, at in self._reported if middle == block.lsr), None)
            if sent is not None and block.lsr:
                rtt = max(0.0, now - sent - block.dlsr / 65_536)
                travelled = (1000 * rtt, 1000 * block.jitter / way.line.clock_rate)
        if expected:
            link.reported(lost, expected, now)
        if travelled is not None:
            link.travelled(*travelled, now)

    async def ping(self) -> None:
        """Measures the round trip now. A check that is not answered in time was a long one."""
        began = self.clock()
        await self.wire.probe()
        now = self.clock()
        if self.link is not None and not self.ended:
            self.link.travelled(1000 * (now - began), None, now)

    def weigh(self, now: float) -> None:
        """Once a second: tries what may be tried."""
        if self.link is not None and self.link.watchers[:1] == [self]:  # once for all of her peers
            self.link.decide(now)

    def report(self, now: float, wall: float) -> None:
        """Sender reports of every line that is being sent, in one packet. `wall` is Unix time in seconds. With nothing
        to report an empty receiver report says that the line is there (RFC 3550 §6.4.2): what is not heard of for two
        seconds is then broken, and not only an empty stage."""
        ntp = rtcp.ntp_from_unix(wall)
        reports = names = b""
        for way in self._outlets.values():
            report, name = way.line.sender_report(way.outlet, way.cname, now, ntp)
            reports += report
            names += name
        if reports:
            self._reported.append((ntp >> 16 & 0xFFFFFFFF, now))
            self.wire.send_rtcp(reports + names)
        else:
            self.wire.send_rtcp(rtcp.receiver_report(OWN_SSRC, []))
