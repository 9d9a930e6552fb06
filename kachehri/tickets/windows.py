"""The time that the citizen has, in calendar days from an instant that everybody can see. Pure.

Working days are for offices; a person at home counts days.
"""

from typing import Final

from .life import Life

DAY_MS: Final = 86_400_000
#: Days to answer a proposal, from the notice that arrived.
ANSWER_DAYS: Final = 15
#: The same where somebody else writes for her.
ASSISTED_DAYS: Final = 30
APPEAL_DAYS: Final = 30
#: Working days between a warning that arrived and a close without her word.
WARNING_DAYS: Final = 3


def answer_ms(life: Life) -> int:
    """How long she has to answer."""
    return (ASSISTED_DAYS if life.assisted else ANSWER_DAYS) * DAY_MS


def silent_at(life: Life) -> int | None:
    """From when on silence counts as an answer; None as long as no notice of the proposal arrived."""
    if life.state != "resolution_proposed" or life.arrived_at is None:
        return None
    return life.arrived_at + answer_ms(life)


def dispute_until(life: Life) -> int | None:
    """Until when a close can be disputed; None while there is none, for a proposal can be disputed as long as it lasts.

    Silence has used up her time with the proposal. Every other close begins it: a repair that holds for a day only can
    be told of.
    """
    if life.closed_at is None:
        return None
    began = life.arrived_at if life.basis == "citizen_silent" and life.arrived_at is not None else life.closed_at
    return began + answer_ms(life)


def appeal_until(life: Life) -> int | None:
    """Until when a close can be appealed; None while there is none."""
    return None if life.closed_at is None else life.closed_at + APPEAL_DAYS * DAY_MS
