"""The desk says whom a complaint is about, and its page says where it went."""

from __future__ import annotations

import pytest

from kachehri.i18n import words_for
from kachehri.tickets.chart import about_office
from tests.web.conftest import Phone, Town
from tests.web.ticket_desk import desk, entered, life, opened

pytestmark = pytest.mark.anyio
EN = words_for("en")
__all__ = ["desk"]


async def say(phone: Phone, number: str, about: str) -> str:
    path = f"/tickets/{number}/about"
    assert (await phone.get(path)).status_code == 200
    return (await phone.post(path, about=about)).text


async def test_it_goes_to_the_one_above_and_the_page_tells_the_staff(town: Town, desk: dict[str, str]) -> None:
    number = await opened(town)
    phone = await entered(town, "clerk")
    assert f'href="/tickets/{number}/about"' in (await phone.get(f"/tickets/{number}")).text
    before = life(town, number)
    assert before.office == "water"
    page = await say(phone, number, "ph-xen")
    assert EN.plain("office.did.concern") in page
    assert "Executive engineer" in page
    found = life(town, number)
    assert (found.about, found.office, found.post) == ("ph-xen", "desk", "chief")
    # The engineer whom it is about no longer finds it, and cannot say otherwise.
    engineer = await entered(town, "xen")
    assert (await engineer.get(f"/tickets/{number}")).status_code == 404
    assert (await engineer.get(f"/tickets/{number}/about")).status_code == 404
    # A mistake is put right; where it lies now it stays.
    await say(phone, number, "")
    assert (life(town, number).about, life(town, number).office) == ("", "desk")


async def test_a_whole_office_and_nobody_who_does_not_exist(town: Town, desk: dict[str, str]) -> None:
    number = await opened(town)
    phone = await entered(town, "clerk")
    wrong = await say(phone, number, "nobody-here")
    assert 'id="about-error"' in wrong and life(town, number).about == ""
    await say(phone, number, about_office("water"))
    found = life(town, number)
    assert (found.about, found.office, found.post) == (about_office("water"), "desk", "chief")


async def test_the_officer_is_not_asked(town: Town, desk: dict[str, str]) -> None:
    number = await opened(town)
    officer = await entered(town, "sdo")
    page = await officer.get(f"/tickets/{number}")
    assert page.status_code == 200 and f"/tickets/{number}/about" not in page.text
    assert (await officer.get(f"/tickets/{number}/about")).status_code == 404
