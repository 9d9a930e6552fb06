"""A question goes by the most specific rule, never to whom it is about, else to people who sort; and why is known."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kachehri.tickets.chart import Chair, Chart, about_office
from kachehri.tickets.coverage import Past, empty, holes, trial
from kachehri.tickets.places import PICKED, Place, leaves, surrounding
from kachehri.tickets.routing import Looked, Route, Routed, Routing, Rule

OFFICES = {"desk": "", "health_engineering": "", "women": "", "tehsil": "", "sub": "health_engineering"}
CHART = Chart(
    (
        Chair("dc", "desk"),
        Chair("xen", "health_engineering", "dc"),
        Chair("sdo", "sub", "xen"),
        Chair("ac", "tehsil", "dc"),
        Chair("protector", "women"),
    ),
    (),
    OFFICES,
    "desk",
)
ROUTES = {
    "water": Route("water", "health_engineering", group="wet"),
    "dirty": Route("dirty", "health_engineering", group="wet"),
    "harassment": Route("harassment", "women", protected=True, group="private"),
    "canal": Route("canal", "closed_office", group="wet"),
    "misc": Route("misc", None),
}
#: A village in a tehsil in a district, and in the sub-division of another map.
PLACES = (
    Place("d", "d"),
    Place("t", "t", "d"),
    Place("v", "v", "t", within=("s",)),
    Place("u", "u", "t"),
    Place("s", "s", "", "electricity"),
)
AROUND = surrounding(PLACES)
ROUTING = Routing(ROUTES, frozenset(OFFICES), "desk", (), AROUND, CHART, 1_000)


def by(*rules: Rule) -> Routing:
    return Routing(ROUTES, frozenset(OFFICES), "desk", rules, AROUND, CHART, 1_000)


class TestHouse:
    """Without a rule everything goes by the office of its category."""

    def test_follows_the_category(self) -> None:
        assert ROUTING.route("water") == Routed("health_engineering", "category", "water")
        assert ROUTING.route("water").by_rule

    def test_keeps_a_protected_category_protected(self) -> None:
        assert ROUTING.route("harassment") == Routed("women", "category", "harassment", protected=True)

    def test_follows_the_hearing_before_any_rule(self) -> None:
        assert ROUTING.route("water", "women") == Routed("women", "hearing", "water")
        assert ROUTING.route("harassment", "health_engineering").protected
        assert ROUTING.route("cats", "women").by_rule
        assert ROUTING.route("water", "closed_office") == ROUTING.route("water", "") == ROUTING.route("water")

    @pytest.mark.parametrize(
        ("category", "why"),
        [("", "no_category"), ("other", "no_category"), ("cats", "unknown_category")]
        + [("misc", "no_office"), ("canal", "office_gone")],
    )
    def test_falls_to_the_triage_desk_with_a_reason(self, category: str, why: str) -> None:
        routed = ROUTING.route(category)
        assert (routed.office, routed.why, routed.by_rule) == ("desk", why, False)

    def test_needs_neither_places_nor_posts(self) -> None:
        assert Routing(ROUTES, {"women"}, "desk").route("harassment", area="x", about="y").office == "women"


class TestRules:
    def test_the_most_specific_decides(self) -> None:
        """Each of these stands before the next, in the order of the house's own words."""
        chain = [
            Rule("exact", "sub", "sdo", category="water", area="v"),
            Rule("around", "tehsil", "ac", category="water", area="t"),
            Rule("wider", "tehsil", category="water", area="d"),
            Rule("group-here", "women", group="wet", area="v"),
            Rule("group-around", "sub", group="wet", area="t"),
            Rule("everywhere", "tehsil", category="water"),
        ]
        for n, first in enumerate(chain):
            for order in (chain[n:], chain[:n:-1] + [first]):
                routed = by(*order).route("water", area="v")
                assert (routed.rule, routed.office, routed.post, routed.why) == (*first[:3], "rule")
        whole = Rule("group", "tehsil", group="wet")
        assert by(whole).route("water", area="v").why == "category"
        assert by(whole).route("canal", area="v").rule == "group"  # its own office is gone

    def test_say_which_post_of_the_office_that_the_hearing_named(self) -> None:
        routing = by(
            Rule("other", "tehsil", "ac", category="water", area="v"),
            Rule("late", "sub", "xen", category="water", area="v", to=10),
            Rule("here", "sub", "sdo", category="water", area="t"),
        )
        assert routing.route("water", "sub", area="v") == Routed("sub", "hearing", "water", post="sdo")
        assert routing.route("water", "sub").post == routing.route("water", "women", area="v").post == ""
        # Not to whom it is about, where the rest of the office is still free to answer.
        assert routing.route("water", "sub", area="v", about="sdo").post != "sdo"

    def test_places_of_other_maps_count_like_those_around(self) -> None:
        lines = Rule("lines", "sub", category="water", area="s")
        assert by(lines).route("water", area="v").rule == "lines"
        assert by(lines).route("water", area="u").why == "category"
        tehsil = Rule("tehsil", "tehsil", category="water", area="t")
        # The same way off: one's own map comes first.
        assert by(lines, tehsil).route("water", area="v").rule == "tehsil"

    @pytest.mark.parametrize(
        ("since", "to", "holds"), [(1_000, None, 1), (1_001, None, 0), (None, 1_000, 0), (0, 2_000, 1)]
    )
    def test_a_rule_holds_from_its_first_instant_and_before_its_last(
        self, since: int | None, to: int | None, holds: bool
    ) -> None:
        routed = by(Rule("r", "tehsil", category="water", area="t", since=since, to=to)).route("water", area="v")
        assert (routed.why == "rule") is bool(holds)

    def test_an_office_that_is_gone_is_passed_over(self) -> None:
        gone = Rule("gone", "closed_office", category="water", area="v")
        assert by(gone).route("water", area="v").why == "category"

    def test_a_post_that_is_gone_leaves_its_office(self) -> None:
        routed = by(Rule("r", "tehsil", "nobody", category="water", area="v")).route("water", area="v")
        assert (routed.office, routed.post) == ("tehsil", "")

    def test_ten_thousand_questions_are_no_work(self) -> None:
        rules = [Rule(f"r{n}", "tehsil", category="water", area=f"v{n}") for n in range(2_000)]
        routing = by(*rules, Rule("last", "tehsil", category="water", area="t"))
        assert {routing.route("water", area="v").rule for _ in range(10_000)} == {"last"}


