"""The program of one session: frames in, packets of every rendition out, driven by time that is passed in.

It advances in blocks of 20 ms of sound; pictures are made when their moment lies in a block. Nothing here knows where
frames come from or where packets go. Times are milliseconds of the machine's monotonic clock.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from recordings.channels import LAG_MS, rendition_of
from recordings.program.channels import ChannelMaker
from recordings.program.encode import FULL, LIGHT, SOUND, PictureEncoder, Rendition, SoundEncoder
from recordings.program.feed import DELAY_MS
from recordings.program.fragments import EncodedPacket
from recordings.program.lines import NEVER, Camera, Maker, Microphone
from recordings.program.load import Load
from recordings.program.picture import Composer, Words
from recordings.program.scene import Cut, Facts, Scene, heard, interpreting, large, scene
from recordings.program.sound import RATE, Halver, Mixer, Samples
from signaling.media.tap import TapFrame

BLOCK_MS: Final = 20
#: A picture that does not change for so long has stopped: the name stands there instead.
FROZEN_MS: Final = 3_000
#: Further behind than this it is given up: the next epoch begins at the present.
STALLED_MS: Final = 3_000
#: Lines that are kept: each seat of a session has two.
MOST_LINES: Final = 32
#: How often the load is looked at.
LOOK_MS: Final = 500
#: How often a keyframe is asked for while one is missing.
ASK_MS: Final = 1_000

#: Where packets go: the rendition's name, the packet.
Out = Callable[[str, EncodedPacket], None]


class Stalled(Exception):
    """The process has slept so long that its epoch cannot go on."""


@dataclass(frozen=True, slots=True)
class Status:
    """How it is doing, for whoever watches over it."""

    step: str
    late_ms: int
    busy: float
    faults: int
    slate: str
    pictured: tuple[str, ...]


class Program:
    """One epoch of it.

    Arguments:
        now: the moment of its first sample.
        starts_ms: that moment in program time.
        out: gets every packet.
        want: asks for a keyframe of a seat.
        renditions: pictures that are made; none of them: sound alone.
        channels: interpreters' channels that were begun earlier; others begin when somebody sits down there. Each goes
            on to the end, with the floor alone when nobody sits there any more.
        delay_ms: the safety delay. Everything is made so much later than it came, and may be dumped until then.
    """

    def __init__(
        self,
        now: float,
        out: Out,
        words: Words,
        *,
        starts_ms: int = 0,
        want: Callable[[str], None] = lambda seat: None,
        renditions: Sequence[Rendition] = (FULL, LIGHT),
        channels: Sequence[int] = (),
        delay_ms: int = 0,
        cpu: Callable[[], float] = time.process_time,
    ) -> None:
        self.began, self._out, self._want, self._cpu = now, out, want, cpu
        self.delay_ms = delay_ms
        self._facts = Facts(phase="new")
        #: What the session said, until its moment in the program has come.
        self._told: deque[tuple[float, Facts]] = deque()
        self._newest = self._facts
        self._withheld_until = NEVER
        #: What was dumped last, until when: also before this epoch. An interpreter says it later.
        self.dumped_until = NEVER
        self._makers = {each.name: Maker(each, starts_ms * 1000) for each in renditions}
        self.sound = SoundEncoder(starts_ms * 1000)
        self._starts_us = starts_ms * 1000
        self._channels = {number: ChannelMaker(self._starts_us) for number in channels}
        self._composer = Composer(words)
        self._mixer, self._halver = Mixer(), Halver()
        self._cameras: dict[str, Camera] = {}
        self._microphones: dict[str, Microphone] = {}
        self._cut = Cut()
        self._blocks = 0
        self.load = Load()
        self._looked_at, self._spent, self._late, self._busy = now, cpu(), 0.0, 0.0
        self._away_since: float | None = None
        self._slate = ""
        self._pictured: frozenset[str] = frozenset()
        #: Get each block of the mix with its moment in program time (µs), and each of the first rendition's pictures:
        #: for those who follow without delay (direct.py).
        self.mixed: Callable[[Samples, int], None] = lambda samples, at_us: None
        self.shown: Callable[[EncodedPacket], None] = lambda packet: None

    @property
    def configuration(self) -> bytes:
        """The first rendition's parameter sets with start codes; empty without a picture."""
        return next((each.encoder.shape.configuration for each in self._makers.values()), b"")

    def keyframe(self) -> None:
        """One of the first rendition's next pictures is to need no other."""
        for maker in list(self._makers.values())[:1]:
            maker.wanted = True

    @property
    def made(self) -> float:
        """Until when it is made, in the clock of `now`."""
        return self.began + self._blocks * BLOCK_MS

    @property
    def shapes(self) -> dict[str, PictureEncoder]:
        """The picture encoders by rendition, for the heads of their files."""
        return {name: maker.encoder for name, maker in self._makers.items()}

    @property
    def names(self) -> tuple[str, ...]:
        """Every rendition that is made by now."""
        return (*self._makers, SOUND, *map(rendition_of, self._channels))

    # --- what is told

    def facts(self, facts: Facts, now: float | None = None) -> None:
        """What the session says of its stage at `now`; shown with the frames of that moment. None: at once.

        Its lines are those that everybody may read by now, so they have waited for the safety delay already.
        """
        self._newest = facts
        self._facts = replace(self._facts, captions=facts.captions)
        if now is None:
            self._told.clear()
            self._show(facts, float("inf"))
        else:
            self._told.append((now + DELAY_MS, facts))

    def _show(self, facts: Facts, at: float) -> None:
        """What the session said is shown from now on. `at`: until this moment frames are of those before."""
        before = {each.seat: each.who for each in self._facts.sitting}
        after = {each.seat: each.who for each in facts.sitting}
        expected = {each.seat for each in self._newest.sitting}
        for seat, who in before.items():
            if after.get(seat) == who:
                continue
            for lines in (self._cameras, self._microphones):
                line = lines.get(seat)
                if line is not None:
                    line.feed.due(at)  # nothing of one person under another's name
                    line.forget()
                    if seat not in after and seat not in expected:
                        del lines[seat]
        self._facts = replace(facts, captions=self._newest.captions)

    def dump(self, now: float) -> tuple[float, float] | None:
        """Everything that waits is thrown away: its span is silence and a slate, and what follows keeps its place.

        Returns: since when and until when, in the clock of `now`; None when nothing waits.
        """
        since = self.made
        # Without a delay it is the rest of a block, and everything that somebody wants unheard is out.
        if now <= since or not self.delay_ms:
            return None
        self._withheld_until = self.dumped_until = max(self._withheld_until, now)
        for seat, camera in self._cameras.items():
            camera.feed.clear()
            camera.decoder.skip()
            camera.asked = now
            self._want(seat)
        for microphone in self._microphones.values():
            microphone.feed.clear()
            microphone.forget()
        return since, now

    def media(self, there: bool, now: float) -> None:
        """Whether the media process is there."""
        if there:
            self._away_since = None
        elif self._away_since is None:
            self._away_since = now

    def frame(self, frame: TapFrame) -> None:
        """A frame of a seat; of one that the session does not know of (any more) it is dropped."""
        if not any(each.seat == frame.seat for each in self._newest.sitting):
            return
        if len(self._cameras) + len(self._microphones) >= MOST_LINES:
            return
        if frame.kind == "audio":
            microphone = self._microphones.get(frame.seat)
            if microphone is None:
                microphone = self._microphones[frame.seat] = Microphone(
                    self._blocks * RATE * BLOCK_MS // 1000, self.delay_ms
                )
            microphone.feed.push(frame)
        elif self._makers:
            camera = self._cameras.get(frame.seat)
            if camera is None:
                camera = self._cameras[frame.seat] = Camera(self.delay_ms)
            camera.feed.push(frame)

    # --- time

    def tick(self, now: float) -> None:
        """Makes all that is due at `now`.

        Errors: `Stalled`.
        """
        now -= self.delay_ms
        late = now - self.began - self._blocks * BLOCK_MS
        if late > STALLED_MS:
            raise Stalled
        self._late = max(self._late, late - 2 * BLOCK_MS)
        while (self._blocks + 1) * BLOCK_MS <= now - self.began:
            self._block()
        if now - self._looked_at >= LOOK_MS:
            spent = self._cpu()
            self._busy = 1000 * (spent - self._spent) / (now - self._looked_at)
            self.load.look(now, self._late, self._busy)
            self._looked_at, self._spent, self._late = now, spent, 0.0

    def _block(self) -> None:
        self._blocks += 1
        since = self._blocks * BLOCK_MS
        now = self.began + since
        while self._told and self._told[0][0] <= now:
            at, facts = self._told.popleft()
            self._show(facts, at)
        voices = self._voices(now)
        on_floor = heard(self._facts)
        floor = self._mixer.add({seat: block for seat, block in voices.items() if seat in on_floor})
        mixed = self._mixer.limit(floor)
        self.mixed(mixed, self._starts_us + (self._blocks - 1) * BLOCK_MS * 1000)
        for packet in self.sound.encode(self._halver.push(mixed)):
            for name in (*self._makers, SOUND):
                self._out(name, packet)
        # She heard what was dumped, and would say it now.
        silent = now <= self.dumped_until + LAG_MS
        self._interpret(floor, {} if silent else voices)
        if self._makers:
            self._watch(now)
            self._pictures(now, since)

    def _interpret(self, floor: Samples, voices: Mapping[str, Samples]) -> None:
        """Each channel's block: the interpreter over the floor, where she may be heard."""
        seats = interpreting(self._facts)
        for each in self._facts.sitting:
            if each.channel and each.channel not in self._channels:
                begins = (self._blocks - 1) * BLOCK_MS * 1000
                self._channels[each.channel] = ChannelMaker(self._starts_us + begins)
        for number, maker in self._channels.items():
            for packet in maker.make(floor, voices.get(seats.get(number, ""))):
                self._out(rendition_of(number), packet)

    def _voices(self, now: float) -> dict[str, Samples]:
        """A block of everybody who said something, by seat; nothing of a span that was dumped."""
        blocks = {}
        for seat, microphone in self._microphones.items():
            for moment, frame in microphone.feed.due(now):
                samples = microphone.decoder.decode(frame)
                if samples is not None:
                    microphone.speech.put(round((moment - self.began) * RATE / 1000), samples)
            block = microphone.speech.take()
            if block is not None and now > self._withheld_until:
                blocks[seat] = block
        return blocks

    def _watch(self, now: float) -> None:
        """Decodes what is due of the pictures that are shown."""
        step = self.load.step
        shown = {self._cut.seat} if not step.beside else self._cameras.keys()
        for seat, camera in self._cameras.items():
            for _, frame in camera.feed.due(now):
                if not step.pictures or seat not in shown:
                    camera.decoder.skip()
                    continue
                picture = camera.decoder.decode(frame)
                if picture is not None:
                    camera.picture, camera.seen = picture, now
                elif camera.decoder.waits and now - camera.asked > ASK_MS:
                    camera.asked = now
                    self._want(seat)

    def _pictures(self, now: float, since: float) -> None:
        due = [maker for maker in self._makers.values() if maker.due(since)]
        if not due:
            return
        step = self.load.step
        frozen = FROZEN_MS if step.pictures else 1e12
        shown = {seat: each.picture for seat, each in self._cameras.items() if now - each.seen < frozen}
        pictures = {seat: picture for seat, picture in shown.items() if picture is not None}
        self._pictured = frozenset(pictures)
        self._cut = large(self._facts, self._pictured, self._cut, round(now))
        away = 0 if self._away_since is None else round(now - self._away_since)
        made = scene(self._facts, self._pictured, self._cut, away)
        if now <= self._withheld_until:
            made = Scene("withheld", self._facts.title)
        self._slate = made.slate or ""
        self._composer.compose(made, pictures)
        frame = self._composer.frame()
        first = next(iter(self._makers))
        for maker in due:
            name = maker.encoder.rendition.name
            while maker.due(since):
                for packet in maker.make(frame, step.every(name)):
                    self._out(name, packet)
                    if name == first:
                        self.shown(packet)

    @property
    def status(self) -> Status:
        decoders = [each.decoder.faults for each in self._cameras.values()]
        faults = sum(decoders + [each.decoder.faults for each in self._microphones.values()])
        return Status(
            self.load.step.name, round(self._late), round(self._busy, 3), faults, self._slate,
            tuple(sorted(self._pictured)),
        )  # fmt: skip
