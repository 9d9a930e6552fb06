"""The program for those who follow it without delay (WebRTC): its sound as Opus, its picture as H.264 units.

Made only while somebody watches; frames go back up the tap (signaling/media/direct.py), which takes them or not, and
nothing here waits. The picture is the very one that goes into the files where there is no safety delay. Where there is
one, a second program is made for the while, of what comes in now.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Final

import av
import numpy as np
from av.audio.codeccontext import AudioCodecContext
from av.audio.frame import AudioFrame

from recordings.program.bitstream import nal_units
from recordings.program.encode import Rendition
from recordings.program.fragments import EncodedPacket
from recordings.program.picture import Words
from recordings.program.program import Program, Stalled
from recordings.program.scene import Facts
from recordings.program.sound import RATE, Samples
from signaling.media.tap import DirectFrame, TapFrame, Wish

#: An Opus packet's length in samples (40 ms, as in every offer of ours) and its rate, as for a voice.
OPUS_FRAME: Final = 1_920
OPUS_BITS: Final = 24_000
#: Units that a picture needs: slices, refreshes and parameter sets (ITU-T H.264 table 7-1).
_SLICES: Final = (1, 5)
_PARAMETERS: Final = (7, 8)

#: Hands one frame over; False when it is not taken.
Send = Callable[[DirectFrame], bool]


class OpusEncoder:
    """Mono, so that a lost packet is covered by the next one (RFC 6716 §2.1.7)."""

    def __init__(self) -> None:
        context = av.CodecContext.create("libopus", "w")
        assert isinstance(context, AudioCodecContext)
        context.sample_rate, context.layout, context.format = RATE, "mono", "flt"
        context.bit_rate = OPUS_BITS
        context.time_base = Fraction(1, RATE)
        context.options = {"application": "voip", "frame_duration": "40", "fec": "1", "packet_loss": "5"}
        context.open()
        self._context = context
        self._waiting: list[Samples] = []
        self._count = 0
        self._starts_us = 0
        self._fed = 0

    def encode(self, samples: Samples, at_us: int) -> list[tuple[int, bytes]]:
        """Packets with their moments. `at_us`: of the first sample, in microseconds of program time."""
        if not self._waiting:
            self._starts_us = at_us
        self._waiting.append(samples)
        self._count += len(samples)
        if self._count < OPUS_FRAME:
            return []
        joined = np.concatenate(self._waiting)[:OPUS_FRAME]
        self._waiting, self._count = [], 0
        frame = AudioFrame.from_ndarray(joined[np.newaxis, :], "flt", "mono")
        frame.sample_rate, frame.pts, frame.time_base = RATE, self._fed, Fraction(1, RATE)
        self._fed += OPUS_FRAME
        return [(self._starts_us, bytes(packet)) for packet in self._context.encode(frame)]


class Direct:
    """What somebody who watches now is sent.

    Arguments:
        send: to the media process.
        keyframe: asks the picture's encoder for a picture that needs no other.
    """

    def __init__(self, send: Send, keyframe: Callable[[], None]) -> None:
        self._send, self._keyframe = send, keyframe
        self.watched = False
        #: The picture goes on with the next one that needs no other.
        self._waits = True
        self._opus: OpusEncoder | None = None

    def wished(self, wish: Wish) -> None:
        """Whether somebody watches, and whether she cannot go on without a keyframe."""
        if wish.watched is not self.watched:
            self.watched, self._waits = wish.watched, True
            self._opus = OpusEncoder() if wish.watched else None
        if wish.key:
            self._keyframe()

    def sound(self, samples: Samples, at_us: int) -> None:
        """A block of the mix."""
        if self._opus is not None:
            for moment, packet in self._opus.encode(samples, at_us):
                self._send(DirectFrame("audio", max(0, moment), True, (packet,)))

    def picture(self, packet: EncodedPacket, parameters: Sequence[bytes]) -> None:
        """One picture. `parameters`: its encoder's parameter sets, which stand before each keyframe here."""
        if not self.watched or (self._waits and not packet.key):
            return
        slices = [unit for unit in nal_units(packet.data) if unit[0] & 0x1F in _SLICES]
        units = (*(parameters if packet.key else ()), *slices)
        self._waits = not self._send(DirectFrame("video", packet.pts_us, packet.key, units))
        if self._waits:
            self._keyframe()


class Undelayed:
    """A second program of what comes in now, for the while that somebody watches one with a safety delay."""

    def __init__(
        self, direct: Direct, words: Words, renditions: Sequence[Rendition], want: Callable[[str], None]
    ) -> None:
        self._direct, self._words, self._renditions, self._want = direct, words, renditions[:1], want
        self._facts = Facts(phase="new")
        self._program: Program | None = None

    def facts(self, facts: Facts, now: float) -> None:
        """What the session says at `now`, in milliseconds of the machine's monotonic clock."""
        # No interpreter's channel goes out here, so none is encoded.
        self._facts = replace(facts, sitting=tuple(replace(each, channel=0) for each in facts.sitting))
        if self._program is not None:
            self._program.facts(self._facts, now)

    def frame(self, frame: TapFrame) -> None:
        """A frame of a seat, as it comes."""
        if self._program is not None:
            self._program.frame(frame)

    def keyframe(self) -> None:
        """A picture that needs no other is wanted."""
        if self._program is not None:
            self._program.keyframe()

    def tick(self, now: float, time_ms: float, there: bool) -> None:
        """Makes what is due at `now`, while somebody watches.

        Arguments:
            time_ms: the program time of `now`.
            there: whether the media process is.
        """
        if not self._direct.watched:
            self._program = None
            return
        if self._program is None:
            self._program = made = Program(
                now, lambda name, packet: None, self._words, starts_ms=round(time_ms), want=self._want,
                renditions=self._renditions,
            )  # fmt: skip
            lead(made, self._direct)
            made.facts(self._facts)
            for sitting in self._facts.sitting:
                self._want(sitting.seat)
        self._program.media(there, now)
        try:
            self._program.tick(now)
        except Stalled:
            self._program = None  # the next begins at the present


def lead(program: Program, direct: Direct) -> None:
    """Hands a program's mix and its largest picture on to those who watch it."""
    sets = [unit for unit in nal_units(program.configuration) if unit[0] & 0x1F in _PARAMETERS]
    program.mixed = direct.sound
    program.shown = lambda packet: direct.picture(packet, sets)
