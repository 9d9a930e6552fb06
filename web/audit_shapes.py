"""What the page of acts is given."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ActRow:
    """One act. `act` names its sentence below `audit.act.`; empty for one that this version does not know."""

    at: int
    act: str
    who: str
    subject: str
    link: str
    reason: str
    facts: tuple[str, ...] = ()


@dataclass(frozen=True)
class AuditPage:
    rows: tuple[ActRow, ...]
    act: str = ""
    acts: tuple[str, ...] = ()
    earlier: str = ""
    begun: bool = False
