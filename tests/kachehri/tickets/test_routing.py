"""A question goes to the office of its category, else to people who sort, and the reason is known."""

import pytest

from kachehri.tickets.routing import Route, Routed, Routing

ROUTING = Routing(
    routes={
        "water": Route("water", "health_engineering"),
        "harassment": Route("harassment", "women", protected=True),
        "canal": Route("canal", "closed_office"),
        "misc": Route("misc", None),
    },
    offices=frozenset({"health_engineering", "women", "desk"}),
    triage="desk",
)


class TestRouting:
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
