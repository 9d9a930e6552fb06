"""What a receipt proves, and the code that goes with it."""

from __future__ import annotations

from kachehri.people import CODE_DIGITS, People
from kachehri.vault import Vault

QUESTION, OTHER = "00000000000000a1", "00000000000000a2"
PEOPLE = People(Vault((b"k" * 32,)), b"r" * 32)


def test_a_code_belongs_to_its_question_and_this_house() -> None:
    code = PEOPLE.code(QUESTION)
    assert len(code) == CODE_DIGITS and code.isdecimal() and code == PEOPLE.code(QUESTION)
    assert PEOPLE.check(QUESTION, code)
    assert not PEOPLE.check(OTHER, code)
    assert not People(Vault((b"k" * 32,)), b"s" * 32).check(QUESTION, code)


def test_a_code_may_be_written_in_any_script() -> None:
    code = PEOPLE.code(QUESTION)
    assert PEOPLE.check(QUESTION, code.translate(str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")))
    assert PEOPLE.check(QUESTION, f" {code[:3]} {code[3:]} ")
    for wrong in ("", code[:-1], code + "0", "abcdef"):
        assert not PEOPLE.check(QUESTION, wrong)


def test_codes_are_spread_over_all_digits() -> None:
    codes = [PEOPLE.code(f"{n:016x}") for n in range(2_000)]
    assert len(set(codes)) > 1_990
    assert {code[0] for code in codes} == set("0123456789")


def test_the_code_tells_nothing_of_the_receipt() -> None:
    assert PEOPLE.code(QUESTION) not in PEOPLE.receipt(QUESTION)
    assert PEOPLE.question_of(PEOPLE.receipt(QUESTION)) == QUESTION
