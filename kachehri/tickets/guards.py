"""What the rules of tickets must know beyond the ticket itself, and what several of them ask. Pure."""

from collections.abc import Callable
from typing import Final, NamedTuple

from .life import Life
from .status import TicketRefused

TRANSFERS_MOST: Final = 2
ASKS_MOST: Final = 2
DISPUTES_MOST: Final = 2
LEVEL_MOST: Final = 3
#: The level from which a superior may close without the citizen's word.
FORCE_LEVEL: Final = 2
DAYS_MOST: Final = 365
STARS_MOST: Final = 5
STAFF: Final = frozenset({"triage", "office", "officer", "supervisor", "appeal"})


class Context(NamedTuple):
    """What the rules must know beyond the ticket itself.

    Arguments:
        now: milliseconds since the epoch.
        after_days: the end of the n-th working day after an instant, by the calendar of the ticket's area.
        end_of_day: the end of the n-th calendar day after one.
        conflicts: whether this post is the one complained about, or answers to it.
        concerns: whether an office and a post (or none) must not have what complains about somebody.
        triage: the office that sorts.
        above: the post of this level in the line above the ticket's post; empty where there is none.
        due: until when it should be resolved, as the clocks say.
        evidence_needed: whether its topic asks for a picture.
        parent: the ticket to go on with.
        children: whether others go on with this one.
    """

    now: int
    after_days: Callable[[int, int], int]
    end_of_day: Callable[[int, int], int]
    conflicts: Callable[[str, str], bool] = lambda post, about: post == about
    concerns: Callable[[str, str, str], bool] = lambda office, post, about: post == about
    triage: str = ""
    above: Callable[[int], str] = lambda level: ""
    due: int | None = None
    evidence_needed: bool = False
    parent: Life | None = None
    children: bool = False


def need(fact: object, code: str) -> None:
    """Refuse with this code unless it is so."""
    if not fact:
        raise TicketRefused(code)


def clear(life: Life, ctx: Context, office: str, post: str) -> None:
    """Neither whom it complains about nor anyone below works on it, nor the office that this one belongs to."""
    if life.about:
        need(not (post and ctx.conflicts(post, life.about)), "conflict")
        need(not (office and ctx.concerns(office, post, life.about)), "conflict_office")