class TestGrievancesAboutSomebody:
    def test_go_around_the_one_complained_about(self) -> None:
        assert ROUTING.route("water", about="xen") == Routed("desk", "around", "water", post="dc")
        assert ROUTING.route("water", about=about_office("health_engineering")).post == "dc"
        assert ROUTING.route("water", about="ac").why == "category"
        assert ROUTING.route("water", "health_engineering", about="xen").why == "around"

    def test_a_rule_that_is_not_concerned_still_holds(self) -> None:
        other = Rule("other", "tehsil", category="water")
        assert by(other).route("water", about="xen").rule == "other"

    def test_where_nobody_is_above_the_desk_that_sorts_has_it(self) -> None:
        routed = ROUTING.route("harassment", about="protector")
        assert (routed.office, routed.why, routed.by_rule) == ("desk", "concerned", False)
        assert ROUTING.route("misc", about="dc").why == "nobody_else"


RULES = st.lists(
    st.builds(
        Rule,
        st.uuids().map(str),
        st.sampled_from([*OFFICES, "closed_office"]),
        st.sampled_from(["", *CHART.chairs, "nobody"]),
        st.sampled_from(["", *ROUTES]),
        st.sampled_from(["", "wet", "private"]),
        st.sampled_from(["", *(place.id for place in PLACES)]),
        st.sampled_from([None, 500, 1_000, 1_500]),
        st.sampled_from([None, 500, 1_000, 1_500]),
    ),
    max_size=12,
    unique_by=lambda rule: rule.id,
)
FACTS = {
    "category": st.sampled_from(["", "other", "cats", *ROUTES]),
    "named": st.sampled_from(["", "women", "sub", "closed_office"]),
    "area": st.sampled_from(["", "nowhere", *(place.code for place in PLACES)]),
    "about": st.sampled_from(["", "gone", *CHART.chairs, *(about_office(each) for each in OFFICES)]),
}


def specificity(rule: Rule, area: str) -> tuple[int, int]:
    """The order of the house's words, written down a second time."""
    around = AROUND.get(area, ())
    if rule.category:
        return (0, around.index(rule.area)) if rule.area else (2, 0)
    return (1, around.index(rule.area)) if rule.area else (3, 0)


class TestAnyRules:
    @given(RULES, st.data())
    def test_are_followed_in_their_order_and_always_alike(self, rules: Sequence[Rule], data: st.DataObject) -> None:
        facts = {name: data.draw(each) for name, each in FACTS.items()}
        category, area = facts["category"], facts["area"]
        routing = by(*rules)
        routed, looked = routing.explain(**facts)
        shuffled = data.draw(st.permutations(rules))
        assert routed == routing.route(**facts) == by(*shuffled).route(**facts)
        assert routed.office in OFFICES
        # What is explained is what is done.
        decided = [each for each in looked if each.verdict == "applies"]
        assert [(each.office, each.post) for each in decided] == [(routed.office, routed.post)]
        # Never to whom it is about, unless nobody else is left, which is said.
        if routed.why != "nobody_else":
            assert not CHART.concerns(routed.office, routed.post, facts["about"])
        # No rule that could have decided was more specific.
        group = routing.group_of(category)
        fits = [
            rule
            for rule in rules
            if (rule.category == category if rule.category else rule.group == group and group)
            and (not rule.area or rule.area in AROUND.get(area, ()))
            and rule.office in OFFICES
            and (rule.since is None or rule.since <= 1_000)
            and (rule.to is None or rule.to > 1_000)
            and not CHART.concerns(rule.office, rule.post if rule.post in CHART.chairs else "", facts["about"])
            and category
        ]
        if routed.why == "rule":
            best = min(specificity(rule, area) for rule in fits)
            assert specificity(next(rule for rule in rules if rule.id == routed.rule), area) == best
        elif routed.why not in ("hearing", "category"):
            assert fits == []
        elif routed.why == "category":
            assert all(specificity(rule, area) == (3, 0) for rule in fits)


