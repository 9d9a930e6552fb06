"""The time that the citizen has: to the end of a calendar day that everybody can see. Pure.

Working days are for offices; a person at home counts days. Pages and messages name a day and no hour, so her time lasts
to the last millisecond of it by the clocks of the place, whatever the hour at which it began.
"""

from collections.abc import Callable
from typing import Final

from .life import Life

#: The last millisecond of the day that is so many calendar days after an instant.
Ends = Callable[[int, int], int]
#: Days to answer a proposal, from the notice that arrived.
ANSWER_DAYS: Final = 15
#: The same where somebody else writes for her.
ASSISTED_DAYS: Final = 30
APPEAL_DAYS: Final = 30
#: Working days between a warning that arrived and a close without her word.
WARNING_DAYS: Final = 3


def answer_days(life: Life) -> int:
    """How long she has to answer."""
    return ASSISTED_DAYS if life.assisted else ANSWER_DAYS


def answer_until(life: Life, ends: Ends) -> int | None:
    """Until when she is asked about a proposal; None as long as no notice of it arrived."""
    if life.state != "resolution_proposed" or life.arrived_at is None:
        return None
    return ends(life.arrived_at, answer_days(life))


def silent_at(life: Life, ends: Ends) -> int | None:
    """From when on silence counts as an answer: when the day that she was told is over."""
    until = answer_until(life, ends)
    return None if until is None else until + 1


def dispute_until(life: Life, ends: Ends) -> int | None:
    """Until when a close can be disputed; None while there is none, for a proposal can be disputed as long as it lasts.

    Silence has used up her time with the proposal. Every other close begins it: a repair that holds for a day only can
    be told of.
    """
    if life.closed_at is None:
        return None
    began = life.arrived_at if life.basis == "citizen_silent" and life.arrived_at is not None else life.closed_at
    return ends(began, answer_days(life))


def appeal_until(life: Life, ends: Ends) -> int | None:
    """Until when a close can be appealed; None while there is none."""
    return None if life.closed_at is None else ends(life.closed_at, APPEAL_DAYS)
