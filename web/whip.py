"""The door for studio equipment: WHIP, the WebRTC-HTTP Ingestion Protocol (RFC 9725).

An encoder posts its offer with a seat's key and gets our answer; the address in `Location` is its session, which it
deletes when it stops. There is neither trickle nor restart (§4.3): our answer is complete, and an encoder that lost its
line posts anew. The key travels in a header of its own and never in a cookie, so that a page of another origin that has
one may use it too.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from kachehri import equipment as keys
from kachehri.guesses import network
from kachehri.store import equipment as rows
from rooms.base import Refused
from signaling.equipment import Equipment
from signaling.protocol import IceServer
from web.house import house_of

#: Longest offer taken, in bytes; encoders write about 2,000.
OFFER_MOST: Final = 16_384
SDP: Final = "application/sdp"
ALLOW_POST: Final = {"allow": "POST, OPTIONS", "accept-post": SDP}
#: For encoders that are pages (WHATWG Fetch): nothing here rests on cookies, so every origin may ask.
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


async def publish(request: Request) -> Response:
    """POST /whip/{session}/{seat}: an offer; 201 with our answer."""
    refused = await _key_refused(request)
    if refused is not None:
        return refused
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != SDP:
        return problem(request, 415, "media_type", ALLOW_POST)
    offer = await read_offer(request)
    if offer is None:
        return problem(request, 413, "media_answer_too_long")
    session_id, seat = request.path_params["session"], request.path_params["seat"]
    equipment, house = equipment_of(request), house_of(request)
    try:
        participant = keys.participant(session_id, seat)
        await house.visitors.join(participant, session_id, "official", language=house.place.language)
        answer = await equipment.publish(session_id, seat, offer)
    except Refused as error:
        code = str(error.params.get("reason", error.code)) if error.code == "media" else error.code
        return problem(request, STATUS.get(code, 409), code)
    await house.write(lambda conn, now: rows.used(conn, session_id, seat, now))
    headers = {**CORS, "location": f"/whip/{session_id}/{seat}/{answer.peer}"}
    links = [link for server in equipment.relays(participant) for link in ice_links(server)]
    if links:
        headers["link"] = ", ".join(links)
    return Response(answer.sdp, 201, media_type=SDP, headers=headers)


async def end(request: Request) -> Response:
    """DELETE /whip/{session}/{seat}/{peer}: the encoder stops; its seat is free again."""
    refused = await _key_refused(request)
    if refused is not None:
        return refused
    equipment, peer = equipment_of(request), request.path_params["peer"]
    session_id, seat = request.path_params["session"], request.path_params["seat"]
    # Another worker may have made it; the plane is asked all the same, and knows whose it is.
    if not equipment.made(peer, session_id, seat) and house_of(request).settings.server.workers == 1:
        return problem(request, 404, "session_gone")
    await equipment.end(session_id, seat, peer)
    return Response(status_code=200, headers=CORS)


async def read_offer(request: Request) -> str | None:
    """The body as text; None when it is too long or no text."""
    parts: list[bytes] = []
    size = 0
    async for part in request.stream():
        size += len(part)
        if size > OFFER_MOST:
            return None
        parts.append(part)
    return b"".join(parts).decode("utf-8", "replace")


async def _key_refused(request: Request) -> Response | None:
    """Why the key does not open this seat. Whoever shows wrong ones is slowed; the right one is never counted."""
    house, params = house_of(request), request.path_params
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not key.strip():
        return problem(request, 401, "no_key", {"www-authenticate": 'Bearer realm="whip"'})
    if await house.service.read(keys.opens, params["session"], params["seat"], key.strip()):
        return None
    return wrong_key(request, "wrong_key", "whip")


def wrong_key(request: Request, code: str, realm: str) -> Response:
    """Refuses a wrong key, and counts it."""
    address = request.client.host if request.client else ""
    try:
        equipment_of(request).tries.take(f"{network(address)}/{request.path_params['session']}")
    except Refused as slow:
        wait = str(int(slow.params["retry_ms"]) // 1_000 + 1)
        return problem(request, 429, "slow_down", {"retry-after": wait})
    return problem(request, 401, code, {"www-authenticate": f'Bearer realm="{realm}", error="invalid_token"'})


def problem(request: Request, status: int, code: str, headers: Mapping[str, str] | None = None) -> Response:
    """A refusal in the reader's language."""
    words = house_of(request).words(request)
    known = words.has(f"whip.{code}")
    body = Problem(status, code, words.plain(f"whip.{code}" if known else "whip.other"))
    sent = {**CORS, **(headers or {}), **({"retry-after": "5"} if status == 503 else {})}
    return Response(msgspec.json.encode(body), status, media_type="application/problem+json", headers=sent)


def ice_links(server: IceServer) -> list[str]:
    """A relay as WHIP tells it, one link for each of its addresses (RFC 9725 §4.6)."""
    given = {"username": server.username, "credential": server.credential}
    facts = "".join(f'; {name}="{value}"' for name, value in given.items() if value)
    kind = '; credential-type="password"' if server.credential else ""
    return [f'<{url}>; rel="ice-server"{facts}{kind}' for url in server.urls]
