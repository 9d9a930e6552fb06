"""From an empty folder to open doors: a clerk who has never seen the program, a browser, and no terminal after `serve`.

What she does is counted: each click, and each field that she fills in. Whoever she invites opens the link that she got.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest
from playwright.async_api import Browser, Locator, Page, expect

from kachehri.i18n import Words, words_for
from tests.servers import SOON_MS, free_port, until

pytestmark = [pytest.mark.anyio, pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(180)]
DESKTOP = {"width": 1280, "height": 800}
ACTS_MOST = 60
Visit = Callable[..., Awaitable[Page]]
LINK = re.compile(r"http://127\.0\.0\.1:\d+/setup\?code=[a-z0-9-]+")
PASSWORD = "tall grass by the canal"


@dataclass
class Clerk:
    """Somebody at a browser whose every act is counted. Opening a link that she was sent is not one."""

    page: Page
    words: Words
    acts: list[str] = field(default_factory=list)

    async def click(self, what: str) -> None:
        """A link or button, by the words on it in the catalogue, or by its address."""
        found = self.page.locator(f'a[href="{what}"]') if what.startswith("/") else self._named(what)
        await found.first.click()
        self.acts.append(f"click {what}")

    async def press(self, selector: str) -> None:
        await self.page.locator(selector).first.click()
        self.acts.append(f"click {selector}")

    async def fill(self, name: str, text: str) -> None:
        await self.page.locator(f'[name="{name}"]').fill(text)
        self.acts.append(f"fill {name}")

    async def choose(self, name: str, value: str) -> None:
        await self.page.locator(f'select[name="{name}"]').select_option(value)
        self.acts.append(f"choose {name}")

    def _named(self, key: str) -> Locator:
        text = self.words.plain(key)
        return self.page.locator("button, a").filter(has_text=re.compile(rf"^\s*{re.escape(text)}\s*$"))

    async def at(self, path: str) -> None:
        """A check, no act: where she now is."""
        await self.page.wait_for_url(re.compile(rf"^http://[^/]+{path}(\?.*)?$"))
        await expect(self.page.locator("h1").first).to_be_visible()


@pytest.fixture
async def started(anyio_backend: str, tmp_path: Path) -> AsyncIterator[str]:
    """`serve` in an empty folder. Yields the link that it prints."""
    port = free_port()
    command = [sys.executable, "-m", "kachehri", "serve", "--port", str(port)]
    clean = {name: value for name, value in os.environ.items() if not name.startswith("KACHEHRI_")}
    environment = {**clean, "PYTHONPATH": str(Path(__file__).parents[2])}
    said = tmp_path / "terminal"
    office = tmp_path / "office"
    office.mkdir()
    with said.open("wb") as out, (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(command, cwd=office, env=environment, stdout=out, stderr=log)
    try:
        until(lambda: bool(LINK.search(said.read_text())) or process.poll() is not None)
        found = LINK.search(said.read_text())
        assert found, (tmp_path / "log").read_text()
        until(lambda: answers(port))
        yield found[0]
    finally:
        process.terminate()
        process.wait(30)


def answers(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/readyz", timeout=30).status_code == 200
    except httpx.TransportError:
        return False


@pytest.fixture
async def visit(browser: Browser) -> AsyncIterator[Visit]:
    """A machine with a browser of its own, shut when the test is over: a page left open would go on reconnecting."""
    contexts = []

    async def come(language: str, **viewport: int) -> Page:
        locale = {"ur": "ur-PK", "en": "en-GB"}[language]
        contexts.append(await browser.new_context(viewport=viewport or DESKTOP, locale=locale))  # type: ignore[arg-type]
        contexts[-1].set_default_timeout(SOON_MS)
        return await contexts[-1].new_page()

    yield come
    for context in contexts:
        await context.close()


@pytest.mark.parametrize("language", ["ur", "en"])
async def test_a_clerk_opens_the_doors_of_her_first_hearing(
    started: str, visit: Visit, language: str, capsys: pytest.CaptureFixture[str]
) -> None:
    words = words_for(language)
    faults: list[str] = []
    clerk = Clerk(await visit(language), words)
    clerk.page.context.on("weberror", lambda error: faults.append(str(error.error)))
    await clerk.page.goto(started)

    # Setting up.
    await clerk.fill("name", "نسرین اختر")
    await clerk.fill("login", "nasreen")
    await clerk.fill("password", PASSWORD)
    await clerk.click("setup.account.make")
    await clerk.at("/setup/language")
    await clerk.press(f'input[name="language"][value="{language}"]')
    await clerk.click("setup.save")
    await clerk.at("/setup/office")
    await clerk.fill("name_ur", "دفتر ڈپٹی کمشنر نور گڑھ")
    await clerk.fill("name_en", "Deputy Commissioner, Noorgarh")
    await clerk.fill("helpline", "1991")
    await clerk.click("setup.save")
    await clerk.at("/setup/address")
    await clerk.click("setup.address.check")
    await expect(clerk.page.get_by_text(words.plain("cert.local"))).to_be_visible()
    await clerk.click("setup.save")
    await clerk.at("/setup/offices")
    await clerk.click("setup.offices.usual")
    await clerk.at("/setup")

    # Announcing.
    await clerk.click("/sessions/new")
    await clerk.at("/sessions/new")
    await clerk.fill("title_ur", "پینے کا پانی اور سڑکیں")
    await clerk.fill("title_en", "Drinking water and roads")
    await clerk.click("plan.save_new")
    await clerk.at("/sessions/[a-z2-7]{8}/announced")
    session = clerk.page.url.split("/")[4]

    # Inviting: a chair, a moderator, two officers of departments.
    await clerk.click("announced.invite")
    await clerk.at(f"/sessions/{session}/people")
    guests = (
        ("chair", "محمد آصف"),
        ("moderator", "فوزیہ بی بی"),
        ("official", "ایکسین پانی"),
        ("official", "ایکسین سڑک"),
    )
    for n, (role, name) in enumerate(guests):
        await clerk.fill(f"name{n}", name)
        if await clerk.page.locator(f'select[name="role{n}"]').input_value() != role:
            await clerk.choose(f"role{n}", role)
    await clerk.click("team.make")
    await expect(clerk.page.locator('input[id^="link-"]')).to_have_count(len(guests))
    links = [await each.input_value() for each in await clerk.page.locator('input[id^="link-"]').all()]
    assert len(links) == len(set(links)) == len(guests)

    # They open their links, each on a machine of her own; coming in is theirs to do, and is counted all the same.
    landed: dict[str, Clerk] = {}
    for (role, name), link in zip(guests, links, strict=True):
        guest = Clerk(await visit(language), words, clerk.acts)
        await guest.page.goto(link)
        await expect(guest.page.get_by_text(name).first).to_be_visible()
        await guest.press('main form button[type="submit"]')
        await guest.page.wait_for_url(re.compile(rf"/(mod|official)/{session}"))
        landed.setdefault(role, guest)
    assert "/official/" in landed["official"].page.url and "/mod/" in landed["moderator"].page.url

    # The moderator opens the doors, and everybody sees it.
    moderator = landed["moderator"]
    await moderator.press('[data-course="open_doors"]')
    await expect(moderator.page.locator('[data-course="open_doors"]')).to_be_hidden()
    phone = await visit("ur", width=360, height=640)
    await phone.goto(f"{started.partition('/setup')[0]}/s/{session}")
    await expect(
        phone.locator(".badge").filter(has_text=words_for("ur").plain("phase.doors_open")).first
    ).to_be_visible()
    await expect(phone.locator('a[href="tel:1991"]')).to_be_visible()

    assert faults == []
    clicks = sum(act.startswith("click") for act in clerk.acts)
    with capsys.disabled():
        print(f"\n{language}: {clicks} clicks and {len(clerk.acts) - clicks} fields, {len(clerk.acts)} together")
    assert len(clerk.acts) <= ACTS_MOST, clerk.acts
