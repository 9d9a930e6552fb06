"""Slows down whoever guesses: at passwords, at the digits that open a ticket.

A try is counted before it is looked at, so that many at once are still counted one by one. Guesses are counted for a
subject from a network, never for a subject alone: otherwise anybody could lock anybody out by guessing badly.
"""

import hmac
import ipaddress
from typing import NamedTuple

from .store import Connection, accounts

HOUR_MS = 3_600_000


class Rule(NamedTuple):
    """How many guesses are given.

    Arguments:
        free: tries without any waiting.
        most: tries within an hour; after them the rest of the hour is waited for.
        first_ms: the wait after the free tries; it doubles with every further one. 0: no waiting before `most`.
    """

    scope: str
    free: int
    most: int
    first_ms: int = 0


class TooMany(Exception):
    """Wait this long before the next try."""

    def __init__(self, wait_ms: int) -> None:
        super().__init__(f"wait {wait_ms} ms")
        self.wait_ms = wait_ms


def network(address: str) -> str:
    """What one customer has: an IPv4 address, or the first 64 bits of an IPv6 one (RFC 6177)."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped is not None:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)


def wait_ms(rule: Rule, tries: int, window_start: int, last_at: int, now: int) -> int:
    """How long the next try has to wait, after `tries` in the window that began at `window_start`."""
    if window_start + HOUR_MS <= now or tries < min(rule.free, rule.most):
        return 0
    if tries >= rule.most:
        return window_start + HOUR_MS - now
    pause = rule.first_ms << (tries - rule.free)
    return max(0, min(last_at + pause, window_start + HOUR_MS) - now)


class Guesses:
    """Counts tries in the database, under keyed hashes of what was tried (people type passwords into any field)."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def subject(self, what: str) -> bytes:
        return hmac.digest(self._key, what.encode(), "sha256")[:16]

    def count(self, conn: Connection, rule: Rule, what: str, place: str, now: int) -> None:
        """Count a try; TooMany, and nothing counted, when it comes too soon. `place` is a network or a known device."""
        self.check(conn, rule, what, place, now)
        accounts.count_attempt(conn, rule.scope, self.subject(what), place, now, HOUR_MS)

    def check(self, conn: Connection, rule: Rule, what: str, place: str, now: int) -> None:
        """Whether a try may be made now, for what is counted only when it was wrong. Errors: `TooMany`."""
        so_far = accounts.attempt(conn, rule.scope, self.subject(what), place)
        if so_far is not None:
            wait = wait_ms(rule, so_far.failures, so_far.window_start, so_far.last_at, now)
            if wait > 0:
                raise TooMany(wait)

    def forget(self, conn: Connection, rule: Rule, what: str, place: str) -> None:
        """It was right: start again from nothing."""
        accounts.forget_attempts(conn, rule.scope, self.subject(what), place)
