"""The program without delay, as watchers receive it: frames that the program process sends back up the tap.

A session has one pair of lines for it, whichever process makes it. Each process is a source of its own on them, so that
numbers and clocks go on when one dies and the next takes over: a watcher's connection stays. Sound and picture carry
one time, that of the program, from which lip sync follows as from a speaker's own clock.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable

from signaling.media.forward import Fanout, Line
from signaling.media.packetize import payloads
from signaling.media.port import Codec
from signaling.media.rtcp import Report
from signaling.media.rtp import Rtp
from signaling.media.sdp import AUDIO_CLOCK, AUDIO_PT, RTX_PT, VIDEO_CLOCK, VIDEO_PT, SeatLines
from signaling.media.tap import DirectFrame, Wish
from signaling.media.track import Kind, Source, Timebase

#: The stream's id in a watcher's offer. The pictures' name among those of the seats; no seat can be called so.
STREAM, NAME = "program", "program."
#: What the program's picture is encoded in, whatever the stage speaks: every phone decodes it in hardware.
CODEC: Codec = "h264"
#: How long a program may be away before there is none, in seconds. One that was killed is back within a few, on a
#: machine that is short of time as well.
AWAY_S = 30.0

#: Tells the program process whether it is watched, and when it should begin afresh.
Say = Callable[[Wish], None]


class Program:
    """One session's. Times are seconds of the plane's clock.

    Arguments:
        ssrcs: of the sound, the picture and its retransmissions.
    """

    def __init__(self, ssrcs: tuple[int, int, int], fanout: Fanout) -> None:
        audio, video, rtx = ssrcs
        self.lines = SeatLines(NAME, audio, video, rtx, STREAM)
        self.audio = Line("audio", CODEC, AUDIO_PT, AUDIO_CLOCK, audio, None, fanout)
        self.video = Line("video", CODEC, VIDEO_PT[CODEC], VIDEO_CLOCK, video, (RTX_PT[CODEC], rtx), fanout)
        #: Whether the program that is there, or was last, has a picture.
        self.pictured = False
        self._say: Say | None = None
        self._gone_at: float | None = None
        self._sources: dict[Kind, Source] = {}
        self._next: dict[Kind, int] = {}
        self._watched = False

    def there(self, now: float) -> bool:
        """Whether a program is made, or was until a moment ago."""
        return self.present or (self._gone_at is not None and now - self._gone_at < AWAY_S)

    @property
    def present(self) -> bool:
        """Whether a process makes it now."""
        return self._say is not None

    def begin(self, say: Say, pictured: bool, now: float) -> None:
        """A process makes the program from now on; whichever came last does."""
        self._say, self.pictured, self._gone_at = say, pictured, None
        timebase = Timebase()
        for kind, line in (("audio", self.audio), ("video", self.video)):
            ssrc = secrets.randbits(32)
            first = Rtp(0, 0, 0, 0, ssrc, b"", None)
            source = Source(kind, line.clock_rate, first, now, timebase)  # type: ignore[arg-type]
            self._sources[source.kind], self._next[source.kind] = source, 1
            line.take(source if kind == "audio" or pictured else None)
        self._watched = False
        self.settle()

    def end(self, say: Say, now: float) -> None:
        """A process has gone; another may have come before."""
        if self._say == say:
            self._say, self._gone_at = None, now

    def is_of(self, say: Say) -> bool:
        """Whether the program is made by this process."""
        return self._say == say

    def settle(self) -> None:
        """Tells the process when somebody begins to watch, or nobody does any more."""
        watched = any(line.outlets or line.waiting for line in (self.audio, self.video))
        if self._say is not None and watched is not self._watched:
            self._watched = watched
            self._say(Wish(watched=watched, key=watched))

    def ask(self, now: float) -> None:
        """A watcher cannot go on without a keyframe."""
        source = self._sources.get("video")
        if self._say is not None and self._watched and source is not None and source.ask_keyframe(now):
            self._say(Wish(watched=True, key=True))

    def take(self, frame: DirectFrame, now: float) -> None:
        """One frame of the program goes out to everyone who watches."""
        source = self._sources[frame.kind]
        line = source.line
        if line is None or not frame.units:
            return
        timestamp = frame.at_us * line.clock_rate // 1_000_000 & 0xFFFFFFFF
        ntp = (frame.at_us << 32) // 1_000_000
        source.report, source.report_at = Report(source.ssrc, ntp, timestamp), now
        source.timebase.learn(ntp, now)
        found = payloads(frame.units) if frame.kind == "video" else list(frame.units)
        for index, payload in enumerate(found):
            # The marker ends a picture; of sound every packet is whole (RFC 6184 §5.1, RFC 7587 §4.1).
            marker = int(frame.kind == "video" and index == len(found) - 1)
            number = self._next[frame.kind]
            self._next[frame.kind] = number + 1
            line.forward(Rtp(marker, 0, number & 0xFFFF, timestamp, source.ssrc, payload, None), number, now)
