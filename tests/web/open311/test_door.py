"""How often anybody may knock, how this house is called, and how answers are written."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import Any
from urllib.parse import quote, unquote

import httpx
import pytest
from starlette.requests import Request

from kachehri.allowance import Allowance
from kachehri.store import StoreError
from rooms.base import Refused
from tests.web.open311.conftest import Doors, tree
from web.doors import Doors as Shared
from web.doors import jurisdictions
from web.house import House
from web.open311.errors import Fault, response
from web.open311.writing import answer, xml

pytestmark = pytest.mark.anyio


def knock(address: str) -> Request:
    return Request({"type": "http", "client": (address, 1), "headers": []})


def test_a_network_has_its_readings_a_minute_and_this_machine_is_not_counted() -> None:
    shared = Shared(None, None, Allowance(2, clock=lambda: 0.0))  # type: ignore[arg-type]
    for _ in range(2):
        shared.read(knock("203.0.113.7"))
    with pytest.raises(Refused):
        shared.read(knock("203.0.113.7"))
    shared.read(knock("203.0.113.8"))
    for _ in range(9):
        shared.read(knock("127.0.0.1"))


async def test_too_many_readings_are_told_in_each_interfaces_own_form(
    doors: Doors, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(self: Shared, request: Request) -> None:
        raise Refused("slow_down", retry_ms=2_500)

    monkeypatch.setattr(Shared, "read", full)
    told = await doors.get("services.xml")
    assert told.status_code == 400 and tree(told)[0].findtext("code") == "429" and told.headers["retry-after"] == "3"
    problem = await doors.get("../../api/v1/offices")
    assert problem.status_code == 429 and problem.headers["retry-after"] == "3"
    assert problem.headers["content-type"] == "application/problem+json"


async def test_a_database_that_does_not_answer_is_told_in_each_interfaces_own_form(
    doors: Doors, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fails(self: Any, *_: object) -> None:
        raise StoreError("busy")

    monkeypatch.setattr("kachehri.service.Service.read", fails)
    told = await doors.get("requests.json")
    assert told.status_code == 400 and told.json()[0]["code"] == 503
    problem = await doors.get("../../api/v1/tickets")
    assert problem.status_code == 503 and problem.json()["status"] == 503


@pytest.mark.parametrize(
    ("address", "names"),
    [
        ("https://www.hearing.example.pk", {"www.hearing.example.pk", "hearing.example.pk"}),
        ("http://127.0.0.1:8000", {"127.0.0.1:8000", "127.0.0.1"}),
    ],
)
def test_a_house_is_called_by_its_host(address: str, names: set[str]) -> None:
    assert jurisdictions(address) == names


def test_what_xml_cannot_write_is_left_out_and_the_rest_is_escaped() -> None:
    value = {"a": 'x < y & "z" \x00\x0b\ufffe\ud800', "b": True, "c": None, "d": 1.5, "values": []}
    found = ET.fromstring(xml("root", value))
    assert [(each.tag, each.text) for each in found] == [
        ("a", 'x < y & "z" '),
        ("b", "true"),
        ("c", None),
        ("d", "1.5"),
        ("values", None),
    ]
    assert b"\\u0000" not in bytes(answer("json", "errors", [value]).body)
    with pytest.raises(TypeError):
        xml("root", {"a": object()})


@pytest.mark.parametrize(
    ("codes", "status"), [([404], 404), ([404, 400], 400), ([429], 400), ([503], 400), ([403, 400], 403)]
)
def test_the_status_of_several_mistakes(codes: list[int], status: int) -> None:
    assert response("json", [Fault(code, "x") for code in codes]).status_code == status


async def test_behind_a_proxy_the_announced_address_counts(doors: Doors) -> None:
    house: House = doors.town.house
    before = house.own.place
    await house.own.change(address="https://hearing.example.pk", announced=True)
    try:
        told = (await doors.get("discovery.json")).json()
        assert told["endpoints"][0]["url"] == "https://hearing.example.pk/open311/v2"
        assert told["key_service"].endswith("https://hearing.example.pk/developers")
        assert (await doors.get("services.json", jurisdiction_id="hearing.example.pk")).status_code == 200
        assert (await doors.get("services.json", jurisdiction_id="127.0.0.1")).status_code == 404
    finally:
        await house.own.change(address=before.address, announced=before.announced)


NASTY = (
    *("\x00", "%00", "../../etc", "<x>&amp;", "' OR 1=1 --", "۱۲۳", "9" * 400, "-1", "1e9", "NaN", "null", "[]", "{}"),
    *("0000-00-00", "9999-12-31T23:59:60Z", "9999-12-31T23:59:59+14:00", "0001-01-01T00:00:00-14:00", "T", ","),
    *("\u202e\u2066", "\ufffe", "a" * 3_000, "𝟙𝟚", "true", "open,open,closed", "(" * 50),
)


@pytest.mark.slow
async def test_nothing_that_is_sent_makes_more_than_a_plain_no(doors: Doors) -> None:
    """Every parameter with every value that has ever broken a reader, in lists, by number, as a token and as a form."""
    names = (
        *("service_request_id", "service_code", "start_date", "end_date", "updated_after", "updated_before", "status"),
        *("page", "page_size", "extensions", "jurisdiction_id", "attribute[area]"),
    )
    told: set[int] = set()
    async with httpx.AsyncClient(timeout=30) as client:
        for value in NASTY:
            answers = [await client.get(f"{doors.url}/requests.xml", params={name: value}) for name in names]
            spelled = quote(value, safe="")
            for path in ("requests/{}.xml", "services/{}.xml", "tokens/{}.xml"):
                answers.append(await client.get(f"{doors.url}/{path.format(spelled)}"))
            form = dict.fromkeys(
                (*names, "lat", "long", "phone", "email", "description", "media_url", "device_id"), value
            )
            answers.append(await client.post(f"{doors.url}/requests.xml", data={"api_key": doors.key, **form}))
            for answer in answers:
                told.add(answer.status_code)
                assert answer.status_code in (200, 400, 404), (value, answer.request.url, answer.text)
                if answer.headers["content-type"].startswith("text/html"):
                    assert answer.status_code == 404 and "/" in unquote(answer.request.url.path.split("/v2/")[1])
                else:
                    assert tree(answer).tag in ("service_requests", "errors")
    assert told == {200, 400, 404}
