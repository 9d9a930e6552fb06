"""A slip is checked with the downloaded log alone, and a log that was tampered with is not taken for the log."""

from __future__ import annotations

import contextlib
import json
import random

import pytest

from kachehri.proof.checking import Tampered, bare, check, holds, is_code
from kachehri.proof.public_log import _ENCODE, BEGIN, Writing, chained, proof_of, spoken
from kachehri.proof.signing import Signer, genuine
from kachehri.store import Store, event_log
from rooms.questions import QuestionAsked
from rooms.session import decode_event
from tests.kachehri.proof.conftest import QUESTIONS, SESSION, STARTED

TRIES = 200


@pytest.fixture(scope="module")
def log(record: Store) -> list[bytes]:
    writing = Writing(SESSION, Signer((bytes(range(32)),)))
    with record.read() as conn:
        rows = event_log.after(conn, SESSION, 0)
    whole = writing.begin() + writing.more(rows[:5]) + writing.more(rows[5:]) + writing.end(STARTED)
    return whole.splitlines(keepends=True)


def test_a_slip_verifies_from_the_log_alone(record: Store, log: list[bytes], signer: Signer) -> None:
    checked = check(log, signer.public)
    assert (checked.session, checked.events) == (SESSION, QUESTIONS)
    with record.read() as conn:
        rows = event_log.after(conn, SESSION, 0)
    assert checked.record == rows[-1].hash.hex()
    for row in rows:
        event = decode_event(row.body)
        assert isinstance(event, QuestionAsked)
        code = proof_of(row.body)
        said = spoken(code).upper()
        assert len(said) == 19 and is_code(said) and bare(said) == code
        assert holds(checked, event.reference, said) == row.seq
        assert holds(checked, event.reference, code[::-1]) is None
        assert holds(checked, "2699999999", code) is None


def test_nothing_for_the_desk_is_in_it(record: Store, log: list[bytes]) -> None:
    text = b"".join(log)
    with record.read() as conn:
        for row in event_log.after(conn, SESSION, 0):
            event = decode_event(row.body)
            assert isinstance(event, QuestionAsked) and event.content is not None
            for kept in (event.reference, event.asker, event.content.id, event.content.digest, row.hash.hex()):
                assert kept.encode() not in text or row.seq == QUESTIONS and kept == row.hash.hex()


def edited(log: list[bytes], dice: random.Random) -> list[bytes]:
    at = dice.randrange(len(log))
    content = json.loads(log[at])
    name = dice.choice(sorted(content))
    content[name] = content[name] + 1 if isinstance(content[name], int) else content[name][:-1] + "~"
    return [*log[:at], json.dumps(content).encode() + b"\n", *log[at + 1 :]]


def deleted(log: list[bytes], dice: random.Random) -> list[bytes]:
    at = dice.randrange(len(log))
    return [*log[:at], *log[at + 1 :]]


def reordered(log: list[bytes], dice: random.Random) -> list[bytes]:
    one, other = sorted(dice.sample(range(len(log)), 2))
    return [*log[:one], log[other], *log[one + 1 : other], log[one], *log[other + 1 :]]


def inserted(log: list[bytes], dice: random.Random) -> list[bytes]:
    at = dice.randrange(len(log) + 1)
    return [*log[:at], dice.choice(log), *log[at:]]


def cut(log: list[bytes], dice: random.Random) -> list[bytes]:
    return log[: dice.randrange(len(log))]


def recomputed(log: list[bytes], dice: random.Random) -> list[bytes]:
    """Edited, chained anew, and signed with a key of the liar's own."""
    liar = Signer((dice.randbytes(32),))
    at = dice.randrange(1, len(log) - 1)
    last, out = BEGIN, [log[0]]
    for number, line in enumerate(log[1:-1], 1):
        content = json.loads(line)
        del content["hash"]
        if number == at:
            content["item"] = dice.randbytes(32).hex()
        last = chained(last, content)
        out.append(_ENCODE({**content, "hash": last}) + b"\n")
    end = {**json.loads(log[-1]), "head": last}
    del end["signature"]
    return [*out, _ENCODE({**end, "signature": liar.sign(_ENCODE(end))}) + b"\n"]


@pytest.mark.parametrize("tamper", [edited, deleted, reordered, inserted, cut, recomputed])
def test_a_tampered_log_is_not_taken(log: list[bytes], signer: Signer, tamper: object) -> None:
    dice = random.Random(tamper.__name__)  # type: ignore[attr-defined]
    for _ in range(TRIES):
        with pytest.raises(Tampered):
            check(tamper(log, dice), signer.public)  # type: ignore[operator]


def test_what_is_no_key_and_no_signature_is_not_genuine(signer: Signer) -> None:
    assert genuine(signer.public, b"x", signer.sign(b"x"))
    assert not genuine(signer.public, b"y", signer.sign(b"x"))
    assert not genuine("?", b"x", signer.sign(b"x")) and not genuine(signer.public, b"x", "?")
    assert not genuine("AAAA", b"x", signer.sign(b"x"))


def test_whatever_a_file_holds_it_is_taken_or_told(log: list[bytes], signer: Signer) -> None:
    """Nothing that somebody puts into a file makes the check stop otherwise than with what is wrong."""
    dice = random.Random(11)
    hostile = [
        b"",
        b"[" * 200_000,
        b'{"seq":1,"at":' + b"9" * 400 + b"}",
        b"\xff\xfe",
        b"{}",
        b'{"signature":[]}',
        b"null",
    ]
    for number in range(300):
        lines = [bytearray(each) for each in log]
        at = dice.randrange(len(lines))
        if number % 3:
            for _ in range(dice.randint(1, 4)):
                lines[at][dice.randrange(len(lines[at]))] = dice.randrange(256)
        else:
            lines[at : at + dice.randint(0, 1)] = [bytearray(dice.choice(hostile) + b"\n")]
        with contextlib.suppress(Tampered):
            assert check([bytes(each) for each in lines], signer.public).events == QUESTIONS


@pytest.mark.parametrize("at", [-1, 10**18, 1.5, "soon", None, True])
def test_an_end_that_says_nothing_sensible_is_told_even_when_it_is_signed(log: list[bytes], at: object) -> None:
    liar = Signer((bytes(range(7, 39)),))
    head = {**json.loads(log[0]), "key": liar.public}
    end = {**json.loads(log[-1]), "at": at}
    del end["signature"]
    signed = _ENCODE({**end, "signature": liar.sign(_ENCODE(end))}) + b"\n"
    with pytest.raises(Tampered, match="form"):
        check([_ENCODE(head) + b"\n", *log[1:-1], signed])


@pytest.mark.parametrize("written", ["{0}", "\u2066{1}\u2069", "{2}", "{3}", " {0} \u200f"])
def test_a_code_is_read_as_people_and_cameras_write_it(written: str) -> None:
    code = "0123456789abcdef"
    urdu = code.translate(str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹"))
    arabic = spoken(code).translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")).replace("-", "\u2013")
    wide = "".join(chr(ord(c) + 0xFEE0) for c in code.upper())
    photographed = "O I 2 3–4 5 6 7 8 9 A B C D E F"
    said = written.format(spoken(code), urdu, arabic, wide)
    assert is_code(said) and bare(said) == code
    assert bare(photographed) == code and not is_code(code[:-1]) and not is_code(code[:-1] + "g")
