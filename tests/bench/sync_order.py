"""Whether every acknowledgement left after the sync of the log that holds its command, read from the system calls.

A server runs under strace; clients ask questions, each with a mark of its own. In the trace the mark is first seen in
a write to SQLite's log, then a sync of the log returns, and only then may the reply with that question's number be
handed to the socket. strace writes a line's beginning when the call is entered and "resumed" when it returns, in the
order in which it saw them.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import random
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.servers import free_port, require, until

from . import kill
from .house import found
from .load import DESK, Crowd, Journal

_CALL = re.compile(r"^(\d+) +(\w+)\((\d+)<([^>]*)>(.*)$", re.DOTALL)
_RESUMED = re.compile(r"^(\d+) +<\.\.\. (\w+) resumed>")
_MARK = re.compile(r"mark (\d+):")
_REPLY = re.compile(r'\\"type\\":\\"reply\\"[^{}]*?\\"ref\\":(\d+)')


def early(trace: list[str], marks: dict[int, int]) -> tuple[int, int]:
    """How many acknowledgements left too early, and how many were looked at.

    Arguments:
        marks: for each `ref`, the number in its question's mark.
    """
    syncs = 0  # that have returned
    wrote_at: dict[int, int] = {}  # how many had returned when a mark was first written
    syncing: dict[str, int] = {}  # threads within a sync of the log, and how many marks had been written at its start
    covered: dict[int, bool] = {}
    waiting: list[int] = []
    wrong = examined = 0

    def returned(thread: str) -> None:
        nonlocal syncs
        upto = syncing.pop(thread, None)
        if upto is not None:
            syncs += 1
            for mark in waiting[:upto]:
                covered[mark] = True
            del waiting[:upto]

    for line in trace:
        resumed = _RESUMED.match(line)
        if resumed is not None:
            if resumed[2] in ("fdatasync", "fsync"):
                returned(resumed[1])
            continue
        match = _CALL.match(line)
        if match is None:
            continue
        thread, call, _, target, rest = match.groups()
        if call == "pwrite64" and target.endswith("-wal"):
            for found_mark in _MARK.findall(rest):
                if int(found_mark) not in wrote_at:
                    wrote_at[int(found_mark)] = syncs
                    waiting.append(int(found_mark))
        elif call in ("fdatasync", "fsync") and target.endswith("-wal"):
            syncing[thread] = len(waiting)
            if "unfinished" not in rest:
                returned(thread)
        elif call in ("sendto", "write", "sendmsg") and "reply" in rest:
            for ref in _REPLY.findall(rest):
                if int(ref) in marks:
                    examined += 1
                    wrong += not covered.get(marks[int(ref)], False)
    return wrong, examined


async def ask(path: Path, session: str, port: int, count: int) -> dict[int, int]:
    """Questions from many clients at once; returns ref → number of the mark."""
    journal, numbers = Journal(), itertools.count(1)
    crowd = Crowd(session, journal, numbers, random.Random(1))
    await crowd.come(port)
    marks: dict[int, int] = {}

    async def one(client: Any, rounds: int) -> None:
        mine: list[str] = []
        for _ in range(rounds):
            # The next number is the ref of the message.
            number = next(numbers)
            mark = f"mark {number}"
            marks[number + 1] = number
            message = {"type": "question.ask", "text": f"{mark}: x", "channel": "live"}
            frame = await client.give(f"sync-{client.number:05d}-{number:015d}", message, mark)
            if frame["type"] == "reply":
                mine.append(frame["result"]["question"])
            if len(mine) > 8:  # nobody has more than ten open questions, nor takes more than twenty back
                taken_back = {"type": "question.withdraw", "question": mine.pop(0)}
                await client.give(f"back-{client.number:05d}-{number:015d}", taken_back, "")

    citizens = crowd.clients[DESK:]
    await asyncio.gather(*(one(client, -(-count // len(citizens))) for client in citizens))
    assert not journal.refused, journal.refused
    return marks


def campaign(folder: Path, count: int) -> tuple[int, int]:
    """Run a server under strace and ask `count` questions."""
    path, trace = folder / "sync.db", folder / "sync.trace"
    found(f"sqlite:///{path}")
    asyncio.run(kill.open_session(path, "sync2345", range(3)))
    port = free_port()
    command = [str(require("strace")), "-f", "-qq", "-y", "-s", "8192", "-o", str(trace)]
    command += ["-e", "signal=none", "-e", "trace=pwrite64,fdatasync,fsync,sendto,sendmsg,write"]
    command += [sys.executable, "-m", "tests.bench.served", str(path), str(port)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as strace:
        assert strace.stdout
        child = 0
        try:
            assert strace.stdout.readline() == b"ready\n"
            child = int(Path(f"/proc/{strace.pid}/task/{strace.pid}/children").read_text().split()[0])
            marks = asyncio.run(ask(path, "sync2345", port, count))
        finally:
            if child:
                os.kill(child, signal.SIGKILL)
            else:
                strace.kill()
    until(lambda: strace.poll() is not None)
    wrong, examined = early(trace.read_text(errors="replace").splitlines(), marks)
    trace.unlink()
    if examined < count:
        raise RuntimeError(f"only {examined} of {count} acknowledgements were seen in the trace")
    return wrong, examined
