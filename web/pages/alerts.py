"""Where a browser says that it wants to be alerted while its page is closed, and where it takes that back."""

from __future__ import annotations

from typing import Annotated

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from rooms.base import Refused
from web import forms
from web.house import house_of
from web.security import CSRF_HEADER, is_forged

Text = Annotated[str, msgspec.Meta(max_length=1_000)]


class Wanted(msgspec.Struct, frozen=True):
    """A subscription as browsers write it (Push API, PushSubscriptionJSON); without keys it is taken back."""

    endpoint: Text = ""
    p256dh: Text = ""
    auth: Text = ""


async def key(request: Request) -> Response:
    """GET /alerts: the public key that a subscription is bound to."""
    return answer({"key": house_of(request).alerts.public_key}, 200)


async def switch(request: Request) -> Response:
    """POST /s/{session}/alerts."""
    house = house_of(request)
    wanted = await asked(request)
    if isinstance(wanted, Response):
        return wanted
    try:
        live = await house.service.live(request.path_params["session"])
    except Refused as refused:
        return answer({"code": refused.code}, 404)
    participant = house.visitors.of(request).participant(live.session.id)
    if not wanted.p256dh:
        await house.alerts.unsubscribe(live.session.id, participant, wanted.endpoint)
        return answer({"alerts": False}, 200)
    try:
        await house.visitors.admit(participant, request.client.host if request.client else "")
    except Refused as refused:
        return answer({"code": refused.code, **refused.params}, 429)
    language = house.words(request).language.code
    keys = (wanted.p256dh, wanted.auth)
    if not await house.alerts.subscribe(live.session.id, participant, wanted.endpoint, keys, language):
        return answer({"code": "malformed"}, 422)
    return answer({"alerts": True}, 200)


async def asked(request: Request) -> Wanted | Response:
    """What a browser's script sent; or the answer to what is not from our pages, or not readable."""
    raw = await forms.body(request)
    if is_forged(request, request.headers.get(CSRF_HEADER), house_of(request).origins):
        return answer({"code": "not_allowed"}, 403)
    try:
        return msgspec.json.decode(raw, type=Wanted)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return answer({"code": "malformed"}, 400)


def answer(content: object, status: int) -> Response:
    """What a script is told."""
    return Response(msgspec.json.encode(content), status, media_type="application/json")
