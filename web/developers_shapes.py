"""What the page for those who write programs is given."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class DevelopersPage:
    """Arguments: reads: a minute, from one address. operations: address and name of each, as the description has it."""

    address: str
    reads: int
    helpline: str = ""
    operations: tuple[tuple[str, str], ...] = ()

    @property
    def example(self) -> str:
        """A reading that works wherever there is curl."""
        return f"curl '{self.address}/open311/v2/requests.json?status=open&page_size=10'"
