"""Two moderators at one desk: who has which question, many at once, what became of each, and one of them lost."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Browser, expect

from kachehri.i18n import words_for
from kachehri.people import participant_id
from kachehri.store import accounts
from kachehri.store import audit as audit_rows
from rooms.attendance import BlockParticipant, ObjectToBar
from rooms.base import Actor
from rooms.questions import AdmitQuestion, AskQuestion, HoldQuestion
from rooms.turns import AcceptTurn, CallTurn, ReadOutTurn, ReadyTurn
from tests.web.conftest import Town
from tests.web.console_desk import DESKTOP, OTHER, SMALL, ask, closed, sit_down, state
from tests.web.test_staff import account
from web.finding import fold
from web.forms import new_key

pytestmark = pytest.mark.anyio
__all__ = ["closed"]
UR, EN = words_for("ur"), words_for("en")


def person(number: int) -> Actor:
    return Actor(f"{number:016x}", "citizen")


def participant(town: Town, session: str, role: str) -> str:
    """The account of this role as it takes part in a session."""
    with town.service.store.read() as conn:
        found = accounts.by_login(conn, account(town, role))
    assert found is not None
    return participant_id(session, f"account/{found.id}")


async def heard(town: Town, session: str, question: str, asker: Actor) -> str:
    """Put on the stage; returns the turn."""
    await town.moderate(session, AdmitQuestion(question=question))
    await town.moderate(session, CallTurn(question=question))
    turn = next(iter((await town.service.live(session)).session.stage.turns))
    await town.service.submit(asker, session, AcceptTurn(turn=turn), new_key())
    await town.service.submit(asker, session, ReadyTurn(turn=turn), new_key())
    return turn


async def test_what_one_opens_the_other_sees_taken_and_passes_over(town: Town, browser: Browser) -> None:
    session = await town.schedule(live=True)
    first, second, third = await ask(town, session, "پہلا", "دوسرا", "تیسرا")
    one = await sit_down(browser, town, "moderator", f"/mod/{session}")
    two = await sit_down(browser, town, "chair", f"/mod/{session}")
    await one.page.keyboard.press("Enter")
    await expect(one.page.locator(f"#triage-list [data-id='{first}'] [data-flag=claimed]")).to_have_text(
        UR.plain("claim.you")
    )
    chip = two.page.locator(f"#triage-list [data-id='{first}'] [data-flag=claimed]")
    await expect(chip).to_have_text("A moderator")
    await expect(two.page.locator("#triage-acts [data-act=admit]")).to_be_disabled()
    await expect(two.page.locator("#claim-over")).to_be_hidden()
    await two.page.keyboard.press("a")
    assert await state(town, session, first) == "new"
    await two.page.keyboard.press("j")
    await two.page.keyboard.press("Enter")
    await expect(one.page.locator(f"#triage-list [data-id='{second}'] [data-flag=claimed]")).to_have_text("A chair")
    # Admitting ends the claim; the next that nobody has is opened, and the one in between is passed over.
    await one.page.keyboard.press("a")
    await expect(two.page.locator(f"#triage-list [data-id='{third}'] [data-flag=claimed]")).to_have_text("A moderator")
    claims = (await town.service.live(session)).session.queue.claims
    assert {each: claim.by for each, claim in claims.items()} == {
        second: participant(town, session, "chair"),
        third: participant(town, session, "moderator"),
    }
    await one.page.keyboard.press("Escape")
    await expect(two.page.locator(f"#triage-list [data-id='{third}'] [data-flag=claimed]")).to_be_hidden()
    await one.leave()
    await two.leave()


async def test_a_line_that_is_lost_frees_what_was_taken_and_the_chair_takes_the_desk(
    town: Town, browser: Browser
) -> None:
    session = await town.schedule(live=True)
    (first,) = await ask(town, session, "پہلا")
    one = await sit_down(browser, town, "moderator", f"/mod/{session}")
    two = await sit_down(browser, town, "chair", f"/mod/{session}")
    await one.page.keyboard.press("Enter")
    await expect(two.page.locator("#triage-acts [data-act=admit]")).to_be_disabled()
    await expect(two.page.locator("#handover")).to_be_hidden()
    await one.leave()
    await expect(two.page.locator("#handover")).to_be_visible(timeout=15_000)
    await expect(two.page.locator("#handover-title")).to_contain_text("A moderator")
    await expect(two.page.locator("#crew-list .chip:not([data-here])")).to_have_count(1)
    await two.page.locator("#handover-take").click()
    await expect(two.page.locator("#handover")).to_be_hidden()
    await expect(two.page.locator("#triage-acts [data-act=admit]")).to_be_enabled()
    await two.page.keyboard.press("a")
    await expect(two.page.locator("#line-list li")).to_have_count(1)
    again = await sit_down(browser, town, "moderator", f"/mod/{session}", size=SMALL)
    await expect(again.page.locator("[data-total=admitted]").first).to_have_text("1")
    await expect(two.page.locator("#crew-list .chip[data-here]")).to_have_count(2)
    await two.leave()
    await again.leave()


async def test_many_are_admitted_by_key_with_one_undo(town: Town, browser: Browser) -> None:
    session = await town.schedule(live=True)
    ids = await ask(town, session, *(f"سوال {number}" for number in range(14)))
    desk = await sit_down(browser, town, "moderator", f"/mod/{session}", locale="en-GB")
    page = desk.page
    await page.keyboard.press("x")
    await page.locator("#triage-list input:checked[type=radio]").focus()
    await page.keyboard.press("Shift+ArrowDown")
    await page.keyboard.press("Shift+ArrowDown")
    await expect(page.locator("#bulk-count")).to_contain_text("3")
    await expect(page.locator("#triage-acts")).to_be_hidden()
    await page.keyboard.press("Shift+X")
    await expect(page.locator("#bulk-count")).to_contain_text("14")
    # One of them is decided on by somebody else meanwhile, without this page having heard of it.
    await town.service.submit(OTHER, session, AdmitQuestion(question=ids[3]), new_key())
    await page.evaluate("document.querySelector('[data-bulk=admit]').click()")
    await expect(page.locator("#line-list li")).to_have_count(14)
    await expect(page.locator("#toast-text")).to_have_text(re.compile("1[34]"))  # its answer may come after the list's
    await page.locator("#toast-undo").click()
    await expect(page.locator("[data-list=new] .count")).to_have_text(re.compile("1[34]"))
    assert await state(town, session, ids[0]) == "new"
    await desk.leave()


async def test_what_cannot_be_done_stays_selected_with_its_reason(town: Town, browser: Browser) -> None:
    session = await town.schedule(live=True)
    ids = await ask(town, session, "ایک", "دو", "تین")
    two = await sit_down(browser, town, "chair", f"/mod/{session}")
    await two.page.keyboard.press("Enter")
    desk = await sit_down(browser, town, "moderator", f"/mod/{session}")
    page = desk.page
    await expect(page.locator("#triage-list [data-flag=claimed]").first).to_be_visible()
    await page.keyboard.press("Shift+X")
    await page.keyboard.press("n")
    await page.keyboard.press("1")
    await page.keyboard.press("Enter")
    await expect(page.locator("[data-list=not_taken] .count")).to_have_text("2")
    await expect(page.locator("#bulk-count")).to_contain_text("1")
    await expect(page.locator("#bulk-problem")).to_contain_text("A chair")
    assert [await state(town, session, each) for each in ids] == ["new", "not_taken", "not_taken"]
    await page.keyboard.press("z")
    await expect(page.locator("[data-list=new] .count")).to_have_text("3")
    assert {await state(town, session, each) for each in ids} == {"new"}
    await two.leave()
    await desk.leave()


async def test_words_are_found_and_a_filter_narrows_the_list(town: Town, browser: Browser) -> None:
    session = await town.schedule(live=True)
    pump, road = await ask(town, session, "چک 110 کا پمپ خراب ہے", "سڑک ٹوٹی ہے")
    await town.moderate(session, HoldQuestion(question=pump, reason="unclear"))
    desk = await sit_down(browser, town, "moderator", f"/mod/{session}")
    page = desk.page
    await page.keyboard.press("/")
    await page.keyboard.type("پمپ ۱۱۰")
    await expect(page.locator("#triage-list li")).to_have_count(1)
    await expect(page.locator("#triage-list [data-flag=stands]")).to_have_text(UR.plain("stands.held"))
    await page.keyboard.press("Escape")
    await expect(page.locator("#triage-list li")).to_have_attribute("data-id", road)
    await page.locator("#find-open").click()
    await page.locator("#find-more [name=channel]").select_option("kiosk")
    await expect(page.locator("#triage-empty")).to_contain_text(UR.plain("find.none"))
    await page.locator("#found-clear").click()
    await expect(page.locator("#triage-list li")).to_have_count(1)
    await desk.leave()


async def test_an_order_is_noted_with_office_day_and_words_and_changed(town: Town, browser: Browser) -> None:
    session = await town.schedule(live=True)
    (question,) = await ask(town, session, "پانی کب آئے گا")
    await heard(town, session, question, person(1))
    desk = await sit_down(browser, town, "moderator", f"/mod/{session}", locale="en-GB")
    page = desk.page
    await expect(page.locator("#air li")).to_have_count(1)
    await page.keyboard.press("F8")
    await expect(page.locator("#unnoted")).to_have_text("1")
    await page.locator("[data-course=close]").click()
    await expect(page.locator("#d-close-unnoted")).to_contain_text("1")
    await page.locator("#d-close-note").click()
    dialog = page.locator("#d-outcome")
    await page.keyboard.press("2")
    await dialog.locator("button[type=submit]").click()
    await expect(dialog.locator("[data-problem]")).to_have_text(EN.plain("outcome.missing"))
    await dialog.locator("#d-outcome-office").select_option("water")
    await expect(dialog.locator("#d-outcome-day")).not_to_be_empty()
    await dialog.locator("[data-days='7']").click()
    due = await dialog.locator("#d-outcome-due").input_value()
    await dialog.locator("#d-outcome-note").fill("The pump is repaired by Monday.")
    await dialog.locator("button[type=submit]").click()
    result = page.locator("#heard [data-result]")
    await expect(result).to_contain_text("Public Health Engineering")
    await expect(result).to_contain_text("repaired by Monday")
    noted = (await town.service.live(session)).session.queue.get(question).outcome
    assert noted is not None and (noted.kind, noted.office, noted.due) == ("ordered", "water", due)
    await page.locator("[data-heard=change]").click()
    await page.keyboard.press("4")
    await dialog.locator("#d-outcome-rule").fill("Land Revenue Act 1967, section 42")
    await dialog.locator("button[type=submit]").click()
    await expect(result).to_contain_text("section 42")
    await expect(page.locator("#unnoted")).to_be_hidden()
    # The page as the server draws it says the same.
    await page.reload()
    await expect(page.locator("#heard [data-result]")).to_contain_text("section 42")
    await desk.leave()


async def test_two_speak_at_once_and_all_are_silenced_with_one_undo(town: Town, browser: Browser) -> None:
    session = await town.schedule(live=True)
    (question,) = await ask(town, session, "پانی")
    await heard(town, session, question, person(1))
    desk = await sit_down(browser, town, "moderator", f"/mod/{session}")
    page = desk.page
    await expect(page.locator("#air li [data-line]")).to_have_text(UR.plain("line.away"))
    await page.locator("h1").click()
    await page.evaluate("performance.now = ((now) => () => now)(performance.now())")  # both at one moment
    await page.keyboard.press("Escape")
    await page.keyboard.press("Escape")
    await page.evaluate("delete performance.now")
    await expect(page.locator("#air [data-mute]")).to_have_text(UR.plain("st.unmute"))
    await page.locator("#toast-undo").click()
    await expect(page.locator("#air [data-mute]")).to_have_text(UR.plain("st.mute"))
    await desk.leave()


async def test_the_one_key_calls_then_brings_on_stage(town: Town, browser: Browser) -> None:
    session = await town.schedule(live=True)
    (question,) = await ask(town, session, "پانی")
    await town.moderate(session, AdmitQuestion(question=question))
    desk = await sit_down(browser, town, "moderator", f"/mod/{session}")
    page = desk.page
    await expect(page.locator("#next-up")).to_contain_text("Person 1")
    await page.keyboard.press("F2")
    await expect(page.locator("#deck li")).to_have_count(1)
    await expect(page.locator("#next-up")).to_be_hidden()
    await desk.leave()


async def test_a_phone_number_is_shown_for_a_reason_and_the_look_is_on_record(town: Town, browser: Browser) -> None:
    session = await town.schedule(live=True)
    caller = town.phone("en")
    await caller.ask(session, "No water since Monday", name="Zahida", phone="0301 2345678")
    await ask(town, session, "پانی")
    desk = await sit_down(browser, town, "moderator", f"/mod/{session}", locale="en-GB")
    page = desk.page
    assert "3012345678" not in await page.content()
    await page.locator("[data-reveal=triage]").click()
    await page.locator("#d-reveal button[type=submit]").click()
    await expect(page.locator("#d-reveal [data-problem]")).to_have_text(EN.plain("dialog.pick"))
    await page.keyboard.press("1")
    await page.locator("#d-reveal-words").fill("her turn is next")
    await page.locator("#d-reveal button[type=submit]").click()
    await expect(page.locator("#number")).to_have_text("+923012345678")
    await page.locator("#d-number button").click()
    await expect(page.locator("#number")).not_to_contain_text("3012345678")
    assert "3012345678" not in await page.content()
    with town.service.store.read() as conn:
        acts = [(row.action, row.reason, who) for row, who in audit_rows.listing(conn) if row.session_id == session]
    assert acts == [("phone.reveal", f"{EN.plain('reveal.reason.call_back')}: her turn is next", "A moderator")]
    await desk.leave()


async def test_an_objection_is_read_and_answered(town: Town, browser: Browser) -> None:
    session = await town.schedule(live=True)
    await ask(town, session, "گالی")
    desk = await sit_down(browser, town, "moderator", f"/mod/{session}")
    page = desk.page
    await page.locator("#triage-acts [data-act=block]").click()
    await page.locator("#d-block [value=disruption]").check()
    await page.locator("#d-block-note").fill("Please wait for your turn.")
    await page.locator("#d-block button[type=submit]").click()
    await expect(page.locator("#barred-count")).to_have_text("1")
    bar = (await town.service.live(session)).session.attendance.barred[person(1).participant]
    assert bar.until is not None
    await town.service.submit(person(1), session, ObjectToBar(note="I only asked twice"), new_key())
    await expect(page.locator("#objection-count")).to_be_visible()
    await page.locator("#open-barred").click()
    await expect(page.locator("#barred [data-objection]")).to_have_text("I only asked twice")
    await page.locator("#barred [data-bar=unblock]").click()
    await expect(page.locator("#barred li")).to_have_count(0)
    assert (await town.service.live(session)).session.attendance.barred == {}
    await page.keyboard.press("Escape")
    await town.moderate(session, BlockParticipant(participant=person(1).participant, reason="abuse"))
    await expect(page.locator("#open-barred")).to_be_visible()
    await desk.leave()


async def test_all_the_words_are_there_once_a_question_is_opened(town: Town, browser: Browser) -> None:
    session = await town.schedule(live=True)
    long = "پانی نہیں آتا اور بجلی بھی نہیں۔ " * 30 + "آخری بات"
    await ask(town, session, "چھوٹا", long)
    desk = await sit_down(browser, town, "moderator", f"/mod/{session}")
    page = desk.page
    row = page.locator("#triage-list li").nth(1)
    assert "آخری بات" not in await row.inner_text()
    await row.locator("[data-more]").click()
    await expect(row.locator("[data-text]")).to_contain_text("آخری بات")
    await desk.leave()


@pytest.mark.parametrize("size", [DESKTOP, {"width": 1024, "height": 768}, SMALL], ids=["desktop", "tablet", "phone"])
@pytest.mark.parametrize("locale", ["ur-PK", "en-GB"])
async def test_a_full_desk_fits_every_screen(town: Town, browser: Browser, locale: str, size: dict[str, int]) -> None:
    session = await town.schedule(live=True)
    ids = await ask(town, session, *("پانی کی پائپ لائن ٹوٹی ہوئی ہے " * 3 for _ in range(12)))
    await heard(town, session, ids[0], person(1))
    for each in ids[1:5]:
        await town.moderate(session, AdmitQuestion(question=each))
    await town.moderate(session, CallTurn(question=ids[1]))
    desk = await sit_down(browser, town, "moderator", f"/mod/{session}", locale=locale, size=size)
    page = desk.page
    for step in ("", "#find-open", "#triage-list .q-tick"):
        if step:
            await page.locator(step).first.click()
        over = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert over == 0, step
    await desk.leave()


async def test_the_whole_console_is_within_its_budget(town: Town, browser: Browser) -> None:
    session = await town.schedule(live=True)
    for number in range(1, 41):
        command = AskQuestion(text=f"سوال {number} " + "پانی " * 30, category="water_none")
        await town.service.submit(person(number), session, command, new_key())
    desk = await sit_down(browser, town, "moderator", "/desk", ready=False)
    tools = await desk.context.new_cdp_session(desk.page)
    await tools.send("Network.enable")
    await tools.send("Network.clearBrowserCache")
    sizes: list[int] = []
    tools.on("Network.loadingFinished", lambda event: sizes.append(int(event["encodedDataLength"])))
    await desk.page.goto(f"{town.url}/mod/{session}")
    await expect(desk.page.locator("body[data-ready]")).to_be_attached()
    await expect(desk.page.locator("#crew-list li")).to_have_count(1)
    print(sum(sizes), len(sizes))
    assert sum(sizes) <= 200_000 and len(sizes) <= 12
    await desk.leave()


async def test_the_official_is_told_that_nobody_is_at_the_desk(town: Town, browser: Browser) -> None:
    session = await town.schedule(live=True)
    official = await sit_down(browser, town, "official", f"/official/{session}", size={"width": 768, "height": 1024})
    await expect(official.page.locator("#unstaffed")).to_be_visible()
    assert await official.page.locator("#unstaffed a").count() == 0
    chair = await sit_down(browser, town, "chair", f"/official/{session}", size=SMALL)
    await expect(official.page.locator("#unstaffed")).to_be_hidden()
    # For the others the chair is somebody at the desk; the chair herself is shown the way to it.
    await chair.page.locator("#unstaffed a").click()
    await expect(chair.page).to_have_url(f"{town.url}/mod/{session}")
    await official.leave()
    await chair.leave()


async def test_two_people_on_the_stage_are_both_shown(town: Town, browser: Browser) -> None:
    session = await town.schedule(live=True)
    first, second = await ask(town, session, "پہلی بات", "دوسری بات")
    await heard(town, session, first, person(1))
    await town.moderate(session, AdmitQuestion(question=second))
    await town.moderate(session, CallTurn(question=second))
    turns = (await town.service.live(session)).session.stage.turns
    called = next(id for id, turn in turns.items() if turn.questions == (second,))
    await town.moderate(session, ReadOutTurn(turn=called))
    desk = await sit_down(browser, town, "moderator", f"/mod/{session}")
    cards = desk.page.locator("#air li")
    await expect(cards).to_have_count(2)
    await expect(cards.nth(1)).to_contain_text("دوسری بات")
    await expect(cards.nth(1).locator("[data-air=add30]")).to_be_hidden()
    await cards.nth(1).locator("[data-air=finish]").click()
    await expect(cards).to_have_count(1)
    assert await state(town, session, second) == "heard" and await state(town, session, first) == "called"
    await desk.leave()


async def test_browser_and_server_fold_letters_alike(town: Town, browser: Browser) -> None:
    desk = await sit_down(browser, town, "moderator", "/desk", ready=False)
    written = ["پاني", "كهاں", "١١٠ ۱۲۳", "قُرآنِ پاک", "محكمة", "سـڑک", "گاؤں", "WATER Pump"]
    found = await desk.page.evaluate(
        "async (all) => { const { folded } = await import('/static/js/staff/folding.js'); return all.map(folded); }",
        written,
    )
    assert found == [fold(each) for each in written]
    await desk.leave()
