"""A hearing of ten minutes that is over before it begins: its log by a simulated clock, its recording by the encoders.

The log is made by the service itself, the recording by the program itself (mixed, composed and encoded as always); only
the time that they are given is simulated, and lies in the past. An official films a clock (clock.py) and speaks without
a pause; two citizens are heard, one after the other. Twice the dump key is pressed. Times are seconds of the hearing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

import av
import numpy as np

from kachehri import keys
from kachehri.bus.memory import MemoryBus
from kachehri.people import People
from kachehri.references import References
from kachehri.service import Service
from kachehri.settings import Settings
from kachehri.store import Store
from kachehri.vault import Vault
from recordings.archive.archive import Archive
from recordings.program.encode import LIGHT, SOUND
from recordings.program.feed import DELAY_MS
from recordings.program.fragments import Fragmenter
from recordings.program.outlet import Outlet
from recordings.program.process import slate_words
from recordings.program.program import Program
from recordings.program.scene import Facts, Sitting
from recordings.withheld import note_withheld
from rooms.base import Actor, Command
from rooms.captions import TypeCaption
from rooms.lifecycle import OpenDoors, StartSession, Timing
from rooms.outcomes import NoteOutcome
from rooms.questions import AdmitQuestion, AskQuestion
from rooms.turns import CallTurn, FinishTurn, ReadyTurn, TakeSeat
from signaling.media.tap import TapFrame
from tests.bench.clock import IN_CAMERA, paint
from tests.conftest import ManualClock
from web import demo_data
from web.rehearsal import founding

HOUR_MS: Final = 3_600_000
LASTS_S: Final = 600
#: When the two citizens are on the stage.
FIRST, SECOND = (120, 300), (320, 470)
#: When the dump key is pressed, each time for all that waits.
DUMPED_S: Final = (64, 204)
DELAY_S: Final = 4
WORDS: Final = ("چک 57 میں تین ہفتوں سے پانی نہیں آ رہا", "چک 63 کا ٹیوب ویل بند ہے")
AREAS: Final = ("uc-57", "uc-63")
OPENING: Final = "کچہری میں خوش آمدید"
MODERATOR: Final = Actor("00000000000000ff", "moderator", "acc")
OFFICIAL: Final = Actor("00000000000000cc", "official", "acc-official")
#: Pictures a second of the camera; each voice comes again after so many seconds.
CAMERA_RATE, VOICE_S = 5, 10
OPUS_RATE, OPUS_MS = 48_000, 20


@dataclass
class Log:
    """The hearing's log while it is written. `began_ms`: Unix time at which it goes live."""

    service: Service
    clock: ManualClock
    session: str
    began_ms: int

    async def at(self, second: float, actor: Actor, command: Command) -> dict[str, Any]:
        """A command is given at that moment."""
        self.clock.now = max(self.clock.now, self.began_ms + round(second * 1_000))
        key = f"{self.clock.now:022}"[-22:] + f"{id(command):x}"[-6:]
        return (await self.service.submit(actor, self.session, command, key)).result or {}


async def hold(settings: Settings, began_ms: int, timing: Timing) -> str:
    """Everything that happens in the hearing but its close, in a house that is founded. Returns its id."""
    masters = keys.read(settings.secrets.key_file)
    clock = ManualClock(began_ms - HOUR_MS)
    store = Store(settings.database.url, clock=clock)
    session = await founding.announce(
        store, settings, demo_data.district(), clock.now, timing=timing, starts_in_ms=HOUR_MS
    )
    people = People(Vault(masters), keys.derive(masters[-1], "receipts"))
    references = References(keys.derive(masters[-1], "references"), settings.place.timezone)
    bus = MemoryBus()
    await bus.start()
    service = Service(store, people, references, bus, shared=False)
    await service.start()
    try:
        await _held(Log(service, clock, session, began_ms))
        return session
    finally:
        await service.stop()
        await bus.close()
        store.close()


async def _held(log: Log) -> None:
    await log.at(-30, MODERATOR, OpenDoors())
    askers = [Actor(f"c{number:015x}", "citizen") for number in range(3)]
    asked = []
    for number, (asker, text) in enumerate(zip(askers, (*WORDS, "سڑک ٹوٹی ہوئی ہے"), strict=True)):
        question = AskQuestion(category="water_none", area=AREAS[number % 2], text=text)
        asked.append((await log.at(-20 + number, asker, question))["question"])
    await log.at(0, MODERATOR, StartSession())
    await log.at(1, OFFICIAL, TakeSeat(seat="official-1"))
    await log.at(5, MODERATOR, TypeCaption(language="ur", line=OPENING))
    for number, (since, until) in enumerate((FIRST, SECOND)):
        await log.at(since - 4, MODERATOR, AdmitQuestion(question=asked[number]))
        await log.at(since - 2, MODERATOR, CallTurn(question=asked[number], seat="citizen-1"))
        turns = (await log.service.live(log.session)).session.stage.turns
        turn = next(id for id, each in turns.items() if each.questions == (asked[number],))
        await log.at(since, askers[number], ReadyTurn(turn=turn))
        await log.at(since + 10, MODERATOR, TypeCaption(language="ur", line=f"سائل {number + 1}: {WORDS[number][:20]}"))
        await log.at(until - 10, MODERATOR, NoteOutcome(question=asked[number], outcome="answered"))
        await log.at(until, MODERATOR, FinishTurn(turn=turn))


