"""The safety delay and the dump key: what was dumped is nowhere, and everything else is where it was."""

from __future__ import annotations

import asyncio
import errno
import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import structlog

from kachehri.vault import Vault
from recordings.archive.archive import Archive
from recordings.archive.layout import Part
from recordings.program.delay import Journal, Left
from recordings.program.process import _dump
from recordings.program.program import Program
from recordings.program.scene import Scene
from recordings.program.studio import Studio, _now
from recordings.withheld import is_withheld, note_withheld, withheld
from signaling.media.tap import TapFrame
from tests.recordings.program.footage import Person, Taken, play, sound_of
from tests.recordings.program.test_program import LIVE
from tests.signaling.media.people import until

DELAY_MS = 4_000
VAULT = Vault([bytes(range(32))])
Sound = np.ndarray[tuple[int], np.dtype[np.float32]]


def loud(sound: Sound, since: float, until: float) -> float:
    part = sound[round(since * 24_000) : round(until * 24_000)]
    return float(np.sqrt(np.mean(part * part)))


def run(delay_ms: int, dumps: tuple[float, ...] = (), until: float = 16_000.0) -> tuple[Program, Taken]:
    taken, slates = Taken(), []
    program = Program(0.0, taken, {"withheld": ("x",)}, delay_ms=delay_ms, cpu=lambda: 0.0)
    program.facts(LIVE)
    people, now = [Person("o", "officer"), Person("c")], 0.0
    for dump in (*dumps, None):
        now = play(program, people, dump if dump is not None else until, now)
        if dump is not None:
            assert program.dump(now) == (now - delay_ms, now)
        slates.append(program.status.slate)
    return program, taken


def test_everything_comes_so_much_later_and_is_the_same() -> None:
    _, plain = run(0, until=6_000)
    _, delayed = run(DELAY_MS, until=6_000 + DELAY_MS)
    assert delayed.packets == plain.packets


def test_lines_have_waited_before_they_come_and_are_shown_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    program = Program(0.0, Taken(), {}, delay_ms=DELAY_MS, cpu=lambda: 0.0)
    program.facts(LIVE)
    people, now, lines = [Person("o", "officer"), Person("c")], 0.0, ("what is said",)
    now = play(program, people, DELAY_MS + 1_000, now)
    made: list[Scene] = []
    monkeypatch.setattr(program._composer, "compose", lambda scene, pictures: made.append(scene))
    for told, shown in ((replace(LIVE, captions=lines), lines), (replace(LIVE, floor="c"), ())):
        program.facts(told, now)
        for wait_ms in (200, DELAY_MS):  # nor are they shown once more with the frames of that moment
            made.clear()
            now = play(program, people, now + wait_ms, now)
            assert {each.captions for each in made} == {shown}


def test_nothing_waits_without_a_delay_and_dumping_it_is_said() -> None:
    program, _ = run(0, until=2_000)
    assert program.dump(2_000.0) is None
    assert program.dump(2_031.0) is None, "nor between two blocks"


def test_what_was_dumped_is_silence_and_a_slate_and_the_rest_keeps_its_place() -> None:
    _, plain = run(DELAY_MS)
    _, dumped = run(DELAY_MS, (8_000.0,))
    before, after = sound_of(plain), sound_of(dumped)
    assert len(before) == len(after)
    assert loud(before, 4.3, 7.9) > 0.02
    assert loud(after, 4.3, 8.1) < 1e-4
    assert loud(after, 8.6, 11.5) == pytest.approx(loud(before, 8.6, 11.5), rel=0.5)
    for each in (before, after):  # where a word begins is where it began
        assert loud(each, 1.0, 3.9) == pytest.approx(loud(before, 1.0, 3.9), rel=1e-3)
    spans = [(packet.pts_us, packet.duration_us) for packet in plain.of("full", "video")]
    assert [(packet.pts_us, packet.duration_us) for packet in dumped.of("full", "video")] == spans

    # A slate costs next to nothing to encode; the pictures around it do.
    def size(taken: Taken, since: int, until: int) -> int:
        return sum(
            len(packet.data) for packet in taken.of("full", "video") if since <= packet.pts_us < until
        )  # fmt: skip

    assert size(dumped, 6_200_000, 8_000_000) < size(plain, 6_200_000, 8_000_000) / 3
    assert size(dumped, 2_000_000, 4_000_000) == size(plain, 2_000_000, 4_000_000)


def test_names_change_with_the_frames_they_belong_to() -> None:
    taken = Taken()
    program = Program(0.0, taken, {}, delay_ms=DELAY_MS, cpu=lambda: 0.0)
    program.facts(LIVE)
    people, now = [Person("o"), Person("c")], 0.0
    now = play(program, people, 5_000, now)
    program.facts(type(LIVE)("adjourned"), now)
    now = play(program, people, 5_000 + DELAY_MS - 100, now)
    assert program.status.slate == ""
    play(program, people, 5_000 + DELAY_MS + 500, now)
    assert program.status.slate == "adjourned"


def frame(at: int, data: bytes = b"sound") -> TapFrame:
    return TapFrame("c", "audio", "opus", at * 48, at, True, data)


def test_the_buffer_is_sealed_bounded_and_read_back(tmp_path: Path) -> None:
    journal = Journal(tmp_path, VAULT, "s", DELAY_MS)
    journal.begin()
    for at in range(0, 60_000, 20):
        journal.keep(frame(at, b"a spoken number"))
    journal.close(keep=True)
    kept = sum(path.stat().st_size for path in tmp_path.iterdir())
    assert kept < 3 * (DELAY_MS / 20) * 60
    assert not any(b"spoken" in path.read_bytes() for path in tmp_path.iterdir())
    assert {path.stat().st_mode & 0o777 for path in tmp_path.iterdir()} == {0o600}
    found = Journal(tmp_path, VAULT, "s", DELAY_MS).read()
    assert found[-1] == Left(frame(59_980, b"a spoken number"), "")
    moments = [each.frame.arrived_ms for each in found]
    assert moments[0] <= 60_000 - DELAY_MS and moments == sorted(moments)
    assert Journal(tmp_path, Vault([b"x" * 32]), "s", DELAY_MS).read() == []
    assert Journal(tmp_path, VAULT, "another", DELAY_MS).read() == []


