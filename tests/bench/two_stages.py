"""Two hearings at once in one media process: nothing crosses over, and together they cost what one of the size does.

One server has two sessions, each with a speaker and its own subscribers; another has one session with a speaker and as
many subscribers as both have together. They are measured in turns, like the servers of `forward`.

That nothing crosses is read at every subscriber: each packet's SSRC must be one that her own offer announced, no offer
of one stage announces an SSRC of the other, and the sound in every authenticated packet must be from the recording of
her stage's speaker, whose recordings have no packet in common.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import platform
import random
import re
import statistics
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from signaling.client.media import Clip
from tests.bench.arrangement import Arrangement, arrange, versions
from tests.bench.children import Child
from tests.bench.forwarders import ADDRESS, Ours, backends, furnish
from tests.bench.lively import write
from tests.namespaces import Network

SEED = 20_261_122
SESSIONS = ("north", "south")


@dataclass(frozen=True)
class Size:
    """`subscribers` in all, half of them at each of two stages."""

    subscribers: int = 100
    pairs: int = 5
    settle_s: float = 1.0
    window_s: float = 5.0


SMALL = Size(subscribers=8, pairs=1, settle_s=0.5, window_s=2.0)


class TwoStages(Ours):
    """The server of both, which remembers what it announced to whom."""

    def __init__(self, backend: str) -> None:
        super().__init__(backend, SESSIONS)
        self.announced: dict[str, set[str]] = {}

    async def offer(self, name: str) -> str:
        offer = await super().offer(name)
        self.announced[name] = set(re.findall(r"a=ssrc:(\d+) ", offer))
        return offer


async def two(backend: str, size: Size, clips: Sequence[str], rng: random.Random) -> Arrangement:
    server = TwoStages(backend)
    await server.start()
    publishers = await Child.start("tests.bench.publishers", ADDRESS)
    light = await Child.start("tests.bench.light", ADDRESS, str(rng.randrange(1 << 30)))
    arrangement = Arrangement(server, publishers, light)
    try:
        for session, clip in zip(SESSIONS, clips, strict=True):
            await arrangement.seat([f"{session}/speaker"], clip)
        for session, clip in zip(SESSIONS, clips, strict=True):
            names = [f"{session}/subscriber{i}" for i in range(size.subscribers // 2)]
            up = await arrangement.watch(names, clip=clip)
            if up != len(names):
                raise AssertionError(f"{up} of {len(names)} subscribers are up")
    except BaseException:
        await arrangement.close()
        raise
    return arrangement


async def crossings(arrangement: Arrangement) -> dict[str, int]:
    """What has arrived where it does not belong, over the whole run."""
    server = arrangement.server
    assert isinstance(server, TwoStages)
    count = await arrangement.light.ask("count", each=True)
    crossed = examined = 0
    stages: dict[str, set[str]] = {session: set() for session in SESSIONS}
    for name, ssrcs in count["each"].items():
        stages[name.split("/")[0]] |= server.announced[name]
        examined += sum(ssrcs.values())
        crossed += sum(number for ssrc, number in ssrcs.items() if ssrc not in server.announced[name])
    return {
        "crossed": crossed + count["foreign"],
        "examined": examined,
        "sounds_examined": count["authenticated"],
        "shared_ssrcs": len(stages[SESSIONS[0]] & stages[SESSIONS[1]]),
    }


async def run(size: Size, seed: int, backend: str = "") -> dict[str, Any]:
    rng = random.Random(seed)
    chosen = backend or backends()[0]
    with tempfile.TemporaryDirectory() as folder:
        clips = [str(Path(folder) / f"{session}.webm") for session in SESSIONS]
        for i, clip in enumerate(clips):
            write(Path(clip), seed + i)
        heard = [{piece.data for piece in Clip.load(Path(clip)).audio} for clip in clips]
        if heard[0] & heard[1]:
            raise AssertionError("the two recordings have packets in common")
        both = await two(chosen, size, clips, rng)
        try:
            one = await arrange(Ours(chosen), 1, size.subscribers, clips[0], rng)
            try:
                for i in range(size.pairs):
                    for arrangement in (both, one) if i % 2 == 0 else (one, both):
                        await arrangement.measure(size.settle_s, size.window_s)
                    print(
                        f"round {i + 1}: two {both.windows[-1].us:.1f} us, one {one.windows[-1].us:.1f} us", flush=True
                    )
                crossed = await crossings(both)
            finally:
                await one.close()
        finally:
            await both.close()
    ratios = [a.us / b.us for a, b in zip(both.windows, one.windows, strict=True)]
    return {
        "two_vs_one": round(statistics.median(ratios), 3),
        **crossed,
        "us_two": round(statistics.median(w.us for w in both.windows), 2),
        "us_one": round(statistics.median(w.us for w in one.windows), 2),
        "backend": chosen,
        "subscribers": size.subscribers,
        "pairs": size.pairs,
        "versions": {**versions(), "python": platform.python_version()},
        "seed": seed,
    }


def inside(size: Size, seed: int, backend: str = "") -> dict[str, Any]:
    """The whole run in a private network of its own."""
    with Network("stage") as network:
        furnish(network)
        with network.entered():
            return asyncio.run(run(size, seed, backend))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", action="store_true", help="the sample of the test suite")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--backend", default="", help="another than the media process's own choice")
    given = parser.parse_args()
    print(json.dumps(inside(SMALL if given.small else Size(), given.seed, given.backend)))


if __name__ == "__main__":
    main()
