"""What the page is given on which a hearing's recording is kept from being removed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from web.cards import SessionCard


class Held(NamedTuple):
    """A recording that is kept. `review_at`: noon of the day on which somebody looks again; `due`: that is over."""

    session_id: str
    title: str
    reason: str
    review_at: int
    made_at: int
    due: bool = False


@dataclass(frozen=True)
class HoldPage:
    """One hearing's recording. `held` is None while it goes its way."""

    session: SessionCard
    held: Held | None = None
    today: str = ""
    said: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
