"""A slip against a record that somebody had to himself: it is told that the record does not hold, whatever he did."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest
from sqlalchemy import text

from kachehri.proof import keeping, slips
from kachehri.proof.auditing import Finding, verify
from kachehri.proof.public_log import Writing, proof_of
from kachehri.proof.signing import Signer
from kachehri.proof.slips import Found
from kachehri.store import Connection, Store, event_log
from kachehri.store.event_log import Broken
from kachehri.store.rows import put
from kachehri.store.tables import Question
from rooms.questions import QuestionAsked
from rooms.session import decode_event
from tests.kachehri.proof.conftest import QUESTIONS, SESSION
from tests.kachehri.proof.test_tampering import NOW, Chain, Undo

#: The event of the question whose slip is held.
SLIP = 5
Tamper = Callable[[Connection, Chain], None]


@pytest.fixture(scope="module")
def slip(record: Store) -> tuple[str, str]:
    """Its number and code; the rows of the questions stand beside the log, as in a house."""
    found = []
    with record.write() as conn:
        for row in event_log.after(conn, SESSION, 0):
            event = decode_event(row.body)
            assert isinstance(event, QuestionAsked)
            asked = Question(
                id=event.question,
                session_id=SESSION,
                kind=event.kind,
                asker=event.asker,
                channel="web",
                received_at=row.at,
                lane="open",
                privacy="public",
                reference=event.reference,
                state="new",
                seq=row.seq,
            )
            put(conn, [asked])
            found.append((event.reference, proof_of(row.body)))
    return found[SLIP - 1]


class Log(Chain):
    """The chain that the slip is in."""

    def __init__(self, conn: Connection, dice: random.Random) -> None:
        super().__init__(conn, dice)
        self.session, self.id, self.steps = True, SESSION, QUESTIONS
        self.table, self.name = "event", "session_id"


def looked(record: Store, signer: Signer, slip: tuple[str, str], tamper: Tamper, seed: int = 1) -> Found | None:
    """What a slip is told after the record was signed and tampered with, and signed again by the house that knows of
    nothing.
    """
    with pytest.raises(Undo) as undone, record.write() as conn:
        keeping.sign(conn, NOW, signer)
        tamper(conn, Log(conn, random.Random(seed)))
        conn.execute(text("UPDATE session SET head_at = :at"), {"at": NOW + 1})
        keeping.sign(conn, NOW + 2, signer)
        try:
            raise Undo(slips.find(conn, *slip, signer.public))
        except Broken as broken:
            raise Undo("broken") from broken
    (told,) = undone.value.args
    if told == "broken":
        raise Broken(SESSION, 0, "told")
    assert told is None or isinstance(told, Found)
    return told


def test_a_slip_is_found_and_when_it_was_signed(record: Store, signer: Signer, slip: tuple[str, str]) -> None:
    found = looked(record, signer, slip, lambda conn, log: None)
    assert found is not None and (found.session, found.seq, found.signed_at) == (SESSION, SLIP, NOW)
    assert looked(record, signer, (slip[0], slip[1][::-1]), lambda conn, log: None) is None
    assert looked(record, signer, ("2699999999", slip[1]), lambda conn, log: None) is None


def later(conn: Connection, at: int) -> bytes:
    """One more event of the session; returns its hash."""
    body = Log(conn, random.Random(1))._rows()[0][2]
    (entry,) = event_log.chain(event_log.lock(conn, [SESSION])[SESSION], [(at, "question.asked", body)])
    event_log.append(conn, [entry])
    return entry.hash


def own_recomputed(conn: Connection, log: Chain) -> None:
    """Her own question, so that her code fits nothing any more."""
    log.at = lambda: SLIP  # type: ignore[method-assign]
    log.body = lambda: log._rows()[SLIP - 1][2].replace(b"grievance", b"suggestion")  # type: ignore[method-assign]
    log.recompute()


def unsigned(conn: Connection, log: Chain) -> None:
    """Rewritten, and the signed lines rewritten to fit, without the house's key."""
    log.recompute()
    old, new = (
        [bytes(row[0]) for row in conn.execute(text(sql))]
        for sql in ("SELECT line FROM record_head", "SELECT head_hash FROM session")
    )
    for line in old:
        start = line.index(SESSION.encode())
        at = line.index(b'"', line.index(b",", line.index(b",", start) + 1)) + 1
        changed = line[:at] + new[0].hex().encode() + line[at + 64 :]
        conn.execute(text("UPDATE record_head SET line = :line"), {"line": changed})


def left_out(conn: Connection, log: Chain) -> None:
    """Rewritten, signed anew, and the line that knew the truth taken away."""
    log.recompute()
    conn.execute(text("UPDATE session SET head_at = :at"), {"at": NOW + 1})
    keeping.sign(conn, NOW + 1, Signer((bytes(range(32)),)))
    conn.execute(text("DELETE FROM record_head WHERE n = 1"))


