"""Notices what came back with an old copy: a segment in which something was taken out, and that is another now.

Somebody puts a folder back from a backup, or one file of it: then the archive holds in the clear what nobody was to
keep any more. The redaction is carried out anew, from what lies there. The same for one that was given up because its
segment was lost, once that is there.

The other way round, somebody puts the database back from before a redaction: then the archive has it in it, with the
original sealed beside, and no row says so, whether there is one for another redaction of the same segment or none.
Nothing is undone and nothing destroyed by itself; it is named.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from hashlib import sha256
from pathlib import Path

from kachehri.logs import logger
from kachehri.store import Store, recordings, redactions
from kachehri.store.tables import RecordedSegment, Redaction
from recordings.archive import Archive
from recordings.archive.guard import undisturbed
from recordings.archive.layout import numbers, segment_name
from recordings.archive.manifest import known_rows
from recordings.archive.reading import read_segment
from recordings.redaction import known_to

from .plan import Cover, taken_of, touches
from .sealing import sealed_at, sealed_for


def take_out_again(store: Store, archive: Archive, session: str, *, lost: bool = False) -> int:
    """Have redactions carried out anew whose segments are others now; how many. Reads every segment that one touches.

    Arguments:
        lost: those that were given up are tried again, whatever lies there.
    """
    with store.read() as conn:
        every = redactions.of_session(conn, session)
        rows = [row for row in every if row.state in ("done", "lost")]
        entered = recordings.of_session(conn, session) if rows else []
    if not rows:
        return 0
    ids, known = {row.id for row in rows if lost and row.state == "lost"}, {row.id for row in every}
    for segment, touching in _touched(entered, rows):
        folder = archive.folder_of(session, segment.rendition)
        if sealed_for(folder / segment_name(segment.number, "sealed")) <= known:
            ids |= _done_again(folder, segment, touching)
    if not ids:
        return 0
    _mend(store, archive, session, [row for row in rows if row.id in ids], entered)
    with store.write() as conn:
        count = redactions.again(conn, sorted(ids))
    logger(__name__).warning("redaction.again", session=session, count=count, way="!")
    return count


def unknown_seals(store: Store, archive: Archive, session: str) -> set[tuple[str, int]]:
    """Rendition and number of segments made anew for a redaction of which the database does not know."""
    named = {
        (rendition, number): sealed_for(archive.folder_of(session, rendition) / segment_name(number, "sealed"))
        for rendition in archive.renditions(session)
        for number in numbers(os.listdir(archive.folder_of(session, rendition)), "sealed")
    }
    found = set(named)
    if not found:
        return found
    with store.read() as conn:  # behind the files: whatever is sealed in this moment has its row
        rows = redactions.of_session(conn, session)
    for rendition in {each for each, _ in found}:
        folder = archive.folder_of(session, rendition)
        for segment in archive.index(session, rendition).segments:
            # One without an original any more was put back in this moment, or is over.
            at = sealed_at(folder / segment_name(segment.number, "sealed"))
            place = (rendition, segment.number)
            if place in found and (not at or known_to(rows, segment, at, named[place])):
                found.discard(place)
    return found


def _touched(
    entered: Sequence[RecordedSegment], rows: Sequence[Redaction]
) -> Iterator[tuple[RecordedSegment, list[Redaction]]]:
    """Each segment that something was to be taken out of, with the redactions that say so."""
    for segment in entered:
        found = [row for row in rows if _on(row, segment)]
        if found and segment.wall_ms >= 0:
            yield segment, found


def _on(row: Redaction, segment: RecordedSegment) -> bool:
    covers = taken_of([Cover(row.starts_at, row.ends_at, row.sound, row.picture)], segment.rendition)
    return any(touches(each, segment.wall_ms, segment.duration_us) for each in covers)


def _done_again(folder: Path, segment: RecordedSegment, touching: Sequence[Redaction]) -> set[str]:
    """Which of them this segment does not have in it, as far as the disk tells."""
    try:
        digest = sha256((folder / segment_name(segment.number)).read_bytes()).hexdigest()
    except OSError:
        return set()  # nobody can hear what is not there
    found = {row.id for row in touching if row.state == "done"} if digest != segment.sha256 else set()
    said = read_segment(folder, segment.rendition, segment.number)
    if said is not None and said.sha256 == digest and not (folder / segment_name(segment.number, "sealed")).exists():
        # It can be made anew, and nothing was taken out of it as yet.
        found |= {row.id for row in touching if row.state == "lost"}
    return found


def _mend(
    store: Store, archive: Archive, session: str, rows: Sequence[Redaction], entered: Sequence[RecordedSegment]
) -> None:
    """Where a segment came back without its lines, and no original is sealed, its lines are written anew."""
    torn = False
    for segment, _ in _touched(entered, rows):
        folder = archive.folder_of(session, segment.rendition)
        path, lines = (folder / segment_name(segment.number, ending) for ending in ("m4s", "parts"))
        said = read_segment(folder, segment.rendition, segment.number)
        if said is None or not path.is_file() or path.with_suffix(".sealed").exists():
            continue
        if sha256(path.read_bytes()).hexdigest() != said.sha256:
            with undisturbed(folder) as alone:
                if alone:
                    lines.unlink(missing_ok=True)
                    torn = True
    if torn:
        archive.rebuild(session, known_rows(store, session))
