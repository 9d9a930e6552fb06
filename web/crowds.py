"""Simulated citizens for practice: processes of our own that come in by our own address, as anybody would.

They are real clients of the real protocol (web/rehearsal) and know nothing that a stranger does not. One crowd at most
for a session; it goes by itself after ten minutes, when it is told to, and with the server. Never for a real hearing.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from typing import Final

import msgspec

from kachehri.bus import Bus, Subscription
from kachehri.logs import logger

TOPIC: Final = "practice/"
USUAL, MOST = 8, 40
LASTS_S: Final = 600
#: Crowds of one server at a time: each speaker among them costs as much as a phone.
CROWDS_MOST: Final = 2
LEAVE_S: Final = 5.0


class Errand(msgspec.Struct, frozen=True):
    """What a crowd is told on its standard input, which ends when it shall go.

    Arguments:
        base: where the server listens. origin: the address that its pages are announced under.
        categories: what may be asked about here; none: only "something else".
    """

    base: str
    origin: str
    session: str
    count: int
    categories: tuple[str, ...] = ()
    seconds: int = LASTS_S


class Crowds:
    """The crowds of every worker, by session; each worker keeps the processes that it has started."""

    COMMAND = (sys.executable, "-m", "web.rehearsal.crowd")

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._here: dict[str, subprocess.Popen[bytes]] = {}
        self._known: dict[str, tuple[int, float]] = {}
        self._leaving: list[subprocess.Popen[bytes]] = []
        self._subscription: Subscription | None = None

    def start(self) -> None:
        self._subscription = self._bus.subscribe(TOPIC, self._heard)

    async def close(self) -> None:
        """Send everybody home; returns when they have gone."""
        if self._subscription is not None:
            self._subscription.close()
        for session in list(self._here):
            self._end(session)
        for process in self._leaving:
            try:
                await asyncio.to_thread(process.wait, LEAVE_S)
            except subprocess.TimeoutExpired:
                process.kill()
                await asyncio.to_thread(process.wait)

    def running(self, session: str) -> int:
        """How many simulated citizens are in a session."""
        process = self._here.get(session)
        if process is not None and process.poll() is not None:
            self._end(session)
        count, until = self._known.get(session, (0, 0.0))
        return count if time.monotonic() < until else 0

    def send(self, errand: Errand) -> bool:
        """Let a crowd come in. Whether it could: there may be one already, or too many elsewhere."""
        if self.running(errand.session) or sum(self.running(each) > 0 for each in self._known) >= CROWDS_MOST:
            return False
        process = subprocess.Popen(self.COMMAND, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
        assert process.stdin is not None
        process.stdin.write(msgspec.json.encode(errand) + b"\n")
        process.stdin.flush()
        self._here[errand.session] = process
        self._tell(errand.session, errand.count)
        logger(__name__).info("practice.crowd", session=errand.session, count=errand.count)
        return True

    def stop(self, session: str) -> None:
        """Send a crowd home, whichever worker keeps it."""
        self._tell(session, 0)

    def _tell(self, session: str, count: int) -> None:
        self._note(session, count)
        self._bus.publish(TOPIC + session, json.dumps(count).encode())

    def _heard(self, topic: str, payload: bytes) -> None:
        session, count = topic.removeprefix(TOPIC), int(json.loads(payload))
        if count == 0 or session not in self._here:
            self._note(session, count)

    def _note(self, session: str, count: int) -> None:
        if count == 0:
            self._end(session)
        else:
            self._known[session] = (count, time.monotonic() + LASTS_S)

    def _end(self, session: str) -> None:
        self._known.pop(session, None)
        process = self._here.pop(session, None)
        if process is None:
            return
        if process.stdin is not None:
            process.stdin.close()  # what it waits for
        if process.poll() is None:
            process.terminate()
            self._leaving = [*(each for each in self._leaving if each.poll() is None), process]
