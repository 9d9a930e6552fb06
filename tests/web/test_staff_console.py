"""The moderator's console and the official's page in a real browser, against a real server and a real media plane."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, BrowserContext, Page, expect

from kachehri.i18n import words_for
from rooms.base import Actor
from rooms.questions import AdmitQuestion, AskQuestion, MergeQuestion, RefuseQuestion
from rooms.turns import AcceptTurn, CallTurn, ReadyTurn
from signaling.media.process import Server, settings_of
from tests.web.conftest import Town
from tests.web.test_staff import PASSWORD, account
from web.forms import new_key

pytestmark = pytest.mark.anyio
UR, EN = words_for("ur"), words_for("en")
DESKTOP = {"width": 1280, "height": 800}
SMALL = {"width": 360, "height": 740}
SOON = 10_000
OTHER = Actor("00000000000000ee", "moderator", "other")


@pytest.fixture(scope="module")
async def plane(town: Town) -> AsyncIterator[Server]:
    server = Server(town.settings.media.socket, settings_of(town.settings))
    await server.start()
    yield server
    await server.stop()


OPENED: list[BrowserContext] = []


@pytest.fixture(autouse=True)
async def closed() -> AsyncIterator[None]:
    """A page that a failed test left open would come back to the server for ever, and keep it from stopping."""
    yield
    while OPENED:
        await OPENED.pop().close()


class Desk:
    """A page in a browser of its own; any error in its console fails the test."""

    def __init__(self, context: BrowserContext, page: Page) -> None:
        self.context, self.page = context, page
        self.faults: list[str] = []
        page.set_default_timeout(SOON)
        page.on("console", lambda message: self.faults.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: self.faults.append(str(error)))

    async def leave(self) -> None:
        OPENED.remove(self.context)
        await self.context.close()
        assert self.faults == []


async def sit_down(
    browser: Browser,
    town: Town,
    role: str,
    path: str,
    *,
    locale: str = "ur-PK",
    size: dict[str, int] = DESKTOP,
    ready: bool = True,
) -> Desk:
    context = await browser.new_context(viewport=size, locale=locale)  # type: ignore[arg-type]
    await context.grant_permissions(["camera", "microphone"])
    OPENED.append(context)
    desk = Desk(context, await context.new_page())
    await desk.page.goto(f"{town.url}/staff?next={path}")
    await desk.page.fill("#login", account(town, role))
    await desk.page.fill("#password", PASSWORD)
    await desk.page.locator("#main form .btn").click()
    await desk.page.wait_for_url(town.url + path)
    if not ready:
        return desk
    await expect(desk.page.locator("#net-state")).to_have_attribute("data-net", "connected")
    await expect(desk.page.locator("body[data-ready]")).to_be_attached()
    return desk


async def ask(town: Town, session: str, *texts: str) -> list[str]:
    """Each by a person of her own."""
    made = []
    for number, text in enumerate(texts, 1):
        asker = Actor(f"{number:016x}", "citizen")
        command = AskQuestion(text=text, name=f"Person {number}", category="water_none")
        accepted = await town.service.submit(asker, session, command, new_key())
        made.append((accepted.result or {})["question"])
    return made


async def state(town: Town, session: str, question: str) -> str:
    return str((await town.service.live(session)).session.queue.get(question).state)


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
        "() => document.querySelector('#tiles [data-seat=chair] video').videoWidth > 0", timeout=SOON
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
