"""The door for studio equipment: WHIP, the WebRTC-HTTP Ingestion Protocol (RFC 9725).

An encoder posts its offer with a seat's key and gets our answer (sdp_door.py); the address in `Location` is its
session, which it deletes when it stops.
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from kachehri import equipment as keys
from kachehri.store import equipment as rows
from rooms.base import Refused
from web.house import house_of
from web.sdp_door import CORS, STATUS, answered, code_of, equipment_of, key_of, no_key, offer_of, problem, wrong_key


async def publish(request: Request) -> Response:
    """POST /whip/{session}/{seat}: an offer; 201 with our answer."""
    refused = await _key_refused(request)
    if refused is not None:
        return refused
    offer = await offer_of(request)
    if isinstance(offer, Response):
        return offer
    session_id, seat = request.path_params["session"], request.path_params["seat"]
    equipment, house = equipment_of(request), house_of(request)
    try:
        participant = keys.participant(session_id, seat)
        await house.visitors.join(participant, session_id, "official", language=house.place.language)
        answer = await equipment.publish(session_id, seat, offer)
    except Refused as error:
        code = code_of(error)
        return problem(request, STATUS.get(code, 409), code)
    await house.write(lambda conn, now: rows.used(conn, session_id, seat, now))
    return answered(answer.sdp, f"/whip/{session_id}/{seat}/{answer.peer}", equipment.relays(participant))


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


async def _key_refused(request: Request) -> Response | None:
    """Why the key does not open this seat; the right one is never counted."""
    params, key = request.path_params, key_of(request)
    if not key:
        return no_key(request, "no_key", "whip")
    if await house_of(request).service.read(keys.opens, params["session"], params["seat"], key):
        return None
    return wrong_key(request, "wrong_key", "whip")
