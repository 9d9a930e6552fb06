"""Calls that come up and go on under fire: `make bench NAME=media-attack`.

While each call is set up, hostile datagrams of every class arrive at the port it is offered, 2,000 a second, from
before its answer until it is heard; then many calls stand, and each is fired at in turn. Every other call that is set
up, and one standing in five, is a speaker (aiortc sends a recorded voice); the rest watch (a light subscriber with a
real handshake). A call has come up when its media is there, and goes on when more of it came during its own fire and
after the last.

Loopback only, bounded in rate, count and time.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import time
from contextlib import AsyncExitStack, suppress
from importlib import metadata
from pathlib import Path
from typing import Any

from signaling.client.media import Clip, Speaker
from signaling.media import compat
from tests.bench.children import Child, cpu_s, memory_kb
from tests.bench.hostile import CLASSES, RATE, Attacker, Victim

HOST = "127.0.0.1"
CLIP = Path(__file__).parents[2] / "web" / "demo_media" / "water.webm"
#: Under fire before the answer; after the call is up; at each standing call: seconds.
BEFORE_S, AFTER_S, EACH_S = 0.1, 0.2, 0.5
#: A call that has not come up by then has failed; a packet of a standing one comes within the other time, and so many
#: more after the last shot. Generous, because the callers' own processes share the machine's two cores.
UP_S, GOES_ON_S, GOES_ON = 10.0, 10.0, 20
#: One standing call in so many speaks: a speaker costs the callers' process far more than the plane.
SPEAKS_EVERY = 5
STEADY = "steady"


class Bench:
    """The plane, those who call, and who attacks."""

    def __init__(self, target: Child, light: Child, attacker: Attacker) -> None:
        self.target, self.light, self.attacker = target, light, attacker
        self.clip = Clip.load(CLIP)
        self.speakers: dict[str, Speaker] = {}
        self.victims: dict[str, Victim] = {}
        self.seq = 0

    async def call(self, name: str, speaks: bool) -> None:
        """One call, set up under fire; `victims` has it from its offer on."""
        made = await self.target.ask("offer", name=name, direction="publish" if speaks else "watch")
        victim = self.victims[name] = _victim(made["sdp"])
        self.attacker.aim(victim)
        await asyncio.sleep(BEFORE_S)
        if speaks:
            speaker = self.speakers[name] = Speaker(self.clip, picture=False)
            answer = await speaker.answer(made["sdp"])
        else:
            answer = (await self.light.ask("join", name=name, offer=made["sdp"]))["answer"]
        victim.own = _own(answer)
        await self.target.ask("answer", name=name, peer=made["peer"], sdp=answer)
        if speaks:
            while speaker.state != "connected":
                await asyncio.sleep(0.01)
        elif not (await self.light.ask("connect", name=name))["up"]:
            raise TimeoutError
        victim.up = True

    async def heard(self) -> dict[str, int]:
        """Packets of each call so far: of a speaker at the plane, of a watcher at her."""
        found = dict((await self.target.ask("received"))["each"])
        for name, streams in (await self.light.ask("count", each=True))["each"].items():
            found[name] = sum(streams.values())
        return found

    async def grows(self, name: str, more: int, seconds: float) -> bool:
        """Whether so many packets more come within the time."""
        before, end = (await self.heard()).get(name, 0), time.monotonic() + seconds
        while (await self.heard()).get(name, 0) < before + more:
            if time.monotonic() > end:
                return False
            await asyncio.sleep(0.05)
        return True

    async def leave(self, name: str) -> None:
        await self.target.ask("leave", name=name)
        speaker = self.speakers.pop(name, None)
        if speaker is not None:
            await speaker.close()
        elif name != STEADY:
            await self.light.ask("leave", name=name)
        self.victims.pop(name, None)

    async def start(self) -> None:
        """Somebody speaks all the time, so that watchers have what to receive."""
        await asyncio.wait_for(self.call(STEADY, True), UP_S)
        self.attacker.aim(None)
        await self.target.ask("sit", seat="official", name=STEADY, seq=1)

    async def setup(self, count: int) -> int:
        came = 0
        for i in range(count):
            name = f"s{i}"
            ok = False
            with suppress(TimeoutError, RuntimeError):
                async with asyncio.timeout(UP_S):
                    await self.call(name, i % 2 == 0)
                    ok = await self.grows(name, 5, 3.0)
                    await asyncio.sleep(AFTER_S)
            self.attacker.aim(None)
            came += ok
            if name in self.victims:
                with suppress(RuntimeError):
                    await self.leave(name)
        return came

    async def mid(self, count: int) -> int:
        """All of them stand; then each is fired at."""
        names = [f"m{i}" for i in range(count)]
        for i, name in enumerate(names):
            with suppress(TimeoutError, RuntimeError):
                await asyncio.wait_for(self.call(name, i % SPEAKS_EVERY == 0), UP_S)
            self.attacker.aim(None)
        survived = set()
        for name in names:
            victim = self.victims.get(name)
            if victim is None or not victim.up:
                continue
            self.attacker.aim(victim)
            fired, end = time.monotonic() + EACH_S, time.monotonic() + GOES_ON_S
            before = now = (await self.heard()).get(name, 0)
            while time.monotonic() < fired or (now <= before and time.monotonic() < end):
                await asyncio.sleep(0.1)
                now = (await self.heard()).get(name, 0)
            self.attacker.aim(None)
            if now > before:
                survived.add(name)
        began, going, end = await self.heard(), set[str](), time.monotonic() + 2 * GOES_ON_S
        while going != survived and time.monotonic() < end:
            await asyncio.sleep(0.5)
            now_all = await self.heard()
            going = {name for name in survived if now_all.get(name, 0) >= began.get(name, 0) + GOES_ON}
        for name in names:
            if name in self.victims:
                with suppress(RuntimeError):
                    await self.leave(name)
        return len(going)


def _victim(offer: str) -> Victim:
    host, port = re.search(r"a=candidate:\S+ 1 udp \d+ (\S+) (\d+) typ host", offer).groups()  # type: ignore[union-attr]
    ufrag = re.search(r"a=ice-ufrag:(\S+)", offer)
    assert ufrag is not None
    return Victim((host, int(port)), ufrag[1])


def _own(answer: str) -> tuple[str, int]:
    host, port = re.search(r"a=candidate:\S+ 1 udp \d+ (\S+) (\d+) typ host", answer).groups()  # type: ignore[union-attr]
    return host, int(port)


async def run(calls: int, seed: int, backend: str = "") -> dict[str, Any]:
    compat.limit_client_addresses([HOST])
    async with AsyncExitStack() as stack:
        target = await Child.start("tests.bench.attacked", HOST, backend)
        stack.push_async_callback(target.close)
        light = await Child.start("tests.bench.light", HOST, str(seed))
        stack.push_async_callback(light.close)
        attacker = Attacker(seed)
        attacker.start()
        stack.callback(attacker.close)
        bench = Bench(target, light, attacker)
        await bench.start()
        # The first call loads what is loaded once; growth is counted from there.
        warm = await bench.setup(2)
        memory, cpu, began = memory_kb(target.pid), cpu_s(target.pid), time.monotonic()
        setup_ok = await bench.setup(calls)
        core = (cpu_s(target.pid) - cpu) / (time.monotonic() - began)
        after_setup = memory_kb(target.pid)
        mid_ok = await bench.mid(calls)
        state = await target.ask("state")
        found = {
            "setup_ok": setup_ok,
            "mid_ok": mid_ok,
            "of": calls,
            "amplification_max": round(attacker.amplification, 3),
            "answers_to_strangers": attacker.answers,
            "longest_queue": state["longest_queue"],
            "queue_bound": compat.MAX_QUEUED,
            "rss_growth_kb": after_setup - memory,
            "rss_growth_kb_after_mid": memory_kb(target.pid) - memory,
            "core_under_fire": round(core, 3),
            "warm_ok": warm,
            "per_s": RATE,
            "sent": dict(sorted(attacker.sent.items())),
            "not_sent": sorted(set(CLASSES) - {kind.removeprefix("own_") for kind in attacker.sent}),
            "backend": (await target.ask("backend"))["backend"],
            "seed": seed,
            "versions": {name: metadata.version(name) for name in ("aiortc", "aioice", "pylibsrtp")},
        }
        await bench.leave(STEADY)
        return found


def main() -> None:
    parser = argparse.ArgumentParser(prog="make bench NAME=media-attack", description=__doc__)
    parser.add_argument("--calls", type=int, default=200)
    parser.add_argument("--small", action="store_true", help="six calls of each kind")
    parser.add_argument("--backend", default="", help="direct or mux; else the settings' default")
    parser.add_argument("--seed", type=int, default=7)
    given = parser.parse_args()
    print(json.dumps(asyncio.run(run(6 if given.small else given.calls, given.seed, given.backend))))


if __name__ == "__main__":
    main()
