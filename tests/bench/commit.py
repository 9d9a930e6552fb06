"""Commands that are safely stored, per second: ours, grouped, against one ORM commit each.

Ours is the whole way of a citizen's question, from the bytes of her message to the bytes of the reply: strict decoding
and the connection's state, role, cleaning, masking, sealing under her own key, the rules, the hash chain, SQL, commit
(SQLite, WAL, `synchronous=FULL`), wake-up. 500 are on their way at any time, with at least 10,000 questions open.

The peer writes the very rows that ours wrote, with SQLModel as it is usually written: a session of the ORM for each
command, `add` of the same objects, one commit; nothing is decoded, masked, sealed, decided or chained. Same file
system, same pragmas, a copy of the same database. Wall clock, alternated pairs, median of the ratios.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import json
import platform
import random
import secrets
import shutil
import sqlite3
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

import sqlalchemy
import sqlmodel

from kachehri.service import Service
from kachehri.store.engine import database_url, make_engine
from kachehri.store.tables import Command, Content, Event, Question, Session
from rooms.base import Actor
from signaling import protocol
from signaling.connection import Connection, Rate, Submit
from signaling.passes import Bearer

from .house import CATEGORIES, SESSION, citizen, found, grievance, schedule, service_on

OPEN = 10_000
PAIRS = 5
IN_FLIGHT = 500
PEOPLE = 2_000
UNLIMITED = Rate(burst=10**9, per_s=1e9, patience=10**9)


def key() -> str:
    return base64.urlsafe_b64encode(secrets.token_bytes(16)).decode().rstrip("=")


def message(ref: int, rng: random.Random) -> bytes:
    """What a phone sends."""
    question = {"type": "question.ask", "ref": ref, "key": key(), "category": rng.choice(CATEGORIES)}
    return json.dumps({**question, "text": grievance(rng), "name": "نسرین بی بی"}, ensure_ascii=False).encode()


class Phones:
    """Connections that have been welcomed, without their sockets."""

    def __init__(self, people: int) -> None:
        self._machines = []
        for number in range(people):
            machine = Connection(Bearer(SESSION, citizen(number).participant, "citizen", None), UNLIMITED, 0)
            machine.state = "joined"
            self._machines.append(machine)

    def read(self, number: int, data: bytes) -> Submit:
        due = self._machines[number % len(self._machines)].text(data, 0)
        assert isinstance(due, Submit), due
        return due


async def ours(service: Service, phones: Phones, messages: list[bytes], offset: int) -> tuple[float, list[float]]:
    """Give all messages, `IN_FLIGHT` at a time. Returns the seconds it took and each one's own."""
    waits: list[float] = []
    numbers = iter(range(len(messages)))

    async def phone() -> None:
        for number in numbers:
            began = time.perf_counter()
            submit = phones.read(offset + number, messages[number])
            done = await service.submit(submit.actor, SESSION, submit.command, submit.key)
            protocol.encode(protocol.Reply(at=0, ref=submit.ref, seq=done.seq, result=done.result))
            waits.append(time.perf_counter() - began)

    began = time.perf_counter()
    await asyncio.gather(*(phone() for _ in range(IN_FLIGHT)))
    return time.perf_counter() - began, waits


def written(path: Path, after: int, count: int) -> list[list[dict[str, Any]]]:
    """The rows that a question each left behind, as keyword arguments of the models."""
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    connection.row_factory = sqlite3.Row

    def rows(statement: str, *values: Any) -> list[dict[str, Any]]:
        return [dict(row) for row in connection.execute(statement, values)]

    try:
        events = rows("SELECT * FROM event WHERE seq > ? ORDER BY seq LIMIT ?", after, count)
        groups = []
        for event in events:
            body = json.loads(event["body"])
            question = rows("SELECT * FROM question WHERE id = ?", body["question"])
            command = rows("SELECT * FROM command WHERE session_id = ? AND seq = ?", SESSION, event["seq"])
            ids = [body["content"][0], *(body["name"][:1] if "name" in body else ())]
            content = rows(f"SELECT * FROM content WHERE id IN ({','.join('?' * len(ids))})", *ids)
            groups.append([event, question[0], command[0], *content])
        return groups
    finally:
        connection.close()


