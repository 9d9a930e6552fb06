"""Which lines stand in which chapter of a closed hearing: those that were typed, or those of a file in their place.

Times and ids alone, kept in memory for as long as the log and the files are the same. What a dumped span may have said
is left out anew each time.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from kachehri.live import Live
from kachehri.store import Connection, caption_files
from kachehri.store.tables import CaptionFile
from recordings.caption_files import cues_of, in_place
from recordings.captions import Cue
from recordings.chapters import chapters_at
from recordings.outlines import MOST, Outline
from recordings.withheld import withheld

#: How far a typed line may lie behind what was said, in milliseconds.
TYPED_MS: Final = 10_000

#: Lines by the number of their chapter; 0: before any.
Said = Mapping[int, Sequence[Cue]]


@dataclass(frozen=True)
class _Placed:
    outline: Outline
    files: tuple[str, ...]
    lines: Said
    #: With the outline that it keeps alive.
    size: int


class Lines:
    """Those that were placed lately, the oldest first: `most` of all hearings together. Safe for several threads."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._kept: OrderedDict[str, _Placed] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, session: str, outline: Outline, files: Mapping[str, CaptionFile]) -> Said:
        """The lines of a hearing; `files`: those that hold now, by language."""
        ids = tuple(each.id for each in files.values())
        with self._lock:
            found = self._kept.get(session)
            if found is not None and found.outline is outline and found.files == ids:
                self._kept.move_to_end(session)
                return found.lines
        cues = in_place(outline.cues, [cues_of(each.id, tag, each.lines) for tag, each in files.items()])
        lines: dict[int, list[Cue]] = {}
        for cue, at in zip(cues, chapters_at(outline.chapters, (cue.starts_at for cue in cues)), strict=True):
            lines.setdefault(0 if at is None else at + 1, []).append(cue)
        with self._lock:
            self._kept[session] = _Placed(outline, ids, lines, 1 + outline.size + len(cues))
            self._kept.move_to_end(session)
            held = sum(each.size for each in self._kept.values())
            while held > self._most:
                held -= self._kept.popitem(last=False)[1].size
        return lines


_lately: Final = Lines()


def said(conn: Connection, live: Live, folder: Path, outline: Outline) -> Said:
    """What was put down of each chapter, without what a dumped span may have said. What was held at the close can still
    be dumped until its time has come.
    """
    lines = _lately.of(live.session.id, outline, caption_files.holding(conn, live.session.id))
    early = {each.id for each in live.session.captions.held() if each.public_at > now()}
    dumped = withheld(folder / live.session.id)
    if not early and not dumped:
        return lines
    left = {n: [cue for cue in cues if cue.id not in early and not _is_out(cue, dumped)] for n, cues in lines.items()}
    return {n: cues for n, cues in left.items() if cues}


def _is_out(cue: Cue, dumped: list[tuple[int, int]]) -> bool:
    return is_dumped(cue.starts_at, cue.ends_at, dumped)


def is_dumped(starts_at: int, ends_at: int, dumped: list[tuple[int, int]]) -> bool:
    """Whether a line may say what was dumped; whoever types is behind the speaker."""
    return any(since < ends_at and starts_at < until + TYPED_MS for since, until in dumped)


def now() -> int:
    """Unix time in ms."""
    return time.time_ns() // 1_000_000
