"""Signed messages to programs, as Standard Webhooks has them. Pure.

The signature is an HMAC-SHA256 over "id.timestamp.body". While a secret is being replaced both sign, and a reader is
content with either. The id stays the same however often a message is sent, so a reader can tell a repetition.
"""

from __future__ import annotations

import base64
import hmac
import secrets
from collections.abc import Sequence
from hashlib import sha256
from typing import Final

import msgspec

PREFIX: Final = "whsec_"
SECRET_BYTES: Final = 24
#: How long a replaced secret still signs.
OVERLAP_MS: Final = 24 * 3_600_000


class Secret(msgspec.Struct, frozen=True):
    """A signing secret; `until` in milliseconds, 0: for good."""

    words: str
    until: int = 0


def new_secret() -> str:
    """A secret as it is handed to the other side."""
    return PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def rotated(known: Sequence[Secret], fresh: str, now: int) -> list[Secret]:
    """The new secret first; those before it sign for a day more."""
    others = [Secret(each.words, each.until or now + OVERLAP_MS) for each in known]
    return [Secret(fresh), *(each for each in others if each.until > now)]


def headers(id: str, at_s: int, body: bytes, known: Sequence[Secret], now: int) -> dict[str, str]:
    """The three headers of a message.

    Arguments:
        at_s: when it is sent, in seconds since the epoch.
    """
    signed = f"{id}.{at_s}.".encode() + body
    marks = [
        base64.b64encode(hmac.digest(base64.b64decode(each.words.removeprefix(PREFIX)), signed, sha256)).decode()
        for each in known
        if not each.until or each.until > now
    ]
    return {
        "webhook-id": id,
        "webhook-timestamp": str(at_s),
        "webhook-signature": " ".join(f"v1,{mark}" for mark in marks),
    }
