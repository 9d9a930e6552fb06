"""Six ways to tamper with the record, two hundred times each: every one is found."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest
from sqlalchemy import text

from kachehri.proof import keeping
from kachehri.proof.auditing import Report, verify
from kachehri.proof.signing import Signer
from kachehri.store import Connection, Store, event_log, proof, tickets
from kachehri.store.event_log import GENESIS
from tests.kachehri.proof.conftest import QUESTIONS, SESSION, STARTED, STEPS, TICKETS

TRIES = 200
NOW = STARTED + 10_000


class Undo(Exception):
    """Leaves the transaction without a trace."""


class Chain:
    """One chain that is tampered with, of either kind."""

    def __init__(self, conn: Connection, dice: random.Random) -> None:
        self.conn, self.dice = conn, dice
        self.session = dice.random() < 0.5
        self.id = SESSION if self.session else f"t{dice.randrange(TICKETS)}"
        self.steps = QUESTIONS if self.session else STEPS
        self.table, self.name = ("event", "session_id") if self.session else ("ticket_event", "ticket_id")

    def run(self, statement: str, **values: object) -> None:
        self.conn.execute(text(statement.format(table=self.table, name=self.name)), {"id": self.id, **values})

    def at(self) -> int:
        return self.dice.randint(1, self.steps)

    def body(self) -> bytes:
        return b'{"x":"%b"}' % self.dice.randbytes(4).hex().encode()

    def edit(self, seq: int) -> None:
        column = self.dice.choice(("body", "at", "type", "prev_hash", "hash"))
        value: object = self.body()
        if column == "at":
            value = STARTED + self.dice.randrange(100, 10**9)
        elif column == "type":
            value = "other.type"
        elif column != "body":
            value = self.dice.randbytes(32)
        self.run(f"UPDATE {{table}} SET {column} = :value WHERE {{name}} = :id AND seq = :seq", value=value, seq=seq)

    def delete(self) -> None:
        self.run("DELETE FROM {table} WHERE {name} = :id AND seq = :seq", seq=self.at())

    def reorder(self) -> None:
        one, other = self.dice.sample(range(1, self.steps + 1), 2)
        for old, new in ((one, -1), (other, one), (-1, other)):
            self.run("UPDATE {table} SET seq = :new WHERE {name} = :id AND seq = :old", old=old, new=new)

    def insert(self) -> None:
        seq = self.at()
        for number in range(self.steps, seq - 1, -1):
            self.run("UPDATE {table} SET seq = :new WHERE {name} = :id AND seq = :old", old=number, new=number + 1)
        self._put(seq, STARTED + seq, "a.lie", self.body(), self.dice.randbytes(32), self.dice.randbytes(32))

    def cut(self) -> None:
        """The last steps go, and the row that says where the chain ends is made to fit."""
        self._end_at(self.dice.randrange(1, self.steps))

    def recompute(self) -> None:
        """An edit after which the whole rest is chained anew, and the end made to fit."""
        seq = self.at()
        rows = self._rows()
        last = GENESIS if seq == 1 else rows[seq - 2][4]
        for number in range(seq, self.steps + 1):
            at, type, body, actor = rows[number - 1][:4]
            body = self.body() if number == seq else body
            if self.session:
                hash = event_log.link(last, self.id, number, at, type, body)
            else:
                hash = tickets.link(last, self.id, number, at, type, actor, body)
            values = {"seq": number, "body": body, "before": last, "hash": hash}
            self.run(
                "UPDATE {table} SET body = :body, prev_hash = :before, hash = :hash WHERE {name} = :id AND seq = :seq",
                **values,
            )
            last = hash
        self._say_end(self.steps, last)

    def _rows(self) -> list[tuple[int, str, bytes, str, bytes]]:
        actor = "''" if self.session else "actor"
        statement = f"SELECT at, type, body, {actor}, hash FROM {self.table} WHERE {self.name} = :id ORDER BY seq"
        return [tuple(row) for row in self.conn.execute(text(statement), {"id": self.id})]

    def _put(self, seq: int, at: int, type: str, body: bytes, before: bytes, hash: bytes) -> None:
        actor = ("", "") if self.session else (", actor", ", 'a1'")
        self.run(
            f"INSERT INTO {{table}} ({{name}}, seq, at, type, body, prev_hash, hash{actor[0]}) "
            f"VALUES (:id, :seq, :at, :type, :body, :before, :hash{actor[1]})",
            seq=seq, at=at, type=type, body=body, before=before, hash=hash,
        )  # fmt: skip

    def _end_at(self, seq: int) -> None:
        self.run("DELETE FROM {table} WHERE {name} = :id AND seq > :seq", seq=seq)
        self._say_end(seq, self._rows()[-1][4])

    def _say_end(self, seq: int, hash: bytes) -> None:
        owner = "session" if self.session else "ticket"
        statement = f"UPDATE {owner} SET head_seq = :seq, head_hash = :hash WHERE id = :id"
        self.conn.execute(text(statement), {"id": self.id, "seq": seq, "hash": hash})


WAYS: dict[str, Callable[[Chain], None]] = {
    "edit": lambda chain: chain.edit(chain.at()),
    "delete": Chain.delete,
    "reorder": Chain.reorder,
    "insert": Chain.insert,
    "cut": Chain.cut,
    "recompute": Chain.recompute,
}


def look(store: Store, signer: Signer, tamper: Callable[[Connection], None]) -> Report:
    """What an audit with the file kept elsewhere says, after somebody had the database to himself."""
    found: list[Report] = []
    try:
        with store.write() as conn:
            line = keeping.sign(conn, NOW, signer)
            assert line is not None
            tamper(conn)
            found.append(verify(conn, signer.public, [line]))
            raise Undo
    except Undo:
        return found[0]


def test_a_record_that_nobody_touched_holds(record: Store, signer: Signer) -> None:
    report = look(record, signer, lambda conn: None)
    assert report == Report(1, TICKETS, 1, [])


@pytest.mark.parametrize("way", WAYS)
def test_tampering_is_found(record: Store, signer: Signer, way: str) -> None:
    dice = random.Random(way)
    for number in range(TRIES):
        chains: list[Chain] = []

        def tamper(conn: Connection, chains: list[Chain] = chains) -> None:
            chains.append(Chain(conn, dice))
            WAYS[way](chains[0])

        report = look(record, signer, tamper)
        assert [each for each in report.findings if each.id == chains[0].id], f"{way} {number} was not found"


@pytest.mark.parametrize("way", ["cut", "recompute"])
def test_without_what_was_signed_these_would_not_be_found(record: Store, signer: Signer, way: str) -> None:
    """So the signed file is what finds them."""
    dice = random.Random(way)
    try:
        with record.write() as conn:
            WAYS[way](Chain(conn, dice))
            assert verify(conn, signer.public, []).findings == []
            raise Undo
    except Undo:
        pass


def test_a_line_left_out_or_signed_by_another_is_found(record: Store, signer: Signer) -> None:
    other = Signer((bytes(range(1, 33)),))
    try:
        with record.write() as conn:
            first = keeping.sign(conn, NOW, signer)
            assert first is not None
            assert keeping.sign(conn, NOW + 1, signer) is None
            text_of_step = tickets.step(proof.tickets(conn, -1)[0].hash, "t0", STEPS + 1, NOW + 5, "x", "a", b"{}")
            conn.execute(
                text(
                    "INSERT INTO ticket_event VALUES (:ticket_id, :seq, :at, :type, :actor, :body, :prev_hash, :hash)"
                ),
                text_of_step._asdict(),
            )
            conn.execute(
                text("UPDATE ticket SET head_seq = :seq, head_hash = :hash WHERE id = 't0'"),
                {"seq": text_of_step.seq, "hash": text_of_step.hash},
            )
            second = keeping.sign(conn, NOW + 10, signer)
            assert second is not None
            assert verify(conn, signer.public, [first, second]).findings == []
            assert [each.kind for each in verify(conn, signer.public, [second]).findings] == ["heads"]
            assert [each.kind for each in verify(conn, other.public, [first, second]).findings] == ["heads"]
            assert [each.kind for each in verify(conn, signer.public, [first, b"{}\n"]).findings] == ["heads"]
            raise Undo
    except Undo:
        pass
