"""What the pages of a hearing that is on are given: the live page, "you are next", the stage."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from rooms.limits import SEAT_HOLD_MS
from web.caption_shapes import CaptionRow
from web.cards import Balance, LineRow, MyQuestion, SeatCard, SessionCard, way
from web.channel_shapes import Sounds
from web.data_rates import (
    NEAR,
    PROGRAM_RATES,
    RATES,
    Follow,
    ProgramFollow,
    direct_rate,
    mb_per_hour,
    program_mb_per_hour,
)


@dataclass(frozen=True)
class ProgramBox:
    """The program on the live page.

    Arguments:
        base: where its addresses begin; it is the key to them, and names nobody.
        begun: there is something to play.
        offered: the renditions that are made here.
        direct: it can also be had without delay, over WebRTC.
        sounds: the hearing's own, and those of its interpreters.
    """

    base: str
    follow: ProgramFollow = "sound"
    begun: bool = True
    offered: tuple[str, ...] = ("sound", "light", "full")
    direct: bool = True
    sounds: Sounds = Sounds()

    @property
    def rates(self) -> Mapping[str, int]:
        """Megabytes an hour of each way of following."""
        return {follow: program_mb_per_hour(follow) for follow in PROGRAM_RATES}

    @property
    def near_rate(self) -> int:
        return NEAR.mb_per_hour

    @property
    def direct_rate(self) -> int:
        return direct_rate(self.offered).mb_per_hour


@dataclass(frozen=True)
class LivePage:
    session: SessionCard
    participant: str
    topic_names: Mapping[str, str]
    mine: tuple[MyQuestion, ...] = ()
    line: tuple[LineRow, ...] = ()
    more: int = 0
    seats: tuple[SeatCard, ...] = ()
    waiting: int = 0
    heard: int = 0
    barred: str = ""
    barred_reason: str = ""
    balance: Balance | None = None
    key: str = ""
    #: How this browser follows: text, sound or picture, as was chosen in the lobby or here.
    follow: Follow = "sound"
    present: int = 0
    moved_away: bool = False
    #: The last lines of what is said, the newest last.
    captions: tuple[CaptionRow, ...] = ()
    #: None where no program is made: then the stage itself is followed.
    program: ProgramBox | None = None

    blank_row = LineRow(n=0, question="", topic="")

    @property
    def blank_question(self) -> MyQuestion:
        """For the `<template>` of a card."""
        return MyQuestion("", "", "", "new", way("new"), "", session_id=self.session.id)

    phases = ("scheduled", "doors_open", "live", "adjourned", "postponed", "closing", "closed", "cancelled")

    @property
    def rates(self) -> Mapping[str, int]:
        """Megabytes an hour of each way of following."""
        return {follow: mb_per_hour(follow) for follow in RATES}

    @property
    def may_support(self) -> bool:
        """While the line stands, and only for those who may take part."""
        return self.session.takes_questions and not self.barred

    @property
    def floor(self) -> SeatCard | None:
        """Whose turn it is to speak."""
        return next((seat for seat in self.seats if seat.floor and seat.taken), None)

    @property
    def speaking(self) -> bool:
        return any(seat.taken for seat in self.seats)


@dataclass(frozen=True)
class TurnPage:
    """Every instant is the server's, and so is `now`: phones have wrong clocks, so a script counts the difference."""

    session: SessionCard
    participant: str
    turn: str = ""
    state: str = ""
    seat: str = ""
    answer_by: int = 0
    ends_at: int = 0
    limit_ms: int = 0
    now: int = 0
    text: str = ""
    keys: tuple[str, str, str, str] = ("", "", "", "")
    asked_stage: bool = False
    #: How long a seat is held for somebody whose line broke, as this session has declared it.
    hold_ms: int = SEAT_HOLD_MS
    #: Where another browser of this phone goes on with the place: number and code are in it.
    carry: str = ""
    #: She is heard through the microphone of a hall.
    hall: bool = False
    #: Names of the offices by code: a promise that is noted meanwhile is read back here.
    offices: Mapping[str, str] = field(default_factory=dict)
    #: What is said, typed: whoever cannot hear converses by it.
    captions: tuple[CaptionRow, ...] = ()

    @property
    def on_stage(self) -> bool:
        return self.state == "on_stage"

    @property
    def seconds_left(self) -> int:
        return max(0, (self.answer_by - self.now) // 1000)

    @property
    def left_text(self) -> str:
        seconds = max(0, (self.ends_at - self.now) // 1000)
        return f"{seconds // 60}:{seconds % 60:02d}"


@dataclass(frozen=True)
class CheckPage:
    """The test of browser, line and microphone before a turn comes."""

    session: SessionCard
    carry: str = ""


@dataclass(frozen=True)
class CarryPage:
    """Going on from this phone with a question's number and code."""

    reference: str = ""
    code: str = ""
    errors: Mapping[str, str] = field(default_factory=dict)
    message: str = ""
