"""The port to the outside: what a gateway does, and the two ways in which it does not.

The line between them is drawn by what is certain. `Refused`: nothing was taken, and it may be tried again. `Uncertain`:
bytes had left and no answer says what became of them; who repeats that blindly tells somebody twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, Protocol

from .doubt import Said
from .wording import Message


class Refused(Exception):
    """Certainly not taken.

    Arguments:
        code: refused, network, gone, address.
        again: whether it may be tried later.
    """

    def __init__(self, code: str, *, again: bool = False) -> None:
        super().__init__(code)
        self.code, self.again = code, again


class Uncertain(Exception):
    """It may have been taken. `code` is timeout, cut or fault."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Sent(NamedTuple):
    """Taken. `provider_id` is the gateway's own name for it, if it gave one."""

    provider_id: str = ""


class Receipt(NamedTuple):
    """What a gateway says later of a message, by our key or by its own name."""

    key: str
    provider_id: str
    said: Said


class Gateway(Protocol):
    """One way out. `honours_key`: the other side carries out each key once, however often it gets it."""

    honours_key: bool
    #: Hundredths of the house's currency for one segment.
    price: int

    async def send(self, to: str, message: Message, key: str) -> Sent:
        """Hand a message over. Errors: `Refused`, `Uncertain`."""

    async def status(self, key: str, provider_id: str) -> Said:
        """What became of it, asked now; "silent" where it cannot be asked or does not answer."""

    def parse_receipt(self, fields: Mapping[str, str]) -> Receipt | None:
        """What a receipt says; None for anything that is none."""
