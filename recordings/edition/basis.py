"""What of a closed hearing everybody may hear and see, as it was decided until now."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from kachehri.live import Live
from kachehri.store import Connection, recordings, redactions
from kachehri.store.tables import Redaction
from recordings import replaying
from recordings.replaying import Told
from recordings.withheld import withheld

from .plan import Basis, Cover, Span, Spans, less

#: More than a segment lasts, a guard, and an interpreter's lag together, in milliseconds.
_REACH_MS: Final = 60_000


def basis_of(conn: Connection, live: Live, folder: Path, told: Sequence[Told] | None = None) -> Basis:
    """What an edition follows from; nothing before the close.

    Arguments:
        folder: of recordings.
        told: the chapters, where somebody has just read them.
    """
    if live.session.phase != "closed":
        return Basis()
    if told is None:
        told = replaying.heard(conn, live, folder).chapters
    dumped = tuple(Cover(*span) for span in withheld(folder / live.session.id))
    rows = redactions.of_session(conn, live.session.id)
    done = tuple(_cover(row) for row in rows if row.state == "done")
    entered: dict[tuple[str, int], str] = {}
    for each in done:
        since, until = each.starts_at - _REACH_MS, each.ends_at + _REACH_MS
        entered |= recordings.marks_between(conn, live.session.id, since, until)
    waiting = [_cover(row) for row in rows if row.state in redactions.SILENT]  # nobody gets them from this moment on
    return Basis(open_spans(told), (*dumped, *waiting), done, entered)


def taken_out(conn: Connection, session_id: str) -> tuple[Cover, ...]:
    """Everything that is taken out of a recording, whether or not the files agree with it yet."""
    return tuple(_cover(row) for row in redactions.of_session(conn, session_id) if row.state != "undone")


def open_spans(told: Sequence[Told]) -> Spans:
    """When everybody may listen. Two may be heard at once, one of them from a hall or read out: where a chapter goes on
    that is not open, nothing is, whoever else speaks.
    """
    spoken = [each for each in told if each.chapter.spoken]
    released, shut = ([_span(each) for each in spoken if each.open is which] for which in (True, False))
    return less(released, shut)


def _span(told: Told) -> Span:
    return told.chapter.starts_at, told.chapter.ends_at


def _cover(row: Redaction) -> Cover:
    return Cover(row.starts_at, row.ends_at, row.sound, row.picture)
