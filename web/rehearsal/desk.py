"""The stand-in moderator: triages, calls in the order of the line, and steps back as soon as a person is at the desk.

It knows the desk's view and nothing else, except which participants are simulated: everybody else is a person, whose
question goes in line at once, and for whom the line is kept short enough that she is called within about a minute. The
order itself is never touched: a person waits her turn like anybody.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from typing import Any

from signaling.client import Ended, LiveClient, RefusedError
from web.demo_data import CitizenQuestion
from web.rehearsal.browser import Browser
from web.rehearsal.citizen import Pace, Told
from web.rehearsal.founding import Account
from web.rehearsal.script import Script, Triage

LOOK_S = 0.25
#: Someone who is read out is given this long, and someone whose time is over this much more.
READ_OUT_S = 8.0
OVER_MS = 5_000
#: A person who did not answer is offered her turn again after this long, so many times.
OFFER_AFTER_S, OFFERS = 30.0, 2
#: A person at the desk who is gone this long has left it.
BACK_AFTER_S = 10.0
#: Refusals that only say that somebody else was quicker.
QUICKER = frozenset({"question_state", "turn_state", "turn_unknown", "already_called", "deck_full", "seat_taken"})
DECK = frozenset({"called", "on_deck", "ready"})
SPEAKING = frozenset({"on_stage", "dropped", "read_out"})


class Desk:
    """One moderator.

    Arguments:
        parts: what each simulated question is, by its id; filled as they are asked.
        simulated: whether a participant is one of the cast.
        pace: is told when a person waits.
    """

    def __init__(
        self,
        browser: Browser,
        account: Account,
        script: Script,
        parts: Mapping[str, CitizenQuestion],
        simulated: Callable[[str], bool],
        pace: Pace,
        told: Told,
    ) -> None:
        self.browser, self.account, self.script = browser, account, script
        self.client = LiveClient(browser, trust=browser.trust)
        self._parts, self._simulated, self._pace, self._told = parts, simulated, pace, told
        self._seen: dict[str, float] = {}
        self._called: set[str] = set()
        self._free_since = 0.0
        self._read_out: dict[str, float] = {}
        self._parked: dict[str, float] = {}
        self._offers: dict[str, int] = {}
        self._person_at: float | None = None
        self._task: asyncio.Task[None] | None = None

    async def enter(self) -> None:
        await self.browser.sign_in(self.account.login, self.account.password)
        await self.client.__aenter__()

    async def command(self, kind: str, **fields: Any) -> dict[str, Any]:
        """Give a command as a moderator, and see what came of it."""
        reply = await self.client.send(kind, **fields)
        await self.client.until(lambda: self.client.seq >= reply["seq"])
        return reply

    def begin(self) -> None:
        """Work from now on."""
        self._task = asyncio.create_task(self._work())

    async def leave(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        await self.client.close()

    @property
    def view(self) -> dict[str, Any]:
        return self.client.view

    @property
    def relieved(self) -> bool:
        """Whether a person moderates."""
        return self._person_at is not None

    async def _work(self) -> None:
        while self.client.ended is None:
            await asyncio.sleep(LOOK_S)
            try:
                self._look_around()
                if self.view["session"]["phase"] == "live" and not self.relieved:
                    await self._triage()
                    await self._tend()
                    await self._call()
            except RefusedError as refused:
                if refused.code not in QUICKER | {"phase", "stage_full"}:
                    self._told("desk_refused", code=refused.code)
            except Ended:
                return

    def _look_around(self) -> None:
        """Is a person at the desk, or in the line?"""
        now = time.monotonic()
        self._pace.brisk = self._person_waits() or self._person_comes()
        there: dict[str, str] = self.view.get("staff", {})
        others = {each for each, role in there.items() if role in ("moderator", "chair")} - {self.client.participant}
        if others:
            if self._person_at is None:
                self._told("relieved")
            self._person_at = now
        elif self._person_at is not None and now - self._person_at > BACK_AFTER_S:
            self._person_at = None
            self._told("back_at_desk")

    # Triage

    def _row(self, question: str) -> dict[str, Any]:
        row: dict[str, Any] = self.view["questions"].get(question, {})
        return row

    def _is_person(self, question: str) -> bool:
        return not self._simulated(self._row(question).get("asker", ""))

    def _person_waits(self) -> bool:
        return any(self._is_person(each) for each in self.view.get("line", ()))

    def _person_comes(self) -> bool:
        """Whether a person is on her way to the stage, or on it: whoever speaks there should come to an end."""
        return any(
            row["state"] in SPEAKING | DECK and not self._simulated(row.get("participant", ""))
            for row in self.view.get("turns", {}).values()
        )

    async def _triage(self) -> None:
        now = time.monotonic()
        for question in self.view.get("new", ()):
            since = self._seen.setdefault(question, now)
            if self._is_person(question):
                await self._sort_person(question)
            elif now - since >= self.script.triage_s:
                await self._sort(question)

    async def _sort_person(self, question: str) -> None:
        if self._row(question).get("private"):
            await self.command("question.hold", question=question, reason="private")
        else:
            await self.command("question.admit", question=question)
            self._told("person_admitted")

    async def _sort(self, question: str) -> None:
        part = self._parts.get(question)
        if part is None:
            return  # asked this instant; its citizen has not told us yet which it is
        parent = next((at for at, each in self._parts.items() if part.same_as and each.key == part.same_as), None)
        todo = self.script.triage.get(part.key, Triage("line"))
        if parent is not None:
            await self.command("question.merge", question=question, into=parent)
            self._told("merged", part=part)
        elif todo.outcome in ("hold", "not_take"):
            await self.command(f"question.{todo.outcome}", question=question, reason=todo.reason)
        elif not self._person_waits() and len(self.view.get("line", ())) < self.script.line_most:
            await self.command("question.admit", question=question)
            if todo.outcome == "answer":
                await self.command("question.answer", question=question)
            elif todo.outcome == "defer":
                await self.command("question.defer", question=question, reason=todo.reason)

    # The stage

    async def _tend(self) -> None:
        """Turns that need a moderator: time is over, read out, parked."""
        now, at = time.monotonic(), time.time() * 1000
        for turn, row in self.view.get("turns", {}).items():
            match row["state"]:
                case "on_stage" if row.get("ends_at", 0) + OVER_MS < at:
                    await self.command("turn.finish", turn=turn)
                case "read_out" if now - self._read_out.setdefault(turn, now) >= READ_OUT_S:
                    await self.command("turn.finish", turn=turn)
                case "parked" if now - self._parked.setdefault(turn, now) >= OFFER_AFTER_S:
                    if self._offers.get(turn, 0) < OFFERS and not self._busy():
                        self._parked[turn] = now
                        self._offers[turn] = self._offers.get(turn, 0) + 1
                        await self.command("turn.offer", turn=turn)
                case _:
                    continue

    def _busy(self) -> bool:
        """Whether somebody speaks or is about to. For a person who has not answered yet, nobody else has to wait."""
        return any(
            row["state"] in SPEAKING | DECK
            and (row["state"] != "called" or self._simulated(row.get("participant", "")))
            for row in self.view.get("turns", {}).values()
        )

    def _next(self) -> tuple[str, str | None] | None:
        """Whom to call, and to which seat; a script that names whom it calls is followed to the letter."""
        line = self.view.get("line", ())
        if not self.script.called:
            return (line[0], None) if line else None
        for key in self.script.called:
            question = next((at for at, part in self._parts.items() if part.key == key), None)
            if key not in self._called:
                voice = self.script.voices.get(key, self.script.voice)
                return (question, voice.seat) if question in line and question is not None else None
        return None

    async def _call(self) -> None:
        """One after the other, with a breath between them; without the breath while a person waits."""
        now = time.monotonic()
        if self._busy():
            self._free_since = 0.0
            return
        self._free_since = self._free_since or now
        if now - self._free_since < (0.0 if self._person_waits() else self.script.call_s):
            return
        found = self._next()
        if found is None:
            return
        question, seat = found
        part = self._parts.get(question)
        await self.command("turn.call", question=question, **({"seat": seat} if seat else {}))
        if part is not None:
            self._called.add(part.key)
        self._told("called", part=part)
