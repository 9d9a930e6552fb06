"""100,000 open tickets: how long the clock needs for a page of what is due, and the desk for its list.

The tickets lie with forty offices, opened over the last four weeks, each with the steps that such a one has by then,
and with the days that the clocks say. For the clock a page is what one transaction of the runner takes: the query for
the tickets whose time has come, each of their chains, and what has to be done (`due_actions`); writing it is measured
beside that. For the list it is what GET /tickets reads: one page of 25, and how many there are in each state, for an
administrator, for an officer of one office, for what is late and for what is at risk.
"""

from __future__ import annotations

import argparse
import json
import random
import sqlite3
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import text

from kachehri import calendars, public_holidays, ticket_row
from kachehri.opening import Clocks, opened_row
from kachehri.store import Connection, Store, district, migrate, ticket_lists
from kachehri.store import calendar as rows
from kachehri.store import tickets as ticket_rows
from kachehri.store.event_log import GENESIS
from kachehri.store.tables import Office, Post
from kachehri.store.ticket_lists import Reach, Wanted
from kachehri.ticket_clock import PAGE, Work
from kachehri.tickets import clocks
from kachehri.tickets import events as e
from kachehri.tickets.calendar import DAY_MS, WorkingCalendar
from kachehri.tickets.events import Happened
from kachehri.tickets.life import evolve
from kachehri.tickets.life import replay as replayed
from kachehri.tickets.lifecycle import STATES
from rooms.base import ContentRef
from tests.conftest import MONDAY_MS
from tests.servers import Postgres

TICKETS = 100_000
OFFICES = 40
SAMPLES = 400
#: 30 January 2026, 11:00 in Karachi: four weeks after the first was opened.
NOW = MONDAY_MS + 25 * DAY_MS + 3_600_000
CHUNK = 2_000
WORDS = ContentRef("c", "")
WORK = tuple(state for state, about in STATES.items() if about.group == "open" and state != "resolution_proposed")


def fill(store: Store, count: int, seed: int) -> None:
    """A district with so many open tickets."""
    rng = random.Random(seed)
    with store.write() as conn:
        offices = [
            Office(id=f"o{n}", code=f"o{n}", name_ur=f"o{n}", name_en=f"o{n}", triage=n == 0) for n in range(OFFICES)
        ]
        district.save_offices(conn, offices)
        for role, above in (("head", None), ("chief", "head"), ("officer", "chief")):
            district.save_posts(
                conn,
                [
                    Post(
                        id=f"{role}{n}",
                        office_id=f"o{n}",
                        title_ur=role,
                        title_en=role,
                        reports_to=f"{above}{n}" if above else None,
                    )
                    for n in range(OFFICES)
                ],
            )
        public_holidays.tend(conn, MONDAY_MS, "Asia/Karachi")
    with store.read() as conn:
        calendar = calendars.current(conn)
        opened = e.Opened(office="o0")
        kind, body = e.encode(opened)
        step = ticket_rows.step(GENESIS, "like", 1, MONDAY_MS, kind, "system", body)
        like = opened_row(step, opened, Clocks(conn, MONDAY_MS), reference="")
    for start in range(0, count, CHUNK):
        with store.write() as conn:
            made = [ticket(like, calendar, n, rng) for n in range(start, min(start + CHUNK, count))]
            steps = [step for _, chain in made for step in chain]
            ticket_rows.open_many(conn, [row for row, _ in made], steps, [])
    if not store.sqlite:
        # As autovacuum leaves it: statistics, and pages that an index alone may answer for.
        with store.writer.connect().execution_options(isolation_level="AUTOCOMMIT") as plain:
            plain.execute(text("VACUUM ANALYZE"))


def ticket(
    like: ticket_rows.Opened, calendar: WorkingCalendar, number: int, rng: random.Random
) -> tuple[ticket_rows.Opened, list[ticket_rows.Step]]:
    """One ticket with the steps that it has by now, and its row.

    Arguments:
        like: a row with everything in which they do not differ.
    """
    id, office = f"{rng.getrandbits(64):016x}", rng.randrange(OFFICES)
    at = MONDAY_MS + rng.randrange(24 * DAY_MS)
    first = e.Opened(office=f"o{office}", days=rng.choice((7, 10, 15, 15, 15, 30)), category=f"c{rng.randrange(30)}")
    bodies: list[e.Step] = [first, e.Routed(office=f"o{office}", post=f"officer{office}")]
    if rng.random() < 0.8:
        bodies.append(e.Assigned(post=f"officer{office}"))
        if rng.random() < 0.8:
            bodies.append(e.Started(plan=WORDS))
            if rng.random() < 0.1:
                bodies += [e.Asked(question=WORDS), e.Answered()]
    life = replayed(id, ())
    chain: list[ticket_rows.Step] = []
    last = GENESIS
    for seq, body in enumerate(bodies, 1):
        when = min(NOW, at + (seq - 1) * rng.randrange(DAY_MS))
        kind, encoded = e.encode(body)
        chain.append(ticket_rows.step(last, id, seq, max(when, life.at), kind, "acc", encoded))
        evolve(life, Happened(seq, max(when, life.at), "acc", body))
        last = chain[-1].hash
    due = ticket_row.due_of(life, calendar)
    row = like._replace(
        id=id,
        reference=f"{number:010}",
        office_id=life.office,
        category=life.category,
        privacy="private" if rng.random() < 0.05 else "public",
        state=life.state,
        days=life.days,
        opened_at=at,
        post_id=life.post or None,
        head_seq=life.seq,
        head_hash=last,
        due_at=due.due_at,
        next_at=due.next_at,
        next_act=due.next_act,
    )
    return row, chain


