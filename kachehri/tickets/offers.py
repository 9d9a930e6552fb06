"""What the citizen can do now, in the order in which a page offers it. Pure.

Nothing is known here of what is permitted: each offer is tried on the rules (decide.py), so that a page can never offer
what is then refused. The first offer is the one that is asked of her; she need not look for the others.
"""

from collections.abc import Callable
from typing import Final, Literal, NamedTuple

from rooms.base import ContentRef

from . import acts as a
from . import windows
from .acts import Act
from .life import Life
from .lifecycle import is_closed

Name = Literal["answer", "judge", "dispute", "appeal", "escalate", "rate", "alone", "leave", "withdraw", "call_back"]
WORDS: Final = ContentRef("tried", "")
#: With this code the rules want her called back before she takes a protected matter back.
CALL_FIRST: Final = "withdraw_check"


class Offer(NamedTuple):
    """One thing that she can do. `until`, in milliseconds, where her time for it ends."""

    name: Name
    until: int | None = None


def offers(life: Life, refused: Callable[[Act], str], ends: windows.Ends) -> tuple[Offer, ...]:
    """What the owner of a ticket can do.

    Arguments:
        refused: the code with which the rules would refuse an act of hers, or nothing.
        ends: the end of the day that is so many days after an instant.
    """

    def may(act: Act) -> bool:
        return not refused(act)

    found: list[Offer] = []
    if may(a.Answer(answer=WORDS)):
        found.append(Offer("answer"))
    if may(a.Confirm()):
        found.append(Offer("judge", windows.answer_until(life, ends)))
    elif may(a.Dispute(words=WORDS)):
        found.append(Offer("dispute", windows.dispute_until(life, ends)))
    if may(a.Appeal(words=WORDS)):
        found.append(Offer("appeal", windows.appeal_until(life, ends)))
    if may(a.Escalate(level=life.level + 1)):
        found.append(Offer("escalate"))
    # Whoever has said nothing of the end is asked about that first.
    judged = life.basis == "citizen_confirmed" or bool(life.solved)
    if is_closed(life.state) and judged and may(a.Rate(solved="yes")):
        found.append(Offer("rate"))
    if may(a.Leave()):
        found.append(Offer("leave"))
    code = refused(a.Withdraw())
    if not code and not may(a.Confirm()):
        found.append(Offer("withdraw"))
    elif code == CALL_FIRST:
        found.append(Offer("call_back"))
    return tuple(found)


def of_follower(life: Life, refused: Callable[[Act], str], follower: str) -> tuple[Offer, ...]:
    """What somebody can do who follows it: her own word about the end, going on alone, following no more."""
    found = [Offer("judge")] if not refused(a.Rate(solved="no", follower=follower)) else []
    return (*found, Offer("alone"), Offer("leave"))
