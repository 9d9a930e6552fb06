"""Takes spans out of a recording, and puts them back while the originals are kept.

The archive itself is changed: segments are made anew with equal duration, their originals sealed beside them under the
house's key. Each segment is made from its original and all that holds for it now, never from one that was made anew
already; so two redactions may overlap, one of them may be undone, and a run that was interrupted is simply done again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence, Set
from dataclasses import dataclass, field
from typing import Final, Protocol

from kachehri.logs import logger
from kachehri.store.redactions import SILENT
from kachehri.store.tables import Redaction
from kachehri.vault import Vault
from recordings.archive import Archive, RecordingError, Segment
from recordings.archive.guard import undisturbed
from recordings.archive.placing import Known
from recordings.edition.plan import Cover, Plan, plan, said_later, touches
from recordings.edition.sealing import Original, Sealing

#: So much may the clock of the files be behind that of the rows, in milliseconds.
SKEW_MS: Final = 600_000


class Rendering(Protocol):
    """Makes a segment anew (recordings/program/rendering.py)."""

    def render(
        self,
        rendition: str,
        init: bytes,
        segment: Segment,
        data: bytes,
        plan: Plan,
        before: bytes | None = None,
        after: bytes | None = None,
    ) -> tuple[bytes, Segment]: ...


@dataclass
class Work:
    """What is to be done for one session.

    Arguments:
        holds: what is taken out and can be undone: new, failed, lost and done redactions.
        back: undone ones whose originals are to be put back.
        over: done ones whose originals have been kept long enough; they become a part of the original.
        rows: all that there are, whatever became of them.
    """

    holds: Sequence[Redaction] = ()
    back: Sequence[Redaction] = ()
    over: Sequence[Redaction] = ()
    rows: Sequence[Redaction] = ()

    @classmethod
    def of(cls, rows: Iterable[Redaction], now: int, *, held: bool = False) -> Work:
        """From a session's redactions at an instant. `held`: no original is destroyed, whatever its time is."""
        rows = list(rows)
        kept = [row for row in rows if row.state == "done" and row.sealed_until is not None]
        over = [row for row in kept if row.sealed_until is not None and row.sealed_until <= now and not held]
        back = [row for row in rows if row.state == "undone" and (row.done_at or 0) <= (row.undone_at or 0)]
        holds = [row for row in rows if row.state in SILENT] + [row for row in kept if row not in over]
        return cls(holds, back, over, rows)

    @property
    def anew(self) -> list[Redaction]:
        """Those that change what is in the archive."""
        return [*(row for row in self.holds if row.state in SILENT), *self.back]

    @property
    def kept(self) -> Work:
        """The same while somebody holds the recording: no original is destroyed."""
        return Work([*self.holds, *self.over], self.back, (), self.rows)

    def __bool__(self) -> bool:
        return bool(self.anew or self.over)


@dataclass
class Done:
    """What was done; every list can be told twice without harm.

    Arguments:
        replaced: rendition, number, bytes and SHA-256 of each segment that is another now, or was before.
        unsealed: rendition and number of each original that is not kept any longer.
        destroyed: rendition and number of each of which something is gone for good, with all of it or alone.
        failed: ids of redactions with a segment that could not be made.
        held: ids of those whose time is over, with an original that a hold keeps which was not there at first.
    """

    replaced: list[tuple[str, int, int, str]] = field(default_factory=list)
    unsealed: list[tuple[str, int]] = field(default_factory=list)
    destroyed: list[tuple[str, int]] = field(default_factory=list)
    failed: set[str] = field(default_factory=set)
    held: set[str] = field(default_factory=set)


def carry_out(
    archive: Archive,
    session: str,
    work: Work,
    vault: Vault,
    rendering: Rendering,
    known: Sequence[Known] = (),
    held: Callable[[], bool] = lambda: False,
) -> Done:
    """Bring a session's files to what holds now.

    Arguments:
        held: whether somebody holds the recording; asked directly before anything is destroyed, for a run may take an
            hour.
        known: the segments that there are by the rows. One that is away at this moment may come back from the storage
            or a backup as it was, so what is to be taken out of it, or put back, is not done.

    Errors: `RecordingError` busy, while somebody writes the recording; `OSError`.
    """
    done = Done()
    for rendition in archive.renditions(session):
        folder = archive.folder_of(session, rendition)
        with undisturbed(folder) as alone:
            if not alone:
                raise RecordingError("busy", rendition)
            sealing = Sealing(folder, rendition, vault, f"recording/{session}/{rendition}")
            for segment in archive.index(session, rendition).segments:
                # Of one that may hold anything nothing is taken for good.
                over = work.over if segment.placed else ()
                changes = [row for row in (*work.anew, *over) if _on(row, segment)]
                if segment.whole and changes:
                    try:
                        _bring(archive, session, segment, work, sealing, rendering, held, done)
                    except RecordingError as error:
                        logger(__name__).error("redaction.failed", session=session, code=error.code, way="!")
                        done.failed |= {row.id for row in changes}
            sealing.tell()
    for each in _away(archive, session, known):
        lost = {row.id for row in work.anew if each.wall_ms < 0 or _touched(row, each.rendition, *_span_of(each))}
        if lost - done.failed:
            logger(__name__).error("redaction.failed", session=session, code="gone", way="!")
            done.failed |= lost
    return done


