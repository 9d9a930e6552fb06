"""A clock on the wall that is set while something waits in the safety delay: what was said before stands in the old
time and what was said since in the new one, or nowhere.
"""

from __future__ import annotations

import asyncio
from io import BytesIO
from pathlib import Path

import av
import numpy as np
import pytest
from av.audio.frame import AudioFrame

from kachehri.vault import Vault
from recordings.archive.archive import Archive
from recordings.program import studio as studios
from recordings.program.clocks import Look
from recordings.program.scene import Facts
from recordings.program.studio import Studio
from recordings.withheld import is_withheld, withheld
from signaling.media.tap import TapFrame
from tests.recordings.program.test_program import LIVE
from tests.recordings.program.test_when_said import WALL, Clock, voice

pytestmark = pytest.mark.anyio
VAULT = Vault([bytes(range(32))])
Word = tuple[int, int, int]
#: When the clock is set, and the two words that are said around it: pitch, since when and until when, in ms.
SET_AT = 3_000
BEFORE, SINCE = (440, 1_600, 2_600), (1_320, 3_240, 4_100)
LENGTH_MS = 6_000


class Hearing:
    """A hearing in time by hand: one seat that says both words, whatever becomes of the studios that hear it."""

    def __init__(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch, delay_ms: int, by_ms: int, since: Word = SINCE
    ) -> None:
        self.clock, self.delay_ms, self._by_ms = Clock(), delay_ms, by_ms
        self.archive, self._folder, self._fence = Archive(folder), folder, 0
        self._frames = voice(LENGTH_MS, (BEFORE, since))
        self._made: Studio | None = None
        self._dump_at, self._stop_at, self._ending = -1.0, float("inf"), asyncio.Event()
        #: What looks at the log's clock find, by when; and how often the studio asked for one.
        self.looks: dict[int, Look] = {}
        self.doubts = 0
        rest = asyncio.sleep

        async def passes(_seconds: float) -> None:
            self.pass_(40)
            await rest(0)

        monkeypatch.setattr(studios, "_now", self.clock.monotonic)
        monkeypatch.setattr("recordings.program.studio.time.time_ns", self.wall_ns)
        monkeypatch.setattr("recordings.program.studio.asyncio.sleep", passes)

    def wall_ns(self) -> int:
        return self.clock.time_ns() + (self._by_ms * 1_000_000 if self.clock.passed_ms >= SET_AT else 0)

    def pass_(self, ms: int) -> None:
        self.clock.passed_ms += ms
        while self._frames and self._frames[0].arrived_ms <= self.clock.monotonic():
            frame: TapFrame = self._frames.pop(0)
            if self._made is not None:
                self._made._frame(frame)
        if self._made is not None and (found := self.looks.pop(round(self.clock.passed_ms), None)) is not None:
            self._made.looked(found)
        if self._made is not None and 0 < self._dump_at <= self.clock.passed_ms:
            self._dump_at = -1.0
            assert self._made.dump()
        if self.clock.passed_ms >= self._stop_at:
            self._ending.set()

    def _doubt(self) -> None:
        self.doubts += 1

    async def life(
        self, *, until: float | None = None, dump_at: float = -1.0, ahead_ms: int = 0, facts: Facts = LIVE
    ) -> str:
        """One studio, until it ends by itself, or is ended at this moment as if it were killed."""
        self._fence += 1
        self._dump_at, self._ending = dump_at, asyncio.Event()
        self._stop_at = LENGTH_MS + self.delay_ms + 1_000 if until is None else until
        made = Studio(
            self._folder / "none", "hearing1", self.archive, self._fence, {}, lambda part: None, renditions=(),
            delay_ms=self.delay_ms, vault=VAULT if self.delay_ms else None, ahead_ms=ahead_ms, doubts=self._doubt,
        )  # fmt: skip
        made.facts(facts)
        self._made = made
        why = await made._run(self._ending)
        self._made = None
        await asyncio.to_thread(made.outlet.close)
        if made._journal is not None:
            made._journal.close(keep=True)
        self.pass_(120)
        return why

    def heard(self, word: Word) -> list[int]:
        """The moments at which a word is heard, each 20 ms, as a player would reckon them; ms behind the begin."""
        found = []
        index = self.archive.index("hearing1", "sound").segments
        for epoch in sorted({each.epoch for each in index}):
            mine = [each for each in index if each.epoch == epoch]
            data = self.archive.read_init("hearing1", "sound", epoch)
            data += b"".join(self.archive.read("hearing1", "sound", each.number) for each in mine)
            with av.open(BytesIO(data), "r") as film:
                frames = [frame for frame in film.decode(audio=0) if isinstance(frame, AudioFrame)]
            first = round(1_000 * (frames[0].time or 0.0)) - mine[0].starts_ms + mine[0].wall_ms
            wave = np.concatenate([frame.to_ndarray()[0] for frame in frames])
            turn = np.exp(-2j * np.pi * word[0] * np.arange(480) / 24_000)
            for n in range(len(wave) // 480):
                if abs(np.dot(wave[n * 480 : (n + 1) * 480], turn)) / 480 > 0.01:
                    found.append(first + n * 20 - WALL)
        return found


def whole(heard: list[int], word: Word, by_ms: int = 0) -> None:
    """It is heard from its begin to its end, and at no other time."""
    _, since, until = word
    assert since + by_ms - 80 < min(heard) < since + by_ms + 80
    assert until + by_ms - 120 < max(heard) < until + by_ms + 80
    assert len(heard) > (until - since) / 20 * 0.9


@pytest.mark.parametrize("by_ms", [60_000, -60_000, -2_000])
@pytest.mark.parametrize("delay_s", [0, 1, 10])
async def test_each_word_stands_in_the_time_in_which_it_was_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, delay_s: int, by_ms: int
) -> None:
    # Nobody hears what is said while one studio follows the other; where nothing waits that is just then.
    since = SINCE if delay_s else (SINCE[0], SINCE[1] + 200, SINCE[2])
    hearing = Hearing(tmp_path, monkeypatch, 1_000 * delay_s, by_ms, since)
    assert await hearing.life() == "clock"
    assert await hearing.life() == "told"
    whole(hearing.heard(BEFORE), BEFORE)
    whole(hearing.heard(since), since, by_ms)


