"""One operation of the program interface: its address, its parameters, its answer; and how it is served.

A parameter is text that fits a pattern. One that is unknown, comes twice or does not fit is told, all at once: a
program that asked for `sate=open` should not get everything.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from kachehri.logs import logger
from kachehri.store import StoreError
from rooms.base import Refused
from web.api import problems
from web.api.problems import Amiss
from web.api.shapes import Answer, Wrong
from web.errors import pattern
from web.house import House, house_of

Given = Mapping[str, str]
ENCODE: Final[Callable[[object], bytes]] = msgspec.json.Encoder().encode
PREFIX: Final = "/api/v1"


@dataclass(frozen=True)
class Parameter:
    """What may be passed. `fits` is a regular expression for the whole of it; `schema` is its description."""

    name: str
    fits: str
    schema: Mapping[str, Any]
    description: str
    path: bool = False


@dataclass(frozen=True)
class Operation:
    """One address.

    Arguments:
        missing: what 404 means here; empty where nothing can be missing.
    """

    path: str
    name: str
    summary: str
    returns: type[Answer]
    answer: Callable[[House, Given], Awaitable[Answer]]
    parameters: tuple[Parameter, ...] = ()
    missing: str = ""


def serve(operation: Operation) -> Callable[[Request], Awaitable[Response]]:
    """The endpoint of an operation."""

    async def inner(request: Request) -> Response:
        house = house_of(request)
        try:
            house.doors.read(request)
            found = await operation.answer(house, read(operation, request))
        except Amiss as amiss:
            return problems.response(amiss.problem)
        except Refused as refused:
            if refused.code != "slow_down":
                raise
            wait_s = max(1, -(-int(refused.params.get("retry_ms", 5_000)) // 1_000))
            told = Amiss(429, f"Try again in {wait_s} seconds.").problem
            return problems.response(told, **{"retry-after": str(wait_s)})
        except StoreError as error:
            logger(__name__).error("api.storage", code=error.code, path=pattern(request), way="!")
            return problems.response(Amiss(503).problem, **{"retry-after": "5"})
        return tagged(request, ENCODE(found))

    inner.__name__ = operation.name
    return inner


def tagged(request: Request, body: bytes) -> Response:
    """The answer under a mark of its contents; who has the same already is told so (RFC 9110 §13.1.2)."""
    mark = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = {"etag": mark, "cache-control": "no-cache", "access-control-allow-origin": "*"}
    headers["access-control-expose-headers"] = "etag"
    known = re.findall(r'"[^"]*"|\*', request.headers.get("if-none-match", ""))
    if mark in known or "*" in known:
        return Response(None, 304, headers)
    return Response(body, 200, headers, "application/json")


def read(operation: Operation, request: Request) -> dict[str, str]:
    """The parameters, each as it was passed.

    Errors: `Amiss`: 404 for an address that names nothing possible, 400 with everything else that is wrong.
    """
    given: dict[str, str] = {}
    wrong: list[Wrong] = []
    known = {each.name: each for each in operation.parameters}
    for name, value in request.path_params.items():
        if re.fullmatch(known[name].fits, value) is None:
            raise Amiss(404, operation.missing)
        given[name] = value
    for name, value in request.query_params.multi_items():
        parameter = known.get(name)
        if parameter is None or parameter.path:
            wrong.append(Wrong(parameter=name[:40], detail="is not known here"))
        elif name in given:
            wrong.append(Wrong(parameter=name, detail="may be given once"))
        elif re.fullmatch(parameter.fits, value) is None:
            wrong.append(Wrong(parameter=name, detail=f"is not {parameter.description}"))
        else:
            given[name] = value
    if wrong:
        raise Amiss(400, "Some parameters cannot be read.", tuple(wrong))
    return given
