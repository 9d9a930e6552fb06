"""Where a program is made, whoever hears the stage itself is told that it is not delayed; staff have a way to it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kachehri.i18n import words_for
from tests.web import samples_live
from tests.web.conftest import Town
from tests.web.test_staff import signed_in
from web.assets import Assets
from web.render import Renderer, Shell, Site

pytestmark = pytest.mark.anyio
EN = words_for("en")


@pytest.mark.parametrize("recorded", [False, True])
def test_on_deck_she_reads_that_she_hears_it_at_once(recorded: bool) -> None:
    template, page = samples_live.pages(EN)["next-ready"]
    renderer = Renderer(Assets(), Site(), recorded=recorded)
    html = renderer.html("en", template, page, Shell("/somewhere", "x" * 44, "nonce", ""))
    assert (str(EN.t("program.hears")) in html) is recorded
    assert str(EN.t("stage.hears")) in html


@pytest.mark.parametrize("recorded", [False, True])
async def test_staff_have_a_way_to_the_program_and_read_what_is_undelayed(town: Town, recorded: bool) -> None:
    before = town.app.state.house
    town.app.state.house = replace(before, renderer=Renderer(before.renderer.assets, Site(), recorded=recorded))
    try:
        session = await town.schedule(live=True)
        desk = (await (await signed_in(town, "moderator")).get(f"/mod/{session}")).text
        seat = (await (await signed_in(town, "official")).get(f"/official/{session}")).text
    finally:
        town.app.state.house = before
    assert (f'href="/sessions/{session}/program"' in desk) is recorded
    assert (str(EN.t("program.watch_undelayed")) in seat) is recorded
