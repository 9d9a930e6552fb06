"""Help: what to do, for each of those who take part, in plain words and with pictures."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from web.guides import GUIDES, HelpPage
from web.house import house_of


async def show(request: Request) -> Response:
    """GET /help and /help/{guide}."""
    house = house_of(request)
    guide = request.path_params.get("guide", "")
    if guide and guide not in GUIDES:
        raise HTTPException(404)
    pictures = frozenset(name for name in house.renderer.assets.names() if name.startswith("help/"))
    return house.show(request, "help.html", HelpPage(guide, pictures), indexed=True)
