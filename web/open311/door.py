"""Wraps an endpoint of this interface: finds the form of the answer, counts the reader, and tells every no in it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response

from kachehri import api_keys
from kachehri.api_keys import Scope
from kachehri.logs import logger
from kachehri.store import Connection, StoreError
from kachehri.store.tables import ApiKey
from rooms.base import Refused
from web.doors import address_of, jurisdictions
from web.errors import pattern
from web.house import House, house_of
from web.open311 import errors
from web.open311.asking import Parameters
from web.open311.errors import Fault, Faulty
from web.open311.writing import FORMATS, Format

Endpoint = Callable[[Request, Format], Awaitable[Response]]


def opened(endpoint: Endpoint) -> Callable[[Request], Awaitable[Response]]:
    """Nothing of a request is logged but its pattern: keys and places travel in addresses here."""

    async def inner(request: Request) -> Response:
        format = FORMATS.get(request.path_params["format"])
        if format is None:
            return errors.response("xml", [Fault(404, "There is xml and json, and no other format")])
        try:
            house_of(request).doors.read(request)
            return await endpoint(request, format)
        except Faulty as faulty:
            return errors.response(format, faulty.faults, faulty.retry_s)
        except Refused as refused:
            if refused.code != "slow_down":
                raise
            wait_s = max(1, -(-int(refused.params.get("retry_ms", 5_000)) // 1_000))
            return errors.response(format, [Fault(429, f"Too many requests; try again in {wait_s} seconds")], wait_s)
        except StoreError as error:
            logger(__name__).error("open311.storage", code=error.code, path=pattern(request), way="!")
            return errors.response(format, [Fault(503, "The database does not answer; try again later")], 5)

    inner.__name__ = endpoint.__name__
    return inner


def check_jurisdiction(request: Request, parameters: Parameters) -> None:
    """One jurisdiction is served, so that naming it is not needed; naming another one is a mistake."""
    named = parameters.get("jurisdiction_id")
    if named and named not in jurisdictions(address_of(house_of(request).place, request)):
        parameters.wrong("jurisdiction_id was not found", 404)


async def key_of(house: House, parameters: Parameters, scope: Scope) -> ApiKey:
    """The key that a program shows, in the form or the address as the standard has it.

    Errors: `Faulty` with 403; nothing else is looked at before.
    """
    shown = parameters.get("api_key")
    found = await house.service.read(_find, shown) if shown else None
    if found is None:
        raise Faulty(Fault(403, "api_key is missing or wrong" if shown else "api_key was not provided"))
    if not api_keys.may(found, scope):
        raise Faulty(Fault(403, "This api_key is not meant for this"))
    return found


def _find(conn: Connection, shown: str) -> ApiKey | None:
    return api_keys.find(conn, shown)
