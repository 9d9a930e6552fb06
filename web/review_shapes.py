"""What the page is given on which a moderator looks one chapter through before everybody may hear it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from web.cards import SessionCard
from web.replay_shapes import ReplayChapter

MarkState = Literal["waiting", "failed", "lost", "sealed", "kept", "gone", "returning", "undone", "stuck"]


class Part(NamedTuple):
    """A run of a text: plain, a number that may have been said, or where words were taken out."""

    text: str
    kind: Literal["", "number", "taken"] = ""


@dataclass(frozen=True)
class ReviewText:
    """One text of the chapter. Lines have a time: `at` and `until` as minutes and seconds of the chapter."""

    id: str
    kind: Literal["asked", "decided", "rule", "line"]
    parts: tuple[Part, ...]
    language: str = ""
    at: str = ""
    until: str = ""
    at_ms: int = 0
    corrected: bool = False

    @property
    def suspect(self) -> bool:
        """Whether a number may have been said in it."""
        return any(part.kind == "number" for part in self.parts)


@dataclass(frozen=True)
class Sound:
    """One piece of the recording, for the moderator alone; several where the program began anew meanwhile.

    Arguments:
        offset_ms: where its first moment is in the chapter; before its begin is negative.
        picture: whether there is one with pictures, too.
    """

    link: str
    offset_ms: int
    long: str
    kilobytes: int
    picture: int = 0


@dataclass(frozen=True)
class MarkRow:
    """A span that is taken out, as minutes and seconds of the chapter.

    Arguments:
        state: waiting, failed, lost (given up), sealed (taken out, can be undone), kept (can be undone no more, and the
            original is there while the recording is held), gone (for good), returning, undone, stuck (it could not be
            put back).
        until: when the sealed original is destroyed, where nobody holds the recording.
        held: somebody holds it.
    """

    id: str
    starts: str
    ends: str
    what: Literal["both", "sound", "picture"]
    state: MarkState
    reason: str
    made_at: int
    until: int = 0
    held: bool = False

    @property
    def undoable(self) -> bool:
        return self.state in ("waiting", "failed", "lost", "sealed")


class TakenRow(NamedTuple):
    """Words that are out."""

    id: str
    quote: str
    reason: str


@dataclass(frozen=True)
class Picking:
    """One text of which words are chosen: each with its number, and a digest of them all."""

    id: str
    words: tuple[str, ...]
    digest: str = ""


@dataclass(frozen=True)
class ReviewPage:
    """One chapter, for whoever decides on it."""

    session: SessionCard
    chapter: ReplayChapter
    link: str
    key: str = ""
    texts: tuple[ReviewText, ...] = ()
    sounds: tuple[Sound, ...] = ()
    marks: tuple[MarkRow, ...] = ()
    taken: tuple[TakenRow, ...] = ()
    picking: Picking | None = None
    said: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    #: The chapters before and behind it.
    before: int = 0
    after: int = 0

    @property
    def waiting(self) -> int:
        """How many marks the files do not agree with yet."""
        return sum(mark.state in ("waiting", "failed") for mark in self.marks)

    @property
    def suspects(self) -> int:
        return sum(text.suspect for text in self.texts)
