"""Letters and colours: chosen without a script, remembered by the browser, written on the page by the server."""

from __future__ import annotations

import re

import pytest

from kachehri import fonts
from tests.web.conftest import Town
from web.assets import Assets
from web.look import Look

pytestmark = pytest.mark.anyio
FACE = "nastaliq-400"


async def test_the_first_visit_loads_no_face_and_names_no_theme(town: Town) -> None:
    phone = town.phone()
    await phone.get("/")
    assert 'data-face="naskh"' in phone.page
    assert "data-theme" not in phone.page and "data-text" not in phone.page and FACE not in phone.page


async def test_what_is_chosen_stands_on_every_page_from_then_on(town: Town) -> None:
    phone = town.phone()
    await phone.get("/look?next=/track")
    assert f"{-(-fonts.NASTALIQ.stat().st_size // 1000)}" in phone.page  # the cost is told before
    answer = await phone.post("/look", theme="dark", face="nastaliq", text="largest")
    assert answer.url.path == "/track"
    assert re.search(r'<html[^>]* data-face="nastaliq" data-theme="dark" data-text="largest"', phone.page)
    assert re.search(rf'<link rel="preload" as="font" [^>]*{FACE}\.[0-9a-f]{{12}}\.woff2"', phone.page)
    await phone.get("/look")
    assert re.findall(r'value="(\w+)" checked', phone.page) == ["nastaliq", "largest", "dark"]


async def test_an_english_page_needs_no_urdu_face(town: Town) -> None:
    phone = town.phone("en")
    await phone.get("/look")
    await phone.post("/look", face="nastaliq")
    assert FACE not in phone.page


@pytest.mark.parametrize("target", ["https://elsewhere.example/", "//elsewhere.example", "/\\elsewhere", "x", "/a b"])
async def test_it_leads_back_to_a_page_of_ours(town: Town, target: str) -> None:
    phone = town.phone()
    await phone.get("/look")
    assert (await phone.post("/look", theme="light", next=target)).url.path == "/"


async def test_it_takes_no_form_from_elsewhere(town: Town) -> None:
    phone = town.phone()
    await phone.get("/look")
    assert (await phone.post("/look", theme="dark", form_token="x")).status_code == 403
    assert "k_theme" not in phone.client.cookies


def test_a_cookie_that_says_something_else_says_nothing() -> None:
    assert Look.of({"k_theme": '"><script>', "k_face": "comic", "k_text": "9"}) == Look()


def test_the_sheet_names_the_face_by_its_content() -> None:
    assets = Assets()
    sheet = assets._by_name["site.css"].body.decode()
    assert f'url("{assets.url("fonts/nastaliq-400.woff2")}")' in sheet
