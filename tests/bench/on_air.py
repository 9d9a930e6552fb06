"""A hearing that is on the air: the server with its pages, and a program made up in a process of its own."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from kachehri.bus.local import LocalHub
from recordings.announce import Waiting
from recordings.archive import Archive
from recordings.file_threads import FileThreads
from tests.web.town import Town, open_town
from web.broadcasting import Broadcasting, sealing_keys


@dataclass
class OnAir:
    """One hearing and its program."""

    town: Town
    session: str
    door: Broadcasting
    bus: Path

    @property
    def base(self) -> str:
        return self.door.base(self.session, "live", self.town.house.now())

    @property
    def origin(self) -> str:
        """Host and port, for what stands in front."""
        return self.town.url.removeprefix("http://")

    async def until(self, rendition: str, segments: int) -> None:
        """Wait until so much of a rendition is written."""
        async with asyncio.timeout(60):
            while len(self.door.index(self.session, rendition).segments) <= segments:
                await asyncio.sleep(0.05)

    @asynccontextmanager
    async def program(self, renditions: str, *, speed: float = 1.0) -> AsyncIterator[None]:
        """The program, until the block ends."""
        arguments = (str(self.door.archive.folder), self.session, "--renditions", renditions, "--seconds", "3600")
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.bench.painted", *arguments, "--bus", str(self.bus), "--speed", str(speed)
        )
        try:
            yield
            assert process.returncode is None, "the program went on to the end"
        finally:
            if process.returncode is None:
                process.terminate()
            await process.wait()


@asynccontextmanager
async def on_air(folder: Path) -> AsyncIterator[OnAir]:
    """A live hearing in a town whose server has the program's door."""
    async with open_town(folder) as town:
        hub = LocalHub(folder / "bell.sock")
        await hub.start()
        archive = Archive(folder / "recordings")
        files = FileThreads()
        waiting = Waiting(hub, archive.index, files.run)
        waiting.start()
        door = Broadcasting(archive, waiting, sealing_keys(town.house.masters), files=files)
        town.app.state.house = replace(town.house, broadcasting=door)
        try:
            yield OnAir(town, await town.schedule(live=True), door, folder / "bell.sock")
        finally:
            waiting.close()
            files.close()
            await hub.close()
