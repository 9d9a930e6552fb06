"""A zero character in what is sent never reaches the database: PostgreSQL would fail at it, and an alarm would ring."""

from __future__ import annotations

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.web.conftest import Town
from web.open311.asking import of_query
from web.pages.hooks_out import read_fields
from web.security import SecurityHeaders
from web.uploads import parts

pytestmark = pytest.mark.anyio


async def test_an_address_with_one_is_another_address() -> None:
    async def show(request: Request) -> Response:
        asked = of_query(request).values
        return JSONResponse([request.path_params["id"], dict(request.query_params), asked])

    app = Starlette(routes=[Route("/s/{id}", show)])
    app.add_middleware(SecurityHeaders)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://x") as client:
        answer = await client.get("/s/26%0007?a=1%00&b=%2500")
    assert answer.json() == ["26\ufffd07", {"a": "1\ufffd", "b": "%00"}, {"a": "1\ufffd", "b": "%00"}]


def test_no_form_brings_one() -> None:
    body = b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\x002\r\n--b--\r\n'
    assert parts(body, b"b").fields == {"a": "12"}
    assert read_fields(b"a=1%002") == read_fields(b'{"a":"1\\u00002"}') == {"a": "12"}


async def test_pages_and_forms_answer_as_to_any_other_mistake(town: Town) -> None:
    phone = town.phone("en")
    for path in ("/s/%00", "/t/26%00", "/q/%00", "/open311/v2/requests/%00.json", "/open311/v2/tokens/%00.xml"):
        assert (await phone.client.get(path)).status_code == 404, path
    await phone.get("/track")
    assert (await phone.post("/track", reference="26-4071-8822\0", digits="1234\0")).status_code == 404
    assert (await phone.client.get("/api/v1/tickets", params={"cursor": "1_\0"})).status_code == 400
