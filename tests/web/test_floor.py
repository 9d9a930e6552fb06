"""The floor on pages: numbers that scripts and rules share, who finds which seat, and what is said before a script."""

from __future__ import annotations

import re
from pathlib import Path

from kachehri.i18n import words_for
from rooms.base import Actor, Role
from rooms.lifecycle import SeatPlan
from rooms.limits import GRACE_MS, WARN_MS
from rooms.turns import HallTurn, NameShown, TakeSeat
from rooms.views import view
from tests.rooms.hearing import CHAIR, SEATS, Hearing, person
from web import official_page, reading
from web.cards import SessionCard
from web.desk_cards import Names
from web.pages.staff import has_seat
from web.staff_shapes import OfficialPage
from web.topics import District

SCRIPTS = Path(__file__).parents[2] / "web" / "static" / "js"
EN = words_for("en")
CLERK = person(0xC2, "clerk")


def hall() -> Hearing:
    hearing = Hearing((*SEATS, SeatPlan("papers", "slides"))).live()
    hearing.do(TakeSeat(seat="hall"), CLERK)
    hearing.do(TakeSeat(seat="papers"), CHAIR)
    hearing.do(NameShown(seat="papers", note="Map"), CHAIR, note="Map")
    return hearing


def page(hearing: Hearing, who: Actor, role: Role) -> OfficialPage:
    card = SessionCard(id="abcd2345", title="x", phase="live", starts_at=0, ends_at=1)
    return official_page.build(
        hearing.session, hearing.texts, EN, Names(), card, now=hearing.now, me=who.participant, role=role
    )


def test_scripts_and_rules_agree_on_warning_and_grace() -> None:
    found = re.findall(r"const (\w+_MS) = (\d+);", (SCRIPTS / "floor.js").read_text("utf-8"))
    assert {name: int(value) for name, value in found} == {"WARN_MS": WARN_MS, "GRACE_MS": GRACE_MS}


def test_each_role_finds_its_own_seats() -> None:
    hearing = hall()
    assert [seat.id for seat in page(hearing, CHAIR, "chair").seats] == ["chair", "hall"]
    assert [seat.id for seat in page(hearing, CLERK, "clerk").seats] == ["hall"]
    assert [seat.id for seat in page(hearing, person(9), "interpreter").seats] == ["sign", "hall"]
    assert [page(hearing, CHAIR, role).screen for role in ("chair", "clerk", "interpreter")] == ["papers", "papers", ""]


def test_a_clerk_is_led_to_a_seat_only_where_there_is_one() -> None:
    plain = Hearing((SeatPlan("chair", "official"), SeatPlan("c1", "citizen"))).live()
    assert not has_seat(plain.session, "clerk")
    assert has_seat(plain.session, "official") and has_seat(hall().session, "clerk")


def test_a_page_names_the_speaker_and_the_hall_and_shows_a_screen_first() -> None:
    hearing = hall()
    hearing.do(HallTurn(question=hearing.admitted(), seat="hall"))
    seats = reading.seats(view(hearing.session, "public", hearing.texts), District((), (), {}), EN)
    assert (seats[0].id, seats[0].shows) == ("papers", "Map")
    (floor,) = [seat for seat in seats if seat.floor]
    assert floor.id == "hall" and "زینب" in floor.name and "hall" in floor.name.lower()
