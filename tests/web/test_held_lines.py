"""Typed lines under a safety delay on the pages: whoever has a turn reads them at once, everybody else later."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser, expect

from recordings import said
from rooms.captions import CorrectCaption, TypeCaption
from rooms.questions import AdmitQuestion
from rooms.turns import CallTurn
from tests.web.conftest import Phone, Town
from tests.web.test_captions_live import opened
from tests.web.test_following import close
from tests.web.test_lobby import has
from tests.web.test_staff import signed_in

pytestmark = pytest.mark.anyio
LINE = "موٹر سوموار تک بدل دی جائے گی"


def delay(town: Town, patched: pytest.MonkeyPatch, held_ms: int) -> None:
    patched.setattr(town.service, "held_ms", held_ms)
    patched.setattr(town.service._writer._deciding, "_held_ms", held_ms)


async def called(town: Town, session: str) -> Phone:
    """Somebody whose question was called."""
    phone = town.phone("ur")
    await phone.ask(session, "ہمارے محلے کا نلکا بند ہے", area="uc1")
    (question,) = (await town.service.live(session)).session.queue.questions
    await town.moderate(session, AdmitQuestion(question=question))
    await town.moderate(session, CallTurn(question=question))
    return phone


async def test_without_a_script(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    session = await town.schedule(live=True)
    hers, captioner = await called(town, session), await signed_in(town, "interpreter", "en")
    path = f"/sessions/{session}/captions"
    assert has((await captioner.get(path)).text, "captions.lead")
    delay(town, monkeypatch, 5_000)
    page = (await captioner.get(path)).text
    assert has(page, "captions.lead_held", count=5) and not has(page, "captions.lead")
    delay(town, monkeypatch, 60_000)
    assert LINE in (await captioner.post(path, language="ur", line=LINE)).text
    assert LINE in (await hers.get(f"/s/{session}/live")).text
    assert LINE not in (await town.phone("ur").get(f"/s/{session}/live")).text


async def test_what_was_held_at_the_close_is_in_no_transcript_before_its_time(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = await town.schedule(live=True)
    delay(town, monkeypatch, 3_600_000)
    await town.moderate(session, TypeCaption(language="ur", line=LINE))
    await close(town, session)
    path = f"/s/{session}/captions/ur.vtt"
    assert (await town.phone("ur").get(path)).status_code == 404
    assert LINE not in (await town.phone("ur").get(f"/s/{session}/replay")).text
    monkeypatch.setattr(said, "now", lambda: town.house.now() + 3_600_000)
    assert LINE in (await town.phone("ur").get(path)).text


async def test_on_live_pages(town: Town, browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    session = await town.schedule(live=True)
    hers = await opened(browser, town, await called(town, session))
    theirs = await opened(browser, town, town.phone("ur"))
    on_deck, watching = await hers.new_page(), await theirs.new_page()
    for each in (on_deck, watching):
        await each.goto(f"/s/{session}/live")
    delay(town, monkeypatch, 60_000)
    for line in (LINE, "دوسری"):
        await town.moderate(session, TypeCaption(language="ur", line=line))
    await expect(on_deck.locator("#captions li")).to_have_text([LINE, "دوسری"])
    await expect(watching.locator("#captions")).to_be_hidden()
    delay(town, monkeypatch, 0)
    first = (await town.service.live(session)).session.captions.last[0].id
    await town.moderate(session, CorrectCaption(caption=first, line="پہلی"))
    await expect(watching.locator("#captions li")).to_have_text(["پہلی"])
    await expect(on_deck.locator("#captions li")).to_have_text(["پہلی", "دوسری"])
    await hers.close()
    await theirs.close()
