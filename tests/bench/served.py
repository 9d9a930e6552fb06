"""A server in a process of its own, to be killed: uvicorn, the endpoint, hub, service and SQLite.

Only the pages are missing, and the limit on messages, since thirty clients stand for thousands. `python -m
tests.bench.served FILE PORT` says "ready" on its standard output when it takes connections.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import uvicorn
from starlette.applications import Starlette

from kachehri.bus.memory import MemoryBus
from signaling.clock import LoopClock
from signaling.connection import Rate
from signaling.door import Door
from signaling.endpoint import LiveProtocol
from signaling.hub import Hub
from signaling.passes import Passes

from .house import MASTER, service_on

UNLIMITED = Rate(per_s=1e9, burst=10**9, patience=10**9)


async def serve(path: str, port: int) -> None:
    bus = MemoryBus()
    await bus.start()
    async with service_on(f"sqlite:///{path}", bus=bus) as service:
        hub = Hub(service, LoopClock())
        hub.start()
        door = Door(hub, Passes([MASTER]), bus.burn, rate=UNLIMITED)

        @asynccontextmanager
        async def lifespan(_: Any) -> AsyncIterator[dict[str, Any]]:
            yield {"live": door}

        config = uvicorn.Config(
            Starlette(lifespan=lifespan),
            host="127.0.0.1",
            port=port,
            ws=LiveProtocol,
            http="h11",
            loop="asyncio",
            lifespan="on",
            log_config=None,
        )
        server = uvicorn.Server(config)
        serving = asyncio.ensure_future(server.serve())
        while not server.started and not serving.done():
            await asyncio.sleep(0.005)
        os.write(1, b"ready\n")
        await serving
        await hub.stop()
    await bus.close()


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1], int(sys.argv[2])))
