"""What will happen in a rehearsal, as data: who comes, who asks when, who is called and how she speaks.

Two scripts: `DEMO` runs until somebody ends it and leaves room for people; `CHECK` is over in about 40 seconds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from web.demo_data import CitizenQuestion, questions

Outcome = Literal["line", "hold", "answer", "defer", "not_take"]
Clip = Literal["water", "school", "officer"]


@dataclass(frozen=True)
class Voice:
    """How somebody is heard.

    Arguments:
        seconds: how long she speaks.
        away_s: how long her line is gone in the middle of it; 0: it holds. The server gives a broken line 3 s before it
            tells anyone, so whatever is longer is seen by all.
    """

    clip: Clip
    seconds: float
    picture: bool = True
    away_s: float = 0.0
    seat: str | None = None


@dataclass(frozen=True)
class Triage:
    """What the stand-in moderator does with a question; without an entry it goes in line."""

    outcome: Outcome
    reason: str = ""


@dataclass(frozen=True)
class Script:
    """One rehearsal.

    Arguments:
        asking: the questions in the order in which they arrive, each from a citizen of her own.
        listeners: how many more come, who only listen and support.
        early: how many of the questions are there before the hearing begins.
        every_s: seconds between the later ones.
        on_paper: every so many asks through the form of the page, without a live line.
        voices: for some questions, how their askers speak; the others as `voice`.
        line_most: how many the stand-in lets into the line, so that a person who comes last is still called soon.
        triage_s, call_s: how long the stand-in reads a question, and waits before the next call.
    """

    asking: tuple[CitizenQuestion, ...]
    listeners: int
    early: int
    every_s: float
    on_paper: int
    voice: Voice
    voices: Mapping[str, Voice] = field(default_factory=dict)
    triage: Mapping[str, Triage] = field(default_factory=dict)
    called: tuple[str, ...] = ()
    line_most: int = 5
    triage_s: float = 1.0
    call_s: float = 1.0
    support_every_s: float = 5.0

    @property
    def citizens(self) -> int:
        return len(self.asking) + self.listeners


#: What becomes of questions that do not need the stage; chosen so that every fate is seen in one hearing.
TRIAGE: Mapping[str, Triage] = {
    "bribe": Triage("hold", "private"),
    "pension": Triage("hold", "check_facts"),
    "trucks": Triage("not_take", "other_office"),
    "thanks": Triage("answer"),
    "domicile": Triage("defer", "needs_file"),
    "grazing": Triage("not_take", "in_court"),
}
_ALL = questions()
_CHECKED = 23

DEMO = Script(
    asking=_ALL,
    listeners=4,
    early=12,
    every_s=20.0,
    on_paper=4,
    voice=Voice("school", 24.0, picture=False),
    voices={
        "water": Voice("water", 24.0),
        "teacher": Voice("school", 24.0),
        "stipend": Voice("water", 24.0),
        "road": Voice("school", 24.0, away_s=8.0),
    },
    triage=TRIAGE,
    triage_s=2.0,
    call_s=4.0,
)

#: One who is seen, one who loses her line, one who is only heard; between them they use both citizens' seats.
CHECK = Script(
    asking=tuple(each for at, each in enumerate(_ALL) if at < _CHECKED or each.withdraws),
    listeners=8,
    early=14,
    every_s=0.25,
    on_paper=6,
    voice=Voice("school", 4.0, picture=False),
    voices={
        "water": Voice("water", 3.5, seat="citizen-1"),
        "transformer": Voice("school", 5.0, away_s=4.5, seat="citizen-2"),
        "teacher": Voice("water", 3.0, picture=False, seat="citizen-1"),
    },
    called=("water", "transformer", "teacher"),
    line_most=50,
    triage_s=0.0,
    call_s=0.2,
    support_every_s=0.3,
)
