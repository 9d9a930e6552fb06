"""Messages over a gateway that fails: once where it knows our key, else at most once and every doubt before a person.

1. Faults: each message meets one of the simulated gateway's faults, drawn at random; receipts come late, twice and for
   messages that nobody knows. Afterwards what reached phones is compared with what the tables say.
2. Kills: a dispatcher is killed with signal 9 at every storage call of a fixed errand (tests/bench/outbox_points.py),
   once over either kind of gateway, and another one goes on after its lease.

Only processes that this campaign started are ended, by their id.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

from kachehri.notices import receipts
from kachehri.notices.dispatcher import LEASE_MS, Dispatcher
from kachehri.notices.doubt import DOUBT_MS
from kachehri.notices.gateway import Receipt
from kachehri.notices.simulator import FAULTS, Fault, Simulator, simulator
from kachehri.store import Store, sessions
from kachehri.store import tickets as ticket_rows
from kachehri.store.tables import Delivery
from tests.conftest import MONDAY_MS, ManualClock
from tests.kachehri.notices.town import NoticeTown, sms
from tests.servers import require

from .house import SESSION, found
from .outbox_points import town_on
from .storage_calls import CALLS, Point, calls, stopped

RUN_MOST_S = 60
#: Faults that say the message may have left, and those in which the gateway says what is not true.
DOUBT = frozenset(
    {"hang_before", "hang_after", "cut_before", "cut_after", "fault_before", "fault_after", "rubbish_after"}
)
LIES: frozenset[Fault] = frozenset({"drop"})
MESSAGES_KILLED = 2


class Count(Counter[str]):
    """What was found, by name; `said` tells the first few in words."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []

    def note(self, name: str, words: str) -> None:
        self[name] += 1
        if len(self.said) < 20:
            self.said.append(f"{name}: {words}")


def build(address: str, clock: ManualClock, messages: int, *, state: str, notice: str) -> NoticeTown:
    """A house with so many people to tell."""
    found(address, now=clock())
    store = Store(address, clock=clock)
    with store.read() as conn:
        session = sessions.get(conn, SESSION)
    assert session is not None
    town = NoticeTown(store, session)
    for number in range(messages):
        ticket = town.ticket(town.person(f"+92300{number:07d}"), state=state)
        town.notify(ticket, notice)
    return town


def examine(town: NoticeTown, effects: Counter[str], messages: int, *, honours: bool, lied: set[str]) -> Count:
    """What reached phones, beside what the tables say."""
    result = Count()
    rows = town.deliveries()
    known = {row.key: row for row in rows}
    for key, number in effects.items():
        if number > 1:
            result.note("doubled", f"{key} reached a phone {number} times")
        if key not in known:
            result.note("unrecorded", f"{key} left and no row knows of it")
    if len(rows) != messages:
        result.note("lost_rows", f"{len(rows)} of {messages} messages have a row")
    with town.store.read() as conn:
        left = conn.exec_driver_sql("SELECT count(*) FROM outbox WHERE state = 'waiting'").scalar_one()
        all_rows = conn.exec_driver_sql("SELECT count(*) FROM outbox").scalar_one()
    if left or all_rows != 2 * messages:
        result.note("lost_rows", f"{left} tasks wait, {all_rows} of {2 * messages} are there")
    for row in rows:
        _one(result, row, effects[row.key], honours=honours, lied=row.key in lied)
    return result


def _one(result: Count, row: Delivery, effect: int, *, honours: bool, lied: bool) -> None:
    result[row.state] += 1
    result["once" if effect == 1 else "never" if effect == 0 else "more"] += 1
    if lied:
        result["lied"] += 1
        return
    certain = row.state in ("sent", "delivered")
    if certain and effect != 1:
        result.note("wrong", f"{row.id} is {row.state} and reached a phone {effect} times")
    if row.state == "failed" and effect:
        result.note("wrong", f"{row.id} failed and reached a phone")
    if honours and row.state == "unknown":
        result.note("unsettled", f"{row.id} stayed in doubt ({row.why}) over a gateway that knows our key")


