"""The service worker under its own address, with its sentences, and the page that is shown without a network."""

from __future__ import annotations

import json
from functools import cache

from starlette.requests import Request
from starlette.responses import Response

from kachehri.i18n import LANGUAGES, words_for
from web.assets import STATIC
from web.house import house_of
from web.packing import bare
from web.shapes import Link, MessagePage


async def script(request: Request) -> Response:
    """GET /sw.js. A worker's reach is the folder of its address, so it stands at the root (Service Workers, §3.4.3)."""
    return Response(_script(), media_type="text/javascript", headers={"cache-control": "no-cache"})


async def offline(request: Request) -> Response:
    """What is shown when nothing else is kept; it is fetched while there still is a network."""
    house = house_of(request)
    words = house.words(request)
    page = MessagePage(
        title=words.plain("offline.title"),
        lines=(words.plain("offline.more"),),
        links=(Link(words.plain("offline.home"), "/"),),
        icon="alert",
    )
    return house.show(request, "message.html", page)


@cache
def _script() -> bytes:
    said = {code: {"saved": words_for(code).raw("saved.at")} for code in LANGUAGES}
    source = bare((STATIC / "js" / "sw.js").read_text("utf-8"))
    return f"const WORDS = {json.dumps(said, ensure_ascii=False)};\n{source}".encode()