def _away(archive: Archive, session: str, known: Sequence[Known]) -> list[Known]:
    """Segments that are known and in no index."""
    there = {
        (name, each.number)
        for name in archive.renditions(session)
        for each in archive.index(session, name).segments
        if each.whole
    }
    return [each for each in known if (each.rendition, each.number) not in there]


def _span_of(known: Known) -> tuple[int, int]:
    """When it began to be said, and for how long in microseconds: a millisecond more, for rows were cut to those."""
    return known.wall_ms, (known.duration_ms + 1) * 1_000


def _bring(
    archive: Archive,
    session: str,
    segment: Segment,
    work: Work,
    sealing: Sealing,
    rendering: Rendering,
    held: Callable[[], bool],
    done: Done,
) -> None:
    """One segment."""
    if not segment.placed:
        raise RecordingError("unplaced", "nothing says whether it holds what is to be taken out")
    number, rendition = segment.number, segment.rendition
    init = archive.read_init(session, rendition, segment.epoch)
    picture = b"avcC" in init
    original, names = sealing.read(number), sealing.sealed_for(number)
    if original is not None and not known_to(work.rows, segment, sealing.sealed_at(number), names):
        raise RecordingError("unknown", "nothing says what its original was sealed for")
    base = original or sealing.plain(number)

    def planned(rows: Sequence[Redaction]) -> Plan:
        covers = said_later(map(_cover, rows), rendition)
        return plan(covers, base.segment.wall_ms, base.segment.duration_us, picture=picture)

    def made(source: Original, wanted: Plan) -> Original:
        if wanted.action == "keep":
            return source
        beside = (_beside(archive, session, segment, step) for step in (-1, 1))
        return Original.of(*rendering.render(rendition, init, source.segment, source.data, wanted, *beside))

    over = {row.id for row in work.over if _on(row, segment)}
    if original is not None and over:
        base = made(original, planned(work.over))  # what nobody can undo any more is not kept for those who still can
    wanted = planned(work.holds)
    fresh = made(base, wanted) if any(_on(row, segment) for row in work.anew) else None
    if over and held():  # made before it is asked, so that nothing lies between the answer and the destruction
        done.held |= over
        return _bring(archive, session, segment, work.kept, sealing, rendering, held, done)
    named = names | {row.id for row in (*work.holds, *work.over) if _on(row, segment)}
    if wanted.action != "keep" and (base is not original or named != names):
        sealing.seal(number, base, named)
    if fresh is not None:
        sealing.replace(number, fresh)
        done.replaced.append((rendition, number, len(fresh.data), fresh.segment.sha256))
    if wanted.action == "keep":
        sealing.drop(number)
        done.unsealed.append((rendition, number))
    if over:
        done.destroyed.append((rendition, number))


def _beside(archive: Archive, session: str, segment: Segment, step: int) -> bytes | None:
    """The segment before or behind, of the same epoch."""
    found = archive.index(session, segment.rendition).segment(segment.number + step)
    if found is None or not found.whole or found.epoch != segment.epoch:
        return None
    return archive.read(session, segment.rendition, found.number)


def known_to(rows: Sequence[Redaction], segment: Segment, sealed_at: int, names: Set[str]) -> bool:
    """Whether these are all that a segment was made anew for. They are not where the database came back from before a
    redaction: what would be made from the original has in it what was taken out, and nobody knows what that was.

    Arguments:
        sealed_at: when the original was sealed, in milliseconds since the Unix epoch.
        names: ids of the redactions it was sealed for; without any, one that can have had it sealed is enough.
    """
    if names:
        return names <= {row.id for row in rows}
    return any(_on(row, segment) and row.made_at <= sealed_at + SKEW_MS for row in rows)


def _cover(row: Redaction) -> Cover:
    return Cover(row.starts_at, row.ends_at, row.sound, row.picture)


def _on(row: Redaction, segment: Segment) -> bool:
    return not segment.placed or _touched(row, segment.rendition, segment.wall_ms, segment.duration_us)


def _touched(row: Redaction, rendition: str, wall_ms: int, duration_us: int) -> bool:
    return any(touches(each, wall_ms, duration_us) for each in said_later([_cover(row)], rendition))
