"""One simulated citizen: comes in, asks, waits, answers the call, speaks, and comes back when her line breaks."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from signaling.client import Ended, LiveClient, RefusedError
from signaling.client.entrance import NoEntry
from signaling.client.media import Clip, Speaker
from web.demo_data import CitizenQuestion
from web.rehearsal.browser import Browser, Unexpected
from web.rehearsal.script import Voice

MEDIA = Path(__file__).parents[1] / "demo_media"
FOREVER_S = 86_400.0
UP_S = 10.0
#: How often a speaker looks whether somebody waits.
PIECE_S = 1.0
#: States of a turn in which its person is expected to do something, or speaks.
MINE = frozenset({"called", "on_deck", "ready", "on_stage", "dropped"})

Told = Callable[..., None]


@dataclass
class Pace:
    """How the cast speaks: `brisk` while a person waits in line, so that her turn comes within about a minute."""

    brisk: bool = False
    brisk_s: float = 7.0


@dataclass
class Asked:
    """What a citizen holds in her hand after asking. `receipt` is the path of her question's own page."""

    question: str
    reference: str
    receipt: str = ""


class Air:
    """The sending side of somebody on stage; also of officials."""

    def __init__(self, client: LiveClient, clip: Clip, picture: bool) -> None:
        self.client, self.clip, self.picture = client, clip, picture
        self.speaker: Speaker | None = None
        self._up: set[str] = set()
        self._lost: set[str] = set()
        client.on("media.up", lambda frame: self._up.add(frame["peer"]))
        client.on("media.lost", lambda frame: self._lost.add(frame.get("peer", "")))
        self._peer = ""

    async def begin(self) -> None:
        """Connect, and wait until the server says that the line stands."""
        offer = await self.client.send("media.publish")
        self.speaker = Speaker(self.clip, self.picture)
        self._peer = offer["peer"]
        await self.client.send("media.answer", peer=self._peer, sdp=await self.speaker.answer(offer["sdp"]))
        await self.client.until(lambda: self._peer in self._up or self._peer in self._lost, UP_S)
        if self._peer in self._lost:
            raise RefusedError("lost", {})

    async def vanish(self) -> None:
        """Go without a word, like a phone in a tunnel."""
        if self.speaker is not None:
            speaker, self.speaker = self.speaker, None
            await speaker.vanish()

    async def end(self) -> None:
        if self.speaker is not None:
            speaker, self.speaker = self.speaker, None
            await speaker.close()
            try:
                await self.client.send("media.leave", peer=self._peer)
            except (RefusedError, Ended):
                pass  # the turn is over, and the peer with it


def clip(name: str, _known: dict[str, Clip] = {}) -> Clip:  # noqa: B006  read once for all
    """A recording that ships with the demo."""
    if name not in _known:
        _known[name] = Clip.load(MEDIA / f"{name}.webm")
    return _known[name]