@pytest.mark.parametrize("by_ms", [60_000, -2_000])
async def test_what_waited_for_one_that_was_killed_just_then_is_nowhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, by_ms: int
) -> None:
    hearing = Hearing(tmp_path, monkeypatch, 5_000, by_ms)
    assert await hearing.life(until=5_500) == "told"
    assert await hearing.life() == "told"
    assert hearing.heard(BEFORE) == []
    whole(hearing.heard(SINCE), SINCE, by_ms)


@pytest.mark.parametrize("by_ms", [60_000, -60_000])
async def test_a_dump_across_it_is_noted_in_both_times(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, by_ms: int
) -> None:
    hearing = Hearing(tmp_path, monkeypatch, 4_000, by_ms)
    assert await hearing.life(dump_at=5_000) == "clock"
    assert await hearing.life() == "told"
    assert hearing.heard(BEFORE) == hearing.heard(SINCE) == []
    spans = sorted(withheld(tmp_path / "hearing1"), key=lambda span: abs(span[0] - WALL))
    assert [at - WALL for span in spans for at in span] == pytest.approx(
        [800, SET_AT, SET_AT + by_ms, 5_000 + by_ms], abs=60
    )


@pytest.mark.parametrize("by_ms", [60_000, -2_000])
@pytest.mark.parametrize("delay_s", [0, 1, 5])
async def test_the_clock_of_another_host_is_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, delay_s: int, by_ms: int
) -> None:
    hearing = Hearing(tmp_path, monkeypatch, 1_000 * delay_s, 0)
    # Looked at a second before it is set, and a second later; what is said between is in no chapter.
    hearing.looks = {2_000: Look(5, 0), 4_000: Look(5, by_ms), 4_040: Look(5, by_ms)}
    assert await hearing.life() == "clock"
    assert hearing.doubts > 0
    heard = hearing.heard(BEFORE) + hearing.heard(SINCE)
    dumped = [(since - WALL, until - WALL) for since, until in withheld(tmp_path / "hearing1")]
    assert {at for at in heard if at > 2_100 and not is_withheld(dumped, at + 20)} == set()
    assert min(heard) < 1_700 and [at for at in heard if at < 1_960 and is_withheld(dumped, at)] == []
    assert await hearing.life(ahead_ms=by_ms) == "told"
    assert not set(range(2_000 + by_ms, 3_900 + by_ms)) & set(hearing.heard(BEFORE) + hearing.heard(SINCE)) - {*heard}


@pytest.mark.parametrize(
    "looks",
    [
        {2_000: Look(5, 60_000), 2_040: Look(5, 0), 4_000: Look(5, 60_000)},
        {2_000: Look(400, 60_000), 2_040: Look(400, 60_000)},
        {2_000: Look(-60_000, 30_000), 2_040: Look(-60_000, 30_000)},
    ],
)
async def test_one_look_alone_or_an_uncertain_one_ends_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, looks: dict[int, Look]
) -> None:
    hearing = Hearing(tmp_path, monkeypatch, 0, 0)
    hearing.looks = looks
    assert await hearing.life() == "told"
    assert withheld(tmp_path / "hearing1") == []


async def test_where_both_are_one_clock_a_look_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hearing = Hearing(tmp_path, monkeypatch, 1_000, 60_000)
    hearing.looks = {2_000: Look(5, 0), 3_120: Look(5, 0), 3_160: Look(5, 0)}
    assert await hearing.life() == "clock"
    whole(hearing.heard(BEFORE), BEFORE)
    assert withheld(tmp_path / "hearing1") == []


async def test_this_machine_is_set_beside_a_log_that_is_right(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hearing = Hearing(tmp_path, monkeypatch, 1_000, 60_000)
    hearing.looks = {3_120: Look(5, -60_000), 3_160: Look(5, -60_000), 8_000: Look(5, -60_000)}
    assert await hearing.life() == "told"
    whole(hearing.heard(BEFORE), BEFORE)
    whole(hearing.heard(SINCE), SINCE)
