"""What each template is given: one frozen `…Page` a template, and nothing else.

The classes are filled by web/pages and, with made-up contents, by the tests that look at every page in both languages.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from markupsafe import Markup

from web.cards import AreaGroup, Balance, Choice, MyQuestion, SeatCard, SessionCard, TopicGroup
from web.data_rates import PROGRAM_RATES, RATES, Follow, ProgramFollow, mb_per_hour, program_mb_per_hour
from web.promise_shapes import PromiseCard


@dataclass(frozen=True)
class HomePage:
    place: str
    live: tuple[SessionCard, ...] = ()
    mine: tuple[MyQuestion, ...] = ()
    next: tuple[SessionCard, ...] = ()
    past: tuple[SessionCard, ...] = ()
    #: When the page was made; a copy that the phone kept tells its age by it.
    made_at: int = 0
    #: Shown once there are more hearings than fit on a screen.
    offices: tuple[Choice, ...] = ()
    languages: tuple[Choice, ...] = ()
    office: str = ""
    language: str = ""

    @property
    def filtered(self) -> bool:
        return bool(self.office or self.language)


@dataclass(frozen=True)
class SessionPage:
    """The lobby: before the start, on the way in, and after the end."""

    session: SessionCard
    in_line: int = 0
    minutes_left: int = 0
    #: Who sits there, apart from citizens: the post, or the kind of seat.
    seats: tuple[SeatCard, ...] = ()
    topics: tuple[str, ...] = ()
    balance: Balance | None = None
    #: Whether everybody may read what it came to, in figures.
    scorecard: bool = False
    mine: tuple[MyQuestion, ...] = ()
    #: How this browser follows, as it was chosen last.
    follow: Follow | ProgramFollow = "sound"
    #: Renditions of the program that are made here, the cheapest first; none: the stage itself is followed.
    program: tuple[str, ...] = ()
    hide_name: bool = False
    #: No room for further sound or picture.
    full: bool = False
    barred: str = ""
    barred_reason: str = ""
    barred_note: str = ""
    objected: bool = False
    #: What is wrong with the objection that was sent.
    error: str = ""
    key: str = ""
    #: The page's own address, to hand on.
    link: str = ""
    made_at: int = 0

    @property
    def rates(self) -> Mapping[str, int]:
        """Megabytes an hour of each way of following."""
        return {follow: mb_per_hour(follow) for follow in RATES}

    @property
    def program_rates(self) -> Mapping[str, int]:
        """The same, of the program."""
        return {follow: program_mb_per_hour(follow) for follow in PROGRAM_RATES}

    @property
    def officials(self) -> tuple[SeatCard, ...]:
        return tuple(seat for seat in self.seats if seat.kind == "official")

    @property
    def helpers(self) -> tuple[SeatCard, ...]:
        """Those who make it understood."""
        return tuple(seat for seat in self.seats if seat.kind in ("interpreter", "signer"))


@dataclass(frozen=True)
class AskValues:
    """What was typed, exactly as it was typed."""

    group: str = ""
    category: str = ""
    text: str = ""
    area: str = ""
    name: str = ""
    hide_name: bool = False
    phone: str = ""
    private: bool = False
    village: str = ""
    #: Nothing has to be written: it will be said, or the topic and the place are enough.
    spoken: bool = False

    @property
    def carried(self) -> tuple[tuple[str, str], ...]:
        """The values as hidden fields: without JavaScript the form is its own memory."""
        rows = (
            ("group", self.group),
            ("category", self.category),
            ("spoken", "1" if self.spoken else ""),
            ("text", self.text),
            ("area", self.area),
            ("village", self.village),
            ("name", self.name),
            ("hide_name", "1" if self.hide_name else ""),
            ("phone", self.phone),
            ("private", "1" if self.private else ""),
        )
        return tuple((name, value) for name, value in rows if value)


@dataclass(frozen=True)
class AskPage:
    session: SessionCard
    key: str
    groups: tuple[TopicGroup, ...]
    areas: tuple[AreaGroup, ...] = ()
    values: AskValues = AskValues()
    errors: Mapping[str, str] = field(default_factory=dict)
    limit: int = 2_000


@dataclass(frozen=True)
class AskCheckPage:
    """The second step: what goes off, to be read once more.

    Attributes:
        masked: something in the words will be hidden from the public; she is told before she sends them.
        private: nothing of it will be shown in public, because she ticked that or because of its topic.
    """

    session: SessionCard
    key: str
    values: AskValues
    topic: str
    area: str = ""
    masked: bool = False
    private: bool = False


@dataclass(frozen=True)
class AskClosedPage:
    """Asking is over here: what was written is still in her hands, and goes on to the next hearing."""

    session: SessionCard
    key: str
    values: AskValues = AskValues()
    following: SessionCard | None = None


@dataclass(frozen=True)
class ReceiptPage:
    question: MyQuestion
    token: str
    key: str
    session: SessionCard
    #: Six digits to go on from another phone.
    code: str = ""
    fresh: bool = False
    #: One sentence about what comes now.
    next: str = ""
    #: What is handed on: the number and where to look it up; never this page.
    share_text: str = ""
    share_link: str = ""
    #: The words were erased.
    erased: bool = False
    made_at: int = 0
    promise: PromiseCard | None = None
    #: The key of the form that it was sent with, just now: the phone forgets the draft of that name.
    sent_key: str = ""

    @property
    def live(self) -> bool:
        return not self.session.is_over

    @property
    def where(self) -> tuple[str, ...]:
        """The place as the district names it, then in the asker's own words."""
        return tuple(filter(None, (self.question.area, self.question.village)))

    @property
    def aloud(self) -> str:
        """The number digit by digit, as a voice should read it: in three groups."""
        digits = self.question.reference
        return ", ".join(" ".join(group) for group in (digits[:2], digits[2:6], digits[6:]))


@dataclass(frozen=True)
class SlipPage:
    """On paper: a shop's narrow roll, or a small sheet. Whoever finds it reads nobody's words."""

    session: SessionCard
    token: str
    reference: str
    topic: str
    asked_at: int
    qr: Markup
    place: str
    code: str = ""
    #: With it the question can be found in the public log, in groups of four.
    proof: str = ""
    paper: Literal["roll", "sheet"] = "roll"


@dataclass(frozen=True)
class NumberPicture:
    """The number as a picture to keep or to hand on: it names no person and says nobody's words."""

    reference: str
    title: str
    asked_at: int
    place: str
    helpline: str
    address: str


@dataclass(frozen=True)
class TrackValues:
    reference: str = ""
    digits: str = ""


@dataclass(frozen=True)
class TrackPage:
    values: TrackValues = TrackValues()
    errors: Mapping[str, str] = field(default_factory=dict)
    message: str = ""
    mine: tuple[MyQuestion, ...] = ()
    made_at: int = 0
    #: A mistyped number, digit by digit, with those marked that are to be looked at.
    misread: tuple[tuple[str, bool], ...] = ()


@dataclass(frozen=True)
class Link:
    text: str
    href: str
    icon: str = "arch"


@dataclass(frozen=True)
class MessagePage:
    title: str
    lines: tuple[str, ...]
    links: tuple[Link, ...]
    icon: str = "alert"
    detail: str = ""


@dataclass(frozen=True)
class EmptyPage:
    """For pages whose every word is in the catalogue."""
