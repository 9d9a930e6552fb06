"""The door for players of the program: WHEP, the WebRTC-HTTP Egress Protocol (draft-ietf-wish-whep).

A screen in the hall or in the press room posts its offer with the key of any of the hearing's seats and gets our
answer: the program without delay, its sound as Opus and its picture as H.264. As at the door for encoders (whip.py)
there is neither trickle nor restart, the key travels in a header of its own, and the address in `Location` is deleted
when the player stops. People follow the same program through their page (`media.program` on the live connection).
"""

from __future__ import annotations

from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from kachehri import equipment as keys
from rooms.base import Refused
from web.house import house_of
from web.whip import ALLOW_POST, CORS, SDP, STATUS, equipment_of, ice_links, problem, read_offer, wrong_key

REALM: Final = "whep"
#: What an encoder's page calls otherwise.
SAID: Final = {"media_codec": "player_codec", "media_no_tracks": "player_no_tracks"}
#: Until a player asks again for a program that is not made yet, in seconds.
AGAIN_S: Final = 5


async def options(request: Request) -> Response:
    """OPTIONS: what may be posted here."""
    return Response(status_code=204, headers={**CORS, **ALLOW_POST})


async def play(request: Request) -> Response:
    """POST /s/{session}/whep: an offer; 201 with our answer."""
    seat = await _seat(request)
    if isinstance(seat, Response):
        return seat
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != SDP:
        return problem(request, 415, "media_type", ALLOW_POST)
    offer = await read_offer(request)
    if offer is None:
        return problem(request, 413, "media_answer_too_long")
    equipment, session_id = equipment_of(request), request.path_params["session"]
    try:
        answer = await equipment.follow(session_id, seat, offer)
    except Refused as error:
        code = str(error.params.get("reason", error.code)) if error.code == "media" else error.code
        later = {"retry-after": str(AGAIN_S)} if code == "media_no_program" else {}
        return problem(request, STATUS.get(code, 409), SAID.get(code, code), later)
    headers = {**CORS, "location": f"/s/{session_id}/whep/{answer.peer}"}
    relays = equipment.relays(keys.player(session_id, seat))
    links = [link for server in relays for link in ice_links(server)]
    if links:
        headers["link"] = ", ".join(links)
    return Response(answer.sdp, 201, media_type=SDP, headers=headers)


async def end(request: Request) -> Response:
    """DELETE /s/{session}/whep/{peer}: the player stops."""
    seat = await _seat(request)
    if isinstance(seat, Response):
        return seat
    equipment, session_id, peer = equipment_of(request), request.path_params["session"], request.path_params["peer"]
    # Another worker may have answered it; the plane is asked all the same, and knows whose it is.
    if not equipment.shows(peer, session_id, seat) and house_of(request).settings.server.workers == 1:
        return problem(request, 404, "session_gone")
    await equipment.end_player(session_id, seat, peer)
    return Response(status_code=200, headers=CORS)


async def _seat(request: Request) -> str | Response:
    """The seat whose key is shown, or why nothing is opened by it."""
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not key.strip():
        return problem(request, 401, "no_player_key", {"www-authenticate": f'Bearer realm="{REALM}"'})
    seat = await house_of(request).service.read(keys.opened_by, request.path_params["session"], key.strip())
    return seat or wrong_key(request, "wrong_player_key", REALM)
