"""What the page about the record computes for whoever opens it: bounded, and every edit within it is found."""

from __future__ import annotations

import random

import pytest
from sqlalchemy import text

from kachehri.proof import keeping
from kachehri.proof.latest import CHAINS, Stretch, latest
from kachehri.proof.signing import Signer
from kachehri.store import Store
from kachehri.store.event_log import Broken
from tests.kachehri.proof.conftest import QUESTIONS, SESSION, STEPS, TICKETS, add_ticket
from tests.kachehri.proof.test_tampering import NOW, WAYS, Chain, Undo

TRIES = 25
FIRST = "UPDATE event SET body = 'x' WHERE session_id = :id AND seq = 1"


def test_what_was_signed_last_is_computed_as_far_as_the_bounds_go(record: Store, signer: Signer) -> None:
    with pytest.raises(Undo), record.write() as conn:
        assert latest(conn, signer.public) is None
        for number in range(TICKETS, CHAINS + 5):
            add_ticket(conn, f"t{number}", number)
        assert keeping.sign(conn, NOW, signer)
        assert latest(conn, signer.public) == Stretch(NOW, QUESTIONS + (CHAINS - 1) * STEPS, CHAINS)
        assert latest(conn, signer.public, entries=QUESTIONS + STEPS + 1) == Stretch(NOW, QUESTIONS + STEPS, 2)
        few = latest(conn, signer.public, entries=5)
        conn.execute(text(FIRST), {"id": SESSION})
        assert few == latest(conn, signer.public, entries=5) == Stretch(NOW, 5, 1), "what lies before is not looked at"
        with pytest.raises(Broken) as broken:
            latest(conn, signer.public)
        assert (broken.value.session_id, broken.value.seq) == (SESSION, 1)
        raise Undo


def test_a_hearing_that_goes_on_is_computed_up_to_where_it_was_signed(record: Store, signer: Signer) -> None:
    with pytest.raises(Undo), record.write() as conn:
        assert keeping.sign(conn, NOW, signer)
        chain = Chain(conn, random.Random(1))
        chain.session, chain.id, chain.table, chain.name = True, SESSION, "event", "session_id"
        chain._put(QUESTIONS + 1, NOW + 1, "a.step", b"{}", bytes(32), bytes(32))
        found = latest(conn, signer.public)
        assert found is not None and found.entries == QUESTIONS + TICKETS * STEPS
        raise Undo


@pytest.mark.parametrize("way", WAYS)
def test_every_way_to_tamper_with_it_is_found(record: Store, signer: Signer, way: str) -> None:
    dice = random.Random(way)
    for number in range(TRIES):
        with pytest.raises(Undo), record.write() as conn:
            assert keeping.sign(conn, NOW, signer)
            WAYS[way](Chain(conn, dice))
            with pytest.raises(Broken):
                latest(conn, signer.public)
                pytest.fail(f"{way} {number} was not found")
            raise Undo


@pytest.mark.parametrize("line", [None, b"{}", b"\xff"])
def test_a_line_that_is_not_ours_is_no_proof(record: Store, signer: Signer, line: bytes | None) -> None:
    with pytest.raises(Undo), record.write() as conn:
        assert keeping.sign(conn, NOW, signer)
        if line is not None:
            conn.execute(text("UPDATE record_head SET line = :line"), {"line": line})
        with pytest.raises(Broken):
            latest(conn, signer.public if line is not None else Signer((bytes(32),)).public)
        raise Undo
