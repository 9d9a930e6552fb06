"""Who has to act for a post, who answers when it is late, and whom a complaint must not reach."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kachehri.tickets.chart import LEVELS, Chair, Chart, Sitter, about_office, office_about

#: A small house: the engineer and his officer in the water office, above them the commissioner in the desk that sorts.
CHAIRS = (
    Chair("dc", "desk"),
    Chair("clerk", "desk", "dc"),
    Chair("xen", "water", "dc"),
    Chair("sdo", "water", "xen"),
    Chair("foreman", "canals", "sdo"),
)
OFFICES = {"desk": "", "water": "", "canals": "water", "roads": ""}
NOW = 1_000


def chart(*sitters: Sitter) -> Chart:
    return Chart(CHAIRS, sitters, OFFICES, "desk")


def at(post: str, account: str, **more: object) -> Sitter:
    return Sitter(post, account.title(), account, **more)  # type: ignore[arg-type]


EVERYBODY = (at("dc", "salma"), at("clerk", "nadia"), at("xen", "asif"), at("sdo", "bilal"), at("foreman", "danish"))


class TestWhoSitsThere:
    def test_who_acts_comes_before_the_holder_and_only_for_as_long(self) -> None:
        acting = chart(at("xen", "asif"), at("xen", "farah", kind="acting", since=500, to=1_500))
        assert [acting.account("xen", now) for now in (499, 500, 1_499, 1_500)] == ["asif", "farah", "farah", "asif"]

    def test_a_leave_makes_the_chair_empty_until_somebody_acts(self) -> None:
        away = at("xen", "asif", kind="away", since=500, to=1_500)
        found = chart(at("dc", "salma"), at("xen", "asif"), away)
        assert found.sitter("xen", NOW) is None and found.account("xen", NOW) == "salma"
        assert found.sitter("xen", 1_500) is not None and found.account("xen", 1_500) == "asif"
        assert chart(at("xen", "asif"), away, at("xen", "farah", kind="acting")).account("xen", NOW) == "farah"

    def test_an_empty_chair_falls_through_to_the_next_with_an_account_and_at_last_to_the_desk(self) -> None:
        assert chart(at("dc", "salma")).account("sdo", NOW) == "salma"
        assert chart(at("dc", "salma"), Sitter("xen", "Asif")).account("sdo", NOW) == "salma"
        lonely = Chart((Chair("dc", "desk"), Chair("head", "roads")), (at("dc", "salma"),), OFFICES, "desk")
        assert lonely.account("head", NOW) == "salma"
        assert chart().account("sdo", NOW) == ""

    def test_the_latest_of_two_holders_counts(self) -> None:
        two = (at("xen", "asif", since=10), at("xen", "farah", since=20))
        assert chart(*two).account("xen", NOW) == chart(*reversed(two)).account("xen", NOW) == "farah"

    def test_an_account_knows_its_posts_its_own_first(self) -> None:
        found = chart(at("sdo", "asif", kind="acting"), at("xen", "asif"), at("foreman", "asif", since=NOW + 1))
        assert found.posts_of("asif", NOW) == ("xen", "sdo")
        assert found.posts_of("", NOW) == found.posts_of("nobody", NOW) == ()


class TestLine:
    def test_levels_are_one_superior_each_and_then_the_lead_of_the_desk(self) -> None:
        found = chart(*EVERYBODY)
        assert [found.above("foreman", "canals", level, NOW) for level in LEVELS] == ["sdo", "xen", "dc"]
        assert [found.above("xen", "water", level, NOW) for level in LEVELS] == ["dc", "dc", "dc"]

    def test_empty_posts_are_passed_over(self) -> None:
        found = chart(*(each for each in EVERYBODY if each.post != "xen"))
        assert [found.above("foreman", "canals", level, NOW) for level in LEVELS] == ["sdo", "dc", "dc"]

    def test_without_a_post_the_head_of_the_office_comes_first(self) -> None:
        found = chart(*EVERYBODY)
        assert found.head("water") == "xen" and found.head("roads") == ""
        assert found.above("", "water", 1, NOW) == "xen"
        assert found.above("", "canals", 1, NOW) == "foreman"
        assert found.above("", "roads", 1, NOW) == "dc"  # no post at all: the lead of the desk

    def test_nobody_concerned_becomes_accountable(self) -> None:
        found = chart(*EVERYBODY)
        assert found.above("foreman", "canals", 1, NOW, about="sdo") == "xen"
        assert found.above("foreman", "canals", 1, NOW, about=about_office("water")) == "dc"
        assert found.account("sdo", NOW, about="xen") == "salma"

    def test_a_house_without_people_still_names_a_post(self) -> None:
        assert chart().above("sdo", "water", 1, NOW) == "dc"
        assert Chart((), (), {}, "").above("sdo", "water", 1, NOW) == ""

    def test_where_an_account_stands_to_a_ticket(self) -> None:
        found = chart(*EVERYBODY)
        who = {each: found.level_over(each, "sdo", "water", NOW) for each in ("bilal", "asif", "salma", "danish")}
        assert who == {"bilal": 0, "asif": 1, "salma": 2, "danish": None}
        assert found.level_over("asif", "", "water", NOW) == 0

    @given(st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)), max_size=8), st.integers(0, 7))
    def test_no_line_runs_in_a_circle(self, links: list[tuple[int, int]], start: int) -> None:
        above = {f"p{low}": f"p{high}" for low, high in links}
        found = Chart([Chair(f"p{n}", "o", above.get(f"p{n}", "")) for n in range(8)], (), {"o": ""}, "o")
        line = found.line(f"p{start}")
        assert line[0] == f"p{start}" and len(set(line)) == len(line) <= 8
        assert found.head("o") in found.chairs
        for level in LEVELS:
            assert found.above(f"p{start}", "o", level, NOW)


class TestGrievancesAboutSomebody:
    @pytest.mark.parametrize(
        ("post", "about", "answer"),
        [
            ("xen", "xen", True),
            ("sdo", "xen", True),
            ("foreman", "xen", True),
            ("dc", "xen", False),
            ("xen", "sdo", False),
            ("sdo", about_office("water"), True),
            ("foreman", about_office("water"), True),  # an office below it
            ("dc", about_office("water"), False),
            ("xen", about_office("desk"), True),  # answers to somebody there
            ("xen", "", False),
        ],
    )
    def test_who_answers_to_whom_it_is_about(self, post: str, about: str, answer: bool) -> None:
        assert chart().answers_to(post, about) is answer

    @pytest.mark.parametrize(
        ("office", "post", "about", "answer"),
        [
            ("water", "", "sdo", True),  # the office sees what lies with it
            ("water", "xen", "sdo", False),  # by name to the one above
            ("water", "sdo", "xen", True),
            ("canals", "", "sdo", True),  # its head answers to the post
            ("desk", "", "xen", False),
            ("desk", "clerk", "dc", True),
            ("roads", "", "xen", False),
            ("water", "", about_office("water"), True),
            ("canals", "", about_office("water"), True),
            ("desk", "", about_office("water"), False),
            ("water", "", "somebody-gone", False),
        ],
    )
    def test_where_a_ticket_must_not_lie(self, office: str, post: str, about: str, answer: bool) -> None:
        assert chart().concerns(office, post, about) is answer

    def test_it_goes_around_to_the_one_above(self) -> None:
        assert chart().around("sdo") == ("water", "xen")
        assert chart().around("xen") == chart().around(about_office("water")) == ("desk", "dc")
        assert chart().around("dc") == chart().around(about_office("desk")) == ("", "")

    def test_a_post_and_an_office_of_one_name_are_told_apart(self) -> None:
        assert office_about(about_office("water")) == "water" and office_about("water") == ""
