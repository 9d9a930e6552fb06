"""A plane that only takes notes, and a hearing in front of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from signaling.client import LiveClient
from signaling.media import port
from signaling.media.port import MediaRefused, Offer
from tests.signaling.town import Town, town_at


class Notes:
    """A plane without packets."""

    def __init__(self) -> None:
        self.calls: list[tuple[Any, ...]] = []
        self.known: set[str] = set()
        self.refuse: dict[str, str] = {}
        self.report: port.Reports = lambda report: None
        self._peers = 0
        #: Whether a program is made, and with which limit each offer was asked for.
        self.program = False
        self.limits: list[int | None] = []

    def _note(self, name: str, *what: Any) -> None:
        if name in self.refuse:
            raise MediaRefused(self.refuse[name])
        self.calls.append((name, *what))

    def follow(self, reports: port.Reports) -> None:
        self.report = reports

    async def open(self, session: str, fence: int, seats: tuple[str, ...], codec: str = "vp8") -> None:
        self._note("open", seats)
        self.known.add(session)

    async def offer(
        self, session: str, participant: str, direction: Any, seats: Any = None, network: str = "unknown",
        most: int | None = None,
    ) -> Offer:  # fmt: skip
        if session not in self.known:
            raise MediaRefused("media_unknown_session")
        if direction == "program" and not self.program:
            raise MediaRefused("media_no_program")
        self._note("offer", participant, direction, seats)
        self.limits.append(most)
        self._peers += 1
        return Offer(peer=f"p{self._peers}", sdp="v=0\r\n")

    async def answer(self, session: str, participant: str, peer: str, sdp: str) -> None:
        self._note("answer", participant, peer, sdp)

    async def leave(self, session: str, participant: str, peer: str | None = None) -> None:
        self._note("leave", participant, peer)

    async def seat(self, session: str, fence: int, seat: str, participant: str | None, seq: int) -> None:
        self._note("seat", seat, participant)

    async def mute(self, session: str, fence: int, seat: str, muted: bool, seq: int) -> None:
        self._note("mute", seat, muted)

    async def floor(self, session: str, fence: int, seat: str | None, seq: int) -> None:
        self._note("floor", seat)

    async def close(self, session: str, fence: int) -> None:
        self._note("close")

    def named(self, name: str) -> list[tuple[Any, ...]]:
        return [call[1:] for call in self.calls if call[0] == name]


class Scene:
    def __init__(self, town: Town, plane: Notes) -> None:
        self.town, self.plane = town, plane

    async def until(self, condition: Any) -> None:
        for _ in range(500):
            if condition():
                return
            await asyncio.sleep(0.01)
        raise AssertionError(self.plane.calls)

    async def called(self, speaker: LiveClient, moderator: LiveClient) -> str:
        question = (await speaker.send("question.ask", text="x"))["result"]["question"]
        await moderator.send("question.admit", question=question)
        if moderator.view["session"]["phase"] == "scheduled":
            await moderator.send("session.open_doors")
        await moderator.send("session.start")
        await moderator.send("turn.call", question=question)
        turn: str = await speaker.until(lambda: speaker.personal["turn"])
        return turn


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    plane = Notes()
    async with town_at(tmp_path, plane=plane) as town:
        yield Scene(town, plane)
