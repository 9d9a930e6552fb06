"""What the page about studio equipment is given."""

from __future__ import annotations

from dataclasses import dataclass

from web.cards import SessionCard


@dataclass(frozen=True)
class SeatKey:
    """One seat that equipment may send for. `made_at`, `used_at`: instants; 0: never."""

    id: str
    name: str
    made_at: int = 0
    used_at: int = 0
    sending: bool = False
    taken: bool = False


@dataclass(frozen=True)
class FreshKey:
    """A key that was made just now; it is on this answer and nowhere else."""

    seat: str
    url: str
    key: str
    command: str


@dataclass(frozen=True)
class EquipmentPage:
    session: SessionCard
    path: str
    seats: tuple[SeatKey, ...]
    h264: bool
    https: bool
    over: bool = False
    fresh: FreshKey | None = None
    message: str = ""
    plan: bool = False