class TestExplaining:
    def test_every_rule_that_was_passed_over_says_why(self) -> None:
        routing = by(
            Rule("gone", "closed_office", category="water", area="v"),
            Rule("early", "tehsil", category="water", area="v", since=2_000),
            Rule("late", "tehsil", category="water", area="v", to=10),
            Rule("about", "sub", "sdo", category="water", area="t"),
            Rule("here", "tehsil", "ac", group="wet", area="t"),
            Rule("else", "women", category="water", area="u"),
        )
        routed, looked = routing.explain("water", area="v", about="xen")
        assert routed.rule == "here"
        found = {each.rule.id: each.verdict for each in looked if each.rule}
        assert found == {
            "gone": "office_gone",
            "early": "not_yet",
            "late": "over",
            "about": "concerned",
            "here": "applies",
        }
        assert looked[-2:] == (
            Looked("category", "concerned", "health_engineering"),
            Looked("rule", "elsewhere", number=1),
        )

    def test_the_way_out_is_told_only_where_it_was_taken(self) -> None:
        assert [each.source for each in ROUTING.explain("water")[1]] == ["category"]
        assert [(each.source, each.verdict) for each in ROUTING.explain("misc", about="dc")[1]] == [
            ("category", "none"),
            ("triage", "concerned"),
            ("triage", "applies"),
        ]


class TestPlaces:
    def test_the_nearest_come_first_over_all_maps(self) -> None:
        assert AROUND["v"] == ("v", "t", "s", "d")
        assert AROUND["s"] == ("s",)

    def test_only_the_smallest_of_the_map_that_people_pick(self) -> None:
        assert [each.id for each in leaves(PLACES)] == ["v", "u"]

    @given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6), st.booleans()), max_size=12))
    def test_a_circle_is_met_once(self, links: list[tuple[int, int, bool]]) -> None:
        parents = {low: high for low, high, across in links if not across}
        over = {low: high for low, high, across in links if across}
        places = [
            Place(
                f"p{n}",
                f"c{n}",
                f"p{parents[n]}" if n in parents else "",
                PICKED if n % 2 else "police",
                (f"p{over[n]}",) if n in over else (),
            )
            for n in range(7)
        ]
        for code, around in surrounding(places).items():
            assert around[0] == code.replace("c", "p") and len(set(around)) == len(around)


class TestCoverage:
    def test_holes_are_what_only_people_can_place(self) -> None:
        rule = Rule("r", "tehsil", category="misc", area="v")
        found = holes(by(rule), ["water", "misc", "canal"], leaves(PLACES))
        assert [(each.category, each.why, each.areas, each.whole) for each in found] == [
            ("misc", "no_office", ("u",), False),
            ("canal", "office_gone", ("v", "u"), True),
        ]
        assert holes(ROUTING, ["misc"], ())[0].whole

    @given(RULES)
    def test_holes_are_the_same_as_when_each_place_is_asked(self, rules: Sequence[Rule]) -> None:
        routing, small = by(*rules), leaves(PLACES)
        asked = {
            (topic, place.code): routed.why
            for topic in ROUTES
            for place in small
            if not (routed := routing.route(topic, area=place.code)).by_rule
        }
        told = {(hole.category, area): hole.why for hole in holes(routing, list(ROUTES), small) for area in hole.areas}
        assert told == asked

    def test_chairs_where_things_go_and_nobody_sits(self) -> None:
        sitting = Chart(CHART.chairs.values(), [], OFFICES, "desk")
        rule = Rule("r", "tehsil", "ac", category="misc")
        routing = Routing(ROUTES, frozenset(OFFICES), "desk", (rule,), AROUND, sitting, 1_000)
        found = empty(routing, ["water", "misc", "harassment"], leaves(PLACES), {"women"}.__contains__)
        assert [(each.office, each.post, each.categories) for each in found] == [
            ("health_engineering", "", ("water",)),
            ("tehsil", "ac", ("misc",)),
        ]

    def test_a_dry_run_counts_what_would_go_elsewhere(self) -> None:
        past = [Past("water", "v", "", 7, "2640718822"), Past("water", "u", "", 3), Past("misc", "v", "", 2)]
        rule = Rule("r", "tehsil", "ac", category="water", area="v")
        found = trial(ROUTING, by(rule), past)
        assert (found.total, found.moved) == (12, 7)
        (shift,) = found.shifts
        assert (shift.before, shift.after, shift.past.reference) == (
            ("health_engineering", ""),
            ("tehsil", "ac"),
            "2640718822",
        )
        assert trial(by(rule), by(rule), past).moved == 0
