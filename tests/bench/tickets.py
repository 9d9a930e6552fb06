"""Random lives of tickets, through the one door on a real store; then 100,000 open ones (tests/bench/tickets_due.py).

Each life has a fixed seed: what begins it, who asks what of it, lawful or not, forms that come twice, clocks that go
back a little, and now and then the runner of the clocks. While it lives, nothing may go back and no form may do
something twice. When all have lived, each chain is verified and read again from its first step, and the row that this
gives is compared with the one that is stored, column by column; due days and what the clock does next are among them.
"""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import json
import shutil
import sqlite3
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

from sqlalchemy import select

from kachehri.store import Store, migrate
from kachehri.store.tables import Ticket, table_of
from tests.conftest import MONDAY_MS
from tests.kachehri.tickets.lived import differences, found, live
from tests.servers import Postgres

LIVES = 1_000
#: What is tried in each life.
LENGTH = 16
#: The other part of this bench, which has the clocks and the lists.
DUE = "tests.bench.tickets_due"


def lives(address: str, count: int, seed: int) -> dict[str, Any]:
    """So many lives on an empty database."""
    migrate(address)
    store = Store(address)
    granted = refused = 0
    states: Counter[str] = Counter()
    wrong: list[str] = []
    began, worked = time.perf_counter(), time.process_time()
    try:
        with store.write() as conn:
            found(conn)
        for number in range(count):
            done, no = live(store, f"t{number}", number, seed + number, MONDAY_MS, LENGTH)
            granted += done
            refused += no
            if number % 250 == 249:
                print(f"{number + 1} lives: {granted} acts, {refused} refused", flush=True)
        lived, worked = time.perf_counter() - began, time.process_time() - worked
        with store.read() as conn:
            ticket = table_of(Ticket)
            for row in conn.execute(select(ticket)).all():
                stored = Ticket(**row._mapping)
                states[stored.state] += 1
                other = differences(conn, stored)
                if other:
                    wrong.append(f"{stored.id}: {other}")
        read_again = time.perf_counter() - began - lived
    finally:
        store.close()
    assert not wrong, wrong[:5]
    assert sum(states.values()) == count
    return {
        "lives": count,
        "acts": granted,
        "refused": refused,
        "rows_differing": len(wrong),
        "cpu_ms_per_try": round(worked / (granted + refused) * 1000, 2),
        "seconds": round(lived, 1),
        "seconds_read_again": round(read_again, 1),
        "states": dict(sorted(states.items())),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--small", action="store_true", help="40 lives on SQLite alone")
    parser.add_argument("--seed", type=int, default=20260105)
    parser.add_argument("--lives-only", action="store_true", help="without the 100,000 open tickets")
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="kachehri-tickets-"))
    try:
        count = 40 if options.small else LIVES
        result: dict[str, Any] = {"sqlite": lives(f"sqlite:///{folder / 'lives.db'}", count, options.seed)}
        if not options.small:
            result["postgresql"] = on_postgres(count, options.seed)
        if not options.lives_only and importlib.util.find_spec(DUE) is not None:
            result["due"] = due = importlib.import_module(DUE).run(small=options.small)
            result |= {key: due[key] for key in ("due_actions_p99_ms", "list_p99_ms")}
        print(json.dumps({**result, "db": f"sqlite {sqlite3.sqlite_version} WAL", "seed": options.seed}))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def on_postgres(count: int, seed: int) -> dict[str, Any]:
    """The same lives on PostgreSQL, on a server of our own."""
    server = Postgres()
    try:
        server.start()
        return lives(server.create(), count, seed)
    finally:
        server.close()


if __name__ == "__main__":
    main()
