"""Figures that say what they mean, and small numbers that stay small."""

from __future__ import annotations

from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from kachehri.reports.figures import DAY_MS, WEEK_MS, Fact, Table, ageing, causes, honesty, offices
from kachehri.reports.rates import SMALL, Rate, mean, shrunk

NOW = 1_767_589_200_000


def fact(number: int, **changed: Any) -> Fact:
    plain = Fact(
        reference=f"26{number:08d}",
        office="water",
        category="water_none",
        area="uc1",
        person=f"p{number}",
        state="assigned",
        basis="",
        opened_at=NOW - 10 * DAY_MS,
        due_at=NOW + DAY_MS,
        proposed_at=None,
        closed_at=None,
        disputes=0,
        level=0,
    )
    return plain._replace(**changed)


def ended(number: int, basis: str = "citizen_confirmed", **changed: Any) -> Fact:
    return fact(number, state="closed", basis=basis, proposed_at=NOW - DAY_MS, closed_at=NOW, **changed)


def cells(table: Table, subject: str) -> dict[str, object]:
    row = next(row for row in table.rows if row.subject == subject)
    return dict(zip(table.columns, row.cells, strict=True))


class TestRates:
    @given(st.integers(0, 500), st.integers(0, 500))
    def test_the_true_share_lies_around_the_one_that_was_seen(self, n: int, more: int) -> None:
        rate = Rate(n, n + more)
        if rate.of < SMALL:
            assert rate.percent is None and rate.between is None
            return
        assert rate.percent is not None and rate.between is not None
        low, high = rate.between
        assert 0 <= low <= rate.percent <= high <= 100
        wider = Rate(10 * n, 10 * rate.of).between
        assert wider is not None and wider[1] - wider[0] <= high - low

    def test_as_in_the_tables(self) -> None:
        assert Rate(8, 10).between == (49, 95) and Rate(0, 10).between == (0, 28)

    def test_few_cases_are_drawn_towards_the_average(self) -> None:
        assert shrunk(Rate(1, 1), 0.5) < shrunk(Rate(90, 100), 0.5)
        assert mean([]) == 0.5 and mean([Rate(1, 4), Rate(2, 2)]) == 0.5


class TestAgeing:
    def test_each_open_ticket_stands_in_one_column(self) -> None:
        days = {0: 0, 1: 3, 2: 4, 3: 60, 4: 61, 5: 10}
        facts = [fact(number) for number in days] + [ended(9), fact(7, office="road", opened_at=NOW)]
        table = ageing(facts, lambda each: days.get(int(each.reference[2:]), 0))
        assert cells(table, "water") == {"to3": 2, "to7": 1, "to15": 1, "to30": 0, "to60": 1, "over": 1, "all": 6}
        assert cells(table, "road")["all"] == 1 and table.whole is not None and table.whole.cells[-1] == 7
        assert table.oldest[0] == ("2600000004", "water", 61)

    def test_nothing_open_is_an_empty_table(self) -> None:
        assert ageing([ended(1)], lambda each: 1).rows == () and ageing([], lambda each: 1).whole is None


class TestHonesty:
    def test_what_is_claimed_and_what_is_confirmed_are_two_figures(self) -> None:
        facts = [
            *(ended(n) for n in range(6)),
            ended(10, "citizen_silent"),
            ended(11, "supervisor_forced"),
            ended(12, "appeal_decided", disputes=2),
            fact(13, state="resolution_proposed", proposed_at=NOW),
            fact(14),
        ]
        found = cells(honesty(facts), "water")
        assert found == {
            "claimed": 10,
            "confirmed": 6,
            "silent": 1,
            "forced": 1,
            "disputed": 1,
            "appeal": 1,
            "waiting": 1,
            "share": Rate(6, 9),
        }


class TestOffices:
    def test_are_compared_with_their_own_size(self) -> None:
        facts = [ended(n, office="big") for n in range(120)] + [ended(n, office="small") for n in range(200, 206)]
        assert {row.subject: row.group for row in offices(facts).rows} == {"big": "large", "small": "small"}

    def test_one_good_week_leads_no_table(self) -> None:
        lucky = [ended(n, office="lucky") for n in range(5)]
        steady = [ended(n, office="steady") for n in range(10, 28)] + [ended(30, "citizen_silent", office="steady")]
        slow = [ended(n, "supervisor_forced", office="slow", disputes=1) for n in range(50, 65)]
        assert [row.subject for row in offices([*lucky, *steady, *slow]).rows] == ["steady", "lucky", "slow"]

    def test_too_few_have_no_points(self) -> None:
        assert cells(offices([ended(1)]), "water")["score"] is None


class TestCauses:
    def test_a_week_with_many_more_stands_out(self) -> None:
        week = [fact(n, opened_at=NOW - DAY_MS) for n in range(12)]
        before = [fact(100 + n, opened_at=NOW - (n + 1) * WEEK_MS - DAY_MS) for n in range(8)]
        found = cells(causes([*week, *before], NOW), "water_none|uc1")
        assert (found["week"], found["people"], found["before"]) == (12, 12, 1.0)

    def test_one_person_with_many_is_no_cause(self) -> None:
        assert causes([fact(n, opened_at=NOW, person="p") for n in range(20)], NOW).rows == ()


def test_a_table_is_kept_as_it_is() -> None:
    for table in (honesty([ended(1)]), offices([ended(n) for n in range(9)]), ageing([fact(1)], lambda each: 3)):
        assert msgspec.json.decode(msgspec.json.encode(table), type=Table) == table
