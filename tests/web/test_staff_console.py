"""The moderator's console in a real browser, against the running server: questions, people and turns."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser, expect

from kachehri.i18n import words_for
from rooms.questions import AdmitQuestion, RefuseQuestion
from rooms.turns import CallTurn
from tests.web.conftest import Town
from tests.web.console_desk import OTHER, ask, closed, sit_down, state
from web.forms import new_key

__all__ = ["closed"]  # no page stays open behind a test
pytestmark = pytest.mark.anyio
UR = words_for("ur")


async def test_keys_admit_hold_and_leave_out_one_after_another(town: Town, browser: Browser) -> None:
    session = await town.schedule(live=True)
    first, second, third, last = await ask(town, session, "پانی بند", "سڑک ٹوٹی", "بجلی نہیں", "گلی کچی")
    desk = await sit_down(browser, town, "moderator", f"/mod/{session}")
    page = desk.page
    await expect(page.locator("#triage-list li")).to_have_count(4)
    await page.keyboard.press("a")
    await expect(page.locator("#line-list li")).to_have_count(1)
    await page.keyboard.press("h")
    await page.keyboard.press("1")
    await page.keyboard.press("Enter")
    await expect(page.locator("[data-list=held] .count")).to_have_text("1")
    await page.keyboard.press("n")
    dialog = page.locator("#d-not_take")
    await dialog.get_by_role("button", name=UR.plain("dialog.not_take")).click()
    await expect(dialog.locator("[data-problem]")).to_have_text(UR.plain("dialog.pick"))
    await page.keyboard.press("3")
    await page.keyboard.press("Enter")
    await expect(page.locator("[data-list=not_taken] .count")).to_have_text("1")
    assert [await state(town, session, each) for each in (first, second, third, last)] == [
        "admitted",
        "held",
        "not_taken",
        "new",
    ]
    await expect(page.locator(f"#triage-list [data-id='{last}'] input[type=radio]")).to_be_checked()
    await desk.leave()


async def test_a_likely_double_is_proposed_joined_and_undone(town: Town, browser: Browser) -> None:
    session = await town.schedule(live=True)
    texts = (
        "چک 110 کے پمپ کی موٹر تین ماہ سے خراب ہے، پینے کا پانی بند ہے",
        "سڑک ٹوٹی ہوئی ہے اور ایمبولینس نہیں گزر سکتی",
        "teen mah se chak 110 mein peenay ka paani band hai, pump ki motor kharab hai",
    )
    pump, road, double = await ask(town, session, *texts)
    for each in (pump, road):
        await town.moderate(session, AdmitQuestion(question=each))
    desk = await sit_down(browser, town, "moderator", f"/mod/{session}")
    page = desk.page
    await page.keyboard.press("m")
    likeliest = page.locator("#d-merge-list label").first
    await expect(likeliest.locator("input")).to_be_checked()
    await expect(likeliest.locator("[data-shares]")).to_be_visible()
    await expect(likeliest.locator("[data-why]")).to_contain_text("پمپ")
    await page.locator("#d-merge button[type=submit]").click()
    await expect(page.locator("[data-list=merged] .count")).to_have_text("1")
    live = await town.service.live(session)
    assert live.session.queue.get(double).parent == pump
    await page.locator("#toast-undo").click()
    await expect(page.locator("[data-list=merged] .count")).to_have_text("0")
    assert await state(town, session, double) == "new"
    await desk.leave()


async def test_a_refusal_waits_for_somebody_else(town: Town, browser: Browser) -> None:
    session = await town.schedule(live=True)
    mine, theirs = await ask(town, session, "گالی", "اشتہار")
    await town.service.submit(OTHER, session, RefuseQuestion(question=theirs, reason="spam"), new_key())
    desk = await sit_down(browser, town, "moderator", f"/mod/{session}", locale="en-GB")
    page = desk.page
    await page.keyboard.press("r")
    await page.keyboard.press("1")
    await page.keyboard.press("Enter")
    await page.locator("[data-list=refusing]").click()
    await page.locator(f"#triage-list [data-id='{mine}']").click()
    await expect(page.locator("#triage-acts [data-act=confirm_refusal]")).to_be_hidden()
    await expect(page.locator(f"#triage-list [data-id='{mine}'] [data-flag=own]")).to_be_visible()
    await page.locator(f"#triage-list [data-id='{theirs}']").click()
    await page.locator("#triage-acts [data-act=confirm_refusal]").click()
    await expect(page.locator("[data-list=refusing] .count")).to_have_text("1")
    assert [await state(town, session, each) for each in (mine, theirs)] == ["refusing", "refused"]
    await desk.leave()


async def test_a_move_by_hand_carries_its_reason_and_is_taken_back(town: Town, browser: Browser) -> None:
    session = await town.schedule(live=True)
    ids = await ask(town, session, "پہلا", "دوسرا", "تیسرا")
    for each in ids:
        await town.moderate(session, AdmitQuestion(question=each))
    desk = await sit_down(browser, town, "moderator", f"/mod/{session}")
    page = desk.page
    await page.locator(f"#line-list [data-id='{ids[2]}']").click()
    await page.locator("#line-acts [data-act=move]").click()
    await page.locator("#d-move-to").fill("1")
    await page.locator("#d-move [value=health]").check()
    await page.locator("#d-move button[type=submit]").click()
    first = page.locator("#line-list li").first
    await expect(first).to_have_attribute("data-id", ids[2])
    await expect(first.locator("[data-flag=moved]")).to_have_text(UR.plain("reason.move.health"))
    await expect(first.locator("[data-place]")).to_have_text("1")
    await page.locator("#toast-undo").click()
    await expect(page.locator("#line-list li").first).to_have_attribute("data-id", ids[0])
    await desk.leave()


async def test_two_moderators_call_at_once_and_one_reads_why_not(town: Town, browser: Browser) -> None:
    session = await town.schedule(live=True)
    ids = await ask(town, session, "پہلا", "دوسرا")
    for each in ids:
        await town.moderate(session, AdmitQuestion(question=each))
    desk = await sit_down(browser, town, "moderator", f"/mod/{session}")
    page = desk.page
    await page.locator(f"#line-list [data-id='{ids[0]}']").click()
    # The other moderator's call is committed; this page may or may not have heard of it when the button is pressed.
    await town.service.submit(OTHER, session, CallTurn(question=ids[0]), new_key())
    await page.evaluate("document.querySelector('#line-acts [data-act=call]').click()")
    problem = page.locator("#line-acts [data-problem]")
    told = page.locator("#deck li")
    await expect(told).to_have_count(1)
    if await problem.is_visible():
        assert await problem.inner_text() in (UR.plain("no.question_state"), UR.plain("no.already_called"))
    live = await town.service.live(session)
    assert [turn.questions for turn in live.session.stage.turns.values()][0] == (ids[0],)
    await desk.leave()


async def test_single_keys_can_be_switched_off(town: Town, browser: Browser) -> None:
    session = await town.schedule(live=True)
    (question,) = await ask(town, session, "پانی")
    desk = await sit_down(browser, town, "moderator", f"/mod/{session}")
    page = desk.page
    await page.keyboard.press("?")
    await page.locator("#keys-on").uncheck()
    await page.keyboard.press("Escape")
    await page.keyboard.press("a")
    await page.locator("#triage-acts [data-act=hold]").click()  # the page still works by hand
    await page.keyboard.press("Escape")
    assert await state(town, session, question) == "new"
    await desk.leave()


async def test_somebody_is_blocked_with_a_reason_and_allowed_again(town: Town, browser: Browser) -> None:
    session = await town.schedule(live=True)
    (question,) = await ask(town, session, "گالی اور پھر گالی")
    await town.moderate(session, AdmitQuestion(question=question))
    desk = await sit_down(browser, town, "moderator", f"/mod/{session}")
    page = desk.page
    await page.locator("#line-acts [data-act=more]").click()
    await page.locator("#line-acts [data-act=block]").click()
    await page.keyboard.press("1")
    await page.keyboard.press("Enter")
    await expect(page.locator("#line-list [data-flag=barred]")).to_be_visible()
    await expect(page.locator("#line-acts [data-act=call]")).to_be_disabled()
    await page.locator("#line-acts [data-act=unblock]").click()
    await expect(page.locator("#line-list [data-flag=barred]")).to_be_hidden()
    assert (await town.service.live(session)).session.attendance.barred == {}
    await desk.leave()


async def test_a_topic_is_corrected_and_the_hearing_pauses_and_goes_on(town: Town, browser: Browser) -> None:
    session = await town.schedule()
    (question,) = await ask(town, session, "کوئی اور بات")
    desk = await sit_down(browser, town, "moderator", f"/mod/{session}")
    page = desk.page
    await page.locator("#about").select_option("other")
    await expect(page.locator("#toast-text")).to_have_text(UR.plain("undo.classify"))
    live = await town.service.live(session)
    assert live.session.queue.get(question).category == "other"
    await page.locator("[data-course=open_doors]").click()
    await page.locator("[data-course=start]").click()
    await expect(page.locator("#phase-badge")).to_have_text(UR.plain("phase.live"))
    await page.locator("[data-course=adjourn]").click()
    await page.keyboard.press("2")
    await page.keyboard.press("Enter")
    await expect(page.locator("body")).to_have_attribute("data-phase", "adjourned")
    assert live.session.lifecycle.reason == "prayer"
    await page.locator("[data-course=resume]").click()
    await expect(page.locator("body")).to_have_attribute("data-phase", "live")
    await desk.leave()
