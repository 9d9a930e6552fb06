"""A record to tamper with: a session with questions, and tickets with some steps."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest
from sqlalchemy import text

from kachehri.proof.signing import Signer
from kachehri.store import Connection, Store, event_log, sessions, tickets
from kachehri.store.event_log import GENESIS, Head
from kachehri.store.rows import put
from kachehri.store.tables import Office, Room, Ticket, TicketEvent
from rooms.base import ContentRef
from rooms.questions import QuestionAsked
from rooms.session import encode_event
from tests.databases import new_sqlite

MASTERS = (bytes(range(32)),)
SESSION = "abcdefgh"
STARTED = 1_767_589_200_000
QUESTIONS, TICKETS, STEPS = 12, 4, 5


@pytest.fixture
def signer() -> Signer:
    return Signer(MASTERS)


def asked(number: int, dice: random.Random) -> QuestionAsked:
    digest = dice.randbytes(32).hex()
    return QuestionAsked(
        question=f"{number:016x}",
        reference=f"26{number:08d}",
        asker=dice.randbytes(8).hex(),
        kind="grievance",
        category="water_none",
        content=ContentRef(dice.randbytes(8).hex(), digest),
    )


def furnish(store: Store, seed: int = 1) -> None:
    """One session and its tickets, chained as the server does it."""
    dice = random.Random(seed)
    with store.write() as conn:
        put(conn, [Office(id="o1", code="o1", name_ur="دفتر", name_en="Office", triage=True)])
        put(conn, [Room(id="r1", office_id="o1", name_ur="کمرہ", name_en="Room", created_at=STARTED)])
        sessions.create(
            conn,
            id=SESSION,
            room_id="r1",
            title_ur="عنوان",
            title_en="Title",
            starts_at=STARTED,
            ends_at=STARTED + 1,
            created_at=STARTED,
        )
        entries = [(STARTED + i, "question.asked", encode_event(asked(i, dice))) for i in range(1, QUESTIONS + 1)]
        event_log.append(conn, event_log.chain(Head(SESSION, "e", 0, GENESIS, 0, "live"), entries))
        for number in range(TICKETS):
            add_ticket(conn, f"t{number}", number)


def add_ticket(conn: Connection, id: str, number: int) -> None:
    last, rows = GENESIS, []
    for seq in range(1, STEPS + 1):
        rows.append(tickets.step(last, id, seq, STARTED + seq, "ticket.noted", "a1", b'{"n":%d}' % seq))
        last = rows[-1].hash
    ticket = Ticket(
        id=id,
        reference=f"26{number:08d}",
        office_id="o1",
        privacy="public",
        state="registered",
        origin="session",
        opened_at=STARTED,
        head_seq=STEPS,
        head_hash=last,
    )
    put(conn, [ticket])
    put(conn, [TicketEvent(**row._asdict()) for row in rows])


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """Whoever tampers has the database to himself, so its triggers are gone; every try is rolled back."""
    store = Store(new_sqlite(tmp_path_factory.mktemp("record") / "k.sqlite3"))
    furnish(store)
    with store.write() as conn:
        for name in conn.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).scalars().all():
            conn.execute(text(f"DROP TRIGGER {name}"))
    yield store
    store.close()
