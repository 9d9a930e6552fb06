"""Prints papers in a child process, one at a time, and keeps each for a while.

The child gets the parts one by one and says when each is done: the server's own work for a paper is to write the next
part, a few milliseconds at a time, whatever the number of rows. A paper is kept so that it can be fetched once it is
ready; it holds names, so it is kept briefly, in a folder that only this account can read.
"""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from pathlib import Path
from typing import Final, Literal

from kachehri.logs import logger

from .wire import NO_LIBRARY, Job, Kind, Part, Rows, pack

KEEP_S: Final = 600.0
#: How much longer what is half done stays.
LEFT_S: Final = 3_600.0
#: How long one part may take on a slow machine that is busy besides.
PART_S: Final = 240.0
COMMAND: Final = (sys.executable, "-m", "kachehri.papers.child")
State = Literal["working", "ready", "no_library", "failed"]
Parts = Callable[[], AsyncIterator[Part | Rows]]


class Printing:
    """One paper on its way. `done` of `total` rows."""

    def __init__(self, path: Path, total: int) -> None:
        self.path = path
        self.total = total
        self.done = 0
        self.state: State = "working"
        self.finished = asyncio.Event()

    async def wait(self, seconds: float) -> State:
        """The state as soon as it is final, or as it is after so many seconds."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self.finished.wait()
        return self.state


class Press:
    """All papers of one process.

    Arguments:
        folder: where papers are kept; made when the first is printed.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._printings: dict[str, Printing] = {}
        self._one = asyncio.Semaphore(1)
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self, key: str, kind: Kind, title: str, style: str, total: int, parts: Parts) -> Printing:
        """The paper with this key: as it is, or begun now.

        Arguments:
            key: letters, digits and dots that name the paper *and* the state of what it is made from.
            total: rows, for the progress.
        """
        self._tidy()
        known = self._printings.get(key)
        if known is not None and (known.state == "working" or (known.state == "ready" and known.path.exists())):
            return known
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = self._folder / f"{key}.{kind}"
        printing = self._printings[key] = Printing(path, total)
        if path.exists():  # another worker printed it
            printing.done, printing.state = total, "ready"
            printing.finished.set()
            return printing
        job = Job(kind=kind, target=f"{path}.part", title=title, style=style)
        task = asyncio.get_running_loop().create_task(self._print(printing, job, parts))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return printing

    def forget(self, start: str) -> None:
        """Destroy the papers whose keys begin like this: something that stands on them was erased."""
        self._printings = {key: each for key, each in self._printings.items() if not key.startswith(start)}
        for path in self._papers():
            if path.name.startswith(start):
                path.unlink(missing_ok=True)

    async def close(self) -> None:
        """End the child; papers do not outlive the server."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for path in self._papers():
            path.unlink(missing_ok=True)

    def _papers(self) -> list[Path]:
        return [path for path in self._folder.glob("*") if path.is_file()] if self._folder.is_dir() else []

    def _tidy(self) -> None:
        old = time.time() - KEEP_S
        for path in self._papers():
            with suppress(FileNotFoundError):
                # What a crash left half done is written to no more after the longest printing (child.py, CPU_S).
                if path.stat().st_mtime < (old - LEFT_S if path.name.endswith(".part") else old):
                    path.unlink()

    async def _print(self, printing: Printing, job: Job, parts: Parts) -> None:
        state: State = "failed"
        try:
            async with self._one:
                began = time.monotonic()
                fed = await self._feed(printing, job, parts)
                if any(each is printing for each in self._printings.values()):
                    if fed == "ready":
                        os.replace(job.target, printing.path)
                    state = fed
                # Else it was to be destroyed while it was printed, and is made anew for whoever asks again.
                took = round(time.monotonic() - began, 1)
                logger(__name__).info("paper.printed", state=state, rows=printing.total, seconds=took)
        except (OSError, TimeoutError, ValueError):
            logger(__name__).exception("paper.failed", rows=printing.total, way="!")
        finally:
            Path(job.target).unlink(missing_ok=True)
            printing.state = state
            printing.finished.set()

    async def _feed(self, printing: Printing, job: Job, parts: Parts) -> State:
        pipe = asyncio.subprocess.PIPE
        child = await asyncio.create_subprocess_exec(*COMMAND, stdin=pipe, stdout=pipe, stderr=pipe)
        assert child.stdin is not None and child.stdout is not None and child.stderr is not None
        told = asyncio.ensure_future(child.stderr.read())
        try:
            lost = not await _say(child.stdin, child.stdout, pack(job))
            if not lost:
                async for part in parts():
                    lost = not await _say(child.stdin, child.stdout, pack(part))
                    if lost:
                        break
                    printing.done = min(printing.total, printing.done + _rows(part))
            child.stdin.close()
            status = await asyncio.wait_for(child.wait(), PART_S)
        finally:
            if child.returncode is None:
                child.kill()
                await child.wait()
            said = await told
        if status == 0:
            return "ready"
        logger(__name__).error("paper.child", status=status, said=said.decode(errors="replace")[-2_000:], way="!")
        return "no_library" if status == NO_LIBRARY else "failed"


async def _say(to: asyncio.StreamWriter, back: asyncio.StreamReader, frame: bytes) -> bool:
    """Give the child a frame and wait until it is done with it; False when it has died."""
    try:
        to.write(frame)
        await to.drain()
    except ConnectionError:
        return False
    return bool(await asyncio.wait_for(back.readline(), PART_S))


def _rows(part: Part | Rows) -> int:
    return len(part.rows) if isinstance(part, Rows) else part.rows
