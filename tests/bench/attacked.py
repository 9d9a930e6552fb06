"""A media plane to be attacked, in a process of its own: `python -m tests.bench.attacked ADDRESS BACKEND`.

It is the plane as the media process runs it, asked by a bench's JSON lines, and looked at every few milliseconds for
the longest queue that it holds.
"""

from __future__ import annotations

import asyncio
import sys
from typing import Any

import msgspec

from signaling.media.plane import Plane
from signaling.media.port import MediaSettings
from signaling.media.publisher import Publisher
from tests.bench.children import serve

SESSION, SEATS = "attacked", ("official", "citizen1")
LOOK_S = 0.005


class Target:
    """The plane with one open session."""

    def __init__(self, address: str, backend: str) -> None:
        given: dict[str, Any] = {"addresses": (address,), "max_peers": 500, "max_session_peers": 500}
        if backend:
            given["backend"] = backend
        self.plane = Plane(MediaSettings(**given))
        self.longest = 0

    async def start(self) -> None:
        self.plane.start()
        await self.plane.open(SESSION, 1, SEATS)

    async def watch(self) -> None:
        while True:
            for peer in self.plane._peers.values():
                self.longest = max(self.longest, peer.wire.queued)
            await asyncio.sleep(LOOK_S)

    async def backend(self) -> dict[str, Any]:
        return {"backend": getattr(self.plane.settings, "backend", "direct")}

    async def offer(self, name: str, direction: Any) -> dict[str, Any]:
        made = await self.plane.offer(SESSION, name, direction)
        return {"peer": made.peer, "sdp": made.sdp}

    async def answer(self, name: str, peer: str, sdp: str) -> dict[str, Any]:
        await self.plane.answer(SESSION, name, peer, sdp)
        return {}

    async def leave(self, name: str) -> dict[str, Any]:
        await self.plane.leave(SESSION, name)
        return {}

    async def sit(self, seat: str, name: str, seq: int) -> dict[str, Any]:
        await self.plane.seat(SESSION, 1, seat, name, seq)
        return {}

    async def received(self) -> dict[str, Any]:
        """Packets of each speaker that were authentic and new."""
        people = [peer for peer in self.plane._peers.values() if isinstance(peer, Publisher)]
        return {"each": {p.participant: sum(s.received for s in p.sources.values()) for p in people}}

    async def state(self) -> dict[str, Any]:
        """What was dropped and why, by the peers that are there and by nobody's gate, and the longest queue."""
        stats = msgspec.to_builtins(await self.plane.stats(SESSION))
        return {"dropped": stats.get("dropped", {}), "longest_queue": self.longest}


async def main() -> None:
    target = Target(sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else "")
    await target.start()
    watching = asyncio.get_running_loop().create_task(target.watch())
    handlers = ("backend", "offer", "answer", "leave", "sit", "received", "state")
    await serve({name: getattr(target, name) for name in handlers})
    watching.cancel()
    await target.plane.stop()


if __name__ == "__main__":
    asyncio.run(main())
