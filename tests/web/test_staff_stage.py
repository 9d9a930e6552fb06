"""The console's stage and the official's page in a real browser: time, the close, every size, a line that is lost."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser, expect

from kachehri.i18n import words_for
from rooms.base import Actor
from rooms.lifecycle import CloseSession
from rooms.questions import AdmitQuestion, MergeQuestion
from rooms.turns import AcceptTurn, ReadyTurn
from signaling.media.process import Server
from tests.servers import SOON_MS
from tests.web.conftest import Town
from tests.web.console_desk import DESKTOP, SMALL, ask, closed, plane, sit_down, state
from web.forms import new_key

__all__ = ["closed", "plane"]  # no page stays open behind a test
pytestmark = pytest.mark.anyio
UR, EN = words_for("ur"), words_for("en")


async def test_the_stage_shows_time_gives_more_and_notes_the_result(town: Town, browser: Browser) -> None:
    session = await town.schedule(live=True)
    (question,) = await ask(town, session, "پانی کب آئے گا")
    asker = Actor(f"{1:016x}", "citizen")
    await town.moderate(session, AdmitQuestion(question=question))
    desk = await sit_down(browser, town, "moderator", f"/mod/{session}")
    page = desk.page
    await page.keyboard.press("c")
    card = page.locator("#deck li")
    await expect(card.locator("[data-turn-state]")).to_have_text(UR.plain("turn.called"))
    live = await town.service.live(session)
    turn = next(iter(live.session.stage.turns))
    await town.service.submit(asker, session, AcceptTurn(turn=turn), new_key())
    await expect(card.locator("[data-turn-state]")).to_have_text(UR.plain("turn.on_deck"))
    await town.service.submit(asker, session, ReadyTurn(turn=turn), new_key())
    await expect(page.locator("#air [data-text]")).to_have_text("پانی کب آئے گا")
    ends = live.session.stage.turns[turn].ends_at
    await page.locator("[data-air=add30]").click()
    await expect(page.locator("#toast-text")).to_have_text(UR.plain("undo.extend"))
    assert live.session.stage.turns[turn].ends_at == ends + 30_000
    await page.locator("[data-air=mute]").click()
    await expect(page.locator("[data-air=mute]")).to_have_text(UR.plain("st.unmute"))
    await page.keyboard.press("f")
    await page.locator("#heard [data-heard=answered]").click()
    await expect(page.locator("#heard [data-result-kind]")).to_have_text(UR.plain("outcome.answered"))
    await expect(page.locator("#unnoted")).to_be_hidden()
    assert await state(town, session, question) == "answered"
    await desk.leave()


async def test_the_close_says_what_it_will_do_and_shows_the_sealed_balance(town: Town, browser: Browser) -> None:
    session = await town.schedule(live=True)
    ids = await ask(town, session, "ایک", "دو", "تین")
    await town.moderate(session, AdmitQuestion(question=ids[0]))
    await town.moderate(session, MergeQuestion(question=ids[1], into=ids[0]))
    desk = await sit_down(browser, town, "moderator", f"/mod/{session}", locale="en-GB")
    page = desk.page
    await page.locator("[data-course=close]").click()
    dialog = page.locator("#d-close")
    await expect(dialog.locator("#d-close-list li")).to_have_count(1)
    await expect(dialog.locator("#d-close-unnoted")).to_be_hidden()
    await expect(dialog.locator("#d-close-sum")).to_contain_text("complaints")
    await page.keyboard.press("Escape")
    await expect(dialog).to_be_hidden()
    assert (await town.service.live(session)).session.phase == "live"
    await page.locator("[data-course=close]").click()
    await dialog.locator("button[type=submit]").click()
    await expect(page.locator("#balance [data-balance=raised]")).to_have_text("3")
    for name, count in (("tickets", "2"), ("followers", "1"), ("withdrawn", "0"), ("refused", "0")):
        await expect(page.locator(f"#balance [data-balance={name}]")).to_have_text(count)
    await expect(page.locator("#h-closing")).to_have_text(EN.plain("close.sealed"))
    await desk.leave()


@pytest.mark.parametrize("size", [DESKTOP, SMALL], ids=["desktop", "phone"])
@pytest.mark.parametrize("locale", ["ur-PK", "en-GB"])
async def test_nothing_sticks_out_and_every_button_can_be_touched(
    town: Town, browser: Browser, locale: str, size: dict[str, int]
) -> None:
    session = await town.schedule(live=True)
    ids = await ask(town, session, "پانی " * 60, "x" * 400, "گلی")
    await town.moderate(session, AdmitQuestion(question=ids[0]))
    desk = await sit_down(browser, town, "moderator", f"/mod/{session}", locale=locale, size=size)
    page = desk.page
    over = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert await page.evaluate(over) == 0
    low = await page.evaluate(
        "[...document.querySelectorAll('button, a, select, .q label')].filter(e => e.checkVisibility())"
        ".map(e => [e.getBoundingClientRect().height, e.className]).filter(([h]) => h < 24)"
    )
    assert [each for each in low if each[1] not in ("skip", "")] == []
    clipped = await page.evaluate(
        "[...document.querySelectorAll('.q-text, .btn span, h1, h2, h3')].filter(e => e.checkVisibility()"
        " && getComputedStyle(e).overflow === 'hidden').length"
    )
    assert clipped == 0
    await desk.leave()


async def test_an_official_sits_down_is_seen_and_heard_and_leaves(town: Town, plane: Server, browser: Browser) -> None:
    session = await town.schedule(live=True)
    (question,) = await ask(town, session, "ہمارے چک میں پانی کب آئے گا؟")
    official = await sit_down(browser, town, "official", f"/official/{session}")
    moderator = await sit_down(browser, town, "moderator", f"/mod/{session}")
    await moderator.page.locator("#watch").click()
    await official.page.locator("#take").click()
    await expect(official.page.locator("#air-sign")).to_have_attribute("data-air", "on")
    picture = moderator.page.locator("#tiles [data-seat=chair] video")
    await expect(picture).to_be_visible()
    await moderator.page.wait_for_function(
        "() => document.querySelector('#tiles [data-seat=chair] video').videoWidth > 0", timeout=SOON_MS
    )
    await town.moderate(session, AdmitQuestion(question=question))
    await expect(official.page.locator("#coming li")).to_have_count(1)
    await moderator.page.locator("#tiles [data-seat=chair] [data-seat-act=mute]").click()
    await expect(official.page.locator("#air-sign")).to_have_attribute("data-air", "muted")
    await official.page.locator("#leave").click()
    await expect(official.page.locator("#air-sign")).to_have_attribute("data-air", "off")
    await expect(picture).to_be_hidden()
    await official.leave()
    await moderator.leave()


async def test_the_officials_page_ends_with_the_hearing_and_lets_go_of_the_camera(
    town: Town, plane: Server, browser: Browser
) -> None:
    session = await town.schedule(live=True)
    official = await sit_down(browser, town, "official", f"/official/{session}")
    await official.page.locator("#check").click()
    await expect(official.page.locator("#self")).to_be_visible()
    await town.moderate(session, CloseSession())
    over = {words.plain("official.over") for words in (UR, EN)}
    await expect(official.page.locator("#seat, #self")).to_have_count(0, timeout=SOON_MS)
    assert (await official.page.locator("main h2").first.inner_text()) in over
    await official.leave()


REMEMBER_SOCKETS = """
    const Plain = WebSocket;
    window.sockets = [];
    window.WebSocket = class extends Plain { constructor(...given) { super(...given); window.sockets.push(this); } };
