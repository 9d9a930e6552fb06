"""Walks the list of what live, next and stage show in each state, in a small phone's browser."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import msgspec
import pytest
from playwright.async_api import Browser, BrowserContext, Page, Route, expect

from kachehri.i18n import Words, words_for
from rooms.attendance import BlockParticipant, RemoveParticipant
from rooms.base import Refused
from rooms.lifecycle import CloseSession
from rooms.questions import AdmitQuestion
from rooms.turns import CallTurn, ClearSeat
from signaling.media import compat
from signaling.media.port import MediaSettings
from signaling.media.process import Server, settings_of
from tests.offline import offline
from tests.servers import SOON_MS
from tests.web.conftest import Phone, Town
from tests.web.state_matrix_live import CELLS, NEVER, SCREENS, STATES, Cell
from tests.web.test_live_page import FACEBOOK, INIT_BUSY, INIT_PROMPT, SMALL

pytestmark = [pytest.mark.anyio, pytest.mark.browser]
#: Every line that a page makes, so that it can be cut; a browser's offline switch leaves open ones alone.
SOCKETS = """window.sockets = []; const Socket = WebSocket;
window.WebSocket = class extends Socket { constructor(...all) { super(...all); window.sockets.push(this);
  this.addEventListener("message", () => { this.heard = true; }); } };"""
#: The server has greeted this page: from now on it is told what happens.
JOINED = "() => window.sockets.some((each) => each.heard)"
#: Whoever closes waits for the other side's word, which does not come on a dead line: the page is told at once.
CUT = """() => { for (const each of window.sockets) { each.close();
  each.dispatchEvent(new CloseEvent("close", { code: 1006 })); } }"""
DENIED = """navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('', 'NotAllowedError'));
navigator.permissions.query = () => Promise.resolve({state: 'denied'})"""
ASKS = "navigator.mediaDevices.getUserMedia = () => new Promise(() => {})"
NO_STORAGE = """for (const name of ["localStorage", "sessionStorage"]) Object.defineProperty(window, name, {
  get() { throw new DOMException("forbidden", "SecurityError"); } });"""
YEARS_OFF = """const Right = Date; const years = 9 * 365 * 86400000;
window.Date = class extends Right { constructor(...all) { all.length ? super(...all) : super(Right.now() - years); }
  static now() { return Right.now() - years; } };"""


def test_every_cell_is_listed_once_or_has_its_reason() -> None:
    listed = {(cell.screen, cell.state) for cell in CELLS}
    assert listed | NEVER.keys() == {(screen, state) for screen in SCREENS for state in STATES}
    assert not listed & NEVER.keys()
    names = [cell.name for cell in CELLS]
    assert len(names) == len(set(names))


@pytest.fixture(scope="module")
async def plane(town: Town) -> AsyncIterator[Server]:
    compat.limit_client_addresses(["127.0.0.1"])
    server = Server(town.settings.media.socket, settings_of(town.settings))
    await server.start()
    yield server
    await server.stop()


@dataclass
class Scene:
    """A hearing that is on, somebody who asked, and her phone."""

    town: Town
    plane: Server
    browser: Browser
    cell: Cell
    language: str
    session: str = ""
    her: Phone | None = None
    question: str = ""
    context: BrowserContext = field(init=False)
    page: Page = field(init=False)
    monkeypatch: pytest.MonkeyPatch | None = None

    @property
    def words(self) -> Words:
        return words_for(self.language)

    @property
    def asker(self) -> str:
        live = self.town.service.loaded(self.session)
        assert live is not None
        return live.session.queue.questions[self.question].asker

    async def begin(self, **options: object) -> None:
        """She asked, is in line, and for next and stage is called."""
        self.session = await self.town.schedule(live=True)
        self.her = self.town.phone(self.language)
        await self.her.ask(self.session, "پینے کا پانی دو مہینے سے نہیں آ رہا")
        live = await self.town.service.live(self.session)
        [self.question] = live.session.queue.questions
        if self.cell.screen != "live":
            await self.town.moderate(self.session, AdmitQuestion(question=self.question))
            await self.town.moderate(self.session, CallTurn(question=self.question, seat="citizen"))
        await self.phone(**options)

    async def phone(self, **options: object) -> None:
        given = {"viewport": SMALL, "locale": {"ur": "ur-PK", "en": "en-GB"}[self.language], **options}
        # The browser's offline switch does not always reach what passes by a service worker.
        given["service_workers"] = "block"
        self.context = await self.browser.new_context(permissions=["microphone"], **given)  # type: ignore[arg-type]
        await self.context.add_init_script(SOCKETS)
        if self.her is not None:
            kept = self.her.client.cookies.items()
            cookies = [{"name": name, "value": value, "url": self.town.url} for name, value in kept if value]
            await self.context.add_cookies(cookies)  # type: ignore[arg-type]
        self.page = await self.context.new_page()
        self.page.set_default_timeout(SOON_MS)

    async def open(self) -> None:
        await self.page.goto(f"{self.town.url}/s/{self.session}/{'live' if self.cell.screen == 'live' else 'next'}")
        if self.cell.screen == "live":
            return
        await expect(self.page.locator("#mic-test")).to_be_visible()
        if self.cell.screen == "stage":
            await self.page.locator("#mic-test").click()
            await self.page.locator("form[data-action=ready] button").click()
            await expect(self.page.locator("#stage")).to_be_visible()
            await expect(self.page.locator("#air")).to_have_attribute("data-air", "on")

    async def in_line(self) -> None:
        await self.town.moderate(self.session, AdmitQuestion(question=self.question))
        await expect(self.page.locator("#mine-list [data-place]")).to_have_text("1")

    # How each state comes about

    async def no_script(self) -> None:
        await self.begin(java_script_enabled=False)
        await self.open()

    async def script_throws(self) -> None:
        await self.begin()

        async def broken(route: Route) -> None:
            await route.fulfill(body="throw new Error('half way');", content_type="text/javascript")

        await self.context.route(re.compile(r"/static/js/.*"), broken)
        await self.page.goto(f"{self.town.url}/s/{self.session}/{self.cell.screen}")

    async def no_storage(self) -> None:
        await self.begin()
        await self.context.add_init_script(NO_STORAGE)
        await self.open()

    async def nobody(self) -> None:
        self.session = await self.town.schedule(live=True)
        await self.phone()
        await self.open()

    async def not_begun(self) -> None:
        self.session = await self.town.schedule()
        await self.phone()
        await self.open()

    async def no_network(self) -> None:
        await self.begin()
        await self.open()
        if self.cell.screen == "live":
            await self.in_line()
        # Emulation refuses new requests and leaves sockets alone: one that is on its way would come up after the cut.
        await self.page.wait_for_function(JOINED)
        await offline(self.context)
        await self.page.evaluate(CUT)

    async def line_back(self) -> None:
        await self.no_network()
        await expect(self.page.locator("#net")).to_be_visible()
        await self.context.set_offline(False)
        await expect(self.page.locator("#net")).to_be_hidden()

    async def no_room_for_pictures(self) -> None:
        await self.begin()
        await self.open()
        await self.page.locator("#listen").click()
        await expect(self.page.locator("#listen span")).to_have_text(self.words.plain("listen.stop"))
        assert self.monkeypatch
        full = replace_settings(self.plane.plane.settings, max_session_peers=1)
        self.monkeypatch.setattr(self.plane.plane, "settings", full)
        await self.page.locator("#picture").click()

    async def closed(self) -> None:
        await self.begin()
        await self.open()
        await self.town.moderate(self.session, CloseSession())
        await self.page.wait_for_url("**/live")

    async def blocked(self) -> None:
        await self.begin()
        await self.town.moderate(self.session, BlockParticipant(participant=self.asker, reason="abuse"))
        await self.open()

    async def removed(self) -> None:
        await self.begin()
        await self.open()
        await self.town.moderate(self.session, RemoveParticipant(participant=self.asker, reason="abuse"))
        await self.page.wait_for_url("**/live")

    async def no_passes(self) -> None:
        await self.begin()
        await self.open()
        await self.in_line()
        await self.context.route("**/pass", lambda route: route.fulfill(status=500))
        await self.page.evaluate(CUT)

    async def never_in(self) -> None:
        await self.begin()
        await self.context.route("**/pass", lambda route: route.fulfill(status=500))
        await self.open()

    async def asks_for_long(self) -> None:
        await self.begin()
        await self.context.add_init_script(ASKS)
        await self.open()
        await self.page.locator("#mic-test").click()

    async def not_called(self) -> None:
        self.session = await self.town.schedule(live=True)
        await self.phone()
        await self.page.goto(f"{self.town.url}/s/{self.session}/{self.cell.screen}")

    async def _fails(self, script: str, **options: object) -> None:
        await self.begin(**options)
        await self.context.add_init_script(script)
        await self.open()
        await self.page.locator("#mic-test").click()

    async def denied(self) -> None:
        if self.cell.screen == "next":
            await self._fails(DENIED)
            return
        await self.begin()
        await self.open()
        await self.context.add_init_script(DENIED)
        await self.page.reload()

    async def in_app(self) -> None:
        await self._fails(DENIED, user_agent=FACEBOOK)
        link = self.page.locator("#next [data-mic-open]")
        await expect(link).to_have_attribute(
            "href", re.compile(r"^intent://.*/continue\?number=\d{10}&code=\d{6}#Intent;")
        )

    async def busy(self) -> None:
        await self._fails(INIT_BUSY)

    async def dismissed(self) -> None:
        await self._fails(INIT_PROMPT)

    async def storage_fails(self) -> None:
        await self.begin()
        await self.open()
        await self.page.locator("#mic-test").click()
        assert self.monkeypatch

        async def failing(*_: object) -> object:
            raise Refused("storage")

        self.monkeypatch.setattr(self.town.service, "submit", failing)
        await self.page.locator("form[data-action=ready] button").click()
        await expect(self.page.locator("#problem")).to_be_visible()
        self.monkeypatch.undo()
        await self.page.locator("form[data-action=wait] button").wait_for()

    async def no_sound_yet(self) -> None:
        await self.begin()
        assert self.monkeypatch
        full = replace_settings(self.plane.plane.settings, max_session_peers=0)
        self.monkeypatch.setattr(self.plane.plane, "settings", full)
        await self.page.goto(f"{self.town.url}/s/{self.session}/next")
        await self.page.locator("#mic-test").click()
        await self.page.locator("form[data-action=ready] button").click()
        await expect(self.page.locator("#air")).to_have_attribute("data-air", "wait")

    async def taken_off(self) -> None:
        await self.begin()
        await self.open()
        await self.page.wait_for_function(JOINED)
        await self.town.moderate(self.session, ClearSeat(seat="citizen", reason="technical"))

    async def clock_years_off(self) -> None:
        await self.begin()
        await self.context.add_init_script(YEARS_OFF)
        await self.open()
        await expect(self.page.locator("#clock")).to_have_text(re.compile(r"^2:\d\d$"))


def replace_settings(settings: MediaSettings, **changes: int) -> MediaSettings:
    return msgspec.structs.replace(settings, **changes)


@pytest.mark.parametrize("cell", CELLS, ids=lambda cell: cell.name)
async def test_says_and_offers_what_it_must(
    town: Town, plane: Server, browser: Browser, cell: Cell, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene = Scene(town, plane, browser, cell, "ur" if CELLS.index(cell) % 2 else "en", monkeypatch=monkeypatch)
    await getattr(scene, cell.arrange)()
    page, words = scene.page, scene.words
    for key in cell.says:
        said = re.split(r"\{\w+\}", words.raw(key))
        for part in filter(None, (each.strip() for each in said)):
            await expect(page.locator("body")).to_contain_text(part)
    for selector in cell.shows:
        await expect(page.locator(selector).locator("visible=true").first).to_be_visible()
    for selector in cell.hides:
        await expect(page.locator(selector).locator("visible=true")).to_have_count(0)
    assert await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
    if cell.arrange != "no_script":
        assert await page.evaluate("document.querySelectorAll('[role=status], [role=alert]').length") == 2
    monkeypatch.undo()
    await scene.context.close()
