"""What everybody gets of one session's recording, segment by segment, as it stands at this moment.

Nothing is asked of a list that somebody made earlier: each segment's plan follows from what is released now. As it is
it comes from the archive; as silence and a slate from a template; and where it lies at a border, from the folder of
what was made anew for it, under a name that holds what it was made from. What is not made yet is silence and a slate.

    {folder}/{session}/edition/{rendition}/blank-{epoch}.m4s      the template (blank.py)
                                           {number}-{mark}.m4s    a segment at a border, made anew
                               edition/state.json                 when it was made, and from what
"""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Final, Literal, NamedTuple

from recordings.archive import Archive, Index, RecordingError, Segment
from recordings.archive.layout import EDITION, rendition_name, session_name

from .blank import blank_pieces
from .plan import PICTURES, Basis, Cover, Plan, blank, plan, said_later, touches
from .samples import Piece, all_pieces, packed, pieces_of

STATE: Final = "state.json"
#: Raised when segments are made in another way, so that older ones are made again.
_WAY: Final = 1


class State(NamedTuple):
    """Whether all of an edition is made, and when it last was; `at` is None before the first time."""

    state: Literal["making", "ready"]
    at: int | None = None


class Edition:
    """One session's edition. Reads files: call it beside the event loop.

    Arguments:
        picture: whether a rendition has a picture; by default whether its name is one of those that do.
    """

    def __init__(
        self,
        archive: Archive,
        session: str,
        basis: Basis,
        picture: Callable[[str], bool] = lambda rendition: rendition in PICTURES,
    ) -> None:
        self._archive, self.session, self.basis, self._picture = archive, session, basis, picture
        #: What nobody gets of each rendition.
        self._covers: dict[str, tuple[Cover, ...]] = {}
        #: What was taken out of it in the archive.
        self._done: dict[str, tuple[Cover, ...]] = {}
        self._open: dict[str, bool] = {}

    @property
    def folder(self) -> Path:
        """Where what was made for it lies."""
        return self._archive.folder / session_name(self.session) / EDITION

    def index(self, rendition: str) -> Index:
        """All whole segments; of the same numbers, durations and times as the recording's. Errors: name."""
        found = self._archive.index(self.session, rendition)
        if found.growing is None:
            return found
        return Index(self.session, rendition, tuple(each for each in found.segments if each.whole))

    def plan(self, segment: Segment) -> Plan:
        """What everybody gets of a segment."""
        name = segment.rendition
        if not segment.placed or self._brought_back(segment):
            return blank(segment.duration_us, picture=self._picture(name))
        if name not in self._covers:
            self._covers[name] = said_later(self.basis.all_covers, name)
        return plan(self._covers[name], segment.wall_ms, segment.duration_us, picture=self._picture(name))

    def _brought_back(self, segment: Segment) -> bool:
        """Whether something was taken out of a segment and it is another now: an old copy was put in its place."""
        name = segment.rendition
        if name not in self._done:
            self._done[name] = said_later(self.basis.done, name)
        if not any(touches(each, segment.wall_ms, segment.duration_us) for each in self._done[name]):
            return False
        return self.basis.entered.get((segment.rendition, segment.number)) != segment.sha256

    def open(self, rendition: str) -> bool:
        """Whether there is anything to hear or see."""
        if rendition not in self._open:
            self._open[rendition] = any(self.plan(each).action != "blank" for each in self.index(rendition).segments)
        return self._open[rendition]

    def overlapping(self, rendition: str, starts_at: int, ends_at: int) -> tuple[Segment, ...]:
        """The segments in which any of a span is, by the log's clock; those at its borders are in it as a whole."""
        return tuple(self.index(rendition).timeline.overlapping(starts_at, ends_at))

    def head(self, segment: Segment) -> bytes:
        """What a player reads before a segment. Errors: gone."""
        return self._archive.read_init(self.session, segment.rendition, segment.epoch)

    def made(self, segment: Segment) -> bool:
        """Whether a segment is as it is going to be; one at a border is silence and a slate until then."""
        wanted = self.plan(segment)
        return wanted.action != "render" or self.made_path(segment, wanted).exists()

    def read(self, segment: Segment) -> bytes:
        """A segment's bytes. Errors: `RecordingError` gone (also before the template is made), damaged."""
        wanted = self.plan(segment)
        if wanted.action == "render":
            with suppress(FileNotFoundError):
                return self.made_path(segment, wanted).read_bytes()
        data = self.source(segment)
        if wanted.action == "keep":
            return data
        template = self.template_path(segment.rendition, segment.epoch)
        try:
            stock = _template(str(template), template.stat().st_mtime_ns)
        except FileNotFoundError:
            raise RecordingError("gone", template.name) from None
        return packed(blank_pieces(stock, pieces_of(data, segment.parts)), segment)[0]

    def source(self, segment: Segment) -> bytes:
        """A segment as it is in the archive. Errors: gone, damaged."""
        data = self._archive.read(self.session, segment.rendition, segment.number)
        if sha256(data).hexdigest() != segment.sha256:
            raise RecordingError("damaged", "not what its lines say")
        return data

    def beside(self, segment: Segment, step: int) -> bytes | None:
        """The segment before (-1) or behind (1), where it is of the same epoch."""
        found = self.index(segment.rendition).segment(segment.number + step)
        return self.source(found) if found is not None and found.epoch == segment.epoch else None

    def made_path(self, segment: Segment, wanted: Plan) -> Path:
        """Where a segment that has to be made anew lies."""
        said = f"{_WAY} {segment.sha256} {wanted.silent} {wanted.dark}"
        mark = sha256(said.encode()).hexdigest()[:16]
        return self.folder / rendition_name(segment.rendition) / f"{segment.number:06}-{mark}.m4s"

    def template_path(self, rendition: str, epoch: int) -> Path:
        """Where the template of an epoch lies."""
        return self.folder / rendition_name(rendition) / f"blank-{epoch}.m4s"

    def needed(self, rendition: str) -> tuple[set[Path], list[tuple[Segment, Plan, Path]]]:
        """The templates that it takes, and what has to be made anew."""
        templates, anew = set(), []
        for segment in self.index(rendition).segments:
            wanted = self.plan(segment)
            if wanted.action != "keep":
                # Also for what is made anew: until it is, it is silence and a slate.
                templates.add(self.template_path(rendition, segment.epoch))
            if wanted.action == "render":
                anew.append((segment, wanted, self.made_path(segment, wanted)))
        return templates, anew

    def state(self) -> State:
        """How far it is made."""
        at = None
        with suppress(FileNotFoundError, ValueError, KeyError, TypeError):
            at = int(json.loads((self.folder / STATE).read_bytes())["at"])
        for rendition in self._archive.renditions(self.session):
            templates, anew = self.needed(rendition)
            if not all(path.exists() for path in (*templates, *(path for _, _, path in anew))):
                return State("making", at)
        return State("ready" if at is not None else "making", at)


def made_from(folder: Path) -> str:
    """What an edition was last made from, as whoever asked for it named it; empty before the first time."""
    with suppress(FileNotFoundError, ValueError, KeyError, TypeError):
        return str(json.loads((folder / STATE).read_bytes())["mark"])
    return ""


@lru_cache(64)
def _template(path: str, _changed: int) -> list[Piece]:
    return all_pieces(Path(path).read_bytes())