"""


async def test_what_is_done_while_the_line_is_lost_happens_once_it_is_back(town: Town, browser: Browser) -> None:
    session = await town.schedule(live=True)
    (question,) = await ask(town, session, "پانی")
    desk = await sit_down(browser, town, "moderator", "/desk", ready=False)
    page = desk.page
    await page.add_init_script(REMEMBER_SOCKETS)
    await page.goto(f"{town.url}/mod/{session}")
    await expect(page.locator("body[data-ready]")).to_be_attached()
    await page.route("**/pass", lambda route: route.abort())
    await page.evaluate("sockets.at(-1).close(4000)")
    await expect(page.locator("#net-state")).to_have_attribute("data-net", "connecting")
    await page.keyboard.press("a")
    await expect(page.locator("#triage-list li[data-pending]")).to_have_count(1)
    await expect(page.locator("#net")).to_have_text(UR.plain("desk.net.lost"))
    assert await state(town, session, question) == "new"
    await page.unroute("**/pass")
    await expect(page.locator("#net-state")).to_have_attribute("data-net", "connected")
    await expect(page.locator("#line-list li")).to_have_count(1)
    await expect(page.locator("#net")).to_be_hidden()
    assert await state(town, session, question) == "admitted"
    desk.faults.clear()  # the browser reports each pass that it was not given
    await desk.leave()