class Citizen:
    """Somebody with a phone.

    Arguments:
        part: what she asks, if anything.
        told: is told what she lived through, by a name and facts.
    """

    def __init__(self, browser: Browser, part: CitizenQuestion | None, voice: Voice, pace: Pace, told: Told) -> None:
        self.browser, self.part, self.voice, self.pace = browser, part, voice, pace
        self.client = LiveClient(browser, trust=browser.trust)
        self.asked: Asked | None = None
        self.reconnected = False
        self._told = told
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def name(self) -> str:
        return self.part.name if self.part else "listener"

    @property
    def key(self) -> str:
        return self.part.key if self.part else ""

    async def enter(self) -> None:
        """Open the hearing's page and the live line."""
        await self.browser.get(f"/s/{self.browser.session}")
        await self.client.__aenter__()
        self._tasks.append(asyncio.create_task(self._answer_calls()))

    async def leave(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.client.close()

    async def ask(self) -> Asked:
        """Ask over the live line."""
        part = self._part()
        reply = await self.client.send(
            "question.ask",
            kind=part.kind,
            category=part.category,
            area=part.area,
            text=part.text,
            name=part.name,
            hide_name=part.hide_name,
            private=part.private,
            phone=part.phone,
        )
        self.asked = Asked(reply["result"]["question"], reply["result"]["reference"])
        self._told("asked", citizen=self)
        return self.asked

    async def ask_on_paper(self) -> Asked:
        """Ask through the two steps of the page's form, as a phone without scripts would."""
        part = self._part()
        page = await self.browser.get(f"/s/{self.browser.session}/ask")
        values = {
            "category": part.category,
            "text": part.text,
            "area": part.area,
            "name": part.name,
            "phone": part.phone,
            **({"hide_name": "1"} if part.hide_name else {}),
            **({"private": "1"} if part.private else {}),
        }
        check = await self.browser.send(page, page.form("text"), values)
        receipt = await self.browser.send(
            check, check.form(action=f"/s/{self.browser.session}/ask"), {}, {"step": "send"}
        )
        if not receipt.path.startswith("/q/"):
            raise Unexpected(f"asking led to {receipt.path} ({receipt.status}): {receipt.words[:300]}")
        # The line shows it a moment later; its number is known from there, and compared with the page's by the checks.
        known = {self.asked.question} if self.asked else set()
        own = await self.client.until(
            lambda: [each for each in self.client.personal.get("questions", ()) if each["id"] not in known], 10.0
        )
        self.asked = Asked(own[0]["id"], own[0]["reference"], receipt.path)
        self._told("asked", citizen=self)
        return self.asked

    async def support(self) -> None:
        """ "Me too" to one of the questions in line."""
        line = self.client.view.get("line", ())
        if line:
            try:
                await self.client.send("question.support", question=random.choice(line))
            except RefusedError as refused:
                if refused.code != "question_state":
                    raise

    async def withdraw(self) -> None:
        """Take her own question back."""
        assert self.asked is not None
        await self.client.send("question.withdraw", question=self.asked.question)
        self._told("withdrawn", citizen=self)

    def _part(self) -> CitizenQuestion:
        if self.part is None:
            raise ValueError("a listener asks nothing")
        return self.part

    # The stage

    def _turn(self) -> tuple[str, str]:
        """Her turn and its state; empty where there is none. A parked turn is not shown to the public."""
        turn = str(self.client.personal.get("turn", ""))
        state: dict[str, Any] = self.client.view.get("turns", {}).get(turn, {})
        return turn, str(state.get("state", ""))

    async def _answer_calls(self) -> None:
        try:
            while True:
                await self.client.until(lambda: self._turn()[1] in MINE, FOREVER_S)
                turn = self._turn()[0]
                try:
                    await self._take(turn)
                except (RefusedError, TimeoutError) as error:
                    # A moderator was quicker, or the stage did not answer: she is still there for the next call.
                    self._told("turn_failed", citizen=self, why=str(error) or type(error).__name__)
                await self._over(turn, FOREVER_S)
        except Ended:
            pass
        except NoEntry as no:
            self._told("turn_failed", citizen=self, why=str(no))

    async def _take(self, turn: str) -> None:
        self.client.urgent = True
        air = Air(self.client, clip(self.voice.clip), self.voice.picture)
        try:
            if self._turn()[1] == "called":
                await self.client.send("turn.accept", turn=turn)
            await air.begin()
            if self._turn()[1] != "on_stage":
                await self.client.send("turn.ready", turn=turn)
            await self._speak(turn, air)
        finally:
            self.client.urgent = False
            await air.end()

    async def _speak(self, turn: str, air: Air) -> None:
        """Say it, lose the line if the script wants it, and give the floor back."""
        await self.client.until(lambda: self._turn() == (turn, "on_stage"), FOREVER_S)
        self._told("speaks", citizen=self, turn=turn)
        voice = self.voice
        seconds = voice.seconds / 2 if voice.away_s else voice.seconds
        if await self._cut_short(turn, seconds):
            return
        if voice.away_s and not self.pace.brisk:
            await self._lose_line(turn, air)
            if await self._cut_short(turn, voice.seconds / 2):
                return
        await self.client.send("turn.finish", turn=turn)
        self._told("spoke", citizen=self, turn=turn)

    async def _cut_short(self, turn: str, seconds: float) -> bool:
        """Whether the turn ended before she was done."""
        began = time.monotonic()
        while (left := began + self._most(seconds) - time.monotonic()) > 0:
            try:
                await self._over(turn, min(left, PIECE_S))
            except TimeoutError:
                continue
            return True
        return False

    def _most(self, seconds: float) -> float:
        return min(seconds, self.pace.brisk_s) if self.pace.brisk else seconds

    async def _over(self, turn: str, timeout_s: float) -> None:
        await self.client.until(lambda: self._turn()[0] != turn or self._turn()[1] not in MINE, timeout_s)

    async def _lose_line(self, turn: str, air: Air) -> None:
        """Socket and media are gone at the same moment; then she comes back to where she was."""
        seat = self.client.personal.get("seat", "")
        resumes = self.client.resumes
        self.browser.away = True
        await air.vanish()
        self.client.drop()
        self._told("line_lost", citizen=self, turn=turn)
        await asyncio.sleep(self.voice.away_s)
        self.browser.away = False
        joins = self.client.joins
        await self.client.until(lambda: self.client.joins > joins, 15.0)
        await air.begin()
        await self.client.until(lambda: self._turn() == (turn, "on_stage"), 15.0)
        same = seat and self.client.personal.get("seat") == seat
        self.reconnected = bool(same) and self.client.resumes > resumes
        self._told("line_back", citizen=self, turn=turn)
