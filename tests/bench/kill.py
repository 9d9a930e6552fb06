"""Killed with signal 9: nothing that was acknowledged is lost, nothing is there twice, and a close ends by itself.

1. A real server process, thirty clients over real sockets with two hundred commands on their way, killed at random
   moments; every fourth time while a session closes. After each restart whatever had no answer is asked again under
   its key, and after the close the tables are counted as a stranger would.
2. Killed once at every storage call of a fixed errand (tests/bench/storage_calls.py).
3. The order of the system calls: no acknowledgement leaves before the sync of the log that holds it has returned
   (tests/bench/sync_order.py).

Only processes that this campaign started are ended, by their id.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import logging
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from kachehri.store import Store
from rooms import lifecycle
from rooms.questions import AskQuestion
from tests.servers import free_port

from . import storage_calls, sync_order
from .house import MODERATORS, add_session, citizen, found, schedule, service_on
from .load import Crowd, Journal
from .oracle import Findings, closed_once, examine, phase

KILLS = 40
PER_SESSION = 4
#: Questions that are there before, so that a close takes several transactions.
BEFORE = 600
RESUME_MOST_S = 20


class Server:
    """One life of the server."""

    def __init__(self, path: Path) -> None:
        self.port = free_port()
        command = [sys.executable, "-m", "tests.bench.served", str(path), str(self.port)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE)

    async def ready(self) -> None:
        assert self.process.stdout
        line = await asyncio.to_thread(self.process.stdout.readline)
        if line != b"ready\n":
            raise RuntimeError(f"the server did not start: {self.process.wait()}")

    def kill(self) -> None:
        """As in a power cut; only this process, by its id."""
        assert self.process.stdout
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.process.stdout.close()


async def open_session(path: Path, session: str, people: range) -> None:
    """A live session with questions in it."""
    store = Store(f"sqlite:///{path}")
    add_session(store, session)
    store.close()
    async with service_on(f"sqlite:///{path}") as service:
        await schedule(service, session)
        asks = [
            service.submit(citizen(each), session, AskQuestion(text=f"before {each}: x"), f"before-{each:018d}")
            for each in people
        ]
        await asyncio.gather(*asks)
        await service.submit(MODERATORS[0], session, lifecycle.StartSession(), "start-" + "0" * 18)


async def one_session(path: Path, number: int, kills: int, before: int, rng: random.Random) -> tuple[Findings, Journal]:
    """Kill under load again and again, the last time during the close."""
    session = "kill" + "".join(rng.choices("abcdefghijklmnopqrstuvwxyz234567", k=4))
    await open_session(path, session, range(number * before, (number + 1) * before))
    journal, numbers = Journal(), itertools.count(1)
    for turn in range(kills):
        server = Server(path)
        await server.ready()
        crowd = Crowd(session, journal, numbers, rng)
        await crowd.come(server.port)
        crowd.work()
        if turn < kills - 1:
            await asyncio.sleep(rng.uniform(0.2, 1.2))
        else:
            await asyncio.sleep(0.3)
            closing = asyncio.ensure_future(
                crowd.clients[0].give(f"{rng.getrandbits(128):032x}", {"type": "session.close"}, "")
            )
            await asyncio.sleep(rng.uniform(0.0, 0.25))
        server.kill()
        await crowd.gone()
        if turn == kills - 1:
            await asyncio.gather(closing, return_exceptions=True)
    found_here = await ended_by_itself(path, session, journal, numbers, rng)
    found_here.add(examine(path, session, journal.acknowledged, journal.given - {""}))
    found_here.add(closed_once(path, session))
    return found_here, journal


async def ended_by_itself(
    path: Path, session: str, journal: Journal, numbers: itertools.count[int], rng: random.Random
) -> Findings:
    """Start once more. A close that had begun is waited for without a word; one that had not is given again first."""
    result = Findings()
    left_in = phase(path, session)
    begun, journal.halfway = left_in in ("closing", "closed"), left_in == "closing"
    server = Server(path)
    await server.ready()
    try:
        crowd = Crowd(session, journal, numbers, rng)
        if not begun:
            await crowd.come(server.port)
        deadline = time.monotonic() + RESUME_MOST_S
        while phase(path, session) != "closed":
            if time.monotonic() > deadline:
                result.note(f"the close of {session} stopped in {phase(path, session)}", lost=1)
                break
            await asyncio.sleep(0.02)
        if begun:
            await crowd.come(server.port)
    finally:
        server.kill()
        await crowd.gone()
    for key, (_, message, _mark) in journal.open.items():
        result.note(f"{message['type']} with {key} never got an answer", lost=1)
    return result


async def random_kills(folder: Path, kills: int, before: int, seed: int) -> dict[str, Any]:
    rng = random.Random(seed)
    path = folder / "house.db"
    found(f"sqlite:///{path}")
    findings, done, acknowledged, most, refused, halfway = Findings(), 0, 0, 0, 0, 0
    for number in itertools.count():
        turns = min(PER_SESSION, kills - done)
        found_here, journal = await one_session(path, number, turns, before, rng)
        done += turns
        findings.add(found_here)
        acknowledged += len(journal.acknowledged)
        refused += sum(journal.refused.values())
        most = max(most, journal.most_in_flight)
        halfway += journal.halfway
        print(f"{done} kills, {acknowledged} acknowledged, {found_here.said or 'all there'}", flush=True)
        if done >= kills:
            break
    return {
        "kills": done,
        "lost": findings.lost,
        "doubled": findings.doubled,
        "gaps": findings.gaps,
        "acknowledged": acknowledged,
        "refused": refused,
        "most_in_flight": most,
        "killed_while_closing": halfway,
    }


def run(folder: Path, kills: int, before: int, most_points: int | None, acks: int, seed: int) -> dict[str, Any]:
    result = asyncio.run(random_kills(folder, kills, before, seed))
    killed, expected, findings, by_call = storage_calls.campaign(folder, most_points)
    for said in findings.said:
        print(said, flush=True)
    print(f"{killed} of {expected} storage calls killed", flush=True)
    for name in ("lost", "doubled", "gaps"):
        result[name] += getattr(findings, name)
    early, examined = sync_order.campaign(folder, acks)
    return {
        **result,
        "points_killed": killed,
        "points_expected": expected,
        "acks_before_sync": early,
        "acks_examined": examined,
        "points_by_call": dict(by_call),
        "db": f"sqlite {sqlite3.sqlite_version} WAL synchronous=FULL",
        "seed": seed,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--small", action="store_true", help="2 kills, 12 storage calls, 60 acknowledgements")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(2**32))
    options = parser.parse_args()
    print(f"seed {options.seed}", flush=True)
    logging.getLogger("asyncio").setLevel(logging.ERROR)  # it warns of every line that was cut, which is the point here
    folder = Path(tempfile.mkdtemp(prefix="kachehri-kill-"))
    try:
        if options.small:
            result = run(folder, 2, 260, 12, 60, options.seed)
        else:
            result = run(folder, KILLS, BEFORE, None, 500, options.seed)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(json.dumps(result))
    wrong = result["lost"] + result["doubled"] + result["gaps"] + result["acks_before_sync"]
    sys.exit(1 if wrong or result["points_killed"] < result["points_expected"] else 0)


if __name__ == "__main__":
    main()
