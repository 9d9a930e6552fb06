"""Six digits and codes on paper, apart from the accounts that have them."""

from __future__ import annotations

import secrets

import pyotp
import pytest

from kachehri.second_factor import (
    STEP_MS,
    SecondFactor,
    drift_ms,
    is_paper,
    new_codes,
    new_secret,
    normal,
    step_of,
    uri,
)
from tests.conftest import MONDAY_MS

SECRET = new_secret()


def code_at(ms: int) -> str:
    return pyotp.HOTP(SECRET).at(ms // STEP_MS)


def test_the_codes_are_those_of_the_standard() -> None:
    # RFC 6238 appendix B, SHA-1, cut from eight digits to six.
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    for seconds, code in ((59, "287082"), (1_111_111_109, "081804"), (20_000_000_000, "353130")):
        assert step_of(secret, code, seconds * 1_000) == seconds // 30


@pytest.mark.parametrize("written", ["{0} {1}", "{0}-{1}", " {0}{1} "])
def test_a_code_is_read_as_people_write_it(written: str) -> None:
    code = code_at(MONDAY_MS)
    assert step_of(SECRET, written.format(code[:3], code[3:]), MONDAY_MS) is not None
    assert step_of(SECRET, code.translate(str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")), MONDAY_MS) is not None


@pytest.mark.parametrize("code", ["", "12345", "1234567", "abcdef", "²²²²²²"])
def test_what_is_no_code_is_wrong(code: str) -> None:
    assert step_of(SECRET, code, MONDAY_MS) is None


def test_a_clock_that_is_off_is_found_within_a_day_and_no_further() -> None:
    hour = 3_600_000
    for hours in (-24, -5, 1, 12):
        assert drift_ms(SECRET, code_at(MONDAY_MS + hours * hour), MONDAY_MS) == hours * hour
    years_off = code_at(MONDAY_MS - 6 * 365 * 24 * hour)
    assert step_of(SECRET, years_off, MONDAY_MS) is None


def test_what_is_sealed_opens_for_its_account_and_after_a_change_of_the_key() -> None:
    old, new = secrets.token_bytes(32), secrets.token_bytes(32)
    sealed = SecondFactor([old]).seal("acc", SECRET)
    assert SecondFactor([new, old]).accepts("acc", sealed, code_at(MONDAY_MS), 0, MONDAY_MS) == MONDAY_MS // STEP_MS
    assert SecondFactor([new, old]).accepts("other", sealed, code_at(MONDAY_MS), 0, MONDAY_MS) is None
    assert SecondFactor([new]).accepts("acc", sealed, code_at(MONDAY_MS), 0, MONDAY_MS) is None
    kept = SecondFactor([old]).hashes(["abcde-fgh23"])
    assert SecondFactor([new, old]).without(kept, "ABCDE FGH23") == []
    assert SecondFactor([new]).without(kept, "abcde-fgh23") is None


def test_paper_codes_are_told_from_the_phone_s() -> None:
    codes = new_codes()
    assert len(set(codes)) == 8 and all(is_paper(code) for code in codes)
    assert not is_paper("123 456") and normal("OIL-o") == "0110"


def test_the_phone_is_told_who_and_where() -> None:
    assert uri(SECRET, "asma", "E-Kachehri").startswith("otpauth://totp/E-Kachehri:asma?secret=")