def record(folder: Path, settings: Settings, session: str, began_ms: int) -> list[tuple[int, int]]:
    """The recording: light pictures and the sound. Returns what was dumped, in Unix ms."""
    outlet: Outlet | None = None
    program = Program(
        0.0, lambda name, packet: outlet.packet(name, packet), slate_words(settings), renditions=(LIGHT,),  # type: ignore[union-attr]
        delay_ms=1_000 * DELAY_S, cpu=lambda: 0.0,
    )  # fmt: skip
    program.facts(_facts(0))
    shape = program.sound.shape
    makers = {name: Fragmenter(encoder.shape, shape) for name, encoder in program.shapes.items()}
    makers[SOUND] = Fragmenter(None, shape)
    archive = Archive(folder)
    outlet = Outlet(archive, session, 1, archive.next_epoch(session), makers, began_ms - DELAY_MS, lambda part: None)
    voices = {"official-1": _voice(300), "citizen-1": _voice(700)}
    camera = _camera(began_ms)
    waiting, spans, shown = next(camera), [], _facts(0)
    for now in range(40, 1_000 * (LASTS_S + DELAY_S) + 1, 40):
        if (facts := _facts(now / 1_000)) != shown:
            shown = facts
            program.facts(facts, float(now))
        while waiting.arrived_ms <= now and now <= 1_000 * LASTS_S:
            program.frame(waiting)
            waiting = next(camera)
        for seat, packets in voices.items():
            if seat == "official-1" or len(facts.sitting) == 2:
                for frame in _spoken(seat, packets, now - 40, now):
                    program.frame(frame)
        program.tick(float(now))
        if now in (1_000 * each for each in DUMPED_S) and (span := program.dump(float(now))):
            spans.append((round(began_ms - DELAY_MS + span[0]), round(began_ms + span[1])))
            note_withheld(folder / session, *spans[-1])
        while outlet.behind > 64:
            pass
    outlet.close()
    assert not outlet.failed, outlet.failed
    return spans


def _facts(second: float) -> Facts:
    sitting = [Sitting("official-1", "official", "ڈپٹی کمشنر", who="official")]
    for number, (since, until) in enumerate((FIRST, SECOND)):
        if since <= second < until:
            sitting.append(Sitting("citizen-1", "citizen", "شہری", who=f"citizen {number}"))
    return Facts("live", "کھلی کچہری", tuple(sitting), floor="official-1")


def _camera(began_ms: int) -> Iterator[TapFrame]:
    """VP8 of 320 by 180, a keyframe each two seconds."""
    coder: Any = av.CodecContext.create("libvpx", "w")
    coder.width, coder.height, coder.pix_fmt, coder.time_base = 320, 180, "yuv420p", Fraction(1, CAMERA_RATE)
    coder.bit_rate, coder.gop_size, coder.thread_count = 300_000, 2 * CAMERA_RATE, 1
    coder.options = {"deadline": "realtime", "cpu-used": "8", "lag-in-frames": "0"}
    grey = np.full((90, 320), 128, np.uint8)
    number = 0
    while True:
        arrived = number * 1_000 // CAMERA_RATE
        luma = np.full((180, 320), 110, np.uint8)
        paint(luma, began_ms + arrived, IN_CAMERA)
        frame = av.VideoFrame.from_ndarray(np.concatenate([luma, grey]), "yuv420p")
        frame.pts = number
        for packet in coder.encode(frame):
            stamp = number * 90_000 // CAMERA_RATE
            yield TapFrame("official-1", "video", "vp8", stamp, arrived, packet.is_keyframe, bytes(packet))
        number += 1


def _voice(hertz: int) -> list[bytes]:
    """Opus of a tone in noise with a burst twice a second: never silent, and no moment like the one before."""
    coder: Any = av.CodecContext.create("libopus", "w")
    coder.sample_rate, coder.layout, coder.format, coder.bit_rate = OPUS_RATE, "mono", "s16", 24_000
    coder.time_base = Fraction(1, OPUS_RATE)
    coder.options = {"application": "voip", "frame_duration": str(OPUS_MS), "vbr": "off"}
    moments = np.arange(VOICE_S * OPUS_RATE) / OPUS_RATE
    chance = np.random.default_rng(hertz)
    sound = 0.1 * np.sin(2 * np.pi * hertz * moments) + 0.02 * chance.standard_normal(len(moments))
    sound += np.where(moments % 0.5 < 0.03, 0.3 * chance.standard_normal(len(moments)), 0.0)
    samples = (np.clip(sound, -1, 1) * 30_000).astype(np.int16)
    size, made = OPUS_RATE * OPUS_MS // 1_000, []
    for start in range(0, len(samples), size):
        frame = av.AudioFrame.from_ndarray(samples[None, start : start + size], format="s16", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = OPUS_RATE, start, Fraction(1, OPUS_RATE)
        made += [bytes(packet) for packet in coder.encode(frame)]
    return made


def _spoken(seat: str, packets: list[bytes], since_ms: int, until_ms: int) -> Iterator[TapFrame]:
    """What arrives of a voice in a while."""
    for number in range(since_ms // OPUS_MS, until_ms // OPUS_MS):
        stamp = number * OPUS_RATE * OPUS_MS // 1_000
        data = packets[number % len(packets)]
        yield TapFrame(seat, "audio", "opus", stamp & 0xFFFFFFFF, number * OPUS_MS, True, data)
