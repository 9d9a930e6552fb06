"""Looks again and again whether each member of the staff who is connected may still be: one question for all of them.

A login can end, an account be shut and a role taken away in this process, in another, or by hand in the database; the
socket that was opened with them must close within a second whichever it was. What is told over the bus is looked at at
once, everything else at the next look.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection
from typing import Final

from kachehri.logs import logger
from kachehri.store import StoreError
from rooms.base import Role

from . import codes
from .clock import Clock, Timer
from .hub import Hub

#: Between two looks. With the look itself and the closing handshake it stays well below a second.
EVERY_MS: Final = 400

#: A login by its hash, and the session that it is connected to.
Held = tuple[bytes, str]
Roles = Callable[[Collection[Held]], Awaitable[dict[Held, Role]]]


class Watch:
    """The looks of one process. Nothing is asked while nobody of the staff is connected.

    Arguments:
        roles: the role that each login has in its session now; those that have none are left out.
    """

    def __init__(self, hub: Hub, clock: Clock, roles: Roles) -> None:
        self._hub = hub
        self._clock = clock
        self._roles = roles
        self._timer: Timer | None = None
        self._looking = False
        self._again = False
        self._log = logger(__name__)

    def start(self) -> None:
        self._timer = self._clock.later(EVERY_MS, self._tick)

    def stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()

    def told(self, account: str) -> None:
        """An account may be less than it was: the passes it has are worth nothing, and its lines are looked at now."""
        self._hub.distrust(account)
        self._look()

    def _tick(self) -> None:
        self._timer = self._clock.later(EVERY_MS, self._tick)
        self._look()

    def _look(self) -> None:
        self._again = True
        if self._hub.staff and not self._looking:
            self._looking = True
            self._hub.spawn(self._looks())

    async def _looks(self) -> None:
        """Whoever asks during a look gets one of their own after it: this one may have read too early."""
        try:
            while self._again and self._hub.staff:
                self._again = False
                await self._once()
        except StoreError as error:
            # Nobody is thrown out for it: without the database no command is taken either.
            self._log.warning("live.watch_failed", code=error.code)
        finally:
            self._looking = False

    async def _once(self) -> None:
        lines = [(line, bearer) for line in self._hub.staff for bearer in line.held.values() if bearer.login]
        found = await self._roles({(bearer.login, bearer.session) for _line, bearer in lines if bearer.login})
        for line, bearer in lines:
            if bearer.login and found.get((bearer.login, bearer.session)) != bearer.role:
                line.shut(codes.SIGNED_OUT)
