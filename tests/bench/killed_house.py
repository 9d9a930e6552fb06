"""The house around the program process that `recording-kill` kills: a live hearing with an official on its stage.

Database, bus and media process run in a thread of the bench; the program process is begun by the bench, as the house
would begin it, through `python -m tests.bench.killed_house SESSION FENCE MIXED`. That is `kachehri program` as it is;
besides, it notes in a file in memory (recorded.py) what it has mixed, before anything else is done with it.
"""

from __future__ import annotations

import asyncio
import os
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from kachehri.bus.local import LocalHub
from kachehri.settings import load
from recordings.program import process
from recordings.program.fragments import EncodedPacket
from recordings.program.studio import Studio
from rooms.base import Actor
from rooms.lifecycle import OpenDoors, StartSession
from rooms.turns import TakeSeat
from signaling.client.media import Clip, Speaker
from signaling.media import compat
from signaling.media.port import MediaSettings
from signaling.media.process import Server
from tests.bench.house import MODERATORS, SESSION, found, schedule, service_on
from tests.bench.recorded import Mixed
from web.demo_media import make

SEAT: Final = "official-1"
UP_S: Final = 60.0


class KilledHouse:
    """Runs until the block ends.

    Arguments:
        folder: for the database and the sockets, with a short name.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._up, self._stop = threading.Event(), asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._failed: BaseException | None = None
        self._thread = threading.Thread(target=self._main, name="killed-house", daemon=True)

    def environment(self, recordings: Path) -> Mapping[str, str]:
        """What the program process is given."""
        clean = {key: value for key, value in os.environ.items() if not key.startswith("KACHEHRI_")}
        given = {
            "DATABASE_URL": f"sqlite:///{self._folder / 'house.db'}",
            "BUS_SOCKET": self._folder / "bus.sock",
            "MEDIA_SOCKET": self._folder / "m.sock",
            "PROGRAM_ENABLED": "yes",
            "RECORDINGS_FOLDER": recordings,
            "SECRETS_KEY_FILE": self._folder / "key",
        }
        return clean | {f"KACHEHRI_{name}": str(value) for name, value in given.items()}

    def __enter__(self) -> Self:
        self._thread.start()
        if not self._up.wait(UP_S) or self._failed is not None:
            raise RuntimeError("the house is not up") from self._failed
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._loop is not None
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()

    def _main(self) -> None:
        try:
            asyncio.run(self._run())
        except BaseException as error:
            self._failed = error
            self._up.set()

    async def _run(self) -> None:
        self._loop = asyncio.get_running_loop()
        compat.limit_client_addresses(["127.0.0.1"])
        database = f"sqlite:///{self._folder / 'house.db'}"
        found(database)
        hub = LocalHub(self._folder / "bus.sock")
        await hub.start()
        media = Server(self._folder / "m.sock", MediaSettings(addresses=("127.0.0.1",)))
        await media.start()
        speaker = Speaker(Clip.load(Path(make.__file__).with_name("officer.webm")))
        chair = Actor("f" * 16, "chair", "account-chair")
        async with service_on(database, bus=hub, shared=True) as service:
            await schedule(service)
            await service.submit(MODERATORS[0], SESSION, OpenDoors())
            await service.submit(MODERATORS[0], SESSION, StartSession())
            await media.plane.open(SESSION, 1, (SEAT, "citizen-1", "citizen-2"))
            offer = await media.plane.offer(SESSION, chair.participant, "publish")
            await media.plane.answer(SESSION, chair.participant, offer.peer, await speaker.answer(offer.sdp))
            await media.plane.seat(SESSION, 1, SEAT, chair.participant, 9)
            await service.submit(chair, SESSION, TakeSeat(seat=SEAT))
            self._up.set()
            await self._stop.wait()
            await speaker.close()
        await media.stop()
        await hub.close()


def main() -> None:
    """The program process."""
    session, fence, path = sys.argv[1:]
    mixed, out = Mixed(Path(path)), Studio._out
    begun = False

    def noted(studio: Studio, rendition: str, packet: EncodedPacket) -> None:
        nonlocal begun
        if not begun:
            begun = True
            mixed.put("began", packet.pts_us // 1_000)
        if packet.kind == "video" or rendition == "sound":
            mixed.put(rendition, (packet.pts_us + packet.duration_us) // 1_000)
        out(studio, rendition, packet)

    Studio._out = noted  # type: ignore[method-assign, assignment]
    print("begins", flush=True)
    process.main(load(), session, int(fence))


if __name__ == "__main__":
    main()
