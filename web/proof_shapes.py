"""What the pages about the record show."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Proven:
    """A question that is in the record as it was. `seq` is the number of its event; `signed_at`, in milliseconds, when
    an end behind it was last signed, 0 for not yet."""

    reference: str
    session: str
    title: str
    asked_at: int
    seq: int
    signed_at: int


@dataclass(frozen=True)
class VerifyPage:
    """The form, and what became of it."""

    number: str = ""
    code: str = ""
    errors: dict[str, str] = field(default_factory=dict)
    message: str = ""
    proven: Proven | None = None
    #: The house's public key, which people may have got elsewhere.
    key: str = ""
    signed_at: int = 0
    #: Of what was signed last, entries that were computed anew for this page.
    entries: int = 0
