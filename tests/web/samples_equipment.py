"""The page about studio equipment with believable contents."""

from __future__ import annotations

from dataclasses import replace

from kachehri.i18n import Words
from tests.web.samples_people import DAY, NOW, OFFICE, TITLE
from web.cards import SessionCard
from web.equipment_shapes import EquipmentPage, FreshKey, SeatKey
from web.pages.equipment import COMMAND

CHAIR = {"ur": "ڈپٹی کمشنر", "en": "Deputy Commissioner"}
ENGINEER = {
    "ur": "ایگزیکٹو انجینئر پبلک ہیلتھ انجینئرنگ ڈویژن",
    "en": "Executive Engineer, Public Health Engineering Division",
}
KEY = "f3Vd0uXbQ2mZk5xPq7LrAw1yTnCe8sHj"
URL = "https://kachehri.bahawalnagar.example/whip/ab2cd3ef/official-1"


def pages(words: Words) -> dict[str, tuple[str, object]]:
    """Name → (template, page)."""
    code = words.language.code
    session = SessionCard("ab2cd3ef", TITLE[code], "live", NOW, OFFICE[code])
    seats = (
        SeatKey("official-1", CHAIR[code], NOW - DAY, NOW, sending=True),
        SeatKey("official-2", ENGINEER[code], taken=True),
        SeatKey("hall-1", f"{words.plain('seatkind.hall')} 1", NOW - DAY),
    )
    page = EquipmentPage(session, "/sessions/ab2cd3ef/equipment", seats, h264=True, https=True)
    fresh = FreshKey(CHAIR[code], URL, KEY, COMMAND.format(key=KEY, url=URL))
    told = words.plain("equipment.revoked")
    return {
        "equipment": ("staff/equipment.html", page),
        "equipment-key": ("staff/equipment.html", replace(page, fresh=fresh)),
        "equipment-phones-only": ("staff/equipment.html", replace(page, h264=False, plan=True, message=told)),
        "equipment-over": ("staff/equipment.html", replace(page, over=True, seats=seats[1:2])),
    }
