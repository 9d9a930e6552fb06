"""What a walker sees of a session, and picks of it by chance. All randomness comes from one seed."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from rooms.base import Actor, Command
from rooms.session import Session

from .walk_cast import DESK, DESK_NOTE

MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS
WORDS = ("پانی", "نہیں", "آتا", "road", "drain", "school", "teacher", "گلی", "bijli", "meter", "transfer", "deed")

#: Of a turn on its way to the stage.
HERE = ("called", "on_deck", "ready")

Choice = tuple[Actor, Command]


@dataclass(frozen=True)
class Plan:
    """What kind of session a walk makes."""

    length: int
    ending: str
    crowded: bool = False


class Sight:
    """A live session, as somebody sees it who is about to act."""

    def __init__(self, session: Session, plan: Plan, rng: random.Random) -> None:
        self.session = session
        self.plan = plan
        self.rng = rng

    def questions_in(self, *states: str) -> list[str]:
        return [each for state in states for _, each in self.session.queue.index.get(state, ())]

    def question_in(self, *states: str) -> str | None:
        found = self.questions_in(*states)
        return self.rng.choice(found) if found else None

    def any_question(self) -> str | None:
        return self.rng.choice(list(self.session.queue.questions)) if self.session.queue.questions else None

    def turn_in(self, *states: str) -> str | None:
        found = [turn.id for turn in self.session.stage.turns.values() if turn.state in states]
        return self.rng.choice(found) if found else None

    def any_turn(self) -> str | None:
        return self.rng.choice(list(self.session.stage.turns)) if self.session.stage.turns else None

    def owner(self, turn: str) -> Actor:
        return Actor(self.session.stage.turns[turn].participant, "citizen")

    def seat_where(self, fits: Callable[[Any], bool]) -> str | None:
        found = [seat.id for seat in self.session.stage.seats.values() if fits(seat)]
        return self.rng.choice(found) if found else None

    def desk(self) -> Actor:
        return self.rng.choice(DESK)

    def words(self) -> str:
        return " ".join(self.rng.choices(WORDS, k=self.rng.randint(0, 5)))

    def note(self) -> str:
        """What the desk writes beside a reason: read by the desk and by the one concerned, never by the public."""
        return f"{DESK_NOTE} {self.words()}" if self.rng.random() < 0.5 else ""


#: How the commands of one type are worded; None when nothing in the session fits.
Wording = Callable[[Sight, int], Choice | None]
