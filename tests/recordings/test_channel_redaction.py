"""What is taken out of a recording is taken out of an interpreter's channel, who says it some seconds later."""

from __future__ import annotations

from pathlib import Path

import pytest

from kachehri.store.tables import Redaction
from kachehri.vault import Vault
from recordings.archive import Archive
from recordings.channels import LAG_MS
from recordings.edition import Basis, Edition
from recordings.edition.making import make
from recordings.program.encode import SoundEncoder
from recordings.program.fragments import Fragmenter
from recordings.redaction import Work, carry_out
from tests.recordings.edition.filmed import SESSION, WALL_MS, archive, film, heard, level, renderer, tone

SECONDS = 20


@pytest.fixture
def made(tmp_path: Path) -> Archive:
    """One epoch of `sound` and of `sound-1`, both a tone all the time."""
    found = archive(tmp_path)
    for name in ("sound", "sound-1"):
        encoder = SoundEncoder()
        cutter = Fragmenter(None, encoder.shape)
        packets = [packet for second in range(SECONDS) for packet in encoder.encode(tone(second))]
        track = found.track(SESSION, name, 1)
        track.begin(1, cutter.init())
        for each in [*(part for packet in packets for part in cutter.write(packet)), *cutter.flush()]:
            track.part(
                each.data, duration_us=each.duration_us, independent=True, starts_ms=each.starts_ms,
                wall_ms=WALL_MS + each.starts_ms, last=each.last,
            )  # fmt: skip
        track.close()
    return found


def loudest(made: Archive, rendition: str, pieces: list[bytes], since_s: float, until_s: float) -> float:
    sound, first = heard(film(made, made.index(SESSION, rendition), pieces))
    return level(sound, first, since_s, until_s)


def test_a_redaction_lasts_longer_in_a_channel(made: Archive) -> None:
    row = Redaction(
        id="a", session_id=SESSION, starts_at=WALL_MS + 2_500, ends_at=WALL_MS + 3_000, made_by="a", made_at=1
    )
    done = carry_out(made, SESSION, Work.of([row], 1_000), Vault([b"k" * 32]), renderer())
    assert not done.failed
    late = 3.0 + LAG_MS / 1000
    for rendition, silent_until in (("sound", 3.0), ("sound-1", late)):
        pieces = [made.read(SESSION, rendition, each.number) for each in made.index(SESSION, rendition).segments]
        assert loudest(made, rendition, pieces, 2.5, silent_until) < 1e-3, rendition
        assert loudest(made, rendition, pieces, silent_until + 0.4, silent_until + 2.0) > 0.2, rendition
        assert loudest(made, rendition, pieces, 0.2, 2.2) > 0.2, rendition


def test_a_chapter_begins_later_in_a_channel_behind_one_that_is_not_released(made: Archive) -> None:
    edition = Edition(made, SESSION, Basis(released=((WALL_MS + 4_000, WALL_MS + 18_000),)))
    make(edition, made, renderer())
    for rendition, begins in (("sound", 4.0), ("sound-1", 4.0 + LAG_MS / 1000)):
        pieces = [edition.read(each) for each in edition.index(rendition).segments]
        assert loudest(made, rendition, pieces, 0.0, begins) < 1e-3, rendition
        assert loudest(made, rendition, pieces, begins + 0.4, 17.5) > 0.2, rendition
        assert loudest(made, rendition, pieces, 18.0, 19.5) < 1e-3, rendition
