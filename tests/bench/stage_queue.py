"""Whether a busy stage delays the queue: a command's slowest percentile with and without forwarded packets.

The real server and its media process run as for anybody. Citizens ask and support at a steady pace over the live
protocol, each command at its planned moment whatever became of the one before. All subscribers (full handshake, full
RTCP, in a process of their own) are connected the whole time; in turns the speaker on the stage rests, or speaks and is
forwarded to every one of them. A pair is one such turn after the other; the figure is the median of the differences.

The database lies in memory, where there is a file system for it: how long a disk takes to sync is no doing of the
stage's, and a single stall of a shared one is longer than all that is asked for here. `--disk` puts it on the disk.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import platform
import random
import statistics
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from signaling.client import LiveClient
from tests.bench.children import Child
from tests.bench.lively import write
from tests.bench.stage_house import HouseDriver, house_driver

SEED = 20_261_122
LOOPBACK = "127.0.0.1"
#: The median difference that is allowed, in milliseconds.
BAR_MS = 10.0
#: One command in so many is a question, the others support one; nobody comes to the most that one may have open.
ASK_EVERY = 40
#: A file system in memory (Linux, POSIX shared memory).
MEMORY = Path("/dev/shm")
#: Seconds for a subscriber to connect.
UP_S = 20.0


@dataclass(frozen=True)
class Size:
    """`each_s`: commands of one citizen in a second; the server takes five."""

    subscribers: int = 50
    citizens: int = 25
    first: int = 4
    each_s: float = 1.6
    pairs: int = 5
    settle_s: float = 1.5
    window_s: float = 10.0


SMALL = Size(subscribers=6, citizens=6, first=4, each_s=1.0, pairs=1, settle_s=0.5, window_s=3.0)


class Hall(HouseDriver):
    """A hearing with citizens who command, a speaker, and light subscribers."""

    async def gather(self, size: Size, clip: str, publishers: Child, light: Child) -> None:
        self.publishers, self.light = publishers, light
        self.citizens = await asyncio.gather(*(self._enter() for _ in range(size.citizens)))
        self._questions: list[tuple[str, LiveClient]] = []
        for _ in range(size.first):
            await asyncio.gather(*(self.ask(client) for client in self.citizens))
        self._ways = itertools.count()
        self._askers = itertools.cycle(self.citizens)
        await self._speaker(clip)
        await publishers.ask("speak", names=["speaker"])
        counted = itertools.cycle(self.citizens)
        for start in range(0, size.subscribers, 5):
            names = [f"subscriber{i}" for i in range(start, min(start + 5, size.subscribers))]
            await asyncio.gather(*(self._subscriber(next(counted), name) for name in names))

    async def ask(self, client: LiveClient) -> None:
        said = f"ہماری گلی میں پانی نہیں آ رہا، {len(self._questions)}"
        asked = await client.send("question.ask", category="other", text=said)
        self._questions.append((asked["result"]["question"], client))

    async def support(self) -> None:
        """Every citizen supports every question once: first all of the first question, then of the next."""
        while True:
            at = next(self._ways)
            question, asker = self._questions[at // len(self.citizens) % len(self._questions)]
            client = self.citizens[at % len(self.citizens)]
            if client is not asker:
                await client.send("question.support", question=question)
                return

    async def _speaker(self, clip: str) -> None:
        client, turn = await self._called("citizen-2")
        up = asyncio.Event()
        client.on("media.up", lambda frame: up.set())
        offer = await client.send("media.publish")
        answer = await self.publishers.ask("answer", name="speaker", clip=clip, offer=offer["sdp"])
        await client.send("media.answer", peer=offer["peer"], sdp=answer["sdp"])
        async with asyncio.timeout(UP_S):
            await up.wait()
        await client.send("turn.ready", turn=turn)

    async def _subscriber(self, client: LiveClient, name: str) -> None:
        offer = await client.send("media.watch")
        joined = await self.light.ask("join", name=name, offer=offer["sdp"])
        connecting = asyncio.ensure_future(self.light.ask("connect", name=name))
        await client.send("media.answer", peer=offer["peer"], sdp=joined["answer"])
        if not (await connecting)["up"]:
            raise AssertionError(f"{name} is not up")

    async def window(self, size: Size, busy: bool) -> tuple[list[float], int]:
        """Milliseconds of each command, and packets that reached the subscribers meanwhile."""
        await self.publishers.ask("speak", names=["speaker"] if busy else [])
        await asyncio.sleep(size.settle_s)
        took: list[float] = []
        count = round(size.window_s * size.each_s * len(self.citizens))
        before = await self.light.ask("count")
        began = time.perf_counter()

        async def command(number: int) -> None:
            due = began + number * size.window_s / count
            await asyncio.sleep(due - time.perf_counter())
            sent = time.perf_counter()
            if number % ASK_EVERY == 0:
                await self.ask(next(self._askers))
            else:
                await self.support()
            took.append((time.perf_counter() - sent) * 1000)

        await asyncio.gather(*(command(number) for number in range(count)))
        after = await self.light.ask("count")
        return took, after["packets"] - before["packets"]


def p99(took: list[float]) -> float:
    return statistics.quantiles(took, n=100, method="inclusive")[-1]


async def run(size: Size, seed: int, place: Path | None = None) -> dict[str, Any]:
    rng = random.Random(seed)
    pairs: list[dict[bool, float]] = []
    medians: dict[bool, list[float]] = {False: [], True: []}
    packets: dict[bool, int] = {False: 0, True: 0}
    with tempfile.TemporaryDirectory() as folder:
        clip = Path(folder) / "lively.webm"
        write(clip, seed)
        publishers = await Child.start("tests.bench.publishers", LOOPBACK)
        light = await Child.start("tests.bench.light", LOOPBACK, str(rng.randrange(1 << 30)))
        try:
            async with house_driver(Hall, place) as hall:
                await hall.gather(size, str(clip), publishers, light)
                for i in range(size.pairs):
                    found: dict[bool, float] = {}
                    for busy in (False, True) if i % 2 == 0 else (True, False):
                        took, forwarded = await hall.window(size, busy)
                        found[busy] = p99(took)
                        medians[busy].append(statistics.median(took))
                        packets[busy] += forwarded
                    pairs.append(found)
                    print(f"pair {i + 1}: p99 idle {found[False]:.1f} ms, busy {found[True]:.1f} ms", flush=True)
        finally:
            await light.close()
            await publishers.close()
    return {
        "above_ms": round(statistics.median(pair[True] - pair[False] for pair in pairs), 2),
        "bar_ms": BAR_MS,
        "idle_p99_ms": round(statistics.median(pair[False] for pair in pairs), 2),
        "busy_p99_ms": round(statistics.median(pair[True] for pair in pairs), 2),
        "idle_median_ms": round(statistics.median(medians[False]), 2),
        "busy_median_ms": round(statistics.median(medians[True]), 2),
        "packets_idle": packets[False],
        "packets_busy": packets[True],
        "subscribers": size.subscribers,
        "commands": round(size.window_s * size.each_s * size.citizens),
        "pairs": size.pairs,
        "database": "memory" if place else "disk",
        "python": platform.python_version(),
        "seed": seed,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", action="store_true", help="the sample of the test suite")
    parser.add_argument("--pairs", type=int, default=Size.pairs)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--disk", action="store_true", help="with the database on the disk, and its stalls")
    given = parser.parse_args()
    place = MEMORY if MEMORY.is_dir() and not given.disk else None
    print(json.dumps(asyncio.run(run(SMALL if given.small else Size(pairs=given.pairs), given.seed, place))))


if __name__ == "__main__":
    main()
