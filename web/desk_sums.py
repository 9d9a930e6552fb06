"""What a close would do now, counted over the whole session: the live view carries windows only."""

from __future__ import annotations

import msgspec

from rooms import closing
from rooms.session import Session

#: States in which somebody still hopes to be heard.
WAITING = ("new", "held", "refusing", "admitted", "called")
#: States that are reached on air; each should say what became of it.
HEARD = ("heard", "answered")


class Sums(msgspec.Struct, frozen=True):
    """Numbers of people and questions; `raised = tickets + followers + withdrawn + refused`."""

    raised: int
    tickets: int
    followers: int
    withdrawn: int
    refused: int
    #: Questions that were not heard, and the people behind them.
    waiting: int
    people: int
    #: Turns on the stage, and turns that are called or kept.
    on_stage: int
    on_deck: int
    #: Heard, and nobody noted what became of it.
    unnoted: int
    not_taken: int
    refusing: int
    deferred: int
    answered: int


def weigh(session: Session) -> Sums:
    """All of it, as it stands."""
    queue, turns = session.queue, session.stage.turns.values()
    counts = {state: len(rows) for state, rows in queue.index.items()}
    sums = balance(session)
    waiting = [queue.questions[each] for state in WAITING for _, each in queue.index.get(state, ())]
    on_stage = sum(turn.state in ("on_stage", "read_out") for turn in turns)
    return Sums(
        raised=sums.raised,
        tickets=sums.tickets,
        followers=sums.followers,
        withdrawn=sums.withdrawn,
        refused=sums.refused,
        waiting=len(waiting),
        people=len({question.asker for question in waiting}),
        on_stage=on_stage,
        on_deck=len(turns) - on_stage,
        unnoted=len(unnoted(session)),
        not_taken=counts.get("not_taken", 0),
        refusing=counts.get("refusing", 0),
        deferred=counts.get("deferred", 0),
        answered=counts.get("answered", 0),
    )


def balance(session: Session) -> closing.Balance:
    """The balance that was written, or that a close would write now."""
    counts = {state: len(rows) for state, rows in session.queue.index.items()}
    return session.closing.balance or closing.weigh(counts)


def unnoted(session: Session) -> list[str]:
    """Questions that were heard and have no outcome."""
    queue = session.queue
    heard = [queue.questions[each] for state in HEARD for _, each in queue.index.get(state, ())]
    return [question.id for question in heard if question.outcome is None]
