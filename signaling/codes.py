"""Why a connection was closed, and whether it is worth coming back.

A browser sees nothing of a refused handshake, so whatever a client should understand is said by a close code after an
accepted one. The family carries the advice: 4000 to 4099 come back with growing, jittered pauses; 4500 to 4599 do not,
because the same attempt would end in the same way. RFC 6455 §7.4.2 leaves 4000 to 4999 to applications.
"""

from __future__ import annotations

from typing import Final

import msgspec


class Close(msgspec.Struct, frozen=True):
    """One reason to end a connection. `words` explain it to programmers; people read sentences of the page."""

    code: int
    name: str
    words: str

    @property
    def come_back(self) -> bool:
        """Whether the same client may expect another attempt to succeed."""
        return not 4500 <= self.code <= 4599


RESTART: Final = Close(1012, "restart", "The server restarts; come back after a random pause of 0 to 3 s.")
BINARY: Final = Close(1003, "binary", "Only text frames are understood.")
NOT_UTF8: Final = Close(1007, "not_utf8", "A text frame was not UTF-8.")
TOO_BIG: Final = Close(1009, "too_big", "A message was longer than 16 KiB; a `media.answer` may have 48 KiB.")

PASS_STALE: Final = Close(
    4001, "pass_stale", "The entry pass is missing, wrong, used or expired: fetch a new pass first."
)
BEHIND: Final = Close(4002, "behind", "You read too slowly and were cut off; come back and resume.")
FULL: Final = Close(4003, "full", "This server has no place for another connection now.")
TOO_FAST: Final = Close(4004, "too_fast", "You kept sending after `slow_down`.")
HELLO_LATE: Final = Close(4005, "hello_late", "No `hello` came within 10 s.")
TROUBLE: Final = Close(4006, "trouble", "Something failed here; nothing that was acknowledged is lost.")

VERSION: Final = Close(4500, "version", "No version of the protocol that both sides speak.")
UNREADABLE: Final = Close(4501, "unreadable", "A message from which not even its `ref` could be read.")
OUT_OF_TURN: Final = Close(4502, "out_of_turn", "A message at a moment at which the protocol does not allow it.")
OTHER_SESSION: Final = Close(
    4503, "other_session", "The entry pass is for another session, or the session does not exist."
)
AUDIENCE: Final = Close(4504, "audience", "Your role does not see what this audience sees.")
REMOVED: Final = Close(4505, "removed", "You were removed from this session; your written questions stay.")
SIGNED_OUT: Final = Close(4506, "signed_out", "You signed out, or the account lost its role.")

#: Every close that this server begins, in the order of the documentation.
CLOSES: Final = (
    RESTART,
    BINARY,
    NOT_UTF8,
    TOO_BIG,
    PASS_STALE,
    BEHIND,
    FULL,
    TOO_FAST,
    HELLO_LATE,
    TROUBLE,
    VERSION,
    UNREADABLE,
    OUT_OF_TURN,
    OTHER_SESSION,
    AUDIENCE,
    REMOVED,
    SIGNED_OUT,
)
