"""Programs of a bench in processes of their own, asked by one JSON object a line, and what they cost the machine."""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Self

#: Longest line either way, in bytes: an offer for 24 tracks has about 30,000.
MAX_LINE = 4 * 1024 * 1024
#: Seconds for an answer, and for a program to end when its input has.
ANSWER_S, END_S = 60.0, 10.0

Handler = Callable[..., Awaitable[dict[str, Any]]]


class Child:
    """One program, started as `python -m module`; it ends with its input, so with us."""

    def __init__(self, process: asyncio.subprocess.Process, module: str) -> None:
        self._process, self._module = process, module
        self._numbers = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._reader = asyncio.get_running_loop().create_task(self._read())

    @classmethod
    async def start(cls, module: str, *arguments: str) -> Self:
        pipe = asyncio.subprocess.PIPE
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", module, *arguments, stdin=pipe, stdout=pipe, limit=MAX_LINE
        )
        return cls(process, module)

    @property
    def pid(self) -> int:
        return self._process.pid

    async def _read(self) -> None:
        assert self._process.stdout is not None
        while line := await self._process.stdout.readline():
            answer = json.loads(line)
            waiting = self._waiting.pop(answer.pop("id"), None)
            if waiting is not None and not waiting.done():
                waiting.set_result(answer)
        for waiting in self._waiting.values():
            if not waiting.done():
                waiting.set_exception(RuntimeError(f"{self._module} has ended"))

    async def ask(self, do: str, **given: Any) -> dict[str, Any]:
        assert self._process.stdin is not None
        number = next(self._numbers)
        answer = self._waiting[number] = asyncio.get_running_loop().create_future()
        self._process.stdin.write(json.dumps({"id": number, "do": do, **given}).encode() + b"\n")
        async with asyncio.timeout(ANSWER_S):
            found: dict[str, Any] = await answer
        if "error" in found:
            raise RuntimeError(f"{self._module}: {found['error']}")
        return found

    async def close(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            async with asyncio.timeout(END_S):
                await self._process.wait()
        except TimeoutError:
            self._process.kill()
            await self._process.wait()
        await self._reader


async def serve(handlers: dict[str, Handler]) -> None:
    """The program's side: answers each line as its own task, until the input ends."""
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader(limit=MAX_LINE)
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    tasks: set[asyncio.Task[None]] = set()

    async def answer(number: int, do: str, given: dict[str, Any]) -> None:
        try:
            said = await handlers[do](**given)
        except Exception as error:
            said = {"error": f"{type(error).__name__}: {error}"}
        os.write(1, json.dumps({"id": number, **said}).encode() + b"\n")

    while line := await reader.readline():
        given = json.loads(line)
        task = loop.create_task(answer(given.pop("id"), given.pop("do"), given))
        tasks.add(task)
        task.add_done_callback(tasks.discard)


def cpu_s(pid: int) -> float:
    """Seconds that the process has computed, in user and in kernel mode, all threads together.

    The scheduler's own account of each thread (nanoseconds), because clock ticks are too coarse for a window of a few
    seconds. No thread may end between two readings; none of the servers measured here ends any in a window.
    """
    total = 0
    for thread in Path(f"/proc/{pid}/task").iterdir():
        total += int((thread / "schedstat").read_text().split()[0])
    return total / 1e9


def memory_kb(pid: int) -> int:
    """Resident memory."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1])
    raise ValueError("no VmRSS")
