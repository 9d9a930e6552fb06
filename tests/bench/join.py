"""What it costs the media process when somebody joins, and whether a whole crowd can at once.

A speaker is connected and rests, so nothing is forwarded. A few subscribers join first, for what is only paid once.
Then all others ask for an offer at the same moment and connect as fast as the server lets them: real ICE, DTLS and
SRTP. CPU time and resident memory of the media process, before and after, over the subscribers that are up.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import platform
import random
import statistics
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.bench.arrangement import Arrangement, arrange, versions
from tests.bench.children import Child, cpu_s, memory_kb
from tests.bench.forwarders import ADDRESS, Ours, backends, furnish
from tests.bench.lively import write
from tests.namespaces import Network

SEED = 20_261_122
#: Subscribers' processes: their handshakes cost as much as ours, and must not be what is waited for.
CROWDS = 2


@dataclass(frozen=True)
class Size:
    peers: int = 200
    first: int = 8
    rounds: int = 3
    settle_s: float = 1.0


SMALL = Size(peers=12, first=2, rounds=1, settle_s=0.3)


async def joined(backend: str, size: Size, clip: str, rng: random.Random) -> dict[str, float]:
    """One fresh server and one crowd."""
    server = Ours(backend)
    arrangement = await arrange(server, 1, size.first, clip, rng)
    crowds = [arrangement]
    try:
        for _ in range(CROWDS - 1):
            light = await Child.start("tests.bench.light", ADDRESS, str(rng.randrange(1 << 30)))
            crowds.append(Arrangement(server, arrangement.publishers, light))
        await asyncio.sleep(size.settle_s)
        cpu, kb, began = cpu_s(server.pid), memory_kb(server.pid), asyncio.get_running_loop().time()
        names = [f"crowd{i}" for i in range(size.peers)]
        parts = [crowd.watch(names[i::CROWDS], size.peers) for i, crowd in enumerate(crowds)]
        up = sum(await asyncio.gather(*parts))
        took = asyncio.get_running_loop().time() - began
        await asyncio.sleep(size.settle_s)
        return {
            "cpu_ms": (cpu_s(server.pid) - cpu) * 1000 / max(1, up),
            "kb": (memory_kb(server.pid) - kb) / max(1, up),
            "peers_up": up,
            "seconds": took,
        }
    finally:
        for crowd in crowds[1:]:
            await crowd.light.close()
        await arrangement.close()


async def run(size: Size, seed: int, chosen: Sequence[str] = ()) -> dict[str, Any]:
    rng = random.Random(seed)
    own = list(chosen or backends())
    found: dict[str, list[dict[str, float]]] = {name: [] for name in own}
    with tempfile.TemporaryDirectory() as folder:
        clip = Path(folder) / "lively.webm"
        write(clip, seed)
        for i in range(size.rounds):
            for name in own if i % 2 == 0 else own[::-1]:
                result = await joined(name, size, str(clip), rng)
                found[name].append(result)
                print(f"round {i + 1}, {Ours.called(name)}: {_rounded(result)}", flush=True)
    each = {
        name: {
            "cpu_ms": round(statistics.median(r["cpu_ms"] for r in results), 2),
            "kb": round(statistics.median(r["kb"] for r in results), 1),
            "peers_up": min(round(r["peers_up"]) for r in results),
            "seconds": round(max(r["seconds"] for r in results), 2),
        }
        for name, results in found.items()
    }
    return {
        **each[own[0]],
        "of": size.peers,
        "backend": own[0],
        "backends": each,
        "rounds": size.rounds,
        "versions": {**versions(), "python": platform.python_version()},
        "seed": seed,
    }


def _rounded(result: dict[str, float]) -> str:
    return ", ".join(f"{key} {value:.2f}" for key, value in result.items())


def inside(size: Size, seed: int, chosen: Sequence[str] = ()) -> dict[str, Any]:
    """The whole run in a private network of its own."""
    with Network("stage") as network:
        furnish(network)
        with network.entered():
            return asyncio.run(run(size, seed, chosen))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", action="store_true", help="the sample of the test suite")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--backend", action="append", default=[], help="only this one; may be repeated")
    given = parser.parse_args()
    print(json.dumps(inside(SMALL if given.small else Size(), given.seed, given.backend)))


if __name__ == "__main__":
    main()
