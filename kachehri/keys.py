"""The master key: one file, made once, readable by the server's account only.

The file holds one key a line, each 32 random bytes in URL-safe base64. The first seals and signs; the others
still open what they sealed, so that a key can be replaced without losing anything. Every use derives a key of
its own from it (HKDF, RFC 5869), so no two uses ever share one.
"""

from __future__ import annotations

import base64
import binascii
import os
import secrets
import stat
from pathlib import Path

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES = 32
# 32 random bytes hold fewer than 20 different values less than once in a billion keys; words and patterns do.
DISTINCT_LEAST = 20


class KeyRefused(Exception):
    """`code` is one of missing, exposed, unreadable, weak; `path` says which file."""

    def __init__(self, code: str, path: Path) -> None:
        super().__init__(f"{code}: {path}")
        self.code = code
        self.path = path


def make(path: Path) -> None:
    """A new key in a new file, mode 0600. An existing file is never touched: losing it loses every sealed name."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(base64.urlsafe_b64encode(secrets.token_bytes(KEY_BYTES)) + b"\n")
        file.flush()
        os.fsync(file.fileno())


def read(path: Path) -> tuple[bytes, ...]:
    """Every key of the file, the one in force first.

    Raises:
        KeyRefused: when the file is missing, readable by others, not a list of keys, or holds a guessable one.
    """
    try:
        mode = path.stat().st_mode
        lines = path.read_bytes().split()
    except FileNotFoundError:
        raise KeyRefused("missing", path) from None
    except OSError:
        raise KeyRefused("unreadable", path) from None
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise KeyRefused("exposed", path)
    keys = tuple(_decode(line, path) for line in lines)
    if not keys:
        raise KeyRefused("unreadable", path)
    return keys


def _decode(line: bytes, path: Path) -> bytes:
    try:
        key = base64.b64decode(line, altchars=b"-_", validate=True)
    except binascii.Error:
        raise KeyRefused("unreadable", path) from None
    if len(key) != KEY_BYTES or len(set(key)) < DISTINCT_LEAST:
        raise KeyRefused("weak", path)
    return key


def derive(master: bytes, purpose: str) -> bytes:
    """A 32-byte key for one purpose, such as "device cookie"."""
    return HKDF(SHA256(), KEY_BYTES, salt=None, info=b"kachehri " + purpose.encode()).derive(master)
