"""Goes to the pages of a running house that need one, as whoever may see them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from itertools import groupby

from playwright.async_api import Browser, BrowserContext, Page, expect

from tests.end_to_end.pages_list import VISITS, Dress, Visit
from tests.end_to_end.people import House
from web.look import CHOICES


async def dressed(browser: Browser, house: House, dress: Dress, size: tuple[int, int]) -> BrowserContext:
    """A browser whose owner has chosen a language and a look."""
    context = await browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        locale={"ur": "ur-PK", "en": "en-GB"}[dress.language],
        base_url=house.url,
        reduced_motion="reduce",
    )
    chosen = {"k_lang": dress.language, **{cookie: getattr(dress.look, name) for name, (cookie, _) in CHOICES.items()}}
    await context.add_cookies([{"name": name, "value": value, "url": house.url} for name, value in chosen.items()])
    return context


async def signed_in(page: Page, house: House, login: str) -> None:
    account = house.founded.account(login)
    await page.goto("/staff?next=/desk")
    await page.locator("#login").fill(account.login)
    await page.locator("#password").fill(account.password)
    await page.locator("#main form .btn").click()
    await page.wait_for_url("**/desk")


def _person(visit: Visit) -> tuple[str, tuple[int, int]]:
    return visit.login, visit.size


async def visited(
    house: House, browser: Browser, dress: Dress, visits: Iterable[Visit] = VISITS
) -> AsyncIterator[tuple[str, Page]]:
    """Each page where it stands, with its script's work done."""
    session = house.sessions["every_page"]
    for (login, size), group in groupby(sorted(visits, key=_person), key=_person):
        context = await dressed(browser, house, dress, size)
        page = await context.new_page()
        try:
            if login:
                await signed_in(page, house, login)
            for visit in group:
                await page.goto(visit.path.format(session=session))
                await expect(page.locator(visit.ready)).to_be_attached()
                yield visit.name, page
        finally:
            await context.close()
