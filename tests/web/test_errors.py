"""What a fault of ours tells: the reader a number, the log the same number, and neither a secret."""

from __future__ import annotations

import html
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.routing import Route

from kachehri import logs
from kachehri.i18n import words_for
from kachehri.settings import Settings
from kachehri.tickets.status import TicketRefused
from web import errors
from web.assets import Assets
from web.errors import Errors
from web.render import Renderer, Site
from web.security import SecurityHeaders

pytestmark = pytest.mark.anyio


async def test_a_fault_is_logged_under_the_number_that_is_shown_and_without_the_receipt(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    logged: list[dict[str, Any]] = []

    class Book:
        def error(self, event: str, **fields: Any) -> None:
            logged.append(dict(logs.keep_known_fields(None, "error", {"event": event, **fields})))

    async def broken(request: Request) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(errors, "logger", lambda _: Book())
    place = Settings().place
    shown = Errors(Renderer(Assets(), Site(place.helpline, place.timezone, False, frozenset(), "http://here")))
    app = Starlette(routes=[Route("/q/{token}/slip", broken)], exception_handlers={Exception: shown.fault})
    app.add_middleware(SecurityHeaders)
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://here") as client:
        answer = await client.get("/q/the-secret-of-a-receipt/slip")
    assert answer.status_code == 500
    (line,) = logged
    assert line["path"] == "/q/{token}/slip"
    assert len(line["fault"]) == 8 and line["fault"] in answer.text


@pytest.mark.parametrize(("code", "status"), [("ticket_busy", 409), ("ticket_unknown", 404)])
async def test_what_a_ticket_refuses_is_said_in_a_sentence(code: str, status: int) -> None:
    async def refuses(request: Request) -> None:
        raise TicketRefused(code)

    place = Settings().place
    shown = Errors(Renderer(Assets(), Site(place.helpline, place.timezone, False, frozenset(), "http://here")))
    app = Starlette(routes=[Route("/tickets/1", refuses)], exception_handlers={TicketRefused: shown.ticket})
    app.add_middleware(SecurityHeaders)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://here") as client:
        answer = await client.get("/tickets/1", headers={"accept-language": "en"})
    assert answer.status_code == status
    assert words_for("en").plain(f"refused.{code}") in html.unescape(answer.text) and code not in answer.text
