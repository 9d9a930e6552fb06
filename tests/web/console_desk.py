"""Somebody of the staff at the console of a hearing, in a browser."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, BrowserContext, Page, expect

from rooms.base import Actor
from rooms.questions import AskQuestion
from signaling.media.process import Server, settings_of
from tests.servers import SOON_MS
from tests.web.conftest import Town
from tests.web.test_staff import PASSWORD, account
from web.forms import new_key

DESKTOP = {"width": 1280, "height": 800}
SMALL = {"width": 360, "height": 740}
OTHER = Actor("00000000000000ee", "moderator", "other")


@pytest.fixture(scope="module")
async def plane(town: Town) -> AsyncIterator[Server]:
    server = Server(town.settings.media.socket, settings_of(town.settings))
    await server.start()
    yield server
    await server.stop()


OPENED: list[BrowserContext] = []

#: What was done can be taken back for eight seconds (web/static/js/staff/undo.js); here until the test comes to it.
STAYS = """const later = window.setTimeout;
window.setTimeout = (work, ms, ...all) => later(work, ms === 8000 ? 600000 : ms, ...all);"""


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
        page.set_default_timeout(SOON_MS)
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
    await context.add_init_script(STAYS)
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
