"""What the figures of a large hearing and the page of its promises cost the database: 10,000 questions, 500 promises.

Both are read anew for each reader, so that nothing old is shown. The last line is one JSON object with the median and
the 99th percentile in milliseconds, for each database.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from sqlalchemy import update

from kachehri import scorecard
from kachehri.store import Store, district, migrate, sessions, tickets
from kachehri.store.event_log import GENESIS
from kachehri.store.rows import put
from kachehri.store.tables import (
    Commitment,
    Office,
    Participant,
    Question,
    Room,
    Session,
    Ticket,
    Turn,
    TurnQuestion,
    table_of,
)
from kachehri.tickets.events import Opened, encode
from tests.servers import Postgres
from web import opening_page

DAY: Final = 86_400_000
MONDAY: Final = 1_767_589_200_000
QUESTIONS: Final = 10_000
PROMISES: Final = 500
OFFICES: Final = 40
SAMPLES: Final = 60
STATES: Final = ("heard", "answered", "deferred", "merged", "withdrawn", "not_taken", "admitted", "new")


def fill(store: Store, count: int, promised: int, seed: int) -> tuple[Session, Session]:
    """A closed hearing and the next one of its room."""
    rng = random.Random(seed)
    with store.write() as conn:
        offices = [Office(id=f"o{n}", code=f"o{n}", name_ur=f"دفتر {n}", name_en=f"Office {n}") for n in range(OFFICES)]
        district.save_offices(conn, offices)
        district.save_rooms(conn, [Room(id="r", office_id="o0", name_ur="ہال", name_en="Hall", created_at=MONDAY)])
        last, next = (
            sessions.create(
                conn,
                room_id="r",
                title_ur="کچہری",
                title_en="Hearing",
                starts_at=MONDAY + week * 7 * DAY,
                ends_at=MONDAY + week * 7 * DAY + DAY // 8,
                created_at=MONDAY,
            )
            for week in range(2)
        )
        table = table_of(Session)
        conn.execute(update(table).where(table.c.id == last.id).values(phase="closed"))
        for session, mark in ((last, "a"), (next, "b")):
            people = [
                Participant(id=f"{mark}{n}", session_id=session.id, device_id=f"d{n}", joined_at=MONDAY)
                for n in range(count)
            ]
            put(conn, people)
            put(conn, [question(session, mark, n, rng) for n in range(count)])
    _, body = encode(Opened(category="water", office="o0", state="in_progress"))
    with store.write() as conn:
        rows, steps = [], []
        for n in range(count):
            first = tickets.step(GENESIS, f"t{n}", 1, MONDAY, "ticket.opened", "system", body)
            steps.append(first)
            rows.append(opened(last, n, first, rng))
        tickets.open_many(conn, rows, steps, [])
        put(conn, [promise(last, n, rng) for n in rng.sample(range(count), promised)])
        turns = rng.sample(range(count), count // 10)
        called = [
            Turn(id=f"u{n}", session_id=last.id, participant_id=f"a{n}", state="ended", called_at=MONDAY + n, seq=n)
            for n in turns
        ]
        put(conn, called)
        put(conn, [TurnQuestion(turn_id=f"u{n}", question_id=f"a-{n}") for n in turns])
        closed = table_of(Ticket)
        some = {"state": "closed", "closure_basis": "citizen_confirmed", "closed_at": MONDAY + 9 * DAY}
        conn.execute(update(closed).where(closed.c.id.in_([f"t{n}" for n in range(0, count, 3)])).values(**some))
    return last, next


def question(session: Session, mark: str, number: int, rng: random.Random) -> Question:
    return Question(
        id=f"{mark}-{number}",
        session_id=session.id,
        kind="grievance",
        asker=f"{mark}{number}",
        channel="web",
        received_at=session.starts_at + number,
        lane="common",
        privacy="public",
        reference=f"{mark}{number:08d}",
        state=rng.choice(STATES),
        seq=number,
    )


def opened(session: Session, number: int, first: tickets.Step, rng: random.Random) -> tickets.Opened:
    facts: dict[str, Any] = dict.fromkeys(tickets.Opened._fields) | tickets.Opened._field_defaults
    facts |= {
        "id": f"t{number}",
        "question_id": f"a-{number}",
        "session_id": session.id,
        "reference": f"a{number:08d}",
        "office_id": f"o{rng.randrange(OFFICES)}",
        "privacy": "private" if number % 7 == 0 else "public",
        "state": "in_progress",
        "origin": "session",
        "opened_at": MONDAY + DAY // 8,
        "head_seq": 1,
        "head_hash": first.hash,
        "kind": "grievance",
        "days": 15,
    }
    return tickets.Opened(**facts)


def promise(session: Session, number: int, rng: random.Random) -> Commitment:
    return Commitment(
        id=f"c{number}",
        session_id=session.id,
        question_id=f"a-{number}",
        ticket_id=f"t{number}",
        office_id=f"o{rng.randrange(OFFICES)}",
        made_by="XEN",
        content_id=f"w{number}",
        made_at=MONDAY,
        due_at=MONDAY + rng.randrange(30) * DAY,
        state=rng.choice(("made", "said", "kept", "broken", "moved")),
    )


def measure(address: str, count: int, promised: int, samples: int, seed: int) -> dict[str, float]:
    store = Store(address)
    try:
        last, next = fill(store, count, promised, seed)
        now = MONDAY + 9 * DAY
        with store.read() as conn:
            card = scorecard.weigh(conn, last, now)
            assert card.raised == count == sum(card.ends.values()) and card.whole.promised == promised
            assert len(opening_page.read(conn, next, now).listed) == promised
        return {
            **timed(store, "scorecard", lambda conn: scorecard.weigh(conn, last, now), samples),
            **timed(store, "opening", lambda conn: opening_page.read(conn, next, now), samples),
        }
    finally:
        store.close()


def timed(store: Store, name: str, work: Callable[[Any], object], samples: int) -> dict[str, float]:
    """Median and 99th percentile in milliseconds, warm."""
    took = []
    for _ in range(samples):
        start = time.perf_counter()
        with store.read() as conn:
            work(conn)
        took.append((time.perf_counter() - start) * 1000)
    took.sort()
    return {
        f"{name}_p50_ms": round(took[len(took) // 2], 2),
        f"{name}_p99_ms": round(took[min(len(took) - 1, int(0.99 * len(took)))], 2),
    }


def run(*, small: bool, seed: int) -> dict[str, Any]:
    count, promised = (1_000, 50) if small else (QUESTIONS, PROMISES)
    samples = 10 if small else SAMPLES
    found: dict[str, dict[str, float]] = {}
    folder = Path(tempfile.mkdtemp(prefix="bench-promises-"))
    try:
        address = f"sqlite:///{folder / 'bench.db'}"
        migrate(address)
        found["sqlite"] = measure(address, count, promised, samples, seed)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    if not small:
        server = Postgres()
        server.start()
        try:
            address = server.create()
            migrate(address)
            found["postgresql"] = measure(address, count, promised, samples, seed)
        finally:
            server.close()
    worst = {key: max(each[key] for each in found.values()) for key in found["sqlite"]}
    return {"questions": count, "promises": promised, "seed": seed, **worst, "databases": found}


def main() -> None:
    """`make bench NAME=promises`."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--small", action="store_true", help="1,000 questions on SQLite alone")
    parser.add_argument("--seed", type=int, default=20260105)
    options = parser.parse_args()
    print(json.dumps(run(small=options.small, seed=options.seed)))


if __name__ == "__main__":
    main()
