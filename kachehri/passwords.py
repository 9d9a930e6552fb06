"""Hashes passwords with argon2id (RFC 9106), one at a time in a thread of its own: a flood waits for itself.

Cost: 19 MiB, two passes, one lane, about 60 ms on a small server (OWASP Password Storage Cheat Sheet, 2024).
"""

import asyncio
import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
#: Sign-ins that may wait for the thread, somewhat over a second of work. Policy: refuse further ones at once.
WAITING = 20
#: Nobody types more; hashing more would only cost time.
LONGEST = 256


T = TypeVar("T")


class Busy(Exception):
    """Too many passwords are being looked at."""


class Passwords:
    """The thread and its queue."""

    def __init__(self, hasher: PasswordHasher = HASHER) -> None:
        self._hasher = hasher
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="passwords")
        self._waiting = 0
        # What a login that does not exist is compared with, so that it takes as long as one that does.
        self._nobody = hasher.hash(secrets.token_urlsafe(16))

    async def verify(self, stored: str | None, password: str) -> bool:
        """Whether the password is right; without a stored hash it takes as long and is wrong."""
        return await self._run(self._verify, stored, password)

    async def renew(self, stored: str, password: str) -> str | None:
        """A new hash of a right password when the stored one is of an older cost, else None."""
        if not self._hasher.check_needs_rehash(stored):
            return None
        return await self._run(lambda _stored, word: self._hasher.hash(word), None, password)

    async def hash(self, password: str) -> str:
        """The hash of a new password."""
        return await self._run(lambda _stored, word: self._hasher.hash(word), None, password)

    def close(self) -> None:
        self._pool.shutdown(cancel_futures=True)

    async def _run(self, work: Callable[[str | None, str], T], stored: str | None, password: str) -> T:
        if self._waiting >= WAITING:
            raise Busy
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._pool, work, stored, password[:LONGEST])
        finally:
            self._waiting -= 1

    def _verify(self, stored: str | None, password: str) -> bool:
        try:
            right = self._hasher.verify(stored or self._nobody, password)
        except (Argon2Error, InvalidHashError):
            return False
        return right and stored is not None
