"""What the pages of a hearing that is over are given: its chapters, and what was said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from recordings.search import Piece
from web.cards import OutcomeCard, SessionCard
from web.channel_shapes import SpokenFile
from web.hold_shapes import Held
from web.replay_window import Window

#: What there is to see: everything, not yet anything, never anything, or a hearing in which nobody was heard.
Stands = Literal["", "not_yet", "closing", "cancelled", "empty"]


@dataclass(frozen=True)
class ReplayLine:
    """One line that was said; `at` counts from the beginning of the hearing, in milliseconds."""

    at: int
    clock: str
    language: str
    words: tuple[Piece, ...]
    corrected: bool = False
    #: For those who decide: everybody reads it only after a release.
    held: bool = False
    #: It stands for a moment that was taken out; `words` say why.
    cut: bool = False


@dataclass(frozen=True)
class LineThen:
    """Who stood in line when a chapter began: how many, and topic and place of those in front."""

    count: int
    first: tuple[str, ...] = ()


@dataclass(frozen=True)
class ReplayChapter:
    """One chapter as a page shows it. `status` is how its ticket stands today, in the reader's language."""

    n: int
    key: str
    kind: str
    clock: str = ""
    length: str = ""
    topic: tuple[Piece, ...] = ()
    place: tuple[Piece, ...] = ()
    office: tuple[Piece, ...] = ()
    reference: str = ""
    status: str = ""
    tone: str = ""
    outcome: OutcomeCard | None = None
    words: tuple[Piece, ...] = ()
    lines: tuple[ReplayLine, ...] = ()
    #: Lines that wait for a moderator.
    held: int = 0
    release: str = "new"
    reason: str = ""
    hidden: str = ""
    link: str = ""
    follow: str = ""
    here: bool = False
    #: What its file of sound and of small pictures weighs, in words; nothing where there is none for this reader.
    sound: str = ""
    picture: str = ""
    #: The same with an interpreter.
    spoken: tuple[SpokenFile, ...] = ()
    starts: int = 0
    #: Where it begins in the whole recording, in seconds, where that is to be heard; and how long it is, in ms.
    jump: float = -1.0
    long: int = 0
    #: Who stood in line as it began, beside what is heard of it.
    line: LineThen | None = None
    #: How many moments, and how many places in its words, were taken out of what everybody has of it.
    cuts: int = 0
    taken: int = 0
    #: For those who decide: what people ask about it, each with its kind.
    asked: tuple[tuple[str, str], ...] = ()
    #: Also for them: who asked had her words destroyed, and her voice is still in the recording.
    withdrawn: bool = False


@dataclass(frozen=True)
class ClipCard:
    """The answer to one question, to be listened to.

    Arguments:
        state: ready; waiting, until a moderator has released it; kept, for a reason; none, where nothing was recorded.
        words: what was promised, as it was written down; only where it is ready.
        long: how long it lasts, as minutes and seconds.
        sound, picture: kilobytes of its files; 0 where there is none.
    """

    state: Literal["ready", "waiting", "kept", "none"]
    link: str = ""
    words: str = ""
    long: str = ""
    sound: int = 0
    picture: int = 0
    reason: str = ""


Way = Literal["sound", "light", "full"]


@dataclass(frozen=True)
class Elsewhere:
    """A chapter that can be heard and is on another page: where it begins in the whole, in seconds, how long, in ms."""

    n: int
    name: str
    jump: float
    long: int


@dataclass(frozen=True)
class Whole:
    """The whole hearing to play; what is not released is silence and a slate in it.

    Arguments:
        base: where its playlists are.
        way: which of them; `ways` has each with its megabytes an hour.
        jumps: where each chapter begins in it, in seconds; `start`: where it begins to play.
        lines: who stood in line at the beginning of each chapter.
        others: what can be heard of other pages, so that the player knows what it plays.
    """

    base: str
    way: Way
    ways: tuple[tuple[Way, int], ...]
    jumps: Mapping[int, float] = field(default_factory=dict)
    start: float = 0.0
    lines: Mapping[int, LineThen] = field(default_factory=dict)
    others: tuple[Elsewhere, ...] = ()


@dataclass(frozen=True)
class ReplayPage:
    """A hearing that is over."""

    session: SessionCard
    stands: Stands = ""
    chapters: tuple[ReplayChapter, ...] = ()
    before: tuple[ReplayLine, ...] = ()
    total: int = 0
    length: str = ""
    query: str = ""
    here: int = 0
    #: Languages of captions that can be taken away.
    languages: tuple[str, ...] = ()
    key: str = ""
    said: str = ""
    errors: Mapping[str, str] = field(default_factory=dict)
    made_at: int = 0
    share: str = ""
    whole: Whole | None = None
    #: Which of them are on this page.
    window: Window | None = None

    @property
    def heard(self) -> bool:
        """Whether anything of it can be heard here."""
        return any(each.sound for each in self.chapters)


@dataclass(frozen=True)
class FoundChapter:
    """A chapter in a list of several hearings."""

    n: int
    topic: tuple[Piece, ...]
    place: tuple[Piece, ...]
    status: str
    tone: str
    line: tuple[Piece, ...] = ()


@dataclass(frozen=True)
class FoundSession:
    """A hearing in the list, with the chapters in which something was found."""

    session: SessionCard
    chapters: tuple[FoundChapter, ...] = ()
    more: int = 0


@dataclass(frozen=True)
class ReplaysPage:
    """Hearings that are over."""

    rows: tuple[FoundSession, ...] = ()
    query: str = ""
    older: str = ""
    began: bool = False


@dataclass(frozen=True)
class WaitingRow:
    """A hearing whose chapters wait for somebody."""

    session_id: str
    title: str
    office: str
    starts_at: int
    new: int
    requests: int
    days: int
    late: bool
    post: str


@dataclass(frozen=True)
class WaitingPage:
    """What somebody has to look at.

    Arguments:
        held: recordings that are kept whatever their time is, the one to be looked at first.
        withdrawn: id and title of hearings in which somebody had her words destroyed who is still in the recording.
    """

    rows: tuple[WaitingRow, ...] = ()
    held: tuple[Held, ...] = ()
    withdrawn: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class ReleasesPage:
    """The chapters of one hearing, for whoever decides on them."""

    session: SessionCard
    chapters: tuple[ReplayChapter, ...] = ()
    said: str = ""
    error: str = ""
    wrong: str = ""
    typed: str = ""
    ready: bool = True
    #: The recording is kept whatever its time is.
    held: bool = False
    window: Window | None = None


@dataclass(frozen=True)
class RemovalPage:
    """Asking, with the receipt's link, that a chapter is taken out of public.

    Arguments:
        asked_at, by: when she last asked, and the day by which somebody answers; 0 where she has not.
        answered_at: when a moderator decided on that.
    """

    token: str
    session: SessionCard
    reference: str
    chapters: tuple[ReplayChapter, ...] = ()
    text: str = ""
    over: bool = True
    asked: bool = False
    asked_at: int = 0
    by: int = 0
    answered_at: int = 0
    errors: Mapping[str, str] = field(default_factory=dict)
