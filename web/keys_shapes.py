"""What the page of keys for programs is given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class KeyRow:
    """One key. `used_at`, `revoked_at`: instants; 0: never."""

    id: str
    name: str
    scopes: tuple[str, ...]
    made_at: int
    made_by: str
    filed: int
    per_minute: int
    per_day: int
    used_at: int = 0
    revoked_at: int = 0


@dataclass(frozen=True)
class KeyValues:
    """What was typed, exactly as it was typed."""

    name: str = ""
    scopes: tuple[str, ...] = ("file", "updates")
    per_minute: str = ""
    per_day: str = ""


@dataclass(frozen=True)
class FreshApiKey:
    """A key that was made just now; it is on this answer and nowhere else."""

    name: str
    key: str
    address: str


@dataclass(frozen=True)
class KeysPage:
    rows: tuple[KeyRow, ...]
    gone: tuple[KeyRow, ...]
    values: KeyValues
    scopes: tuple[str, ...]
    errors: Mapping[str, str] = field(default_factory=dict)
    fresh: FreshApiKey | None = None
    message: str = ""
