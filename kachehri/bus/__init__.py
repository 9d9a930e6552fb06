"""Tells other processes at once what the database already knows, and carries questions between processes of a machine.

Every message may be lost: the bus is a doorbell that also carries the payload. What matters is in the database, and a
listener that notices a gap fills it there. Three kinds pass one suite of tests: `memory` (one process), `local` (a Unix
socket, processes of one machine), `redis` (several machines). Redis is spoken only here.
May import: redis, msgspec; knows no session and no command.
Does not belong here: what a message means, or what is done about a gap (kachehri/copies.py, signaling).
Start reading: the protocol below, then memory.py.
"""

from collections.abc import Awaitable, Callable
from typing import Protocol

from .errors import BusError

#: The largest message; a commit group of 256 events with their texts is a quarter of it.
MOST_BYTES = 4 * 1024 * 1024

#: Called on the loop, must not block; an exception is logged and disturbs nobody else.
Callback = Callable[[str, bytes], None]
#: Called when messages may have been missed: look into the database.
OnGap = Callable[[], None]
Handler = Callable[[bytes], Awaitable[bytes]]


class Subscription(Protocol):
    """One listener."""

    def close(self) -> None:
        """Hear nothing more, not even what is on its way."""


class Bus(Protocol):
    """Used from one event loop. Order is kept for each publisher and topic; delivery is at most once.

    A publisher's own subscribers hear it as well, never within `publish` itself.
    """

    async def start(self) -> None:
        """Begin. What cannot be reached yet is tried again for as long as the bus is open."""

    async def close(self) -> None:
        """End; nothing is left running."""

    def publish(self, topic: str, payload: bytes) -> None:
        """Tell everybody who listens. Never waits and never fails; when the way out is full, the oldest is dropped.

        Raises:
            BusError: `too_large`, above MOST_BYTES.
        """

    def subscribe(self, prefix: str, callback: Callback, on_gap: OnGap | None = None) -> Subscription:
        """Hear every topic that starts with `prefix`."""

    async def settled(self) -> None:
        """Return once every subscription made so far is in force."""

    async def burn(self, nonce: str, ttl_s: int) -> bool:
        """True for the first who asks within `ttl_s`, False for everybody after: how a pass is used only once."""


class Calls(Protocol):
    """Questions with answers, between processes of one machine (`memory` and `local`)."""

    def serve(self, topic: str, handler: Handler) -> None:
        """Answer questions on this topic; the newest server of a topic gets them."""

    async def request(self, topic: str, payload: bytes, timeout: float = 5.0) -> bytes:
        """Ask and wait, at most `timeout` seconds.

        Raises:
            BusError: `unserved`, `unreachable`, `failed` (the handler raised), `lost` or `timeout` (then it may or may
                not have been done: whatever is asked carries a key of its own).
        """


__all__ = ["MOST_BYTES", "Bus", "BusError", "Callback", "Calls", "Handler", "OnGap", "Subscription"]
