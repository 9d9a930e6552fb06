"""Frames made once and written to many.

A frame that many receive is compressed at most once (RFC 7692). That is only right when nobody's decompressor remembers
anything: both directions negotiate no context takeover, and such a frame may stand between any others. Whoever asked
for a smaller window than ours, or for no compression, gets the same frame plain, which is always allowed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from websockets.extensions.permessage_deflate import PerMessageDeflate, ServerPerMessageDeflateFactory
from websockets.frames import Frame, Opcode

WINDOW_BITS: Final = 15
#: Below this many bytes compression saves nothing worth its time.
WORTH_BYTES: Final = 300

NEGOTIATION: Final = ServerPerMessageDeflateFactory(server_no_context_takeover=True, client_no_context_takeover=True)
_DEFLATE: Final = PerMessageDeflate(
    remote_no_context_takeover=True,
    local_no_context_takeover=True,
    remote_max_window_bits=WINDOW_BITS,
    local_max_window_bits=WINDOW_BITS,
)
PING: Final = Frame(Opcode.PING, b"").serialize(mask=False)


def takes_deflated(extensions: Sequence[object]) -> bool:
    """Whether a connection with these negotiated extensions can read our compressed frames."""
    deflating = [each for each in extensions if isinstance(each, PerMessageDeflate)]
    return any(each.local_no_context_takeover and each.local_max_window_bits >= WINDOW_BITS for each in deflating)


class Packed:
    """One text message in the two forms in which it may be written."""

    __slots__ = ("_deflated", "_payload", "plain")

    def __init__(self, payload: bytes) -> None:
        self._payload = payload
        self.plain = Frame(Opcode.TEXT, payload).serialize(mask=False)
        self._deflated: bytes | None = None

    @property
    def deflated(self) -> bytes:
        """Compressed on first use, and only if that makes it smaller."""
        if self._deflated is None:
            self._deflated = self.plain
            if len(self._payload) >= WORTH_BYTES:
                made = Frame(Opcode.TEXT, self._payload).serialize(mask=False, extensions=[_DEFLATE])
                if len(made) < len(self.plain):
                    self._deflated = made
        return self._deflated

    @property
    def payload(self) -> bytes:
        """The message itself."""
        return self._payload
