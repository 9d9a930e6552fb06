"""Letters and colours: the page behind "Aa", which works without a script."""

from __future__ import annotations

from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from kachehri import fonts
from web import forms
from web.house import house_of, see
from web.look import CHOICES, Look, LookPage
from web.security import own_path

_YEAR_S: Final = 31_536_000


async def form(request: Request) -> Response:
    """GET /look: what there is to choose, what it looks like, and what it costs."""
    house = house_of(request)
    page = LookPage(
        look=Look.of(request.cookies),
        next=own_path(request.query_params.get("next", "/")),
        kilobytes=house.renderer.assets.kilobytes(f"fonts/{fonts.NASTALIQ.name}"),
    )
    return house.show(request, "look.html", page)


async def choose(request: Request) -> Response:
    """POST /look: remember it on this browser and go back to where she was."""
    house = house_of(request)
    fields = await forms.read(request, house.origins)
    response = see(own_path(fields.get("next", "/")))
    for field, (cookie, choices) in CHOICES.items():
        if fields.get(field) in choices:
            response.set_cookie(
                cookie,
                fields[field],
                max_age=_YEAR_S,
                httponly=True,
                samesite="lax",
                secure=house.renderer.site.https,
                path="/",
            )
    return response
