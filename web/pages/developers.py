"""For whoever writes programs: one page in plain words, and the description that programs read."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from web.api.describing import describe
from web.api.operations import ENCODE, tagged
from web.api.reading import OPERATIONS
from web.developers_shapes import DevelopersPage
from web.doors import address_of
from web.house import house_of


async def show(request: Request) -> Response:
    """GET /developers."""
    house = house_of(request)
    address = address_of(house.place, request)
    page = DevelopersPage(
        address=address,
        reads=house.settings.limits.program_reads_per_minute_network,
        helpline=house.place.helpline,
        operations=tuple((each.path, each.name) for each in OPERATIONS),
    )
    return house.show(request, "developers.html", page, indexed=True)


async def description(request: Request) -> Response:
    """GET /api/v1/openapi.json."""
    house = house_of(request)
    made = describe(OPERATIONS, address_of(house.place, request), house.place.name("en"))
    return tagged(request, ENCODE(made))
