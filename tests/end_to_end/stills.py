"""Pages with made-up contents in a real browser, without a server: what a page is made of, and nothing that moves."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from playwright.async_api import Browser, Page, Route

from kachehri.i18n import words_for
from tests.end_to_end.pages_list import PHONE, Dress, samples
from web.assets import Assets
from web.render import Renderer, Shell, Site

ORIGIN: Final = "http://still.test"
HELPLINE: Final = "1991"


class Stills:
    """Renders each sample once for a dress and serves it with the real sheets, faces and pictures."""

    def __init__(self, dress: Dress) -> None:
        self.dress = dress
        self.assets = Assets()
        renderer = Renderer(self.assets, Site(helpline=HELPLINE))
        words = words_for(dress.language)
        shell = Shell("/somewhere", "x" * 44, "nonce", HELPLINE, look=dress.look)
        self.pages = {
            name: renderer.html(dress.language, template, page, shell) for name, template, page in samples(words)
        }
        self._by_url = {self.assets.url(name): name for name in self.assets.names()}

    async def answer(self, route: Route) -> None:
        path = route.request.url.removeprefix(ORIGIN).split("?")[0]
        page = self.pages.get(path.removeprefix("/still/"))
        if page is not None:
            await route.fulfill(body=page, content_type="text/html; charset=utf-8")
        elif path in self._by_url and not path.endswith(".js"):
            body, kind = self.assets.content(self._by_url[path])
            await route.fulfill(body=body, content_type=kind)
        else:
            await route.fulfill(status=204 if path.endswith(".js") else 404, body="")

    @asynccontextmanager
    async def opened(self, browser: Browser, size: tuple[int, int] = PHONE, scale: float = 1) -> AsyncIterator[Page]:
        context = await browser.new_context(
            viewport={"width": size[0], "height": size[1]}, reduced_motion="reduce", device_scale_factor=scale
        )
        try:
            await context.route("**/*", self.answer)
            yield await context.new_page()
        finally:
            await context.close()

    async def show(self, page: Page, name: str) -> None:
        await page.goto(f"{ORIGIN}/still/{name}")
        await page.evaluate("() => document.fonts.ready.then(() => true)")
