"""Small things: the language switch, how it works, what is kept, and the two addresses that monitoring asks."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response

from kachehri.i18n import LANGUAGES
from kachehri.store import StoreError
from web import forms
from web.house import house_of, see
from web.render import LANGUAGE_COOKIE
from web.security import own_path
from web.shapes import EmptyPage

_YEAR_S = 31_536_000


async def language(request: Request) -> Response:
    """Remember the reader's language and go back to where she was; only to a path of ours."""
    house = house_of(request)
    fields = await forms.read(request, house.origins)
    response = see(own_path(fields.get("next", "/")))
    if fields.get("to") in LANGUAGES:
        response.set_cookie(
            LANGUAGE_COOKIE,
            fields["to"],
            max_age=_YEAR_S,
            httponly=True,
            samesite="lax",
            secure=house.renderer.site.https,
            path="/",
        )
    return response


async def how(request: Request) -> Response:
    return house_of(request).show(request, "how.html", EmptyPage(), indexed=True)


async def privacy(request: Request) -> Response:
    """What is kept of somebody, for how long, who sees it, and how it is erased."""
    return house_of(request).show(request, "privacy.html", EmptyPage(), indexed=True)


async def healthz(request: Request) -> Response:
    """This process answers."""
    return PlainTextResponse("ok\n")


async def readyz(request: Request) -> Response:
    """And the database does."""
    house = house_of(request)
    try:
        await house.service.read(house.service.store.now)
        if house.service.broken:
            raise StoreError("io")
    except StoreError:
        return PlainTextResponse("the database does not answer\n", 503)
    return PlainTextResponse("ok\n")


async def favicon(request: Request) -> Response:
    return RedirectResponse(house_of(request).renderer.assets.url("icon.svg"), 301)
