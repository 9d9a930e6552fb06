"""A small sample of `make bench NAME=recording-kill`, and proof that its witness would notice."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import pytest

from recordings.archive import Archive, layout
from recordings.archive.recover import write_seal
from recordings.archive.space import Space
from tests.bench import recording_kill
from tests.bench.recorded import Mixed, Writing
from tests.bench.recording_kill import Faulty, examine

SEED = 20260105
SESSION = "kill0001"


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_every_recording_plays_after_kills(tmp_path: Path) -> None:
    result = recording_kill.run(recording_kill.KILLS_SMALL, recording_kill.POINTS_SMALL, tmp_path, random.Random(SEED))
    assert (result["kills"], result["playable"], result["wrong"]) == (5, 5, []), (SEED, result)
    assert result["points_killed"] == result["points_expected"] == recording_kill.POINTS_SMALL, (SEED, result)
    assert 0 < result["worst_loss_s"] <= recording_kill.WORST_LOSS_S, (SEED, result)


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Five seconds of each rendition, ended as it should be."""
    folder = tmp_path_factory.mktemp("recorded")
    archive = Archive(folder, Space(folder, room=lambda _: (10**12, 10**12)))
    mixed = Mixed(folder.parent / "mixed")
    for name, encoded in recording_kill.encode().items():
        track = archive.track(SESSION, name, 1)
        Writing(name, encoded, track, 1, 0, 0).until(5_000_000, mixed)
        track.close()
    return folder


@pytest.mark.parametrize("rendition", ["full", "light", "sound"])
def test_a_whole_recording_is_whole(recorded: Path, rendition: str) -> None:
    seconds = examine(Archive(recorded), SESSION, rendition, set())
    assert 4.3 < seconds <= 5.0


@pytest.mark.parametrize("fault", ["bytes", "short", "gone", "hole", "left", "key"])
def test_the_witness_notices(recorded: Path, tmp_path: Path, fault: str) -> None:
    for path in (recorded / SESSION / "full").iterdir():
        (tmp_path / SESSION / "full").mkdir(parents=True, exist_ok=True)
        (tmp_path / SESSION / "full" / path.name).write_bytes(path.read_bytes())
    folder = tmp_path / SESSION / "full"
    segment = folder / "000001.m4s"
    data = segment.read_bytes()
    match fault:
        case "bytes":
            segment.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
        case "short":
            segment.write_bytes(data[:-9])
        case "gone":
            segment.unlink()
        case "left":
            segment.with_suffix(".open").write_bytes(b"")
        case "hole" | "key":
            lines = segment.with_suffix(".parts")
            found = layout.read_lines("full", 1, lines.read_bytes())
            assert found is not None
            lines.unlink()
            first = found.parts[0]
            if fault == "hole":
                first = replace(first, starts_ms=first.starts_ms + 40)
            else:
                first = replace(first, independent=False)
            altered = replace(found, parts=(first, *found.parts[1:]))
            write_seal(lines, altered, found.sha256)
    with pytest.raises((Faulty, layout.RecordingError)):
        examine(Archive(tmp_path), SESSION, "full", set())
