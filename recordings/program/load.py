"""What is given up, and in which order, when the machine cannot do it all. Pure; time is passed in.

Sound is never given up, and never less than the rest of it: who only hears still follows. Each step is held for a while
before the next, and a step back up is taken only after a longer calm, so that the program does not swing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Step:
    """What is still made.

    Arguments:
        full_every, light_every: of the rendition's pictures, each so-manieth is made.
        beside: the pictures beside the large one are decoded; else names stand there.
        pictures: anything is decoded at all; else the last picture stands with the names.
    """

    name: str
    full_every: int = 1
    light_every: int = 1
    beside: bool = True
    pictures: bool = True

    def every(self, rendition: str) -> int:
        return self.full_every if rendition == "full" else self.light_every


#: The declared order (PROGRAM.md). Each keeps what the steps before it gave up.
STEPS: Final = (
    Step("all"),
    Step("light_slower", light_every=2),
    Step("full_slower", full_every=3, light_every=2),
    Step("large_only", full_every=3, light_every=2, beside=False),
    Step("still", full_every=15, light_every=12, beside=False, pictures=False),
)
#: It is too much when it comes so many ms late, or takes such a share of the time; it is calm well below both.
LATE_MS, BUSY = 150.0, 0.85
CALM_LATE_MS, CALM = 60.0, 0.45
#: How long it has to be too much, or calm, before a step is taken, in ms.
DOWN_MS, UP_MS = 1_000, 10_000


class Load:
    """How hard it is to keep up, and what follows."""

    def __init__(self) -> None:
        self.level = 0
        self._hard_since: float | None = None
        self._calm_since: float | None = None

    @property
    def step(self) -> Step:
        return STEPS[self.level]

    def look(self, now: float, late_ms: float, busy: float) -> bool:
        """Takes one measure; True when the step has changed.

        Arguments:
            late_ms: how late the newest part of the program was made.
            busy: the share of the last while that was spent on it.
        """
        hard = late_ms > LATE_MS or busy > BUSY
        calm = late_ms < CALM_LATE_MS and busy < CALM
        self._hard_since = (self._hard_since if self._hard_since is not None else now) if hard else None
        self._calm_since = (self._calm_since if self._calm_since is not None else now) if calm else None
        if self._hard_since is not None and now - self._hard_since >= DOWN_MS and self.level + 1 < len(STEPS):
            self.level += 1
        elif self._calm_since is not None and now - self._calm_since >= UP_MS and self.level > 0:
            self.level -= 1
        else:
            return False
        self._hard_since = self._calm_since = None
        return True
