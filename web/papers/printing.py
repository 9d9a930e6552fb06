"""A paper from the press for whoever asked: the file, or how far it is, or a plain sentence why there is none."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import cache
from pathlib import Path
from typing import Final

from starlette.requests import Request
from starlette.responses import FileResponse, Response

from kachehri.papers.press import Printing
from web.house import House
from web.papers.shapes import MakingPage
from web.shapes import Link, MessagePage

#: How long a request waits for a paper before it shows how far it is.
PATIENCE_S: Final = 4.0
TYPES: Final = {
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}


async def handed(
    house: House,
    request: Request,
    printing: Printing,
    name: str,
    *,
    back: str,
    instead: str = "",
    noted: Callable[[], Awaitable[None]] | None = None,
    far: Callable[[], tuple[int, int]] = lambda: (0, 1),
) -> Response:
    """The paper, once it is made.

    Arguments:
        name: under which a browser keeps it; its ending says what it is.
        back, instead: the page from which it was asked for, and the one that gives the same without the press.
        noted: writes down who takes it out of the house.
        far: how many rows of how many are made, where that says anything.
    """
    state = await printing.wait(PATIENCE_S)
    if state == "ready":
        if noted is not None:
            await noted()
        kind = name.rpartition(".")[2]
        return FileResponse(printing.path, media_type=TYPES[kind], headers=named(name))
    if state == "working":
        page = MakingPage(*far(), back, _again(request))
        response = house.show(request, "staff/making.html", page, status=202)
        response.headers["refresh"] = "3"
        return response
    return _failed(house, request, instead or back, state)


def named(name: str) -> dict[str, str]:
    """The name under which a browser keeps it; letters that every system has (RFC 6266)."""
    shown = "inline" if name.endswith(".pdf") else "attachment"
    return {"content-disposition": f'{shown}; filename="{name}"', "cache-control": "no-store"}


def not_yet(house: House, request: Request) -> Response:
    """There is no paper of a session before its close."""
    words = house.words(request)
    page = MessagePage(
        words.plain("register.not_yet"),
        (words.plain("register.not_yet_more"),),
        (Link(words.plain("register.to_desk"), "/desk"),),
        "clock",
    )
    return house.show(request, "message.html", page, status=409)


def _failed(house: House, request: Request, page_path: str, state: str) -> Response:
    """A plain sentence, and the page that gives the same paper without a library."""
    words = house.words(request)
    key = "register.no_library" if state == "no_library" else "register.failed"
    page = MessagePage(
        words.plain(key),
        (words.plain(f"{key}_more"),),
        (Link(words.plain("register.print"), page_path, "print"),),
    )
    return house.show(request, "message.html", page, status=503)


def _again(request: Request) -> str:
    return request.url.path + (f"?{request.url.query}" if request.url.query else "")


@cache
def style() -> str:
    """The sheet of all papers."""
    return (Path(__file__).parent / "paper.css").read_text("utf-8")
