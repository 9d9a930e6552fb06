"""Pages with made-up contents in a real browser: what a page is made of, and nothing that moves."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import cache
from typing import Final

import uvicorn
from playwright.async_api import Browser, Page
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from kachehri.i18n import words_for
from kachehri.serving import bind
from kachehri.settings import Settings
from tests.end_to_end.inspection import AXE
from tests.end_to_end.pages_list import PHONE, Dress, samples
from web.assets import Assets
from web.look import Look
from web.render import Renderer, Shell, Site

HELPLINE: Final = "1991"
#: Until every face is there in which a letter of this page stands: a page whose letters change once more has no size
#: yet. `ready` alone says nothing about a face that no layout has asked for so far (CSS Font Loading §3.4).
_FACES: Final = """async () => {
  const written = new Map();
  for (const each of document.querySelectorAll("body, body *")) {
    const own = [...each.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE).map((node) => node.data);
    const text = own.join("") + (each.value ?? "") + (each.placeholder ?? "");
    if (!text.trim()) continue;
    const { fontStyle, fontWeight, fontSize, fontFamily } = getComputedStyle(each);
    const font = `${fontStyle} ${fontWeight} ${fontSize} ${fontFamily}`;
    written.set(font, (written.get(font) ?? "") + text);
  }
  await Promise.allSettled([...written].map(([font, text]) => document.fonts.load(font, text)));
  document.body.getBoundingClientRect();
  await document.fonts.ready;
}"""
_WEAR: Final = "([face, theme]) => Object.assign(document.documentElement.dataset, { face, theme })"


async def wear(page: Page, look: Look) -> None:
    """The page that is there in another look: nothing but two words on its first element differs."""
    await page.evaluate(_WEAR, [look.face, look.theme])
    await page.evaluate(_FACES)


@cache
def renderer() -> Renderer:
    """One for all dresses: the templates are compiled once."""
    return Renderer(Assets(), Site(helpline=HELPLINE))


class Stills:
    """Renders samples in a dress and serves them with the real sheets, faces and pictures, without scripts."""

    def __init__(self, dress: Dress) -> None:
        self.dress = dress
        self.assets = renderer().assets
        self.pages = {name: (template, page) for name, template, page in samples(words_for(dress.language))}
        self._origin = ""

    def html(self, name: str) -> str:
        shell = Shell("/somewhere", "x" * 44, "nonce", HELPLINE, look=self.dress.look)
        return renderer().html(self.dress.language, *self.pages[name], shell)

    async def page(self, request: Request) -> Response:
        return HTMLResponse(self.html(request.path_params["name"]))

    async def asset(self, request: Request) -> Response:
        return Response(status_code=204) if request.url.path.endswith(".js") else await self.assets.serve(request)

    @asynccontextmanager
    async def opened(self, browser: Browser, size: tuple[int, int] = PHONE, scale: float = 1) -> AsyncIterator[Page]:
        async with self._served() as self._origin:
            context = await browser.new_context(
                viewport={"width": size[0], "height": size[1]}, reduced_motion="reduce", device_scale_factor=scale
            )
            try:
                # Once for all pages, and kept by the browser in the form in which it runs.
                await context.add_init_script(path=AXE)
                yield await context.new_page()
            finally:
                await context.close()

    @asynccontextmanager
    async def _served(self) -> AsyncIterator[str]:
        app = Starlette(routes=[Route("/still/{name}", self.page), Route("/static/{path:path}", self.asset)])
        server = uvicorn.Server(uvicorn.Config(app, log_config=None, lifespan="off", ws="none"))
        plain = Settings()
        with bind(replace(plain, server=replace(plain.server, port=0))) as listener:
            task = asyncio.create_task(server.serve([listener]))
            try:
                yield f"http://127.0.0.1:{listener.getsockname()[1]}"
            finally:
                server.should_exit = True
                await task

    async def show(self, page: Page, name: str) -> None:
        answer = await page.goto(f"{self._origin}/still/{name}")
        assert answer is not None and answer.ok, name
        await page.evaluate(_FACES)