async def faults(address: str, messages: int, rng: random.Random, *, honours: bool) -> Count:
    """Every message meets a fault."""
    clock = ManualClock(MONDAY_MS)
    town = build(address, clock, messages, state="registered", notice="ticket.routed")
    async with simulator(honours_key=honours) as gateway:
        plan: list[Fault] = [rng.choice(FAULTS) for _ in range(messages)]
        gateway.faults.extend(plan)
        adapter = sms(gateway, timeout_s=0.2)
        first = Dispatcher(town.store, town.office({"sms": adapter}), name="first")
        second = Dispatcher(town.store, town.office({"sms": adapter}), name="second")
        await asyncio.gather(first.drain(), second.drain())
        for _ in range(14):
            clock.advance(DOUBT_MS)
            await asyncio.gather(first.drain(), second.drain())
            strange_receipts(town, gateway, clock(), rng)
        lied = {key for key, met in gateway.met.items() if LIES & set(met)}
        result = examine(town, gateway.effects(), messages, honours=honours, lied=lied)
        unlisted = [
            row
            for row in town.deliveries()
            if not honours and DOUBT & set(gateway.met.get(row.key, ())) and row.state not in ("unknown", "delivered")
        ]
        for row in unlisted:
            result.note("unlisted", f"{row.id} met {gateway.met[row.key]} and is {row.state}")
    town.store.close()
    return result


def strange_receipts(town: NoticeTown, gateway: Simulator, now: int, rng: random.Random) -> None:
    """Late, twice, out of order, and for messages of somebody else."""
    for taken in rng.sample(gateway.taken, min(3, len(gateway.taken))):
        for said in ("delivered", "sent", "delivered"):
            with town.store.write() as conn:
                receipts.take(conn, Receipt(taken.key, taken.id, said), now)
    with town.store.write() as conn:
        assert not receipts.take(conn, Receipt(f"{rng.getrandbits(128):032x}", "", "failed"), now)


class Nursery:
    """Starts errands that wait to be traced."""

    def __init__(self) -> None:
        command = [sys.executable, "-m", "tests.bench.outbox_points"]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def traced(self, path: Path, trace: Path, gateway: Simulator, now: int, aim: Point | None) -> bool:
        """Run the errand, perhaps killed on its way. True when it died."""
        assert self._process.stdin and self._process.stdout
        honours = "yes" if gateway.honours_key else "no"
        print(path, gateway.url, honours, now, sep="\t", file=self._process.stdin, flush=True)
        child = int(self._process.stdout.readline())
        deadline = time.monotonic() + RUN_MOST_S
        while not stopped(child):
            if time.monotonic() > deadline:
                raise TimeoutError("the errand does not stop")
            time.sleep(0.002)
        command = [str(require("strace")), "-f", "-o", str(trace), "-p", str(child), "-e", f"trace={','.join(CALLS)}"]
        if aim:
            command += ["-e", f"inject={aim.call}:signal=KILL:when={aim.ordinal}"]
        with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as strace:
            assert strace.stderr
            while (line := strace.stderr.readline()) and "attached" not in line:
                pass  # it says so once for all threads (-f)
            os.kill(child, signal.SIGCONT)
            strace.communicate(timeout=RUN_MOST_S)
        return "killed by SIGKILL" in trace.read_text(errors="replace")

    def close(self) -> None:
        assert self._process.stdin and self._process.stdout
        self._process.stdin.close()
        self._process.wait(10)
        self._process.stdout.close()


async def recovered(path: Path, gateway: Simulator) -> tuple[Count, Counter[str]]:
    """Another dispatcher goes on, after the lease of the one that died."""
    clock = ManualClock(MONDAY_MS + LEASE_MS)
    store = Store(f"sqlite:///{path}", clock=clock)
    place = town_on(str(path), MONDAY_MS)
    town = NoticeTown(store, place.session)
    place.store.close()
    dispatcher = Dispatcher(store, town.office({"sms": sms(gateway, timeout_s=5)}), name="heir")
    for _ in range(4):
        await dispatcher.drain()
        clock.advance(DOUBT_MS)
    # A storm of receipts: for all that reached a phone, twice.
    for taken in list(gateway.taken) * 2:
        with store.write() as conn:
            receipts.take(conn, Receipt(taken.key, taken.id, "delivered"), clock())
    arrivals: Counter[str] = Counter()
    with store.read() as conn:
        for row in town.deliveries():
            assert row.ticket_id is not None
            ticket_rows.verify(conn, row.ticket_id)
            types = [step.type for step in ticket_rows.steps(conn, row.ticket_id)]
            arrivals[f"{row.state}/{types.count('ticket.arrived')}"] += 1
    result = examine(town, gateway.effects(), MESSAGES_KILLED, honours=gateway.honours_key, lied=set())
    for name, number in arrivals.items():
        if name not in ("delivered/1", "unknown/0"):
            result[f"arrival {name}"] += number
            result.note("wrong", f"arrivals {name}")
    store.close()
    return result, arrivals


