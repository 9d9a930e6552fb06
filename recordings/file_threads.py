"""Threads for the program's files and for nothing else.

The event loop's own threads are also the database's: while it hangs, each holds a question that is not answered, and
whoever only wants a file would stand in line behind them.
"""

from __future__ import annotations

import asyncio
import contextvars
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Final, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

#: A few reads of a disk at a time; what is asked for by many is looked at once.
THREADS: Final = 4


class FileThreads:
    """Begins no thread before there is work."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="files")

    async def run(self, work: Callable[P, T], *args: P.args, **named: P.kwargs) -> T:
        """As `asyncio.to_thread`."""
        call = partial(contextvars.copy_context().run, partial(work, *args, **named))
        return await asyncio.get_running_loop().run_in_executor(self._pool, call)

    def close(self) -> None:
        """Ends the threads once they have done what they are at; what waits is cancelled."""
        self._pool.shutdown(cancel_futures=True)
