"""The live page, the microphone check and the stage in a real browser, against a real server and a real media plane."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, BrowserContext, Page, WebSocketRoute, expect

from kachehri.i18n import words_for
from rooms.lifecycle import AdjournSession
from rooms.questions import AdmitQuestion, MoveQuestion
from rooms.turns import CallTurn, MuteSeat
from signaling.media.process import Server, settings_of
from tests.servers import SOON_MS
from tests.web.conftest import Town

pytestmark = pytest.mark.anyio
UR = words_for("ur")
SMALL = {"width": 360, "height": 640}
#: Milliseconds; generous, because the machine of the tests is shared.


@pytest.fixture(scope="module")
async def plane(town: Town) -> AsyncIterator[Server]:
    server = Server(town.settings.media.socket, settings_of(town.settings))
    await server.start()
    yield server
    await server.stop()


async def phone(browser: Browser, **options: object) -> tuple[BrowserContext, Page]:
    """A small phone in Urdu; any error in its console fails the test."""
    context = await browser.new_context(viewport=SMALL, locale="ur-PK", **options)  # type: ignore[arg-type]
    page = await context.new_page()
    page.set_default_timeout(SOON_MS)
    return context, page


def plain(key: str) -> str:
    return UR.plain(key)


async def ask(page: Page, town: Town, session: str, text: str) -> None:
    await page.goto(f"{town.url}/s/{session}/ask")
    await page.locator(".topics label").first.click()
    await page.locator(".sub:visible .choice").first.click()
    await page.locator("#text").fill(text)
    await page.get_by_role("button", name=plain("continue")).click()
    await page.get_by_role("button", name=plain("check.send")).click()
    await expect(page.locator(".ref-n")).to_be_visible()


async def question_of(town: Town, session: str, text: str) -> str:
    live = await town.service.live(session)
    return next(q.id for q in live.session.queue.questions.values() if live.texts.get(q.content) == text)


def words_of(text: str) -> list[str]:
    """What is read: the server isolates a number by an element, a script by two characters that nobody sees."""
    return text.replace("\u2068", "").replace("\u2069", "").split()


def all_but_her_own(line: WebSocketRoute) -> None:
    """A live line on which the personal frame is still on its way."""
    server = line.connect_to_server()
    server.on_message(lambda frame: None if '"type":"personal"' in str(frame) else line.send(frame))


async def test_place_and_reason_change_by_themselves(town: Town, browser: Browser) -> None:
    session = await town.schedule(live=True)
    context, page = await phone(browser)
    faults: list[str] = []
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    await ask(page, town, session, "پانی نہیں آ رہا")
    other_context, other = await phone(browser)
    await ask(other, town, session, "سڑک ٹوٹی ہوئی ہے")
    await page.goto(f"{town.url}/s/{session}/live")
    mine = page.locator("#mine-list .card")
    await expect(mine.locator("[data-state]")).to_have_text(plain("state.checking"))
    first, second = [await question_of(town, session, text) for text in ("پانی نہیں آ رہا", "سڑک ٹوٹی ہوئی ہے")]
    await town.moderate(session, AdmitQuestion(question=first))
    await town.moderate(session, AdmitQuestion(question=second))
    await expect(mine.locator("[data-place]")).to_have_text("1")
    await expect(mine.locator("[data-reason]")).to_have_text(plain("q.by_arrival"))
    await expect(page.locator("#line li")).to_have_count(2)
    await expect(page.locator("#line li.mine")).to_have_count(1)
    await town.moderate(session, MoveQuestion(question=second, before=first, reason="health"))
    await expect(mine.locator("[data-place]")).to_have_text("2")
    await expect(mine.locator("[data-reason]")).to_contain_text("1")
    await expect(page.locator("#line li").first.locator("[data-moved]")).to_contain_text(plain("moved.health"))
    await other.goto(f"{town.url}/s/{session}/live")
    await expect(other.locator("#line li.mine")).to_have_count(1)
    button = other.locator("#line li:not(.mine) [data-me-too] button")
    await button.click()
    await expect(button).to_have_text(plain("q.supported"))
    await expect(page.locator("#line li.mine [data-support]")).to_contain_text("1")
    drawn = await page.locator("#line").inner_text(), await mine.inner_text()
    early = await context.new_page()
    await early.route_web_socket("**", all_but_her_own)
    await early.goto(page.url)
    await expect(early.locator("#line li.mine [data-support]")).to_contain_text("\u20681\u2069")  # a script wrote it
    await early.close()
    await page.reload()
    await expect(page.locator("#mine-list [data-place], #mine-list .place-n").first).to_have_text("2")
    assert words_of(await page.locator("#line").inner_text()) == words_of(drawn[0]), "the server draws the same line"
    await town.moderate(session, AdjournSession(reason="prayer"))
    await expect(page.locator("#phase-note")).to_contain_text(plain("phase_reason.prayer"))
    assert not faults
    await context.close()
    await other_context.close()


async def test_called_checked_on_air_and_heard(town: Town, browser: Browser, plane: Server) -> None:
    session = await town.schedule(live=True)
    context, page = await phone(browser, permissions=["microphone", "camera"])
    await ask(page, town, session, "بجلی بند ہے")
    question = await question_of(town, session, "بجلی بند ہے")
    await page.goto(f"{town.url}/s/{session}/live")
    audience, watcher = await phone(browser)
    await watcher.add_init_script(PEERS)
    await watcher.goto(f"{town.url}/s/{session}/live")
    await watcher.locator("#listen").click()
    await expect(watcher.locator("#listen span")).to_have_text(plain("listen.stop"))
    await town.moderate(session, AdmitQuestion(question=question))
    await expect(page.locator("#mine-list [data-place]")).to_have_text("1")
    await town.moderate(session, CallTurn(question=question, seat="citizen"))
    await page.wait_for_url(f"**/s/{session}/next")
    await expect(page.locator("#ready-box")).to_be_hidden()
    await page.locator("#mic-test").click()
    await expect(page.locator("#mic-say")).to_have_text(plain("mic.hear"))
    await page.get_by_role("button", name=plain("next.ready")).click()
    await expect(page.locator("#air")).to_have_attribute("data-air", "on")
    assert page.url.endswith("/stage")
    await expect(page.locator("#sr-alert")).to_contain_text(plain("stage.on"))
    await expect(watcher.locator("#seats .seat-speaks")).to_have_count(1)
    assert await watcher.locator("#seats video").count() == 0, "no picture before somebody asks for one"
    await until(watcher, ENERGY)
    await watcher.locator("#picture").click()
    await page.locator("#camera").click()
    await until(watcher, "[...document.querySelectorAll('#seats video')].some((v) => v.videoWidth > 0)")
    await town.moderate(session, MuteSeat(seat="citizen", muted=True))
    await expect(page.locator("#air")).to_have_text(plain("stage.muted_by"))
    await town.moderate(session, MuteSeat(seat="citizen", muted=False))
    await expect(page.locator("#air")).to_have_attribute("data-air", "on")
    await page.get_by_role("button", name=plain("stage.done")).click()
    await page.wait_for_url(f"**/s/{session}/live")
    await expect(watcher.locator("#seats video")).to_have_count(0)
    await context.close()
    await audience.close()


PEERS = """window.peers = []; const Peer = RTCPeerConnection;
window.RTCPeerConnection = function (...a) { const p = new Peer(...a); window.peers.push(p); return p; };"""
ENERGY = """async () => { let sum = 0; for (const p of window.peers) for (const s of (await p.getStats()).values())
  if (s.type === 'inbound-rtp' && s.kind === 'audio') sum += s.totalAudioEnergy ?? 0; return sum; }"""


async def until(page: Page, script: str) -> None:
    """Wait for a page to be in a state; the content policy forbids Playwright's own way of waiting, which is eval."""
    for _ in range(SOON_MS // 100):
        if await page.evaluate(script):
            return
        await asyncio.sleep(0.1)
    raise AssertionError(f"never came true: {script}")


INIT_BUSY = "navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('', 'NotReadableError'))"
INIT_ABSENT = "navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('', 'NotFoundError'))"
INIT_PROMPT = """navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('', 'NotAllowedError'));
navigator.permissions.query = () => Promise.resolve({state: 'prompt'})"""
INIT_INSECURE = "Object.defineProperty(navigator, 'mediaDevices', {value: undefined}); window.isSecureContext = false;"
FACEBOOK = "Mozilla/5.0 (Linux; Android 9; wv) AppleWebKit/537.36 Chrome/120 Mobile [FB_IAB/FB4A;FBAV/440.0;]"


@pytest.mark.parametrize(
    ("cause", "script", "agent"),
    [
        ("denied", "", None),
        ("dismissed", INIT_PROMPT, None),
        ("busy", INIT_BUSY, None),
        ("absent", INIT_ABSENT, None),
        ("inapp", "", FACEBOOK),
    ],
)
async def test_each_way_a_microphone_fails_has_its_own_words(
    town: Town, browser: Browser, cause: str, script: str, agent: str | None
) -> None:
    session = await town.schedule(live=True)
    context, page = await phone(browser, **({"user_agent": agent} if agent else {}))
    if script:
        await page.add_init_script(script)
    await ask(page, town, session, "گیس نہیں ہے")
    question = await question_of(town, session, "گیس نہیں ہے")
    await town.moderate(session, AdmitQuestion(question=question))
    await town.moderate(session, CallTurn(question=question))
    await page.goto(f"{town.url}/s/{session}/next")
    await page.locator("#mic-test").click()
    shown = page.locator("#next [data-cause]:visible")
    await expect(shown).to_have_count(1)
    await expect(shown).to_contain_text(plain(f"mic.{cause}"))
    await expect(page.locator("#ready-box")).to_be_hidden()
    await page.get_by_role("button", name=plain("next.read")).click()
    await expect(page.locator("#left")).to_have_text(plain("next.read_now"))
    await context.close()


async def test_a_draft_survives_a_reload_and_is_gone_once_sent(town: Town, browser: Browser) -> None:
    session = await town.schedule()
    context, page = await phone(browser)
    await page.goto(f"{town.url}/s/{session}/ask")
    await page.locator("#text").fill("ادھوری بات")
    await expect(page.locator("#draft-note")).to_have_text(plain("draft.kept"))
    await page.reload()
    await expect(page.locator("#text")).to_have_value("ادھوری بات")
    await page.locator("#text").fill("")
    await ask(page, town, session, "پوری بات")
    await page.goto(f"{town.url}/s/{session}/ask")
    await expect(page.locator("#text")).to_have_value("")
    await context.close()