def test_a_torn_end_costs_only_itself_and_a_dump_leaves_nothing(tmp_path: Path) -> None:
    journal = Journal(tmp_path, VAULT, "s", DELAY_MS)
    journal.begin()
    for at in range(0, 2_000, 20):
        journal.keep(frame(at))
    [file] = tmp_path.iterdir()
    whole = len(Journal(tmp_path, VAULT, "s", DELAY_MS).read())
    file.write_bytes(file.read_bytes()[:-3])
    assert 0 < len(Journal(tmp_path, VAULT, "s", DELAY_MS).read()) < whole
    journal.wipe()
    assert Journal(tmp_path, VAULT, "s", DELAY_MS).read() == []
    journal.close(keep=False)
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_ends_the_keeping_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write, room = os.write, [300]

    def little(handle: int, data: bytes) -> int:
        if not room[0]:
            raise OSError(errno.ENOSPC, "full")
        taken = write(handle, data[: room[0]])
        room[0] -= taken
        return taken

    journal = Journal(tmp_path, VAULT, "s", DELAY_MS)
    journal.begin()
    monkeypatch.setattr(os, "write", little)
    with structlog.testing.capture_logs() as told:
        for at in range(0, 60_000, 20):
            journal.keep(frame(at))
    assert [(each["event"], each["code"]) for each in told] == [("program.unkept", "space")]
    assert len(journal._chunk) < 20, "nor does it wait in memory"
    monkeypatch.undo()
    journal.wipe()
    for at in range(60_000, 61_000, 20):
        journal.keep(frame(at))
    journal.close(keep=True)
    assert Journal(tmp_path, VAULT, "s", DELAY_MS).read(), "it begins anew where there is room"


def test_a_dump_that_cannot_be_noted_is_not_said_to_be_done(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "write", lambda handle, data: len(data) // 2)
    with pytest.raises(OSError, match="space"):
        note_withheld(tmp_path, 1_000, 5_000)

    class Full:
        def dump(self) -> bool:
            raise OSError(errno.ENOSPC, "full")

    with structlog.testing.capture_logs() as told:
        _dump("s", Full())  # type: ignore[arg-type]
    assert [(each["event"], each["code"]) for each in told] == [("program.dump_unnoted", "space")]


def test_dumped_spans_are_kept(tmp_path: Path) -> None:
    assert withheld(tmp_path) == []
    note_withheld(tmp_path, 1_000, 5_000)
    note_withheld(tmp_path, 9_000, 12_000)
    with (tmp_path / "withheld.jsonl").open("a") as file:
        file.write('{"since": 1')
    with (tmp_path / "withheld.jsonl").open("ab") as torn:
        torn.write(b"\xff\xfe\x00")  # a power cut may leave anything
    assert withheld(tmp_path) == [(1_000, 5_000), (9_000, 12_000)]
    note_withheld(tmp_path, 20_000, 21_000)
    assert withheld(tmp_path)[2:] == [(20_000, 21_000)], "what was torn takes none with it"
    assert [is_withheld(withheld(tmp_path), at) for at in (999, 1_000, 4_999, 5_000, 9_500)] == [
        False,
        True,
        True,
        False,
        True,
    ]


@pytest.mark.anyio
async def test_a_process_that_follows_takes_up_what_waits_unless_it_was_dumped(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    (tmp_path / "hearing1").mkdir()

    async def life(fence: int, parts: list[Part], feed: bool, enough: int) -> Studio:
        """One process: with somebody who speaks, until so many parts of sound are written; then it is killed."""
        studio = Studio(
            tmp_path / "none", "hearing1", archive, fence, {}, parts.append, renditions=(), delay_ms=1_000, vault=VAULT
        )
        studio.facts(LIVE)
        ending = asyncio.Event()
        running = asyncio.ensure_future(studio.run(ending, lambda: False))
        person = Person("c", began=_now())
        while len(parts) < enough:
            for each in person.due(_now()) if feed else ():
                studio._frame(each)
            await asyncio.sleep(0.02)
        ending.set()
        await running
        return studio

    first: list[Part] = []
    await life(1, first, True, 4)
    waits = Journal(tmp_path / "hearing1", VAULT, "hearing1", 1_000).read()
    assert waits
    second: list[Part] = []
    await life(2, second, False, 3)
    one, two = archive.index("hearing1", "sound").segments
    gap = two.starts_ms - (one.starts_ms + one.duration_us // 1000)
    assert 0 <= gap < 30_000  # nothing twice; as short as the second took to begin beyond the delay
    assert Journal(tmp_path / "hearing1", VAULT, "hearing1", 1_000).read() != waits

    third = Studio(
        tmp_path / "none", "hearing1", archive, 3, {}, lambda part: None, renditions=(), delay_ms=1_000, vault=VAULT
    )  # fmt: skip
    third.facts(LIVE)
    for each in Person("c", began=_now() - 500).due(_now()):
        third._frame(each)
    assert third.dump()
    assert Journal(tmp_path / "hearing1", VAULT, "hearing1", 1_000).read() == []
    [(since, until_)] = withheld(tmp_path / "hearing1")
    assert 0 < until_ - since <= 1_300  # the delay, and the time for which frames wait
    third.outlet.close()
    await until(lambda: True)
