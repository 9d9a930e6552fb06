"""Thirty clients of the live protocol who keep two hundred commands on their way and write down what they were told."""

from __future__ import annotations

import asyncio
import itertools
import json
import random
import time
from dataclasses import dataclass, field
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake
from websockets.typing import Origin, Subprotocol

from rooms.base import Role
from signaling.passes import Bearer, Passes

from .house import MASTER
from .oracle import Acknowledged

CLIENTS, IN_FLIGHT = 30, 200
DESK = 10
_PASSES = Passes([MASTER])
#: What each command is recorded as.
RECORDED = {
    "question.ask": "question.asked",
    "question.classify": "question.classified",
    "question.withdraw": "question.withdrawn",
}


@dataclass
class Journal:
    """What was sent and what was acknowledged, over all clients and all lives of the server."""

    acknowledged: list[Acknowledged] = field(default_factory=list)
    given: set[str] = field(default_factory=set)
    #: Sent, but never answered: by key, who sent it, what, and its mark.
    open: dict[str, tuple[int, dict[str, Any], str]] = field(default_factory=dict)
    refused: dict[str, int] = field(default_factory=dict)
    #: Questions that moderators may classify and their askers may take back.
    asked: list[str] = field(default_factory=list)
    own: dict[int, list[str]] = field(default_factory=dict)
    most_in_flight: int = 0
    #: Whether the last kill came while the session was closing.
    halfway: bool = False


class Client:
    """One connection; it dies with its server."""

    def __init__(self, number: int, session: str, journal: Journal, numbers: itertools.count[int]) -> None:
        self.number = number
        self.session = session
        self.journal = journal
        self._numbers = numbers
        self._answers: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self.joined = asyncio.Event()

    @property
    def role(self) -> Role:
        return "moderator" if self.number < DESK else "citizen"

    async def live(self, port: int) -> None:
        """Connect, say hello, and read until the line ends."""
        account = f"account-{self.number}" if self.role == "moderator" else None
        participant = f"d{self.number:015x}"
        entry = _PASSES.issue(Bearer(self.session, participant, self.role, account), time.time_ns() // 1_000_000)
        try:
            async with connect(
                f"ws://127.0.0.1:{port}/live",
                origin=Origin(f"http://127.0.0.1:{port}"),
                subprotocols=[Subprotocol("kachehri.v1"), Subprotocol(f"p.{entry}")],
                compression=None,
                max_size=None,
                ping_interval=None,
            ) as socket:
                self.socket: ClientConnection = socket
                await socket.send(json.dumps({"type": "hello", "versions": [1], "session": self.session}))
                async for raw in socket:
                    frame = json.loads(raw)
                    if frame["type"] in ("snapshot", "tick"):
                        self.joined.set()
                    elif frame["type"] in ("reply", "refused"):
                        answer = self._answers.pop(frame["ref"], None)
                        if answer is not None and not answer.done():
                            answer.set_result(frame)
        except (ConnectionClosed, InvalidHandshake, OSError, EOFError):
            pass
        finally:
            self.joined.clear()
            for answer in self._answers.values():
                answer.cancel()
            self._answers.clear()

    async def give(self, key: str, message: dict[str, Any], mark: str) -> dict[str, Any]:
        """Send a command and wait for its answer; `CancelledError` when the line ends first."""
        self.journal.open[key] = (self.number, message, mark)
        self.journal.given.add(mark)
        ref = next(self._numbers)
        answer = self._answers[ref] = asyncio.get_running_loop().create_future()
        await self.socket.send(json.dumps({**message, "ref": ref, "key": key}))
        self.journal.most_in_flight = max(self.journal.most_in_flight, len(self.journal.open))
        frame: dict[str, Any] = await answer
        del self.journal.open[key]
        if frame["type"] == "refused":
            self.journal.refused[frame["code"]] = self.journal.refused.get(frame["code"], 0) + 1
            return frame
        recorded = RECORDED.get(message["type"], "")
        self.journal.acknowledged.append(Acknowledged(key, frame["seq"], recorded, mark))
        if message["type"] == "question.ask":
            self.journal.asked.append(frame["result"]["question"])
            self.journal.own.setdefault(self.number, []).append(frame["result"]["question"])
        return frame

    async def busy(self, rng: random.Random) -> None:
        """One command after the other until the line ends."""
        own = self.journal.own.setdefault(self.number, [])
        try:
            await self.joined.wait()
            while True:
                number = next(self._numbers)
                key = f"{rng.getrandbits(128):032x}"
                if self.role == "moderator" and self.journal.asked:
                    question, mark = rng.choice(self.journal.asked), f"c{number}"
                    message = {"type": "question.classify", "question": question, "category": mark}
                elif len(own) > 3:
                    mark, message = "", {"type": "question.withdraw", "question": own.pop(0)}
                else:
                    mark = f"mark {number}"
                    text = f"{mark}: ہماری گلی میں پانی نہیں آ رہا"
                    message = {"type": "question.ask", "text": text, "name": "Nasreen", "channel": "live"}
                await self.give(key, message, mark)
        except (asyncio.CancelledError, ConnectionClosed, AttributeError):
            return


class Crowd:
    """All clients of one life of the server."""

    def __init__(self, session: str, journal: Journal, numbers: itertools.count[int], rng: random.Random) -> None:
        self.journal = journal
        self.rng = rng
        self.clients = [Client(number, session, journal, numbers) for number in range(CLIENTS)]
        self._tasks: list[asyncio.Task[None]] = []

    async def come(self, port: int) -> None:
        """Everybody connects, and what was left without an answer is asked again under the same key."""
        self._tasks = [asyncio.ensure_future(client.live(port)) for client in self.clients]
        await asyncio.wait_for(asyncio.gather(*(client.joined.wait() for client in self.clients)), 20)
        again = list(self.journal.open.items())
        await asyncio.gather(
            *(self.clients[number].give(key, message, mark) for key, (number, message, mark) in again),
            return_exceptions=True,
        )

    def work(self) -> None:
        """Keep `IN_FLIGHT` commands on their way."""
        for number in range(IN_FLIGHT):
            client = self.clients[number % len(self.clients)]
            self._tasks.append(asyncio.ensure_future(client.busy(random.Random(self.rng.random()))))

    async def gone(self) -> None:
        """Wait until every line has ended."""
        await asyncio.wait(self._tasks, timeout=20)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def rest(self) -> None:
        """Stop giving commands, wait for the last answers, and stay connected."""
        for task in self._tasks[len(self.clients) :]:
            task.cancel()
        await asyncio.gather(*self._tasks[len(self.clients) :], return_exceptions=True)
        del self._tasks[len(self.clients) :]