def look(conn: Connection, after: tuple[int, str]) -> list[rows.Waiting]:
    """A page of what is due, reckoned and not done."""
    page = rows.waiting(conn, NOW, after=after, limit=PAGE)
    calendar = calendars.current(conn)
    work = Work(conn, NOW, [each.id for each in page])
    for each in page:
        life = work.read(each.id)
        clocks.due_actions(life, calendar, NOW)
        clocks.next_due(life, calendar, NOW)
    return page


def lists(conn: Connection, rng: random.Random) -> None:
    """What one look at the list reads."""
    office = f"o{rng.randrange(OFFICES)}"
    reach = rng.choice((Reach(None), Reach(frozenset({office}), (), (office,))))
    wanted = rng.choice(
        (Wanted(WORK), Wanted(WORK, due_before=NOW), Wanted(WORK, at_risk=NOW), Wanted(WORK, topic="c7"))
    )
    ticket_lists.listing(conn, reach, wanted, limit=26)
    ticket_lists.tally(conn, reach, NOW)


def timed(samples: int, once: Callable[[], None]) -> list[float]:
    """Milliseconds of each, sorted."""
    took = []
    for _ in range(samples):
        began = time.perf_counter()
        once()
        took.append((time.perf_counter() - began) * 1000)
    return sorted(took)


def p99(took: list[float]) -> float:
    return round(took[min(len(took) - 1, int(len(took) * 0.99))], 1)


def measure(address: str, count: int, samples: int, seed: int) -> dict[str, Any]:
    """The figures of one database."""
    migrate(address)
    store = Store(address, clock=lambda: NOW)
    rng = random.Random(seed)
    try:
        began = time.perf_counter()
        fill(store, count, seed)
        filled = time.perf_counter() - began
        with store.read() as conn:
            waiting = int(conn.execute(text(f"SELECT count(*) FROM ticket WHERE next_at <= {NOW}")).scalar_one())
        after = (-1, "")

        def due() -> None:
            nonlocal after
            with store.write() as conn:
                page = look(conn, after)
            after = (page[-1].next_at, page[-1].id) if page else (-1, "")

        def tended() -> None:
            with store.write() as conn:
                page = rows.waiting(conn, NOW, limit=PAGE)
                work = Work(conn, NOW, [each.id for each in page])
                for each in page:
                    work.tend(each.id, each.next_at)

        def listed() -> None:
            with store.read() as conn:
                lists(conn, rng)

        looks, lookups = timed(samples, due), timed(samples, listed)
        done = timed(max(5, samples // 8), tended)
        return {
            "open": count,
            "due": waiting,
            "fill_s": round(filled, 1),
            "due_actions_p99_ms": p99(looks),
            "due_actions_median_ms": round(looks[len(looks) // 2], 1),
            "list_p99_ms": p99(lookups),
            "list_median_ms": round(lookups[len(lookups) // 2], 1),
            "page_done_p99_ms": p99(done),
        }
    finally:
        store.close()


def run(*, small: bool = False, seed: int = 20260105, count: int = 0) -> dict[str, Any]:
    """Both databases; the worse figure of the two stands first."""
    count, samples = count or (2_000 if small else TICKETS), 40 if small else SAMPLES
    found: dict[str, dict[str, Any]] = {}
    with tempfile.TemporaryDirectory() as folder:
        found[f"sqlite {sqlite3.sqlite_version}"] = measure(
            f"sqlite:///{Path(folder) / 'due.db'}", count, samples, seed
        )
    if not small:
        server = Postgres()
        server.start()
        try:
            address = server.create()
            found["postgresql"] = measure(address, count, samples, seed)
        finally:
            server.close()
    worst = {
        key: max(each[key] for each in found.values())
        for key in ("due_actions_p99_ms", "list_p99_ms", "page_done_p99_ms")
    }
    return {"open": count, "page": PAGE, **worst, "databases": found}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--small", action="store_true", help="2,000 tickets on SQLite alone")
    parser.add_argument("--tickets", type=int, default=0)
    parser.add_argument("--seed", type=int, default=20260105)
    options = parser.parse_args()
    print(json.dumps({**run(small=options.small, seed=options.seed, count=options.tickets), "seed": options.seed}))


if __name__ == "__main__":
    main()
