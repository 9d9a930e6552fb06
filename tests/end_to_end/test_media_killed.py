"""The media process dies or hangs in mid speech: she is heard again by herself, and the queue never notices."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from rooms.lifecycle import Timing
from signaling.client import LiveClient
from tests.bench import filmed
from tests.bench.line_scene import entered, media_pid
from tests.end_to_end.people import Door, House, Visitor
from tests.servers import SOON_MS
from web import demo_data
from web.rehearsal import founding
from web.rehearsal.server import Server

pytestmark = [pytest.mark.anyio, pytest.mark.browser, pytest.mark.slow]

WORDS = "ہسپتال میں دوا نہیں ملتی"


@dataclass
class Hearing:
    """Somebody speaks and somebody listens; a question waits at the desk."""

    server: Server
    desk: LiveClient
    speaker: Visitor
    listener: Visitor
    waiting: str

    @property
    def turns(self) -> list[tuple[str, str]]:
        """State and seat of each turn."""
        return [(turn["state"], turn.get("seat", "")) for turn in self.desk.view["turns"].values()]


@pytest.fixture
async def hearing(browser: Browser, tmp_path: Path) -> AsyncIterator[Hearing]:
    async with AsyncExitStack() as stack:
        server = filmed.house(tmp_path, {"program": {"enabled": "no"}})
        now = round(time.time() * 1000)
        founded = await founding.found(server.settings, demo_data.district(), now, timing=Timing(), starts_in_ms=0)
        server.session = founded.session
        await stack.enter_async_context(server)
        door = Door(House(server.where.url, founded, {"": founded.session}, tmp_path / "kachehri.db"), browser)
        desk = await entered(stack, server, founded.session, "staff", founded.account("moderator"))
        await desk.send("session.open_doors")
        await desk.send("session.start")
        speaker, listener = await door.citizen("en"), await door.citizen("en")
        for visitor in door.visitors:
            stack.push_async_callback(visitor.context.close)
        await speaker.write(founded.session, WORDS)
        question = await desk.until(lambda: next(iter(desk.view["questions"])))
        await desk.send("question.admit", question=question)
        await speaker.page.goto(f"/s/{founded.session}/live")
        await desk.send("turn.call", question=question)
        await speaker.pass_the_check()
        await speaker.is_on_air()
        await listener.listen(founded.session)
        await listener.hears()
        citizen = await entered(stack, server, founded.session, "citizen")
        asked = await citizen.send("question.ask", category="other", text=WORDS)
        yield Hearing(server, desk, speaker, listener, asked["result"]["question"])


async def until_another(server: Server, pid: int) -> None:
    """Waits until a process other than this one holds the sound."""
    async with asyncio.timeout(SOON_MS / 1000):
        while True:
            try:
                if media_pid(server) != pid:
                    return
            except OSError:
                pass
            await asyncio.sleep(0.02)


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGSTOP], ids=["killed", "hangs"])
async def test_she_is_heard_again_on_her_seat_while_the_queue_goes_on(hearing: Hearing, how: signal.Signals) -> None:
    [(state, seat)] = hearing.turns
    assert state == "on_stage"
    pid = media_pid(hearing.server)
    os.kill(pid, how)

    # While nobody is heard, every command of the desk is carried out; `send` raises whatever is refused.
    another = asyncio.create_task(until_another(hearing.server, pid))
    commands = 0
    while not another.done() or commands % 2:
        commands += 1
        await hearing.desk.send("question.claim" if commands % 2 else "question.release", question=hearing.waiting)
        await asyncio.sleep(0.25)
    await another
    assert commands >= 2

    before = await hearing.listener.received()
    await hearing.listener.hears(before["energy"])
    await hearing.speaker.is_on_air()
    await hearing.desk.until(lambda: hearing.turns == [("on_stage", seat)])
    await expect(hearing.listener.page.locator("#listen span")).to_have_text(hearing.listener.says("listen.stop"))
    assert not Path(f"/proc/{pid}").exists(), "the one before has ended"
