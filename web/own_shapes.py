"""What the pages about one's own complaint are given: where it stands, who has it, what happened, what can be done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from web.cards import MyQuestion
from web.promise_shapes import PromiseCard
from web.replay_shapes import ClipCard


@dataclass(frozen=True)
class Told:
    """One step in plain words. `said` are somebody's words, `rule` what a refusal rests on, `picture` an id."""

    at: int
    text: str
    said: str = ""
    rule: str = ""
    picture: str = ""


@dataclass(frozen=True)
class Offered:
    """One thing to do: a name below `now.`, and until when."""

    name: str
    until: int = 0


@dataclass(frozen=True)
class Standing:
    """Where a complaint stands. `holder` is the post that has it, `over` who answers for it since it is late; neither
    is a person. `due_is` says what is due: the promise, the reply, the word of the appeal body. `parts` are the other
    offices with whether each has done its part.
    """

    state: str
    topic: str
    opened_at: int
    office: str = ""
    holder: str = ""
    over: str = ""
    area: str = ""
    due_at: int = 0
    due_is: str = ""
    late: bool = False
    followers: int = 0
    follows: str = ""
    outcome: str = ""
    basis: str = ""
    parts: tuple[tuple[str, bool], ...] = ()


@dataclass(frozen=True)
class AlertBox:
    """Alerts on this phone. `known` names the browser that is told; `title` and `text`, in `language`, are what a
    locked phone would show.
    """

    known: str
    title: str
    text: str
    language: str


@dataclass(frozen=True)
class OwnTicketPage:
    """A complaint for whoever holds its link: its asker, or somebody who follows it under a number of her own.

    Arguments:
        lead: one sentence about what comes now.
        asks: what the office wants to know, in its words.
        answer: what a follower has said of the end: yes, partly, no, or nothing yet.
        question: what was asked; none for somebody who came after the hearing.
        told: what was done by the form before this page.
    """

    token: str
    key: str
    reference: str
    standing: Standing
    lead: str
    code: str = ""
    offers: tuple[Offered, ...] = ()
    follower: bool = False
    left: bool = False
    answer: str = ""
    asks: str = ""
    proposal: Told | None = None
    story: tuple[Told, ...] = ()
    question: MyQuestion | None = None
    promise: PromiseCard | None = None
    erased: bool = False
    share_text: str = ""
    share_link: str = ""
    public: bool = True
    fresh: bool = False
    told: str = ""
    refused: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    made_at: int = 0
    alerts: AlertBox | None = None
    #: Until when she could answer if she read of the proposal now; 0 where that is known already.
    reads_until: int = 0
    #: What the office answered, to be listened to.
    clip: ClipCard | None = None
    #: Her wish that her part is taken out of public: asked, answered, or none.
    wish: str = ""

    @property
    def scripted(self) -> bool:
        """Whether anything stands here that a script adds to."""
        return self.alerts is not None or bool(self.reads_until)

    @property
    def main(self) -> Offered | None:
        """The one thing that is asked of her, if any."""
        return next((each for each in self.offers if each.name in ("answer", "judge")), None)

    @property
    def others(self) -> tuple[Offered, ...]:
        return tuple(each for each in self.offers if each is not self.main)

    @property
    def aloud(self) -> str:
        """The number digit by digit, as a voice should read it: in three groups."""
        digits = self.reference
        return ", ".join(" ".join(group) for group in (digits[:2], digits[2:6], digits[6:]))

    @property
    def where(self) -> tuple[str, ...]:
        return tuple(filter(None, (self.question.area, self.question.village))) if self.question else ()


@dataclass(frozen=True)
class DoPage:
    """Before something is done: what it means, what can be added, and the one button.

    Arguments:
        means: what follows, a sentence each.
        asks_words: whether words can be added.
        asks_end: whether stars and the question about money belong to it.
        grave: it ends something.
    """

    token: str
    key: str
    act: str
    reference: str
    title: str
    button: str
    means: tuple[str, ...]
    asks_words: bool = False
    words_label: str = ""
    asks_end: bool = False
    grave: bool = False
    values: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class PublicTicketPage:
    """What everybody may know of a complaint: no name, no number, and words only where they were released.

    Arguments:
        text: what was asked, masked, where somebody released it.
        mine: the receipt of this browser's own number for it, if it has one.
        open: others who have this too can follow it.
    """

    reference: str
    standing: Standing
    lead: str = ""
    story: tuple[Told, ...] = ()
    text: str = ""
    open: bool = False
    mine: str = ""
    picture: str = ""
    address: str = ""
    #: What the office answered, to be listened to.
    clip: ClipCard | None = None


@dataclass(frozen=True)
class FollowPage:
    """To say "I have this too", on a page of its own because it is agreed to."""

    reference: str
    standing: Standing
    values: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    message: str = ""


@dataclass(frozen=True)
class NumberRow:
    """One number of somebody's. `link` opens it, where whoever reads the list may."""

    reference: str
    topic: str
    at: int
    word: str
    tone: str = ""
    link: str = ""
    followed: bool = False


@dataclass(frozen=True)
class NumbersPage:
    """All numbers of one browser, or of one phone once it was proved to be somebody's own.

    Arguments:
        by_phone: the house can send a code to a phone.
        note, phone: of the code that was asked for: what goes with it, and the end of the number.
    """

    here: tuple[NumberRow, ...] = ()
    found: tuple[NumberRow, ...] = ()
    searched: bool = False
    values: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    message: str = ""
    made_at: int = 0
    by_phone: bool = False
    note: str = ""
    phone: str = ""

    @property
    def asks_code(self) -> bool:
        """A code was asked for and is typed here."""
        return bool(self.note)


@dataclass(frozen=True)
class TicketPicture:
    """A public complaint as a picture to hand on. `at` is the start of the day of which it tells."""

    reference: str
    topic: str
    area: str
    word: str
    office: str
    due_at: int
    opened_at: int
    followers: int
    at: int
    place: str
    helpline: str
    address: str


@dataclass(frozen=True)
class CalledBackPage:
    """Where somebody of the staff takes a protected matter back, after calling its asker."""

    reference: str
    key: str
    code: str = ""
    reason: str = ""
    errors: Mapping[str, str] = field(default_factory=dict)
