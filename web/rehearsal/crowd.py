"""A crowd for practice: comes in, asks, waits, answers when it is called, and goes.

    python -m web.rehearsal.crowd

The errand is the first line of standard input; when the input ends, everybody goes home.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import signal
import ssl
import sys
import threading
from dataclasses import replace

import msgspec

from signaling.client import Ended, RefusedError
from signaling.client.entrance import NoEntry
from web.crowds import Errand
from web.demo_data import CitizenQuestion, questions
from web.rehearsal.browser import Browser, Unexpected
from web.rehearsal.citizen import Citizen, Pace
from web.rehearsal.script import Voice

#: Between two who come in, and how long somebody thinks before she asks; as in a hall, not all at once.
APART_S, THINK_S = 0.4, (0.5, 6.0)
VOICE = Voice("school", 25.0, picture=False)
TROUBLE = (Unexpected, RefusedError, Ended, NoEntry, TimeoutError, OSError)


def browser(errand: Errand) -> Browser:
    """A phone on our own line; whoever stands at that end is this server itself, so its certificate is not asked."""
    trust = None
    if errand.base.startswith("https"):
        trust = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        trust.check_hostname = False
        trust.verify_mode = ssl.CERT_NONE
    made = Browser(errand.base, errand.session, trust=trust)
    made.origin = errand.origin
    return made


def part(question: CitizenQuestion, errand: Errand) -> CitizenQuestion:
    """A question that this office can be asked: its places and perhaps its topics are others than the demo's."""
    known = question.category in errand.categories
    category = question.category if known else random.choice(errand.categories or ("other",))
    return msgspec.structs.replace(question, area="", category=category)


async def life(citizen: Citizen, after: float) -> None:
    """One of the crowd. What goes wrong for her stops nobody else."""
    await asyncio.sleep(after)
    try:
        await citizen.enter()
        await asyncio.sleep(random.uniform(*THINK_S))
        await citizen.ask()
    except TROUBLE:
        return
    await asyncio.Event().wait()


async def attend(errand: Errand) -> None:
    """All of it, until the time is over or this task is cancelled."""
    asked = [each for each in questions() if not each.withdraws and each.same_as is None]
    pace = Pace()
    crowd = []
    for at in range(errand.count):
        voice = replace(VOICE, seconds=random.uniform(15, 30))
        crowd.append(Citizen(browser(errand), part(asked[at % len(asked)], errand), voice, pace, lambda *_, **__: None))
    tasks = [asyncio.create_task(life(citizen, at * APART_S)) for at, citizen in enumerate(crowd)]
    try:
        await asyncio.sleep(errand.seconds)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.gather(*(citizen.leave() for citizen in crowd), return_exceptions=True)


def main() -> None:
    errand = msgspec.json.decode(sys.stdin.buffer.readline(), type=Errand)

    async def run() -> None:
        task = asyncio.ensure_future(attend(errand))
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, task.cancel)

        def wait() -> None:
            while os.read(0, 4096):
                pass
            with contextlib.suppress(RuntimeError):  # the loop is closed: everybody has gone already
                loop.call_soon_threadsafe(task.cancel)

        threading.Thread(target=wait, name="errand", daemon=True).start()
        with contextlib.suppress(asyncio.CancelledError):
            await task

    asyncio.run(run())


if __name__ == "__main__":
    main()
