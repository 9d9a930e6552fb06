"""One connection, from `hello` to the close, without a socket."""

from __future__ import annotations

import ast
import json
from pathlib import Path
from typing import Any

import pytest

from rooms.questions import AskQuestion
from signaling import codes, connection
from signaling.connection import Add, Admit, Connection, Media, Rate, Refuse, Submit
from signaling.passes import Bearer

SESSION = "abcd2345"
CITIZEN = Bearer(session=SESSION, participant="00000000000000aa", role="citizen")
MODERATOR = Bearer(session=SESSION, participant="00000000000000ab", role="moderator", account="acc1")
KEY = "A" * 22


def say(**fields: Any) -> bytes:
    return json.dumps(fields).encode()


def hello(**more: Any) -> bytes:
    return say(**{"type": "hello", "versions": [1], "session": SESSION, **more})


def ask(ref: int = 1, **more: Any) -> bytes:
    return say(**{"type": "question.ask", "ref": ref, "key": KEY, "text": "x", **more})


def joined(bearer: Bearer = CITIZEN, rate: Rate | None = None) -> Connection:
    connection = Connection(bearer, rate or Rate(), 0)
    assert isinstance(connection.text(hello(), 0), Admit)
    connection.admitted()
    return connection


@pytest.mark.parametrize(
    ("bearer", "wanted", "audience"),
    [
        (CITIZEN, None, "public"),
        (CITIZEN, "public", "public"),
        (MODERATOR, None, "desk"),
        (MODERATOR, "public", "public"),
        (MODERATOR, "official", "official"),
    ],
)
def test_hello_asks_for_admission(bearer: Bearer, wanted: str | None, audience: str) -> None:
    connection = Connection(bearer, Rate(), 0)
    due = connection.text(hello(**({"audience": wanted} if wanted else {}), since=4, epoch="e"), 0)
    assert isinstance(due, Admit) and due.audience == audience
    assert (due.hello.since, due.hello.epoch) == (4, "e")
    assert connection.state == "greeted"


@pytest.mark.parametrize(
    ("first", "close"),
    [
        (hello(versions=[2, 3]), codes.VERSION),
        (hello(session="zzzz2345"), codes.OTHER_SESSION),
        (hello(audience="desk"), codes.AUDIENCE),
        (hello(versions=[]), codes.UNREADABLE),
        (hello(unknown=1), codes.UNREADABLE),
        (ask(), codes.OUT_OF_TURN),
        (b"\xff", codes.NOT_UTF8),
        (b"{", codes.UNREADABLE),
        (b" " * 16_385, codes.TOO_BIG),
    ],
)
def test_a_wrong_beginning_is_the_end(first: bytes, close: codes.Close) -> None:
    connection = Connection(CITIZEN, Rate(), 0)
    assert connection.text(first, 0) == close
    assert connection.state == "closing"
    assert connection.text(hello(), 0) is None, "nothing is heard after the close began"
    connection.admitted()
    assert connection.state == "closing", "an admission that comes late does not open a closed connection"


def test_nothing_may_be_said_before_the_welcome() -> None:
    connection = Connection(CITIZEN, Rate(), 0)
    connection.text(hello(), 0)
    assert connection.text(ask(), 0) == codes.OUT_OF_TURN


def test_hello_is_said_once() -> None:
    assert joined().text(hello(), 0) == codes.OUT_OF_TURN


def test_hello_may_not_take_longer_than_ten_seconds() -> None:
    connection = Connection(CITIZEN, Rate(), 0)
    assert not connection.late(9_999) and connection.late(10_000)
    connection.text(hello(), 0)
    assert not connection.late(99_999)


def test_a_command_is_submitted_for_its_speaker() -> None:
    due = joined(MODERATOR).text(ask(ref=9), 0)
    assert due == Submit(MODERATOR.actor, 9, KEY, AskQuestion(text="x"))


def test_a_connection_speaks_for_those_whom_it_holds() -> None:
    connection = joined()
    other = Bearer(session=SESSION, participant="00000000000000cc", role="citizen")
    envelope: dict[str, Any] = {"as": other.participant}
    as_other = ask(**envelope)
    assert connection.text(as_other, 0) == Refuse(1, "not_allowed")
    assert connection.text(say(type="connection.add", ref=2, **{"pass": "p"}), 0) == Add(2, "p")
    assert connection.added(other)
    due = connection.text(as_other, 0)
    assert isinstance(due, Submit) and due.actor == other.actor