WAYS: dict[str, Tamper] = {
    "edit": lambda conn, log: log.edit(log.at()),
    "delete": lambda conn, log: log.delete(),
    "reorder": lambda conn, log: log.reorder(),
    "insert": lambda conn, log: log.insert(),
    "cut": lambda conn, log: log.cut(),
    "recompute": lambda conn, log: log.recompute(),
    "her own": own_recomputed,
    "the signed lines too": unsigned,
    "a signed line left out": left_out,
}


@pytest.mark.parametrize("way", WAYS)
def test_a_slip_is_told_that_the_record_does_not_hold(
    record: Store, signer: Signer, slip: tuple[str, str], way: str
) -> None:
    """Also where the house signed what it was made into: every end that was ever signed is asked."""
    for seed in range(12):
        with pytest.raises(Broken):
            looked(record, signer, slip, WAYS[way], seed)


def test_a_row_that_was_moved_hides_no_question(record: Store, signer: Signer, slip: tuple[str, str]) -> None:
    def moved(conn: Connection, log: Chain) -> None:
        conn.execute(text("UPDATE question SET received_at = 1 WHERE reference = :of"), {"of": slip[0]})

    found = looked(record, signer, slip, moved)
    assert found is not None and found.seq == SLIP


def test_two_sessions_whose_logs_were_exchanged_are_found(record: Store, signer: Signer) -> None:
    with pytest.raises(Undo), record.write() as conn:
        like = conn.execute(text("SELECT * FROM session")).mappings().one()
        other = {**like, "id": "bbbbbbbb", "number": 99}
        names = ", ".join(other)
        conn.execute(text(f"INSERT INTO session ({names}) VALUES ({', '.join(f':{each}' for each in other)})"), other)
        conn.execute(text("UPDATE event SET session_id = 'bbbbbbbb'"))
        conn.execute(
            text("UPDATE session SET head_seq = 0, head_hash = :none WHERE id = :of"),
            {"none": bytes(32), "of": SESSION},
        )
        found = {(each.kind, each.id) for each in verify(conn, signer.public).findings}
        assert ("session", "bbbbbbbb") in found
        raise Undo


def test_a_log_whose_session_denies_it_is_looked_at(record: Store, signer: Signer) -> None:
    with pytest.raises(Undo), record.write() as conn:
        conn.execute(text("UPDATE session SET head_seq = 0, head_hash = :none"), {"none": bytes(32)})
        assert [each.id for each in verify(conn, signer.public).findings] == [SESSION]
        raise Undo


def test_numbers_that_were_exchanged_are_found(record: Store, signer: Signer, slip: tuple[str, str]) -> None:
    with pytest.raises(Undo), record.write() as conn:
        conn.execute(text("UPDATE question SET reference = 'x' || reference WHERE reference = :of"), {"of": slip[0]})
        why = f"its rows give the number x{slip[0]} to another question"
        assert verify(conn, signer.public).findings == [Finding("session", SESSION, SLIP, why)]
        raise Undo


def test_an_old_copy_of_the_heads_is_gone_on_with_and_a_new_one_shows_what_is_gone(
    record: Store, signer: Signer
) -> None:
    with pytest.raises(Undo), record.write() as conn:
        first = keeping.sign(conn, NOW, signer)
        later(conn, NOW + 200_000)
        second = keeping.sign(conn, NOW + 400_000, signer)
        assert first is not None and second is not None
        old = verify(conn, signer.public, [first])
        assert (old.heads, old.findings) == (2, [])
        conn.execute(text("DELETE FROM record_head WHERE n = 2"))
        assert [each.why for each in verify(conn, signer.public, [first, second]).findings] == [
            "a signed line is gone from the database"
        ]
        raise Undo


def test_whoever_was_slow_to_write_is_signed_by_the_next_line(record: Store, signer: Signer) -> None:
    """Two databases may let somebody be read who took the time before the last line and was not there yet."""
    with pytest.raises(Undo), record.write() as conn:
        assert keeping.sign(conn, NOW, signer) is not None
        hash = later(conn, NOW - 5_000)
        line = keeping.sign(conn, NOW + 1, signer)
        assert line is not None and hash.hex().encode() in line
        assert keeping.sign(conn, NOW + 2, signer) is None
        raise Undo


def test_another_key_is_told_as_such(record: Store, signer: Signer) -> None:
    """Keys are put in front, and the oldest signs; whoever drops it can prove nothing that it signed."""
    both = Signer((bytes(range(9, 41)), bytes(range(32))))
    assert both.public == signer.public
    dropped = Signer((bytes(range(9, 41)),))
    with pytest.raises(Undo), record.write() as conn:
        line = keeping.sign(conn, NOW, signer)
        assert line is not None
        assert [each.kind for each in verify(conn, dropped.public, [line]).findings] == ["heads"]
        raise Undo


def test_what_does_not_hold_gets_no_signature_of_ours(record: Store, signer: Signer) -> None:
    with pytest.raises(Undo), record.write() as conn:
        Log(conn, random.Random(3)).edit(4)
        writing = Writing(SESSION, signer)
        with pytest.raises(Broken):
            writing.more(event_log.after(conn, SESSION, 0))
        raise Undo
