"""The close of a session with 10,000 questions, against a bulk insert of the very rows that it writes.

Ours is everything from `session.close` to the sealed balance, with the service as it runs: chunks of 250 in a
transaction each (SQLite, WAL, `synchronous=FULL`), routing, chained steps, events, notices, the announcements to the
loop's copy. The peer writes the rows that ours left behind (events, tickets and their steps, followers, question
states, outbox, the session) with SQLAlchemy Core, one `executemany` for each table, in one transaction. The ratio is of
the process's CPU time, the median of alternated pairs; that of wall time is printed beside it.

Also printed: the bytes of a citizen's snapshot while all these questions are open.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import shutil
import sqlite3
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

import msgspec
import sqlalchemy
from sqlalchemy import insert, update

from kachehri.live import Announced
from kachehri.service import Service
from kachehri.store.engine import database_url, make_engine
from kachehri.store.tables import Event, Follower, Outbox, Question, Session, Ticket, TicketEvent, table_of
from rooms import lifecycle, questions
from rooms.attendance import CountAttendance
from rooms.base import SYSTEM, Command
from rooms.views import view
from signaling import protocol

from .commit import Phones, joined, message, ours
from .house import MODERATORS, SESSION, found, schedule, service_on

QUESTIONS = 10_000
PAIRS = 5
#: What a close inserts. The session's row and the questions' rows are updated, not inserted.
INSERTED: tuple[Any, ...] = (Event, Ticket, TicketEvent, Follower, Outbox)


async def prepare(path: Path, count: int, seed: int) -> dict[str, Any]:
    """A live session with many questions in every state that a hearing leaves behind; none withdrawn or refused."""
    rng = random.Random(seed)
    address = f"sqlite:///{path}"
    found(address)
    people = max(100, count // 8)
    async with service_on(address) as service:
        joined(service, people)
        await schedule(service)
        await ours(service, Phones(people), [message(ref, rng) for ref in range(count)], 0)
        await service.submit(MODERATORS[0], SESSION, lifecycle.StartSession(), key(rng))
        live = await service.live(SESSION)
        ids = list(live.session.queue.questions)
        admitted = ids[: count // 2]
        await give(service, rng, [questions.AdmitQuestion(question=each) for each in admitted])
        rest = ids[count // 2 :]
        parents = rng.sample(rest, count // 50)
        others = [each for each in rest if each not in set(parents)]
        work: list[Command] = [
            questions.MergeQuestion(question=each, into=rng.choice(parents)) for each in others[: count // 10]
        ]
        work += [
            questions.HoldQuestion(question=each, reason="unclear") for each in others[count // 10 : count // 10 * 2]
        ]
        work += [questions.NotTakeQuestion(question=each, reason="in_court") for each in others[-count // 20 :]]
        work += [questions.AnswerQuestion(question=each) for each in admitted[-count // 20 :]]
        await give(service, rng, work)
        live = await service.live(SESSION)
        frame = protocol.encode(
            protocol.Snapshot(
                at=live.session.at,
                epoch=live.epoch,
                seq=live.seq,
                view=msgspec.Raw(protocol.encode(view(live.session, "public", live.texts))),
            )
        )
        states = {state: len(rows) for state, rows in live.session.queue.index.items() if rows}
    return {"snapshot_bytes": len(frame), "states": states}


def key(rng: random.Random) -> str:
    return f"{rng.getrandbits(128):032x}"


async def give(service: Service, rng: random.Random, commands: list[Command]) -> None:
    """Commands of the desk, two hundred at a time."""
    for at in range(0, len(commands), 200):
        chunk = commands[at : at + 200]
        await asyncio.gather(*(service.submit(MODERATORS[0], SESSION, command, key(rng)) for command in chunk))


async def close(path: Path) -> tuple[float, float]:
    """Close it as a moderator does; CPU seconds and seconds until the balance is there."""
    async with service_on(f"sqlite:///{path}") as service:
        await service.live(SESSION)
        # A session that has been going on for an hour is warm in the writer as well.
        await service.submit(SYSTEM, SESSION, CountAttendance(present=123))
        done = asyncio.Event()

        def told(announced: Announced) -> None:
            if service_live.session.phase in lifecycle.ENDED:
                done.set()

        service_live = await service.live(SESSION)
        unfollow = service.follow(told)
        cpu, began = time.process_time(), time.perf_counter()
        await service.submit(MODERATORS[0], SESSION, lifecycle.CloseSession(), "k" * 22)
        await asyncio.wait_for(done.wait(), 120)
        took = time.process_time() - cpu, time.perf_counter() - began
        unfollow()
    return took


def difference(before: Path, after: Path) -> dict[Any, list[dict[str, Any]]]:
    """The rows that the close added, and the rows that it changed."""
    connection = sqlite3.connect(f"file:{after}?mode=ro", uri=True)
    connection.row_factory = sqlite3.Row
    connection.execute("ATTACH ? AS old", (f"file:{before}?mode=ro",))
    try:
        added = {}
        for model in (*INSERTED, Question, Session):
            name = table_of(model).name
            added[model] = [
                dict(row) for row in connection.execute(f"SELECT * FROM main.{name} EXCEPT SELECT * FROM old.{name}")
            ]
        return added
    finally:
        connection.close()


def peer(path: Path, rows: dict[Any, list[dict[str, Any]]]) -> tuple[float, float]:
    """One `executemany` for each table, in one transaction."""
    engine = make_engine(database_url(f"sqlite:///{path}"), size=1)
    question, session = table_of(Question), table_of(Session)
    ended = rows[Session][0]
    try:
        cpu, began = time.process_time(), time.perf_counter()
        with engine.begin() as conn:
            for model in INSERTED:
                if rows[model]:
                    conn.execute(insert(table_of(model)), rows[model])
            if rows[Question]:
                state = update(question).where(question.c.id == sqlalchemy.bindparam("of"))
                state = state.values(state=sqlalchemy.bindparam("to"), seq=sqlalchemy.bindparam("at"))
                conn.execute(state, [{"of": row["id"], "to": row["state"], "at": row["seq"]} for row in rows[Question]])
            facts = {name: ended[name] for name in ("phase", "head_seq", "head_hash", "head_at")}
            conn.execute(update(session).where(session.c.id == ended["id"]).values(facts))
        return time.process_time() - cpu, time.perf_counter() - began
    finally:
        engine.dispose()


def balanced(path: Path, count: int) -> tuple[int, int]:
    """Tickets and followers as a stranger counts them in the file."""
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    try:
        tickets = connection.execute("SELECT count(*) FROM ticket").fetchone()[0]
        followers = connection.execute("SELECT count(*) FROM follower").fetchone()[0]
        orphans = connection.execute(
            "SELECT count(*) FROM question WHERE id NOT IN (SELECT question_id FROM ticket)"
            " AND id NOT IN (SELECT question_id FROM follower)"
        ).fetchone()[0]
        assert tickets + followers == count and not orphans, (tickets, followers, orphans)
        return tickets, followers
    finally:
        connection.close()


def run(folder: Path, count: int, pairs: int, seed: int) -> dict[str, Any]:
    ready = folder / "ready.db"
    about = asyncio.run(prepare(ready, count, seed))
    print(f"{count} questions: {about}", flush=True)
    cpu_ratios, ratios, ours_s, rows = [], [], [], {}
    tickets = followers = 0
    for pair in range(pairs):
        mine, theirs = folder / f"ours{pair}.db", folder / f"peer{pair}.db"
        shutil.copy(ready, mine)
        shutil.copy(ready, theirs)
        cpu, wall = asyncio.run(close(mine))
        tickets, followers = balanced(mine, count)
        rows = difference(ready, mine)
        peer_cpu, peer_wall = peer(theirs, rows)
        assert balanced(theirs, count) == (tickets, followers)
        cpu_ratios.append(cpu / peer_cpu)
        ratios.append(wall / peer_wall)
        ours_s.append(wall)
        print(
            f"pair {pair + 1}: {cpu:.3f} s CPU, {wall:.3f} s against {peer_cpu:.3f} s CPU, {peer_wall:.3f} s:"
            f" {cpu_ratios[-1]:.2f}, wall {ratios[-1]:.2f}",
            flush=True,
        )
        for leftover in (*folder.glob("ours*"), *folder.glob("peer*")):
            leftover.unlink()
    return {
        "questions": count,
        "tickets": tickets,
        "followers": followers,
        "vs_bulk_insert": round(statistics.median(cpu_ratios), 2),
        "vs_bulk_insert_wall": round(statistics.median(ratios), 2),
        "seconds": round(statistics.median(ours_s), 3),
        "snapshot_bytes": about["snapshot_bytes"],
        "ratios": [round(each, 2) for each in cpu_ratios],
        "rows": {table_of(model).name: len(found) for model, found in rows.items()},
        "states": about["states"],
        "db": f"sqlite {sqlite3.sqlite_version} WAL synchronous=FULL",
        "sqlalchemy": sqlalchemy.__version__,
        "seed": seed,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--small", action="store_true", help="1,000 questions, one pair")
    parser.add_argument("--seed", type=int, default=20260105)
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="kachehri-close-"))
    try:
        count, pairs = (1_000, 1) if options.small else (QUESTIONS, PAIRS)
        print(json.dumps(run(folder, count, pairs, options.seed)))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
