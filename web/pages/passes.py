"""Hands a page's rights over to its socket: an entry pass for one connection (signaling/passes.py)."""

from __future__ import annotations

from typing import Literal

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from rooms.base import Refused
from signaling.passes import Bearer
from web import forms, reading
from web.house import house_of
from web.security import CSRF_HEADER, is_forged


class PassRequest(msgspec.Struct, frozen=True, rename={"as_": "as"}):
    """What the page asks for: a connection to a session, as a citizen or in the role of the account."""

    session: str
    as_: Literal["citizen", "staff"] = "citizen"


class PassGiven(msgspec.Struct, frozen=True):
    """`pass` travels as the second subprotocol, behind "p."."""

    entry_pass: str = msgspec.field(name="pass")
    participant: str
    role: str


async def give(request: Request) -> Response:
    """POST /pass."""
    house = house_of(request)
    raw = await forms.body(request)
    if is_forged(request, request.headers.get(CSRF_HEADER), house.origins):
        return _answer({"code": "not_allowed"}, 403)
    try:
        wanted = msgspec.json.decode(raw, type=PassRequest)
        live = await house.service.live(wanted.session)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return _answer({"code": "malformed"}, 400)
    except Refused as refused:
        return _answer({"code": refused.code}, 404)
    session_id = live.session.id
    # Taken before the login is looked at: a login that ends meanwhile ends this pass as well.
    now = house.now()
    language = house.words(request).language.code
    visitor = house.visitors.of(request)
    if wanted.as_ == "staff":
        bearer = await house.staff_bearer(request, session_id)
        if bearer is None:
            return _answer({"code": "not_allowed"}, 403)
        await house.visitors.join(
            bearer.participant, session_id, bearer.role, account=bearer.account, language=language
        )
    else:
        participant = visitor.participant(session_id)
        if reading.own(live, participant, now).removed:
            return _answer({"code": "barred"}, 403)
        try:
            await house.visitors.admit(participant, request.client.host if request.client else "")
        except Refused as refused:
            return _answer({"code": refused.code, **refused.params}, 429)
        bearer = Bearer(session_id, participant, "citizen")
        await house.visitors.join(participant, session_id, "citizen", device=visitor.device, language=language)
    given = PassGiven(house.passes.issue(bearer, now), bearer.participant, bearer.role)
    return house.visitors.keep(_answer(given, 200), visitor)


def _answer(content: object, status: int) -> Response:
    return Response(msgspec.json.encode(content), status, media_type="application/json")
