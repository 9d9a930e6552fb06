"""What the doors for equipment share: an offer by HTTP with a key, our answer, and what is refused and how.

Encoders come by one (whip.py, RFC 9725), players by the other (whep.py). There is neither trickle nor restart (RFC 9725
§4.3): our answer is complete, and whoever lost its line posts anew. The key travels in a header of its own and never in
a cookie, so that a page of another origin that has one may use it too.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from kachehri.guesses import network
from rooms.base import Refused
from signaling.equipment import Equipment
from signaling.protocol import IceServer
from web.house import house_of

#: Longest offer taken, in bytes; encoders write about 2,000.
OFFER_MOST: Final = 16_384
SDP: Final = "application/sdp"
ALLOW_POST: Final = {"allow": "POST, OPTIONS", "accept-post": SDP}
#: For encoders and players that are pages (WHATWG Fetch): nothing here rests on cookies, so every origin may ask.
CORS: Final = {
    "access-control-allow-origin": "*",
    "access-control-allow-methods": "POST, DELETE, OPTIONS",
    "access-control-allow-headers": "authorization, content-type",
    "access-control-expose-headers": "location, link",
    "cross-origin-resource-policy": "cross-origin",
}

#: Refusal of the rules, or reason of the plane → status (RFC 9110 §15).
STATUS: Final = {
    "phase": 403,
    "seat_kind": 403,
    "barred": 403,
    "not_allowed": 403,
    "session_unknown": 404,
    "seat_unknown": 404,
    "seat_taken": 409,
    "media_codec": 422,
    "media_no_tracks": 422,
    "media_insecure": 400,
    "media_answer_invalid": 400,
    "media_answer_too_long": 413,
    "media_full": 503,
    "media_no_program": 409,
    "media_lost": 503,
    "media_stale": 503,
    "media_unknown_session": 503,
    "slow_down": 429,
    "storage": 503,
}


class Problem(msgspec.Struct, frozen=True):
    """Why not, for a program and for a person (RFC 9457)."""

    status: int
    code: str
    title: str


def equipment_of(request: Request) -> Equipment:
    found: Equipment = request.app.state.equipment
    return found


async def options(request: Request) -> Response:
    """OPTIONS: what may be posted here (RFC 9725 §4.2)."""
    return Response(status_code=204, headers={**CORS, **ALLOW_POST})


def key_of(request: Request) -> str:
    """The key that is shown; empty where none is."""
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    return key.strip() if scheme.lower() == "bearer" else ""


def no_key(request: Request, code: str, realm: str) -> Response:
    """Asks for a key."""
    return problem(request, 401, code, {"www-authenticate": f'Bearer realm="{realm}"'})


def wrong_key(request: Request, code: str, realm: str) -> Response:
    """Refuses a wrong key, and counts it: whoever shows wrong ones is slowed."""
    address = request.client.host if request.client else ""
    try:
        equipment_of(request).tries.take(f"{network(address)}/{request.path_params['session']}")
    except Refused as slow:
        wait = str(int(slow.params["retry_ms"]) // 1_000 + 1)
        return problem(request, 429, "slow_down", {"retry-after": wait})
    return problem(request, 401, code, {"www-authenticate": f'Bearer realm="{realm}", error="invalid_token"'})


async def offer_of(request: Request) -> str | Response:
    """The offer that is posted, or why it is not read."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != SDP:
        return problem(request, 415, "media_type", ALLOW_POST)
    parts: list[bytes] = []
    size = 0
    async for part in request.stream():
        size += len(part)
        if size > OFFER_MOST:
            return problem(request, 413, "media_answer_too_long")
        parts.append(part)
    return b"".join(parts).decode("utf-8", "replace")


def code_of(error: Refused) -> str:
    """What the rules or the plane refused for."""
    return str(error.params.get("reason", error.code)) if error.code == "media" else error.code


def answered(sdp: str, location: str, relays: Iterable[IceServer]) -> Response:
    """201: our answer, where it is deleted, and the ways through firewalls."""
    headers = {**CORS, "location": location}
    links = [link for server in relays for link in _ice_links(server)]
    if links:
        headers["link"] = ", ".join(links)
    return Response(sdp, 201, media_type=SDP, headers=headers)


def problem(request: Request, status: int, code: str, headers: Mapping[str, str] | None = None) -> Response:
    """A refusal in the reader's language."""
    words = house_of(request).words(request)
    known = words.has(f"whip.{code}")
    body = Problem(status, code, words.plain(f"whip.{code}" if known else "whip.other"))
    sent = {**CORS, **(headers or {}), **({"retry-after": "5"} if status == 503 else {})}
    return Response(msgspec.json.encode(body), status, media_type="application/problem+json", headers=sent)


def _ice_links(server: IceServer) -> list[str]:
    """A relay as WHIP tells it, one link for each of its addresses (RFC 9725 §4.6)."""
    given = {"username": server.username, "credential": server.credential}
    facts = "".join(f'; {name}="{value}"' for name, value in given.items() if value)
    kind = '; credential-type="password"' if server.credential else ""
    return [f'<{url}>; rel="ice-server"{facts}{kind}' for url in server.urls]
