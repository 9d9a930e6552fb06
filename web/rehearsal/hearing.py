"""The whole rehearsal: brings the cast in, lets the script happen, and knows who has asked what."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from signaling.client import Ended, RefusedError
from web.demo_data import CitizenQuestion
from web.rehearsal.browser import Browser
from web.rehearsal.citizen import Citizen, Pace
from web.rehearsal.desk import Desk
from web.rehearsal.founding import Founded
from web.rehearsal.official import Official
from web.rehearsal.script import Script
from web.rehearsal.server import Where

#: How many come through the door in the same moment.
TOGETHER = 8
#: How long somebody thinks before taking a question back.
THINK_S = 1.0

Reporter = Callable[..., None]


class Hearing:
    """Arguments:
    report: is told everything that happens, by a name and facts, as it happens.
    """

    def __init__(self, where: Where, founded: Founded, script: Script, report: Reporter) -> None:
        self.where, self.founded, self.script = where, founded, script
        self._report = report
        self._parts: dict[str, CitizenQuestion] = {}
        self.happened: list[tuple[str, str]] = []
        self._changed = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self.pace = Pace()
        self.citizens = [self._citizen(part) for part in script.asking]
        self.citizens += [self._citizen(None) for _ in range(script.listeners)]
        self.official = Official(self.browser("staff"), founded.account("engineer"))
        self.desk = Desk(
            self.browser("staff"),
            founded.account("stand-in"),
            script,
            self._parts,
            self.is_simulated,
            self.pace,
            self._told,
        )

    def browser(self, role: str = "citizen", language: str = "ur") -> Browser:
        """A browser that nobody has used yet."""
        return Browser(self.where.url, self.founded.session, role, language=language, trust=self.where.trust)

    def _citizen(self, part: CitizenQuestion | None) -> Citizen:
        script = self.script
        voice = script.voices.get(part.key, script.voice) if part else script.voice
        language = "en" if part and part.lang == "en" else "ur"
        return Citizen(self.browser(language=language), part, voice, self.pace, self._told)

    def is_simulated(self, participant: str) -> bool:
        return any(each.client.welcome.get("participant") == participant for each in self.citizens)

    def _told(self, name: str, **facts: Any) -> None:
        citizen, part = facts.get("citizen"), facts.get("part")
        if name == "asked" and isinstance(citizen, Citizen) and citizen.asked and citizen.part:
            self._parts[citizen.asked.question] = citizen.part
        key = citizen.key if isinstance(citizen, Citizen) else part.key if isinstance(part, CitizenQuestion) else ""
        self.happened.append((name, key))
        self._changed.set()
        self._report(name, **facts)

    async def until(self, name: str, *keys: str, timeout: float) -> None:
        """Wait until something has happened, for each of these questions.

        Raises:
            TimeoutError: with what is still missing.
        """
        try:
            async with asyncio.timeout(timeout):
                while self.missing(name, *keys):
                    self._changed.clear()
                    await self._changed.wait()
        except TimeoutError:
            raise TimeoutError(f"{name}: {', '.join(self.missing(name, *keys))}") from None

    def missing(self, name: str, *keys: str) -> list[str]:
        return [key for key in keys if (name, key) not in self.happened]

    # The course of the hearing

    async def gather(self) -> None:
        """Staff and citizens come in; the first ask before anything begins."""
        await asyncio.gather(self.desk.enter(), self.official.enter())
        await self.desk.command("session.open_doors")
        await together([each.enter for each in self.citizens])
        early = self.citizens[: self.script.early]
        # A few milliseconds apart, so that the order of arrival is the order of the script.
        for at, citizen in enumerate(early):
            await self._ask(at, citizen)

    async def start(self) -> None:
        """Go live: the official is seen and heard, the stand-in works, the others ask one by one."""
        await self.desk.command("session.start")
        self.desk.begin()
        self._spawn(self.official.sit())
        self._spawn(self._others_ask())
        self._spawn(self._support())

    async def close(self) -> None:
        """The stand-in closes the hearing."""
        await self.desk.command("session.close")

    async def closed(self) -> None:
        """Wait until the balance is there, whoever closed."""
        view = self.desk.client
        await view.until(lambda: view.view["session"]["phase"] in ("closed", "cancelled"), 86_400.0)

    async def leave(self) -> None:
        """Everybody goes home."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        leaving = [each.leave() for each in self.citizens]
        await asyncio.gather(*leaving, self.desk.leave(), self.official.leave(), return_exceptions=True)

    async def _ask(self, at: int, citizen: Citizen) -> None:
        paper = self.script.on_paper and at % self.script.on_paper == self.script.on_paper - 1
        await (citizen.ask_on_paper() if paper else citizen.ask())
        if citizen.part and citizen.part.withdraws:
            self._spawn(self._withdraw(citizen))

    async def _withdraw(self, citizen: Citizen) -> None:
        await asyncio.sleep(THINK_S)
        await citizen.withdraw()

    async def _others_ask(self) -> None:
        for at in range(self.script.early, len(self.script.asking)):
            await asyncio.sleep(self.script.every_s)
            await self._ask(at, self.citizens[at])
        self._told("all_asked")

    async def _support(self) -> None:
        while True:
            await asyncio.sleep(self.script.support_every_s)
            await random.choice(self.citizens).support()

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        self._tasks.append(asyncio.create_task(self._guarded(work)))

    async def _guarded(self, work: Coroutine[Any, Any, None]) -> None:
        """What goes wrong for one of the cast is told and stops nobody else."""
        try:
            await work
        except Ended:
            pass
        except RefusedError as refused:
            if refused.code != "phase":  # a person has closed the hearing meanwhile
                self._told("trouble", why=f"refused: {refused.code} {refused.params}")
        except Exception as error:
            self._told("trouble", why=f"{type(error).__name__}: {error}")


async def together(works: list[Callable[[], Awaitable[None]]]) -> None:
    """Do all of it, a few at a time."""
    gate = asyncio.Semaphore(TOGETHER)

    async def one(work: Callable[[], Awaitable[None]]) -> None:
        async with gate:
            await work()

    await asyncio.gather(*(one(work) for work in works))
