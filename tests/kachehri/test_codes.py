"""What a command names must exist, and a promised day must still come."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from kachehri.codes import Codes, end_of_day
from kachehri.store import Connection, Store, district
from kachehri.store.tables import Category, Office, Post
from rooms.base import Command, Refused
from rooms.concerns import ConcernQuestion
from rooms.outcomes import NoteOutcome
from rooms.questions import AdmitQuestion, AskQuestion
from tests.databases import new_sqlite

KARACHI = ZoneInfo("Asia/Karachi")
#: 2026-03-09 at 23:30 in Karachi, which is UTC+5: in Greenwich the evening has just begun.
LATE = int(datetime(2026, 3, 9, 18, 30, tzinfo=UTC).timestamp() * 1000)
QUESTION = "1" * 16


@pytest.fixture
def conn(tmp_path: Path) -> Iterator[Connection]:
    store = Store(new_sqlite(tmp_path / "codes.db"))
    with store.write() as conn:
        district.save_offices(conn, [Office(id="o1", code="wasa", name_ur="واسا", name_en="WASA", triage=True)])
        yield conn
    store.close()


def name(conn: Connection, *codes: str) -> None:
    rows = [Category(id=code, code=code, name_ur=code, name_en=code, office_id="o1") for code in codes]
    district.save_categories(conn, rows)


def refusal(codes: Codes, conn: Connection, command: Command) -> str:
    try:
        codes.check(conn, command, LATE, KARACHI)
    except Refused as refused:
        return refused.code
    return ""


def order(due: str | None = "2026-03-09", office: str = "wasa") -> NoteOutcome:
    return NoteOutcome(question=QUESTION, outcome="ordered", office=office, due=due)


def test_a_category_must_be_one_of_the_district(conn: Connection) -> None:
    codes = Codes()
    name(conn, "water")
    assert refusal(codes, conn, AskQuestion(text="x", category="water")) == ""
    assert refusal(codes, conn, AskQuestion(text="x", category="cats")) == "category_unknown"
    assert refusal(codes, conn, AskQuestion(text="x")) == ""
    name(conn, "cats")
    assert refusal(codes, conn, AskQuestion(text="x", category="cats")) == ""


def test_a_district_that_has_named_none_takes_all(conn: Connection) -> None:
    assert refusal(Codes(), conn, AskQuestion(text="x", category="cats")) == ""


def test_an_office_must_exist(conn: Connection) -> None:
    codes = Codes()
    assert refusal(codes, conn, order()) == ""
    assert refusal(codes, conn, order(office="o1")) == "office_unknown"
    assert refusal(codes, conn, NoteOutcome(question=QUESTION, outcome="answered")) == ""


@pytest.mark.parametrize(
    ("due", "code"),
    [("2026-03-09", ""), ("2026-03-08", "due_passed"), ("2026-02-30", "due_passed"), ("2028-02-29", ""), (None, "")],
)
def test_a_promised_day_must_exist_and_not_have_passed_here(conn: Connection, due: str | None, code: str) -> None:
    assert refusal(Codes(), conn, order(due)) == code


def test_a_day_is_over_where_the_office_is(conn: Connection) -> None:
    codes = Codes()
    hour = 3_600_000
    codes.check(conn, order(), LATE, KARACHI)
    with pytest.raises(Refused, match="due_passed"):
        codes.check(conn, order(), LATE + hour, KARACHI)
    codes.check(conn, order(), LATE + hour, ZoneInfo("Europe/London"))


def test_other_commands_name_nothing(conn: Connection) -> None:
    assert refusal(Codes(), conn, AdmitQuestion(question=QUESTION)) == ""


def test_a_day_ends_at_midnight_of_the_district() -> None:
    assert end_of_day("2026-03-09", KARACHI) == int(datetime(2026, 3, 9, 19, tzinfo=UTC).timestamp() * 1000) - 1
    assert (
        end_of_day("2026-03-29", ZoneInfo("Europe/Berlin")) - end_of_day("2026-03-28", ZoneInfo("Europe/Berlin"))
        == 23 * 3_600_000
    )


def test_whom_a_question_complains_about_must_exist(conn: Connection) -> None:
    district.save_posts(conn, [Post(id="xen", office_id="o1", title_ur="ایکسین", title_en="Executive Engineer")])
    for about, code in (
        ("", ""),
        ("xen", ""),
        ("office/o1", ""),
        ("o1", "office_unknown"),
        ("office/xen", "office_unknown"),
        ("sdo", "office_unknown"),
    ):
        assert refusal(Codes(), conn, ConcernQuestion(question=QUESTION, about=about)) == code, about
