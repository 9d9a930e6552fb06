"""Turns every "no" into a sentence in the reader's language, and into the right status.

The rules refuse with codes (rooms/refusals.py); the catalogue has a sentence for each, `refused.<code>`. A fault of
ours is shown with a number under which the log has it, and never with its words.
"""

from __future__ import annotations

import secrets
from typing import Any, Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from kachehri.i18n import Words
from kachehri.logs import logger
from kachehri.store import StoreError
from kachehri.tickets.status import TicketRefused
from rooms.base import Refused
from web.api import problems
from web.forms import FormRefused
from web.render import Renderer
from web.shapes import Link, MessagePage

_STATUS: Final = {
    "not_allowed": 403,
    "barred": 403,
    "session_unknown": 404,
    "question_unknown": 404,
    "malformed": 400,
    "slow_down": 429,
    "storage": 503,
    "text_empty": 422,
    "text_too_long": 422,
    "text_unreadable": 422,
    "phone_unreadable": 422,
    "session_times": 422,
    "session_seats": 422,
}
_PICTURE: Final = {403: "lock", 404: "find", 429: "clock", 503: "clock"}
_KNOWN: Final = (400, 403, 404, 405, 409, 413, 429, 500, 503)


def status_of(code: str) -> int:
    """What HTTP calls a refusal; most say that the world has moved on (409 Conflict, RFC 9110 §15.5.10)."""
    return _STATUS.get(code, 409)


def sentence(words: Words, code: str, params: dict[str, Any] | None = None) -> str:
    """A refusal as people read it. A code without a sentence gets the general one: a reader is never shown a code."""
    key = f"refused.{code}" if words.has(f"refused.{code}") else "refused.other"
    try:
        return words.plain(key, **(params or {}))
    except (KeyError, IndexError):
        return words.plain("refused.other")


def page(words: Words, status: int, retry: str = "", detail: str = "", told: str = "") -> MessagePage:
    """The page for a status; `told` is what the rules said, if they did."""
    status = status if status in _KNOWN else 500 if status >= 500 else 400
    links = [Link(words.plain("error.home"), "/")]
    if retry and status in (409, 429, 500, 503):
        links.insert(0, Link(words.plain("error.try"), retry, "check"))
    return MessagePage(
        title=words.plain(f"error.{status}"),
        lines=(told or words.plain(f"error.{status}_more"),),
        links=tuple(links),
        icon=_PICTURE.get(status, "alert"),
        detail=detail,
    )


def pattern(request: Request) -> str:
    """The address as the table of routes has it: what stands in its gaps may be a secret, a receipt's above all."""
    path = request.url.path
    for name, value in request.path_params.items():
        path = path.replace(str(value), f"{{{name}}}")
    return path


class Errors:
    """Starlette's exception handlers, with the renderer that they need."""

    def __init__(self, renderer: Renderer) -> None:
        self._renderer = renderer

    def _show(self, request: Request, status: int, *, detail: str = "", told: str = "", **headers: str) -> Response:
        words = self._renderer.words(request)
        retry = request.url.path if request.method == "GET" else ""
        shown = page(words, status, retry, detail, told)
        return self._renderer.show(request, "message.html", shown, status=status, headers=headers)

    async def http(self, request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        if problems.is_ours(request):
            return problems.of_status(error.status_code, **dict(error.headers or {}))
        return self._show(request, error.status_code, **dict(error.headers or {}))

    async def refused(self, request: Request, error: Exception) -> Response:
        assert isinstance(error, Refused)
        status = status_of(error.code)
        more = {"retry-after": "5"} if status in (429, 503) else {}
        return self._show(
            request, status, told=sentence(self._renderer.words(request), error.code, error.params), **more
        )

    async def ticket(self, request: Request, error: Exception) -> Response:
        """Pages show it beside what was pressed; where none does, it is a page of its own."""
        assert isinstance(error, TicketRefused)
        status = 404 if error.code == "ticket_unknown" else status_of(error.code)
        return self._show(request, status, told=sentence(self._renderer.words(request), error.code))

    async def form(self, request: Request, error: Exception) -> Response:
        assert isinstance(error, FormRefused)
        return self._show(request, error.status)

    async def storage(self, request: Request, error: Exception) -> Response:
        assert isinstance(error, StoreError)
        logger(__name__).error("page.storage", code=error.code, way="!")
        return self._show(request, 503, **{"retry-after": "5"})

    async def fault(self, request: Request, error: Exception) -> Response:
        number = secrets.token_hex(4)
        logger(__name__).error("page.failed", fault=number, path=pattern(request), exc_info=error, way="!")
        if problems.is_ours(request):
            return problems.of_status(500)
        return self._show(request, 500, detail=number)
