"""The answer to one question as a file that any phone plays and hands on: only what was released."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from web.clip_reading import clip_pieces
from web.pages.replay_media import released


async def sound(request: Request) -> Response:
    """GET /s/{session}/clip/{n}.m4a."""
    return await released(request, "sound", clip_pieces)


async def picture(request: Request) -> Response:
    """GET /s/{session}/clip/{n}.mp4."""
    return await released(request, "light", clip_pieces)
