"""Errors of the program interface, as RFC 9457 has them."""

from __future__ import annotations

from http import HTTPStatus

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from web.api.shapes import Problem, Wrong

PREFIX = "/api/"
TYPE = "application/problem+json"
#: Members that have their usual value are left out, but for the type: programs look for it.
_ENCODE = msgspec.json.Encoder().encode


class Amiss(Exception):
    """No answer, and why."""

    def __init__(self, status: int, detail: str = "", errors: tuple[Wrong, ...] = ()) -> None:
        super().__init__(status)
        self.problem = Problem(title=HTTPStatus(status).phrase, status=status, detail=detail, errors=list(errors))


def response(problem: Problem, **headers: str) -> Response:
    body = {**msgspec.to_builtins(problem), "type": problem.type}
    shared = {"access-control-allow-origin": "*", **headers}
    return Response(_ENCODE(body), problem.status, shared, TYPE)


def is_ours(request: Request) -> bool:
    """Whether an address is of this interface, also one that does not exist."""
    return request.url.path.startswith(PREFIX)


def of_status(status: int, **headers: str) -> Response:
    """For what never came to an operation: an unknown address, another method."""
    return response(Amiss(status).problem, **headers)
