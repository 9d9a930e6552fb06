"""What a ticket can be, and how each kind may end. Pure.

"It does not concern us" is no outcome of any kind: what lies with the wrong office is sent on (`transfer`).
"""

from typing import Final, NamedTuple, get_args

from .events import Kind, Outcome


class Rule(NamedTuple):
    """How a kind of ticket lives.

    Arguments:
        outcomes: what an office may propose as its end. Her own withdrawal is a step of hers and not among them.
        days: working days to resolve it, where its topic does not say.
        statutory: the days are the law's: a topic does not change them, and no wait for others stops the clock.
        contested: whether she may dispute and appeal. Praise asks for nothing that could be denied.
        escalates: whether lateness goes up the line.
    """

    outcomes: tuple[Outcome, ...]
    days: int
    statutory: bool = False
    contested: bool = True
    escalates: bool = True


_ANY: Final[tuple[Outcome, ...]] = (
    "relief_granted",
    "partial_relief",
    "relief_not_possible",
    "information_given",
    "duplicate",
    "referred_outside",
    "inadmissible",
    "no_information_from_citizen",
)

KINDS: Final[dict[Kind, Rule]] = {
    "grievance": Rule(_ANY, 15),
    "question": Rule(("information_given", "duplicate", "referred_outside", "no_information_from_citizen"), 10),
    # The provincial acts on the right to information give ten to fourteen working days; the shortest is kept here.
    "information": Rule(
        ("information_given", "relief_not_possible", "referred_outside", "inadmissible"), 10, statutory=True
    ),
    "suggestion": Rule(("noted", "relief_granted", "partial_relief", "relief_not_possible", "duplicate"), 30),
    "praise": Rule(("noted",), 15, contested=False, escalates=False),
}
#: Outcomes that deny what was asked: each cites the rule that it rests on.
CITES: Final[frozenset[Outcome]] = frozenset({"relief_not_possible", "inadmissible"})
#: What may stand at a close without her word besides.
OUTCOMES: Final[tuple[Outcome, ...]] = get_args(Outcome)


def kind_of(asked: str) -> Kind:
    """The kind behind what the queue of a hearing calls it; what nobody knows is a grievance."""
    return next((kind for kind in KINDS if kind == asked), "grievance")


def days_of(kind: Kind, topic_days: int | None) -> int:
    """Working days to resolve: the law's, else the topic's, else those of the kind."""
    rule = KINDS[kind]
    return rule.days if rule.statutory or topic_days is None else topic_days
