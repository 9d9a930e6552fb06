"""What a cell of the matrix of states is, and the scene on which it is brought about."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

import pytest
from playwright.async_api import Page

from kachehri.people import participant_id
from kachehri.service import Service
from rooms.base import Actor, Command
from rooms.lifecycle import CloseSession
from tests.web.town import Phone, Town

TEXT: Final = "چک 57 میں پانی نہیں آ رہا"
SECOND: Final = Actor("00000000000000fe", "moderator", "acc2")
#: The states of the matrix that every screen is asked about.
STATES: Final = (
    "loading",
    "empty",
    "offline",
    "reconnecting",
    "mic denied",
    "full",
    "ended",
    "banned",
    "server error",
)


@dataclass
class Scene:
    """One cell as it is brought about: a town, a phone without scripts, and for some a browser's page."""

    town: Town
    phone: Phone
    language: str
    patch: pytest.MonkeyPatch
    page: Page | None = None
    session: str = ""
    question: str = ""
    receipt: str = ""

    async def hearing(self, *, live: bool = True) -> str:
        self.session = await self.town.schedule(live=live)
        return f"/s/{self.session}"

    async def asked(self, text: str = TEXT, **fields: str) -> str:
        """A question of this phone; its receipt."""
        self.receipt = await self.phone.ask(self.session, text, **fields)
        self.question = str(self.town.service.people.question_of(self.receipt.removeprefix("/q/")))
        return self.receipt

    async def desk(self, command: Command) -> None:
        await self.town.moderate(self.session, command)

    async def closed(self, command: Command | None = None) -> None:
        await self.desk(command or CloseSession())
        live = await self.town.service.live(self.session)
        for _ in range(1_000):
            if live.session.phase in ("closed", "cancelled"):
                return
            await asyncio.sleep(0.01)
        raise AssertionError("it does not close")

    async def me(self) -> str:
        """This phone's participant."""
        await self.phone.get(f"/s/{self.session}")
        device = self.town.house.identity.device(self.phone.client.cookies["k_device"])
        return participant_id(self.session, f"device/{device}")

    def broken(self, error: Exception) -> None:
        """From now on nothing can be read from the database."""

        async def read(*_: object) -> None:
            raise error

        self.patch.setattr(Service, "read", read)


Make = Callable[[Scene], Awaitable[str]]


@dataclass(frozen=True)
class Cell:
    """One cell.

    make: brings it about and returns the path to look at; for a browser's cell it leaves the page there and returns "".
    says: message keys; their gaps may hold anything. offers: pieces of the page's source, with {session} and {receipt}.
    lacks: what must not stand there. fresh: needs a town in which nothing has happened yet.
    """

    screen: str
    state: str
    make: Make
    says: tuple[str, ...]
    offers: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()
    status: int = 200
    browser: bool = False
    fresh: bool = False

    def __str__(self) -> str:
        return f"{self.screen}-{self.state}".replace(" ", "-")