@pytest.mark.parametrize(
    "stranger",
    [
        Bearer(session="zzzz2345", participant="00000000000000cc", role="citizen"),
    ],
)
def test_nobody_from_another_session_is_taken_in(stranger: Bearer) -> None:
    assert not joined().added(stranger)


def test_nobody_is_shown_more_than_their_role_may_see() -> None:
    """A citizen added to a moderator's connection would read the desk's view."""
    assert not joined(MODERATOR).added(CITIZEN)
    assert joined(CITIZEN).added(MODERATOR)


def test_media_goes_to_the_stage_and_not_to_the_rules() -> None:
    connection = joined()
    for fields in (
        {"type": "media.publish"},
        {"type": "media.watch", "seats": ["s1", "s2"]},
        {"type": "media.answer", "peer": "p1", "sdp": "v=0"},
        {"type": "media.leave"},
    ):
        due = connection.text(say(ref=3, **fields), 0)
        assert isinstance(due, Media) and due.bearer == CITIZEN


def test_only_an_answer_may_be_long() -> None:
    answer = say(type="media.answer", ref=1, peer="p", sdp="x" * 30_000)
    assert isinstance(joined().text(answer, 0), Media)
    assert joined().text(say(type="media.answer", ref=1, peer="p", sdp="x" * 50_000), 0) == codes.TOO_BIG
    assert joined().text(ask(text="x" * 17_000), 0) == codes.TOO_BIG
    disguised = b'{"area":"\\"media.answer\\"","type":"question.ask","ref":1,"key":"%s","text":"x"}' % KEY.encode()
    assert joined().text(disguised + b" " * 17_000, 0) == codes.TOO_BIG
    plain = b'{"name":"media.answer","type":"question.ask","ref":1,"key":"%s","text":"x"}' % KEY.encode()
    assert isinstance(joined().text(plain, 0), Submit)
    assert joined().text(plain + b" " * 17_000, 0) == codes.TOO_BIG
    early = Connection(CITIZEN, Rate(), 0)
    assert early.text(answer, 0) == codes.TOO_BIG


def test_a_malformed_message_with_a_number_loses_nothing() -> None:
    connection = joined()
    due = connection.text(ask(ref=5, colour="red"), 0)
    assert isinstance(due, Refuse) and (due.ref, due.code) == (5, "malformed")
    assert isinstance(connection.text(ask(ref=6), 0), Submit)
    assert connection.text(b"[]", 0) == codes.UNREADABLE


def test_who_talks_too_fast_is_told_and_then_cut_off() -> None:
    connection = joined(rate=Rate(per_s=5, burst=3, patience=4))
    assert all(isinstance(connection.text(ask(), 0), Submit) for _ in range(3))
    due = connection.text(ask(ref=4), 0)
    assert due == Refuse(4, "slow_down", {"retry_ms": 200})
    assert isinstance(connection.text(ask(), 200), Submit), "who waits as told is heard"
    for _ in range(4):
        due = connection.text(b'{"ref":1}', 200)
        assert isinstance(due, Refuse) and due.code == "slow_down", "malformed messages count as well"
    assert connection.text(ask(), 200) == codes.TOO_FAST


def test_the_bucket_fills_up_to_its_brim_only() -> None:
    connection = joined(rate=Rate(per_s=5, burst=2))
    assert sum(isinstance(connection.text(ask(), 3_600_000), Submit) for _ in range(5)) == 2


def test_the_state_machine_knows_no_socket_no_clock_and_no_chance() -> None:
    source = Path(connection.__file__).read_text(encoding="utf-8")
    imported: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            imported |= {each.name.split(".")[0] for each in node.names}
        elif isinstance(node, ast.ImportFrom):
            imported.add("signaling" if node.level else (node.module or "").split(".")[0])
    assert imported == {"__future__", "typing", "msgspec", "moderation", "rooms", "signaling"}
