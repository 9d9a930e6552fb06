"""Who is behind a request: a browser by its signed cookie, and through it a participant of a session.

A browser is never taken for a person: phones are shared and borrowed. Its cookie holds 128 random bits, signed so that
nobody can try numbers; a participant's id follows from it and the session. The rows are written together, a few times a
second at most, because on SQLite a second writer would wait behind the first.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from kachehri.allowance import Allowance, is_own
from kachehri.carrying import Carrying
from kachehri.guesses import network
from kachehri.identity import Identity
from kachehri.service import Service
from kachehri.store import Connection, people
from rooms.base import Role

DEVICE_COOKIE: Final = "k_device"
_YEAR_S: Final = 31_536_000
_ID: Final = re.compile(r"[0-9a-f]{32}\Z")
_GATHER_S: Final = 0.05
_KNOWN_MOST: Final = 50_000


@dataclass(frozen=True)
class Visitor:
    """A browser; one that is new has a `cookie` to be given. A place may have been carried to it, or away from it."""

    device: str
    carrying: Carrying
    cookie: str = ""

    def participant(self, session_id: str) -> str:
        """Whom it speaks for."""
        return self.carrying.participant(session_id, self.device)

    def moved_away(self, session_id: str) -> bool:
        """Whether its place went on to another phone."""
        return self.carrying.moved_away(session_id, self.device)


@dataclass(frozen=True)
class Joining:
    """One participant to be written."""

    participant: str
    session_id: str
    role: Role
    device: str | None
    account: str | None
    language: str


class Visitors:
    """Reads and gives device cookies, and writes participants."""

    def __init__(
        self,
        service: Service,
        identity: Identity,
        carrying: Carrying,
        *,
        https: Callable[[], bool],
        newcomers: Allowance | None = None,
    ) -> None:
        self._service = service
        self._newcomers = newcomers or Allowance(1_200)
        self.carrying = carrying
        self._identity = identity
        self._https = https
        self._known: set[str] = set()
        self._waiting: dict[str, Joining] = {}
        self._writing: asyncio.Task[None] | None = None

    def of(self, request: Request) -> Visitor:
        """The browser of a request; one that brings no cookie of ours is new, and the same all through its request."""
        known: Visitor | None = getattr(request.state, "visitor", None)
        if known is None:
            known = request.state.visitor = self._read(request)
        return known

    def _read(self, request: Request) -> Visitor:
        device = self._identity.device(request.cookies.get(DEVICE_COOKIE))
        if device:
            return Visitor(device, self.carrying)
        fresh, cookie = self._identity.new_device()
        return Visitor(fresh, self.carrying, cookie)

    def keep(self, response: Response, visitor: Visitor) -> Response:
        """Give a new browser its cookie."""
        if visitor.cookie:
            response.set_cookie(
                DEVICE_COOKIE,
                visitor.cookie,
                max_age=_YEAR_S,
                httponly=True,
                samesite="lax",
                secure=self._https(),
                path="/",
            )
        return response

    async def admit(self, participant: str, address: str) -> None:
        """Count a browser that this hearing has never seen: each is a row, and nothing stops a program from being a
        thousand browsers. Whoever was here before comes back uncounted, also all at once after a restart.

        Errors: `Refused("slow_down")`.
        """
        if participant in self._known or is_own(address):
            return
        if participant not in await self._service.read(_present, [participant]):
            self._newcomers.take(network(address))

    async def join(
        self,
        participant: str,
        session_id: str,
        role: Role,
        *,
        device: str | None = None,
        account: str | None = None,
        language: str = "ur",
    ) -> None:
        """Make sure that the participant's row stands; returns after its commit."""
        if participant in self._known:
            return
        self._waiting[participant] = Joining(participant, session_id, role, device, account, language)
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write())
        await asyncio.shield(self._writing)

    async def _write(self) -> None:
        while self._waiting:
            await asyncio.sleep(_GATHER_S)
            group, self._waiting = self._waiting, {}
            there = await self._service.read(_present, list(group))
            missing = [joining for id, joining in group.items() if id not in there]
            if missing:
                await asyncio.to_thread(self._insert, missing)
            if len(self._known) > _KNOWN_MOST:
                self._known.clear()
            self._known.update(group)

    def _insert(self, group: list[Joining]) -> None:
        with self._service.store.write() as conn:
            now = self._service.store.now(conn)
            for device in {joining.device for joining in group if joining.device}:
                people.seen_device(conn, device, now)
            for joining in group:
                self._service.people.join(
                    conn,
                    participant=joining.participant,
                    session_id=joining.session_id,
                    role=joining.role,
                    device=joining.device,
                    account=joining.account,
                    language=joining.language,
                    now=now,
                )


def _present(conn: Connection, participants: list[str]) -> set[str]:
    return set(people.persons_of(conn, participants))
