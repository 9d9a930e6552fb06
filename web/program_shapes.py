"""What the page of the program is given."""

from __future__ import annotations

from dataclasses import dataclass

from web.cards import SessionCard


@dataclass(frozen=True)
class ProgramSeat:
    """Somebody who may be made large."""

    id: str
    name: str
    kind: str
    large: bool = False


@dataclass(frozen=True)
class ProgramPage:
    """`made`: a program is being made now. `step` and `slate` are message keys below `program.`."""

    session: SessionCard
    enabled: bool = True
    made: bool = False
    step: str = ""
    slate: str = ""
    delay_s: int = 0
    withheld: int = 0
    #: Megabytes an hour of the preview; nothing where it cannot be had.
    preview_rate: int = 0
    participant: str = ""
    follows: bool = True
    seats: tuple[ProgramSeat, ...] = ()
    #: What was just done: cut, floor, dumped, or nothing since nobody answered: unheard.
    done: str = ""