async def kills(folder: Path, most: int | None) -> tuple[int, int, Count, dict[str, int]]:
    """Killed at each point over both kinds of gateway."""
    ready = folder / "ready.db"
    clock = ManualClock(MONDAY_MS)
    town = build(f"sqlite:///{ready}", clock, MESSAGES_KILLED, state="resolution_proposed", notice="ticket.proposed")
    town.store.close()
    nursery, result, killed, expected = Nursery(), Count(), 0, 0
    in_doubt = {"honours": 0, "other": 0}
    try:
        for honours in (True, False):
            kind = "honours" if honours else "other"
            aims: list[Point | None] = [None]
            while aims:
                aim = aims.pop(0)
                place = folder / "now"
                place.mkdir()
                path, trace = place / "house.db", place / "trace"
                shutil.copy(ready, path)
                async with simulator(honours_key=honours) as gateway:
                    died = await asyncio.to_thread(nursery.traced, path, trace, gateway, MONDAY_MS, aim)
                    entered = calls(trace.read_text(errors="replace").splitlines())
                    if aim is None:
                        assert not died, "the errand died by itself"
                        aims += (
                            entered if most is None or most >= len(entered) else entered[:: -(-len(entered) // most)]
                        )
                        expected += len(aims)
                    else:
                        killed += died and bool(entered) and entered[-1] == aim
                    found_here, _ = await recovered(path, gateway)
                in_doubt[kind] += found_here["unknown"]
                result.update({name: found_here[name] for name in TROUBLE if found_here[name]})
                result.said += [f"{kind} killed at {aim}: {said}" for said in found_here.said]
                shutil.rmtree(place)
    finally:
        nursery.close()
    return killed, expected, result, in_doubt


TROUBLE = ("doubled", "unrecorded", "lost_rows", "wrong", "unsettled", "unlisted")


def run(folder: Path, messages: int, points: int | None, seed: int) -> dict[str, Any]:
    rng = random.Random(seed)
    parts = {
        kind: asyncio.run(faults(f"sqlite:///{folder / kind}.db", messages, rng, honours=kind == "honours"))
        for kind in ("honours", "other")
    }
    killed, expected, trouble, in_doubt = asyncio.run(kills(folder, points))
    for said in [*parts["honours"].said, *parts["other"].said, *trouble.said]:
        print(said, flush=True)
    result: dict[str, Any] = {"messages": messages, "faults": len(FAULTS)}
    for kind, part in parts.items():
        for name in ("once", "never", "unknown", "failed", "lied", *TROUBLE):
            result[f"{kind}_{name}"] = part[name]
    result |= {"points_killed": killed, "points_expected": expected, "killed_in_doubt": in_doubt}
    result |= {f"killed_{name}": trouble[name] for name in TROUBLE}
    return {**result, "seed": seed}


def wrong(result: dict[str, Any]) -> int:
    """How much of it must not be."""
    return sum(number for name, number in result.items() if name.endswith(TROUBLE))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--small", action="store_true", help="40 messages, 8 storage calls for each gateway")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(2**32))
    options = parser.parse_args()
    print(f"seed {options.seed}", flush=True)
    folder = Path(tempfile.mkdtemp(prefix="kachehri-outbox-"))
    try:
        result = run(folder, 40 if options.small else 400, 8 if options.small else None, options.seed)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(json.dumps(result))
    sys.exit(1 if wrong(result) or result["points_killed"] < result["points_expected"] else 0)


if __name__ == "__main__":
    main()
