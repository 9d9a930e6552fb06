"""What forwarding one packet costs us, beside Debian's Janus and aiortc's MediaRelay.

Everybody is in one private network. Each server has the same speakers (a recorded clip, about 480 kbit/s of VP8 and
Opus) and the same light subscribers (`tests.bench.light`: full handshake, full RTCP), in processes of their own. All
are connected first; then the servers are measured in turns, the others' speakers resting meanwhile. A figure is the CPU
time of the server's process, ingest, RTCP and event loop included, over the packets that reached its subscribers.
A ratio is the median over the pairs of neighbouring windows, ours ÷ the peer's. Janus runs with `event_loops = 1`,
which makes it about half as costly as by default.
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

from tests.bench import lively
from tests.bench.arrangement import Arrangement, arrange, versions
from tests.bench.forwarders import Forwarder, Ours, Relay, backends, furnish
from tests.bench.janus import Janus
from tests.namespaces import Network

SEED = 20_261_122


@dataclass(frozen=True)
class Size:
    """How much is measured. `curve` are numbers of subscribers of one speaker, the last with the figure of its own."""

    pairs: int = 5
    settle_s: float = 1.0
    window_s: float = 4.0
    subscribers: int = 50
    relayed: int = 8
    curve: tuple[int, ...] = (100, 200)
    curve_windows: int = 3


SMALL = Size(pairs=1, settle_s=0.5, window_s=1.5, subscribers=6, relayed=2, curve=(8,), curve_windows=1)


async def turns(servers: Sequence[Forwarder], speakers: int, subscribers: int, rounds: int, clip: str, size: Size,
                rng: random.Random) -> dict[str, Arrangement]:  # fmt: skip
    """Measures the servers in turns, the order changing from round to round; the windows are in the arrangements."""
    arranged: dict[str, Arrangement] = {}
    try:
        for server in servers:
            arranged[server.name] = await arrange(server, speakers, subscribers, clip, rng)
        for i in range(rounds):
            order = list(arranged.values())
            if i % 2:
                order.reverse()
            said = []
            for arrangement in order:
                window = await arrangement.measure(size.settle_s, size.window_s)
                rate = window.packets / window.seconds / subscribers
                said.append(f"{arrangement.server.name} {window.us:.1f} us ({rate:.0f}/s each)")
            say(f"{speakers} pub, {subscribers} sub, round {i + 1}: {', '.join(said)}")
    finally:
        for arrangement in arranged.values():
            await arrangement.close()
    return arranged


def say(text: str) -> None:
    print(text, flush=True)


def ratio(ours: Arrangement, peer: Arrangement | None) -> float | None:
    if peer is None:
        return None
    return round(statistics.median(a.us / b.us for a, b in zip(ours.windows, peer.windows, strict=True)), 3)


def us(arrangement: Arrangement) -> float:
    return round(statistics.median(window.us for window in arrangement.windows), 2)


async def run(size: Size, seed: int, chosen: Sequence[str] = ()) -> dict[str, Any]:
    rng = random.Random(seed)
    own = list(chosen or backends())
    absent = {} if Janus.missing() is None else {"janus": Janus.missing()}
    found: dict[str, dict[str, Any]] = {name: {"curve": {}} for name in own}
    peers: dict[str, dict[str, float]] = {"janus": {}, "relay": {}}
    rates: dict[str, float] = {}
    tags: dict[str, list[int]] = {}
    bad: dict[str, int] = {}

    def ours() -> list[Forwarder]:
        return [Ours(name) for name in own]

    def note(arranged: dict[str, Arrangement], subscribers: int, what: str) -> None:
        for name, arrangement in arranged.items():
            rate = statistics.median(w.packets / w.seconds / subscribers for w in arrangement.windows)
            rates[f"{name}_{what}"] = round(rate, 1)
            tags[name] = arrangement.tags
            bad[name] = bad.get(name, 0) + arrangement.bad

    with tempfile.TemporaryDirectory() as folder:
        clip = str(Path(folder) / "lively.webm")
        lively.write(Path(clip), seed)
        for speakers in (1, 3):
            servers: list[Forwarder] = ours() if absent else [*ours(), Janus()]
            arranged = await turns(servers, speakers, size.subscribers, size.pairs, clip, size, rng)
            note(arranged, size.subscribers, f"{speakers}pub")
            for name in own:
                mine = arranged[Ours.called(name)]
                found[name][f"vs_janus_{speakers}pub_50sub"] = ratio(mine, arranged.get("janus"))
                if speakers == 1:
                    found[name]["curve"][str(size.subscribers)] = us(mine)
                found[name][f"us_per_packet_{speakers}pub_50sub"] = us(mine)
            if not absent:
                peers["janus"][f"{speakers}pub_50sub"] = us(arranged["janus"])
        arranged = await turns([*ours(), Relay()], 1, size.relayed, size.pairs, clip, size, rng)
        note(arranged, size.relayed, "relayed")
        peers["relay"]["8sub"] = us(arranged["relay"])
        for name in own:
            mine = arranged[Ours.called(name)]
            found[name]["vs_relay_8sub"] = ratio(mine, arranged["relay"])
            found[name]["vs_relay_8sub_cpu"] = round(
                statistics.median(
                    (a.cpu_s / a.seconds) / (b.cpu_s / b.seconds)
                    for a, b in zip(mine.windows, arranged["relay"].windows, strict=True)
                ),
                4,
            )
            found[name]["curve"][str(size.relayed)] = us(mine)
        for subscribers in size.curve:
            arranged = await turns(ours(), 1, subscribers, size.curve_windows, clip, size, rng)
            note(arranged, subscribers, f"{subscribers}sub")
            for name in own:
                found[name]["curve"][str(subscribers)] = us(arranged[Ours.called(name)])
    for name in own:
        curve = found[name]["curve"]
        found[name]["curve"] = dict(sorted(curve.items(), key=lambda item: int(item[0])))
        found[name]["us_per_packet_200sub"] = curve[str(size.curve[-1])]
    keys = ("vs_janus_1pub_50sub", "vs_janus_3pub_50sub", "vs_relay_8sub", "us_per_packet_200sub")
    return {
        **{key: found[own[0]][key] for key in keys},
        "backend": own[0],
        "backends": found,
        "peers_us": peers,
        "packets_per_s_each": rates,
        "srtp_tag_bytes": tags,
        "not_authentic": bad,
        "absent": absent,
        "sizes": {
            "subscribers": size.subscribers, "relayed": size.relayed, "curve": size.curve, "pairs": size.pairs,
            "window_s": size.window_s, "video_bits": lively.VIDEO_BITS, "audio_bits": lively.AUDIO_BITS,
        },
        "versions": {**versions(), "python": platform.python_version()},
        "seed": seed,
    }  # fmt: skip


def inside(size: Size, seed: int, chosen: Sequence[str] = ()) -> dict[str, Any]:
    """The whole run in a private network of its own."""
    with Network("stage") as network:
        furnish(network)
        with network.entered():
            return asyncio.run(run(size, seed, chosen))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", action="store_true", help="the sample of the test suite")
    parser.add_argument("--pairs", type=int, default=Size.pairs)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--backend", action="append", default=[], help="only this one; may be repeated")
    given = parser.parse_args()
    size = SMALL if given.small else Size(pairs=given.pairs)
    print(json.dumps(inside(size, given.seed, given.backend)))


if __name__ == "__main__":
    main()
