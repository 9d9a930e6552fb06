"""Whom a ticket complains about is said once, and from then on it goes around them."""

from __future__ import annotations

import pytest

from kachehri.tickets import acts as a
from kachehri.tickets import events as e
from kachehri.tickets.acts import Doer
from kachehri.tickets.decide import Context, decide
from kachehri.tickets.events import Happened
from kachehri.tickets.life import Life, evolve
from kachehri.tickets.status import TicketRefused
from rooms.base import ContentRef

TRIAGE = Doer("triage", "sorter")
ABOUT = a.Concern(about="xen", office="desk", post="dc", why="around")
CTX = Context(
    now=0,
    after_days=lambda at, days: at,
    end_of_day=lambda at, days: at,
    conflicts=lambda post, about: post == about,
    concerns=lambda office, post, about: office == "water" and about == "xen",
)


def ticket(*steps: e.Step) -> Life:
    life = Life("t1")
    opened = e.Opened(office="water", post="sdo", category="pump", state="routed")
    for seq, body in enumerate((opened, *steps), 1):
        evolve(life, Happened(seq, seq, "x", body))
    return life


def after(life: Life, found: list[e.Step]) -> Life:
    for body in found:
        evolve(life, Happened(life.seq + 1, 99, "x", body))
    return life


def test_it_is_taken_away_from_them_at_once_and_no_clock_begins_anew() -> None:
    life = ticket(e.Assigned(post="sdo"), e.Started(plan=ContentRef("w", "d")))
    began = (life.accepted_at, life.first_action_at)
    found = decide(life, ABOUT, TRIAGE, CTX)
    assert found == [e.Concerned(about="xen"), e.Routed(office="desk", post="dc", why="around")]
    life = after(life, found)
    assert (life.about, life.office, life.post, life.state) == ("xen", "desk", "dc", "routed")
    assert (life.accepted_at, life.first_action_at) == began
    assert decide(life, ABOUT, TRIAGE, CTX) == []


def test_a_pause_ends_when_it_is_taken_away() -> None:
    asked = ticket(e.Assigned(post="sdo"), e.Asked(question=ContentRef("w", "d")))
    found = after(asked, decide(asked, ABOUT, TRIAGE, CTX))
    assert found.state == "routed" and not found.paused


def test_what_waits_for_her_word_stays_and_what_lies_elsewhere_too() -> None:
    proposed = ticket(
        e.Assigned(post="sdo"), e.Proposed(outcome="relief_granted", note=ContentRef("w", "d"), post="sdo")
    )
    elsewhere = ticket(e.Routed(office="roads"))
    for life in (proposed, elsewhere):
        assert decide(life, ABOUT, TRIAGE, CTX) == [e.Concerned(about="xen")]


def test_a_mistake_is_put_right_and_where_nobody_else_is_it_is_said_all_the_same() -> None:
    life = after(ticket(), decide(ticket(), a.Concern(about="xen"), TRIAGE, CTX))
    assert (life.about, life.office) == ("xen", "water")
    assert after(life, decide(life, a.Concern(about=""), TRIAGE, CTX)).about == ""


@pytest.mark.parametrize(
    ("doer", "act", "code"),
    [
        (Doer("office", "focal", "water"), ABOUT, "ticket_not_you"),
        (Doer("officer", "aslam", "water"), ABOUT, "ticket_not_you"),
        (Doer("citizen", "her"), ABOUT, "ticket_not_you"),
        (TRIAGE, a.Concern(about="xen", office="water"), "conflict_office"),
    ],
)
def test_not_by_the_office_itself_and_not_back_to_it(doer: Doer, act: a.Concern, code: str) -> None:
    with pytest.raises(TicketRefused) as refused:
        decide(ticket(), act, doer, CTX)
    assert refused.value.code == code


def test_nobody_clears_a_ticket_about_themselves() -> None:
    life = after(ticket(), decide(ticket(), ABOUT, TRIAGE, CTX))
    with pytest.raises(TicketRefused) as refused:
        decide(life, a.Concern(about=""), Doer("supervisor", "asif", "water", "xen", 1), CTX)
    assert refused.value.code == "conflict"
