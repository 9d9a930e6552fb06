"""What there is of a chapter's sound and picture for everybody, and what it weighs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from recordings.archive import RecordingError, Segment
from recordings.channels import Channel
from recordings.edition import Edition
from recordings.replaying import Told
from web.channel_shapes import SpokenFile

#: A file is put together in memory; a chapter of more than half an hour of pictures is heard without them.
BYTES_MOST: Final = 32_000_000


def pieces(edition: Edition, rendition: str, told: Told) -> tuple[Segment, ...]:
    """The segments of a chapter that everybody may have; none where it is not released, not recorded, or too large.

    Those at its borders are among them: what is not the chapter's is silence and a slate in them.
    """
    if not told.open:
        return ()
    try:
        found = edition.overlapping(rendition, told.chapter.starts_at, told.chapter.ends_at)
    except RecordingError:
        return ()
    return found if sum(each.bytes for each in found) <= BYTES_MOST else ()


def weights(edition: Edition, shown: Sequence[Told]) -> dict[int, tuple[str, str]]:
    """What the files of sound and of small pictures of each chapter weigh, in megabytes; nothing where none is."""
    return {each.n: (_weight(edition, "sound", each), _weight(edition, "light", each)) for each in shown}


def spoken(edition: Edition, shown: Sequence[Told], planned: Sequence[Channel]) -> dict[int, tuple[SpokenFile, ...]]:
    """The interpreters' channels that there are of each chapter."""
    found: dict[int, tuple[SpokenFile, ...]] = {}
    for told in shown:
        every = ((each, _weight(edition, each.rendition, told)) for each in planned if edition.open(each.rendition))
        found[told.n] = tuple(
            SpokenFile(each.rendition, each.number, each.language, each.name, mb) for each, mb in every if mb
        )
    return found


def _weight(edition: Edition, rendition: str, told: Told) -> str:
    size = sum(each.bytes for each in pieces(edition, rendition, told))
    return f"{max(0.1, size / 1_000_000):.1f}" if size else ""
