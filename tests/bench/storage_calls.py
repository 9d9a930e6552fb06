"""Killed once at each storage call: the process dies as it enters the call, under strace's injection.

strace counts the calls of each thread apart, so a point is (thread, call, ordinal). A dry run lists the points between
the errand's two marks; then each is aimed at, and where the process really died is read from the trace and compared.
`-shm` is mapped memory and has no calls.
"""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from rooms import lifecycle
from rooms.questions import AskQuestion
from tests.servers import require, until

from . import points
from .house import SESSION, citizen, found, schedule, service_on
from .oracle import Acknowledged, Findings, closed_once, examine, phase

CALLS = ("pwrite64", "fdatasync", "fsync", "ftruncate", "unlink")
READY = 24
RUN_MOST_S = 60
_LINE = re.compile(r"^(\d+) +(\w+)\(")


class Point(NamedTuple):
    """A place where a process can die: which thread (0 is the first that stores anything), which call, how many-th."""

    thread: int
    call: str
    ordinal: int


def prepare(path: Path) -> None:
    """A live session with questions in it and nothing left to do at the start."""

    async def fill() -> None:
        async with service_on(f"sqlite:///{path}") as service:
            with service.store.write() as conn:
                for number in range(READY):
                    service.people.join(
                        conn,
                        participant=citizen(number).participant,
                        session_id=SESSION,
                        role="citizen",
                        device=None,
                        account=None,
                        language="ur",
                        now=1,
                    )
            await schedule(service)
            asks = [
                service.submit(citizen(each), SESSION, AskQuestion(text=f"ready {each}: x"), f"ready-{each:018d}")
                for each in range(READY)
            ]
            await asyncio.gather(*asks)
            await service.submit(points.DESK, SESSION, lifecycle.StartSession(), "start-" + "0" * 18)

    found(f"sqlite:///{path}")
    asyncio.run(fill())


class Nursery:
    """Starts errands that wait to be traced. Belongs to one thread."""

    def __init__(self) -> None:
        command = [sys.executable, "-m", "tests.bench.points"]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def traced(self, path: Path, trace: Path, aim: Point | None) -> tuple[list[tuple[int, int]], bool]:
        """Run the errand, perhaps killed on its way. Returns the acknowledgements (number, seq) and whether it died."""
        acks = trace.with_suffix(".acks")
        assert self._process.stdin and self._process.stdout
        print(path, acks, sep="\t", file=self._process.stdin, flush=True)
        child = int(self._process.stdout.readline())
        until(lambda: stopped(child))
        command = [str(require("strace")), "-f", "-o", str(trace), "-p", str(child)]
        command += ["-e", f"trace={','.join(CALLS)}"]
        if aim:
            command += ["-e", f"inject={aim.call}:signal=KILL:when={aim.ordinal}"]
        with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as strace:
            assert strace.stderr
            while (line := strace.stderr.readline()) and "attached" not in line:
                pass  # it says so once for all threads (-f)
            os.kill(child, signal.SIGCONT)
            strace.communicate(timeout=RUN_MOST_S)
        words = [line.split() for line in acks.read_text().splitlines()] if acks.exists() else []
        killed = "killed by SIGKILL" in trace.read_text(errors="replace")
        return [(int(number), int(seq)) for _, number, seq in words], killed

    def close(self) -> None:
        assert self._process.stdin and self._process.stdout
        self._process.stdin.close()
        self._process.wait(10)
        self._process.stdout.close()


def stopped(process: int) -> bool:
    """Whether it waits for SIGCONT (proc(5), the state after the name)."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] == "T"
    except FileNotFoundError:
        raise RuntimeError("the errand died before it began") from None


def calls(trace: Iterable[str]) -> list[Point]:
    """The storage calls in the order in which they were entered; the last is where the process died, if it did."""
    threads: dict[str, int] = {}
    counts: Counter[tuple[int, str]] = Counter()
    entered: list[Point] = []
    for line in trace:
        match = _LINE.match(line)
        if match is not None:
            thread, call = match.groups()
            number = threads.setdefault(thread, len(threads))
            counts[number, call] += 1
            entered.append(Point(number, call, counts[number, call]))
    return entered


def recover(path: Path, acks: list[tuple[int, int]]) -> Findings:
    """Start again: what was acknowledged is there, all can be given once more, and the close ends by itself."""

    async def resume() -> Findings:
        async with service_on(f"sqlite:///{path}") as service:
            live = await service.live(SESSION)
            ready = [each.id for each in list(live.session.queue.questions.values())[:READY]]
            plan = [*points.errand(ready), (points.DESK, lifecycle.CloseSession())]
            again: dict[int, int] = {}
            if live.session.phase == "live":
                for number, (actor, command) in enumerate(plan):
                    again[number] = (await service.submit(actor, SESSION, command, points.key(number))).seq
            found = Findings()
            for number, seq in acks:
                if again.get(number, seq) != seq:
                    found.note(f"command {number} was {seq} and is now {again[number]}", doubled=1)
            for _ in range(2_000):
                if live.session.phase in lifecycle.ENDED:
                    return found
                await asyncio.sleep(0.005)
            found.note(f"the close stopped in {live.session.phase}", lost=1)
            return found

    result = asyncio.run(resume())
    given = {f"{points.MARK} {number}" for number in range(points.NEW)}
    result.add(examine(path, SESSION, [Acknowledged(points.key(n), seq, "") for n, seq in acks], given))
    result.add(closed_once(path, SESSION))
    return result


def one(nursery: Nursery, place: Path, ready: Path, aim: Point) -> tuple[Point | None, Findings]:
    """Die at one point, come back, and look. Returns where it really died."""
    place.mkdir()
    path, trace = place / "house.db", place / "trace"
    shutil.copy(ready, path)
    try:
        acks, died = nursery.traced(path, trace, aim)
        entered = calls(trace.read_text(errors="replace").splitlines())
        before = phase(path, SESSION)
        findings = recover(path, acks)
        if findings.said:
            findings.said.append(f"  … killed at {aim}, acknowledged {acks}, phase {before}")
        return (entered[-1] if died and entered else None), findings
    finally:
        shutil.rmtree(place, ignore_errors=True)


def campaign(folder: Path, most: int | None = None) -> tuple[int, int, Findings, Counter[str]]:
    """Kill at every point, or at `most` of them spread evenly.

    Returns: how many points were killed, how many were expected, what was found, and the points by call.
    """
    ready, dry = folder / "ready.db", folder / "dry.db"
    prepare(ready)
    shutil.copy(ready, dry)
    nursery = Nursery()
    try:
        acks, died = nursery.traced(dry, folder / "dry.trace", None)
        assert not died and len(acks) == points.COMMANDS, (died, acks)
        every = calls((folder / "dry.trace").read_text(errors="replace").splitlines())
        aims = every if most is None or most >= len(every) else every[:: -(-len(every) // most)]
        killed: set[Point] = set()
        findings = Findings()
        for number, aim in enumerate(aims):
            died_at, found_here = one(nursery, folder / str(number), ready, aim)
            if died_at == aim:
                killed.add(aim)
            else:
                print(f"aimed at {aim}, died at {died_at}", flush=True)
            findings.add(found_here)
    finally:
        nursery.close()
    return len(killed), len(aims), findings, Counter(point.call for point in aims)
