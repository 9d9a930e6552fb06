"""The door for players of the program: WHEP, the WebRTC-HTTP Egress Protocol (draft-ietf-wish-whep).

A screen in the hall or in the press room posts its offer with the key of any of the hearing's seats and gets our
answer (sdp_door.py): the program without delay, its sound as Opus and its picture as H.264. The address in `Location`
is deleted when the player stops. People follow the same program through their page (`media.program` on the live
connection).
"""

from __future__ import annotations

from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from kachehri import equipment as keys
from rooms.base import Refused
from web.house import house_of
from web.sdp_door import CORS, STATUS, answered, code_of, equipment_of, key_of, no_key, offer_of, problem, wrong_key

#: What an encoder's page calls otherwise.
SAID: Final = {"media_codec": "player_codec", "media_no_tracks": "player_no_tracks"}
#: Until a player asks again for a program that is not made yet, in seconds.
AGAIN_S: Final = 5


async def play(request: Request) -> Response:
    """POST /s/{session}/whep: an offer; 201 with our answer."""
    seat = await _seat(request)
    if isinstance(seat, Response):
        return seat
    offer = await offer_of(request)
    if isinstance(offer, Response):
        return offer
    equipment, session_id = equipment_of(request), request.path_params["session"]
    try:
        answer = await equipment.follow(session_id, seat, offer)
    except Refused as error:
        code = code_of(error)
        later = {"retry-after": str(AGAIN_S)} if code == "media_no_program" else {}
        return problem(request, STATUS.get(code, 409), SAID.get(code, code), later)
    still = await _seat(request)
    if isinstance(still, Response):  # another key was made meanwhile, and this player was not there yet to be ended
        await equipment.end_player(session_id, seat, answer.peer)
        return still
    relays = equipment.relays(keys.player(session_id, seat))
    return answered(answer.sdp, f"/s/{session_id}/whep/{answer.peer}", relays)


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
    key = key_of(request)
    if not key:
        return no_key(request, "no_player_key", "whep")
    seat = await house_of(request).service.read(keys.opened_by, request.path_params["session"], key)
    return seat or wrong_key(request, "wrong_player_key", "whep")
