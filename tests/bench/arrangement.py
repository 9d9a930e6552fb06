"""A stage with speakers and subscribers on any forwarder, and what it costs in a window."""

from __future__ import annotations

import asyncio
import os
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib import metadata

from tests.bench.children import Child, cpu_s
from tests.bench.forwarders import ADDRESS, UP_S, Forwarder
from tests.bench.janus import Janus

#: Of so many packets that are looked at one may fail to authenticate.
BAD_MOST = 50


@dataclass
class Window:
    """What one server did in one window."""

    cpu_s: float
    packets: int
    seconds: float

    @property
    def us(self) -> float:
        return self.cpu_s / self.packets * 1e6


@dataclass
class Arrangement:
    """One server with its speakers and subscribers, all connected, at rest between its windows."""

    server: Forwarder
    publishers: Child
    light: Child
    speakers: list[str] = field(default_factory=list)
    windows: list[Window] = field(default_factory=list)
    tags: list[int] = field(default_factory=list)
    authenticated: int = 0
    bad: int = 0

    async def seat(self, names: Sequence[str], clip: str) -> None:
        for name in names:
            await self.server.publish(self.publishers, name, clip)
            self.speakers.append(name)
        async with asyncio.timeout(UP_S):
            for name in names:
                while (await self.publishers.ask("state", name=name))["state"] != "connected":
                    await asyncio.sleep(0.02)

    async def watch(self, names: Sequence[str], together: int = 10, clip: str | None = None) -> int:
        """Subscribers come in, so many at a time; returns how many are connected."""
        return len(names) - len(await self._missing(names, together, clip))

    async def _missing(self, names: Sequence[str], together: int, clip: str | None = None) -> list[str]:
        room = asyncio.Semaphore(together)

        async def come(name: str) -> bool:
            async with room:
                offer = await self.server.offer(name)
                joined = await self.light.ask("join", name=name, offer=offer, clip=clip)
                connecting = asyncio.ensure_future(self.light.ask("connect", name=name))
                await self.server.answer(name, joined["answer"])
                return bool((await connecting)["up"])

        came = await asyncio.gather(*(come(name) for name in names))
        return [name for name, up in zip(names, came, strict=True) if not up]

    async def fill(self, names: Sequence[str]) -> None:
        """Subscribers come in, and who could not be connected on a busy machine comes once more, as phones do."""
        missing = await self._missing(names, 10)
        for name in missing:
            await self.light.ask("leave", name=name)
        if missing and await self._missing([f"{name}-again" for name in missing], 10):
            raise AssertionError(f"{self.server.name}: {len(missing)} subscribers could not be connected")

    async def speak(self) -> None:
        await self.publishers.ask("speak", names=self.speakers)

    async def rest(self) -> None:
        await self.publishers.ask("speak", names=[])

    async def measure(self, settle_s: float, seconds: float) -> Window:
        """Everybody speaks for a window; CPU time of the server over packets at the subscribers."""
        await self.speak()
        await asyncio.sleep(settle_s)
        loop = asyncio.get_running_loop()
        cpu, count, began = cpu_s(self.server.pid), await self.light.ask("count"), loop.time()
        await asyncio.sleep(seconds)
        cpu_after, after = cpu_s(self.server.pid), await self.light.ask("count")
        window = Window(cpu_after - cpu, after["packets"] - count["packets"], loop.time() - began)
        await self.rest()
        self.authenticated = after["authenticated"] - count["authenticated"]
        self.bad += after["bad"] - count["bad"]
        # A stream whose first packets were lost just before its numbers wrapped is never readable (RFC 3711 §3.3.1);
        # that is rare, so many such packets mean that something else is wrong.
        if not self.authenticated or (after["bad"] - count["bad"]) * BAD_MOST > self.authenticated:
            raise AssertionError(f"{self.server.name}: packets are not authentic: {after}")
        self.windows.append(window)
        self.tags = after["tags"]
        return window

    async def close(self) -> None:
        await self.light.close()
        await self.publishers.close()
        await self.server.stop()


async def arrange(
    server: Forwarder, speakers: int, subscribers: int, clip: str, rng: random.Random, address: str = ADDRESS
) -> Arrangement:
    """A server with its own publishers' and subscribers' processes, everyone connected."""
    await server.start()
    publishers = await Child.start("tests.bench.publishers", address)
    light = await Child.start("tests.bench.light", address, str(rng.randrange(1 << 30)))
    arrangement = Arrangement(server, publishers, light)
    try:
        await arrangement.seat([f"speaker{i}" for i in range(speakers)], clip)
        # Their streams must be known before anybody subscribes to them; then a quiet server lets everyone in sooner.
        await arrangement.speak()
        await asyncio.sleep(1.0)
        await arrangement.rest()
        await arrangement.fill([f"subscriber{i}" for i in range(subscribers)])
    except BaseException:
        await arrangement.close()
        raise
    return arrangement


def versions() -> dict[str, str | None]:
    found: dict[str, str | None] = {n: metadata.version(n) for n in ("aiortc", "aioice", "pylibsrtp")}
    found["janus"] = None if Janus.missing() else Janus.version()
    found["kernel"] = os.uname().release
    return found
