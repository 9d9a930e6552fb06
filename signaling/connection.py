"""One connection as a pure state machine: what is due after each message, and nothing about sockets.

new → greeted → joined → closing. `new` waits for `hello`; `greeted` waits for the server (the pass is being burnt, the
session looked up); `joined` takes commands. Time comes in as milliseconds of a clock that never runs backwards.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from moderation.roles import AUDIENCES
from rooms.base import Actor, Command
from rooms.views import ViewAudience

from . import codes, protocol
from .codes import Close
from .decoder import ANSWER_MOST, SIZE_MOST, Malformed, read
from .passes import Bearer

State = Literal["new", "greeted", "joined", "closing"]

#: How long a connection may take to say `hello`.
HELLO_MS = 10_000
#: Audiences that a role may choose instead of its own: each sees less than the one before.
LESSER: dict[ViewAudience, tuple[ViewAudience, ...]] = {
    "desk": ("desk", "official", "public"),
    "official": ("official", "public"),
    "public": ("public",),
}


class Rate(msgspec.Struct, frozen=True):
    """A token bucket: `burst` messages at once, `per_s` a second for ever."""

    per_s: float = 5.0
    burst: int = 20
    #: So many refusals in a row, and the connection is closed: whoever does not hear `slow_down` is not listening.
    patience: int = 40


class Bucket:
    """Counts the messages of one connection."""

    __slots__ = ("_at", "_left", "rate", "refused")

    def __init__(self, rate: Rate, now: int) -> None:
        self.rate, self._left, self._at = rate, float(rate.burst), now
        self.refused = 0

    def take(self, now: int) -> int:
        """0 when the message may pass, else after how many milliseconds the next one may."""
        rate = self.rate
        self._left = min(rate.burst, self._left + (now - self._at) * rate.per_s / 1000)
        self._at = now
        if self._left >= 1:
            self._left -= 1
            self.refused = 0
            return 0
        self.refused += 1
        return max(1, round((1 - self._left) * 1000 / rate.per_s))


class Admit(msgspec.Struct, frozen=True):
    """Check the pass and the session, then call `admitted` or close."""

    hello: protocol.Hello
    audience: ViewAudience


class Add(msgspec.Struct, frozen=True):
    """Check a further participant's pass, then call `added`."""

    ref: int
    entry_pass: str


class Submit(msgspec.Struct, frozen=True):
    """Give a command to the service."""

    actor: Actor
    ref: int
    key: str
    command: Command


class Media(msgspec.Struct, frozen=True):
    """Hand a request to the stage."""

    bearer: Bearer
    request: protocol.MediaRequest


class Refuse(msgspec.Struct, frozen=True):
    """Answer that nothing was done."""

    ref: int
    code: str
    params: dict[str, object] = {}


Due = Admit | Add | Submit | Media | Refuse | Close


class Connection:
    """Knows who holds the connection and what may be said next."""

    __slots__ = ("_bucket", "audience", "bearer", "held", "since", "state")

    def __init__(self, bearer: Bearer, rate: Rate, now: int) -> None:
        self.state: State = "new"
        self.bearer = bearer
        #: Everyone for whom this connection may speak, by participant.
        self.held: dict[str, Bearer] = {bearer.participant: bearer}
        self.audience: ViewAudience = "public"
        self.since = now
        self._bucket = Bucket(rate, now)

    def text(self, data: bytes, now: int) -> Due | None:
        """What one whole text message calls for."""
        if self.state == "closing":
            return None
        long = len(data) > SIZE_MOST
        if long and (self.state != "joined" or b'"media.answer"' not in data[:64] or len(data) > ANSWER_MOST):
            return self.close(codes.TOO_BIG)
        try:
            message = read(data)
        except UnicodeDecodeError:
            return self.close(codes.NOT_UTF8)
        except Malformed as error:
            if self.state != "joined" or error.ref is None:
                return self.close(codes.UNREADABLE)
            return self._limited(error.ref, now) or Refuse(error.ref, "malformed", {"detail": error.detail})
        if long and not isinstance(message, protocol.MediaAnswer):
            return self.close(codes.TOO_BIG)
        if isinstance(message, protocol.Hello):
            return self._hello(message)
        if self.state != "joined":
            return self.close(codes.OUT_OF_TURN)
        return self._limited(message.ref, now) or self._request(message)

    def late(self, now: int) -> bool:
        """Whether `hello` took too long."""
        return self.state == "new" and now - self.since >= HELLO_MS

    def admitted(self) -> None:
        """The pass was good and the session is there."""
        if self.state == "greeted":
            self.state = "joined"

    def added(self, bearer: Bearer) -> bool:
        """Take one more participant in, if the pass is for the same session and sees no more than this connection."""
        mine = self.bearer
        if bearer.session != mine.session or self.audience not in LESSER[AUDIENCES[bearer.role]]:
            return False
        self.held[bearer.participant] = bearer
        return True

    def close(self, reason: Close) -> Close | None:
        """Begin to close, once."""
        if self.state == "closing":
            return None
        self.state = "closing"
        return reason

    def _hello(self, hello: protocol.Hello) -> Due | None:
        if self.state != "new":
            return self.close(codes.OUT_OF_TURN)
        if not set(hello.versions) & set(protocol.VERSIONS):
            return self.close(codes.VERSION)
        if hello.session != self.bearer.session:
            return self.close(codes.OTHER_SESSION)
        own = AUDIENCES[self.bearer.role]
        if hello.audience is not None and hello.audience not in LESSER[own]:
            return self.close(codes.AUDIENCE)
        self.state, self.audience = "greeted", hello.audience or own
        return Admit(hello, self.audience)

    def _limited(self, ref: int, now: int) -> Due | None:
        wait_ms = self._bucket.take(now)
        if not wait_ms:
            return None
        if self._bucket.refused > self._bucket.rate.patience:
            return self.close(codes.TOO_FAST)
        return Refuse(ref, "slow_down", {"retry_ms": wait_ms})

    def _request(self, message: protocol.AddParticipant | protocol.MediaRequest | Command) -> Due:
        if isinstance(message, protocol.AddParticipant):
            return Add(message.ref, message.entry_pass)
        speaker = message.as_ or self.bearer.participant  # type: ignore[union-attr]
        bearer = self.held.get(speaker)
        ref: int = message.ref  # type: ignore[union-attr]
        if bearer is None:
            return Refuse(ref, "not_allowed")
        if isinstance(message, protocol.MediaRequest):
            return Media(bearer, message)
        key: str = message.key  # type: ignore[attr-defined]
        return Submit(bearer.actor, ref, key, protocol.plain(message))