MODELS: dict[int, Any] = {0: Event, 1: Question, 2: Command}


def peer(path: Path, groups: list[list[dict[str, Any]]]) -> float:
    """One ORM commit for each command."""
    engine = make_engine(database_url(f"sqlite:///{path}"), size=1)
    try:
        began = time.perf_counter()
        for group in groups:
            with sqlmodel.Session(engine) as orm:
                for place, row in enumerate(group):
                    orm.add(MODELS.get(place, Content)(**row))
                hearing = orm.get(Session, SESSION)
                assert hearing is not None
                hearing.head_seq, hearing.head_hash = group[0]["seq"], group[0]["hash"]
                hearing.head_at = group[0]["at"]
                orm.commit()
        return time.perf_counter() - began
    finally:
        engine.dispose()


def joined(service: Service, people: int) -> None:
    """Everybody has opened the page."""
    with service.store.write() as conn:
        for number in range(people):
            actor: Actor = citizen(number)
            service.people.join(
                conn,
                participant=actor.participant,
                session_id=SESSION,
                role="citizen",
                device=None,
                account=None,
                language="ur",
                now=1,
            )


async def run(folder: Path, opened: int, commands: int, peer_commands: int, pairs: int, seed: int) -> dict[str, Any]:
    rng = random.Random(seed)
    path = folder / "house.db"
    address = f"sqlite:///{path}"
    found(address)
    # Nobody has more than ten open questions, so that there are as many people as it takes.
    people = max(PEOPLE, (opened + pairs * commands) // 8)
    async with service_on(address) as service:
        joined(service, people)
        await schedule(service)
        phones, offset = Phones(people), 0
        await ours(service, phones, [message(ref, rng) for ref in range(opened)], offset)
        offset += opened
        ratios, ours_s, peer_s, waits = [], [], [], []
        for pair in range(pairs):
            messages = [message(ref, rng) for ref in range(commands)]
            before = (await service.live(SESSION)).seq
            copy = folder / f"peer{pair}.db"
            with sqlite3.connect(path) as source, sqlite3.connect(copy) as target:
                source.backup(target)
            source.close()
            target.close()
            seconds, each = await ours(service, phones, messages, offset)
            offset += commands
            groups = written(path, before, peer_commands)
            peer_seconds = await asyncio.to_thread(peer, copy, groups)
            ours_s.append(commands / seconds)
            peer_s.append(len(groups) / peer_seconds)
            ratios.append(ours_s[-1] / peer_s[-1])
            waits += each
            print(f"pair {pair + 1}: {ours_s[-1]:,.0f}/s against {peer_s[-1]:,.0f}/s: {ratios[-1]:.1f}", flush=True)
            for leftover in folder.glob(f"peer{pair}.db*"):
                leftover.unlink()
        still_open = len((await service.live(SESSION)).session.queue.questions)
    waits.sort()
    return {
        "vs_orm_commit_each": round(statistics.median(ratios), 2),
        "p99_ms": round(waits[int(0.99 * len(waits))] * 1000, 1),
        "db": f"sqlite {sqlite3.sqlite_version} WAL synchronous=FULL",
        "per_s": round(statistics.median(ours_s)),
        "orm_per_s": round(statistics.median(peer_s)),
        "ratios": [round(each, 2) for each in ratios],
        "questions_open": still_open,
        "in_flight": IN_FLIGHT,
        "commands": commands,
        "peer_commands": peer_commands,
        "p50_ms": round(waits[len(waits) // 2] * 1000, 1),
        "sqlmodel": sqlmodel.__version__,
        "sqlalchemy": sqlalchemy.__version__,
        "python": platform.python_version(),
        "seed": seed,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--small", action="store_true", help="1,000 questions open, one short pair")
    parser.add_argument("--seed", type=int, default=20260105)
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="kachehri-commit-"))
    try:
        sizes = (1_000, 1_000, 200, 1) if options.small else (OPEN, 4_000, 500, PAIRS)
        print(json.dumps(asyncio.run(run(folder, *sizes, options.seed))))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
