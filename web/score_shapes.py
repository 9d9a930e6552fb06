"""What the page of a session's figures is given."""

from __future__ import annotations

from dataclasses import dataclass

from kachehri.scorecard import Line, Scorecard
from web.cards import SessionCard


@dataclass(frozen=True)
class OfficeLine:
    """An office with its name."""

    name: str
    line: Line


@dataclass(frozen=True)
class ScorePage:
    """A session's scorecard. `public`: everybody may read it; `may_switch`: the reader may change that."""

    session: SessionCard
    place: str
    card: Scorecard
    offices: tuple[OfficeLine, ...]
    made_at: int
    public: bool
    may_switch: bool
