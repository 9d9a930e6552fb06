"""What programs read: by an independent client, by the published schemas, and nothing that is nobody's business."""

from __future__ import annotations

import asyncio
import re
import xml.etree.ElementTree as ET
from datetime import UTC, datetime, timedelta
from typing import Any

import georeport  # type: ignore[import-untyped]
import httpx
import jsonschema  # type: ignore[import-untyped]
import pytest

from tests.web.open311 import schemas
from tests.web.open311.conftest import Doors, tree
from web.open311.shapes import STATUS

pytestmark = pytest.mark.anyio
#: The fields of the standard's own samples, in their order.
SERVICE = ["service_code", "service_name", "description", "metadata", "type", "keywords", "group"]
ATTRIBUTE = ["variable", "code", "datatype", "required", "datatype_description", "order", "description", "values"]
REQUEST = [
    *("service_request_id", "status", "status_notes", "service_name", "service_code", "description"),
    *("agency_responsible", "service_notice", "requested_datetime", "updated_datetime", "expected_datetime"),
    *("address", "address_id", "zipcode", "lat", "long", "media_url"),
]


def fits(answer: httpx.Response, schema: Any, status: int = 200) -> Any:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/json; charset=utf-8"
    jsonschema.Draft202012Validator(schema).validate(answer.json())
    return answer.json()


def as_xml(value: Any) -> Any:
    """What a reader of XML finds for a value of JSON."""
    match value:
        case None | "":
            return None
        case bool():
            return "true" if value else "false"
        case dict():
            return {key: as_xml(each) for key, each in value.items()}
        case list():
            return [as_xml(each) for each in value]
        case _:
            return str(value)


def shape(element: ET.Element) -> Any:
    """An element as JSON would have it; the members of a list have the name of their list without its end."""
    if not len(element):
        return element.text
    members = {each.tag for each in element}
    if len(members) == 1 and element.tag.rstrip("s") in (*members, "service_request"):
        return [shape(each) for each in element]
    return {each.tag: shape(each) for each in element}


@pytest.mark.parametrize("format", ["xml", "json"])
async def test_a_published_client_reads_us(doors: Doors, format: str) -> None:
    client = georeport.GeoReport(doors.url, output_format=format)
    services = await asyncio.to_thread(client.get_service_list)
    assert {each["service_code"] for each in services} == {"water_none", "bribe", "other"}
    assert all(list(each) == SERVICE for each in services)
    definition = await asyncio.to_thread(client.get_service_definition, "water_none")
    assert definition["service_code"] == "water_none"
    several = await asyncio.to_thread(client.get_service_requests)
    numbers = [each["service_request_id"] for each in several]
    assert {doors.heard, doors.unheard} <= set(numbers) and doors.private not in numbers
    assert all(list(each) == REQUEST for each in several)
    one = await asyncio.to_thread(client.get_service_request, doors.heard)
    assert (one["service_request_id"], one["status"], one["service_code"]) == (doors.heard, "open", "water_none")
    named = f"{doors.heard},{doors.unheard}"
    both = await asyncio.to_thread(lambda: client.get_service_requests(service_request_id=named))
    assert {each["service_request_id"] for each in both} == {doors.heard, doors.unheard}
    # A single member is a list in JSON and an element by itself in XML, as this client has it.
    single = await asyncio.to_thread(lambda: client.get_service_requests(service_request_id=doors.unheard))
    found = single if format == "xml" else single[0]
    assert found["service_request_id"] == doors.unheard


async def test_live_answers_fit_the_published_schemas(doors: Doors) -> None:
    services = fits(await doors.get("services.json"), schemas.SERVICES)
    kinds = {each["service_code"]: each["type"] for each in services}
    assert kinds == {"water_none": "realtime", "bribe": "blackbox", "other": "realtime"}
    for code in kinds:
        definition = fits(await doors.get(f"services/{code}.json"), schemas.DEFINITION)
        assert definition["attributes"][0]["values"] == [
            {"key": "uc1", "name": definition["attributes"][0]["values"][0]["name"]}
        ]
    rows = fits(await doors.get("requests.json"), schemas.REQUESTS)
    assert len(rows) >= 2
    fits(await doors.get(f"requests/{doors.heard}.json"), schemas.REQUESTS)
    fits(await doors.get(f"requests/{doors.heard}.json", extensions="true"), schemas.EXTENDED)
    for path, status in (("requests/2600000000.json", 404), ("services/none.json", 404), ("tokens/none.json", 404)):
        fits(await doors.get(path), schemas.ERRORS, status)


@pytest.mark.parametrize(
    "path", ["services", "services/water_none", "requests", "discovery", "requests/{}", "requests/none"]
)
async def test_xml_and_json_say_the_same(doors: Doors, path: str) -> None:
    path = path.format(doors.heard)
    xml, json = await doors.get(f"{path}.xml"), await doors.get(f"{path}.json")
    assert xml.status_code == json.status_code and xml.headers["access-control-allow-origin"] == "*"
    assert shape(tree(xml)) == as_xml(json.json())


async def test_the_samples_of_the_standard_have_our_shape(doors: Doors) -> None:
    services = tree(await doors.get("services.xml"))
    assert services.tag == "services" and {each.tag for each in services} == {"service"}
    assert [each.tag for each in services[0]] == SERVICE and services[0].findtext("metadata") == "true"
    definition = tree(await doors.get("services/water_none.xml"))
    assert definition.tag == "service_definition" and [each.tag for each in definition] == [
        "service_code",
        "attributes",
    ]
    assert [each.tag for each in definition[1]] == ["attribute"]
    attribute = definition[1][0]
    assert [each.tag for each in attribute] == ATTRIBUTE
    assert [each.tag for each in attribute.find("values") or ()] == ["value"]
    assert [each.tag for each in attribute.findall("values/value/*")] == ["key", "name"]
    requests = tree(await doors.get("requests.xml"))
    assert requests.tag == "service_requests" and {each.tag for each in requests} == {"request"}
    assert [each.tag for each in requests[0]] == REQUEST
    errors = tree(await doors.get("requests/none.xml"))
    assert errors.tag == "errors" and [each.tag for each in errors[0]] == ["code", "description"]
    assert errors[0].findtext("code") == "404" and errors[0].tag == "error"


async def test_the_discovery_keeps_its_rules(doors: Doors) -> None:
    xml, json = await doors.get("discovery.xml"), fits(await doors.get("discovery.json"), schemas.DISCOVERY)
    found = tree(xml)
    assert found.tag == "discovery"
    assert [each.tag for each in found] == ["changeset", "contact", "key_service", "endpoints"]
    for name in ("changeset", "contact", "key_service"):
        assert found.findtext(name) == json[name] and json[name]
    (endpoint,) = json["endpoints"]
    assert endpoint["specification"] == "http://wiki.open311.org/GeoReport_v2" and endpoint["url"] == doors.url
    assert endpoint["type"] in ("production", "test") and endpoint["formats"] == ["text/xml", "application/json"]
    assert [each.text for each in found.findall("endpoints/endpoint/formats/format")] == endpoint["formats"]
    for changed in (json["changeset"], endpoint["changeset"]):
        assert datetime.fromisoformat(changed) <= datetime.now(UTC)
    assert (await doors.get("discovery.json")).json()["changeset"] == json["changeset"]
    assert "1991" in json["contact"] and json["key_service"].endswith("/developers")


async def test_what_is_private_is_neither_listed_nor_found_by_its_number(doors: Doors) -> None:
    filed = await doors.post(service_code="bribe", address_id="uc1", description="He wants money")
    assert filed.status_code == 200
    with doors.town.service.store.read() as conn:
        number = conn.exec_driver_sql("SELECT reference FROM ticket WHERE category = 'bribe'").scalar_one()
    for reference in (doors.private, number):
        for format in ("xml", "json"):
            assert (await doors.get(f"requests/{reference}.{format}")).status_code == 404
            for query in ({}, {"service_request_id": reference}, {"service_code": "bribe"}, {"status": "open"}):
                assert reference not in (await doors.get(f"requests.{format}", **query)).text
            updates = await doors.get(f"servicerequestupdates.{format}", api_key=doors.key)
            assert updates.status_code == 200 and reference not in updates.text


async def test_words_of_a_hearing_are_not_shown_and_nobody_is_named(doors: Doors) -> None:
    heard = (await doors.get(f"requests/{doors.heard}.json", extensions="true")).json()[0]
    assert heard["description"] == "موضوع: پانی نہیں آ رہا، مقام: چک 57"
    unheard = (await doors.get(f"requests/{doors.unheard}.json", extensions="true")).json()[0]
    assert unheard["description"] == heard["description"]
    everything = (await doors.get("requests.json", extensions="true")).text + (await doors.get("requests.xml")).text
    for secret in ("نسرین", "Aslam", "Shazia", "7654321", "1234567", "Nobody looked", "نلکا", "wants money"):
        assert secret not in everything, secret
    assert heard["extended_attributes"]["session_id"] == doors.session
    assert heard["extended_attributes"]["kachehri_state"] in STATUS and heard["notes"][0]["type"] == "opened"


async def test_the_language_is_the_readers(doors: Doors) -> None:
    async with httpx.AsyncClient(timeout=30) as client:
        for language, office in (("en", "Public Health Engineering"), ("ur", "پبلک ہیلتھ")):
            headers = {"accept-language": language}
            row = (await client.get(f"{doors.url}/requests/{doors.heard}.json", headers=headers)).json()[0]
            assert row["agency_responsible"] == office
    assert row["address_id"] == "uc1" and row["address"] == "چک 57, تحصیل نور گڑھ"


async def test_lists_are_narrowed_by_the_standards_rules(doors: Doors) -> None:
    async def numbers(**query: str) -> list[str]:
        answer = await doors.get("requests.json", **query)
        assert answer.status_code == 200, answer.text
        return [each["service_request_id"] for each in answer.json()]

    every = await numbers()
    assert await numbers(status="") == await numbers(status="open,closed") == await numbers(service_code=" ") == every
    assert await numbers(status="open") == every and await numbers(status="closed") == []
    assert set(await numbers(service_code="water_none,other")) == set(every)
    host = doors.town.url.removeprefix("http://")
    assert await numbers(jurisdiction_id=host) == await numbers(jurisdiction_id="127.0.0.1") == every
    # A list of numbers overrides everything else.
    assert await numbers(service_request_id=doors.unheard, status="closed", start_date="nonsense") == [doors.unheard]
    assert await numbers(service_request_id="2600000000") == []
    assert [*await numbers(page_size="1"), *await numbers(page_size="1", page="2")] == every[:2]
    assert await numbers(page_size="1", page="9999") == []
    now = datetime.now(UTC)
    soon, before = (now + timedelta(minutes=1)).isoformat(timespec="seconds"), (now - timedelta(days=1)).date()
    assert await numbers(start_date=str(before), end_date=soon) == every
    assert await numbers(end_date=str(before)) == [] and await numbers(updated_after=str(before)) == every
    assert await numbers(updated_before=str(before)) == []
    assert await numbers(start_date="2020-01-01T00:00:00Z", end_date="2020-03-31T00:00:00Z") == []


@pytest.mark.parametrize(
    ("query", "status", "sign"),
    [
        ({"jurisdiction_id": "elsewhere.example"}, 404, "jurisdiction_id"),
        ({"service_code": "none"}, 404, "service_code"),
        ({"status": "new"}, 400, "status"),
        ({"start_date": "yesterday"}, 400, "start_date"),
        ({"start_date": "2026-02-30"}, 400, "start_date"),
        ({"start_date": "2026-01-01T00:00:00"}, 400, "start_date"),
        ({"start_date": "2026-01-01T00:00:00Z", "end_date": "2026-04-02T00:00:00Z"}, 400, "90 days"),
        ({"start_date": "2026-01-02", "end_date": "2026-01-01"}, 400, "before"),
        ({"page_size": "1001"}, 400, "page_size"),
        ({"page": "0"}, 400, "page"),
        ({"page": "۲"}, 400, "page"),
        ({"extensions": "yes"}, 400, "extensions"),
        ({"service_request_id": ",".join(str(each) for each in range(501))}, 400, "service_request_id"),
    ],
)
async def test_what_is_wrong_with_a_list_is_said(doors: Doors, query: dict[str, str], status: int, sign: str) -> None:
    told = fits(await doors.get("requests.json", **query), schemas.ERRORS, status)
    assert any(sign in each["description"] and each["code"] == status for each in told)
    element = tree(await doors.get("requests.xml", **query))
    assert element.tag == "errors" and any(sign in (each.findtext("description") or "") for each in element)


async def test_several_mistakes_are_told_at_once_and_ninety_days_are_allowed(doors: Doors) -> None:
    answer = await doors.get("requests.json", status="x", page="x", service_code="none")
    told = fits(answer, schemas.ERRORS, 400)
    assert {each["code"] for each in told} == {400, 404} and len(told) == 3
    exactly = {"start_date": "2026-01-01T00:00:00Z", "end_date": "2026-04-01T00:00:00Z"}
    assert (await doors.get("requests.json", **exactly)).status_code == 200
    assert (await doors.get("requests.json", start_date="2026-01-01", end_date="2026-04-01")).status_code == 200


async def test_another_format_and_another_method_are_refused(doors: Doors) -> None:
    answer = await doors.get("services.txt")
    assert answer.status_code == 404 and tree(answer).tag == "errors"
    assert (await doors.post("services.xml")).status_code == 405


async def test_dates_have_a_zone_and_an_empty_list_is_one(doors: Doors) -> None:
    row = (await doors.get(f"requests/{doors.heard}.json")).json()[0]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+05:00", row["requested_datetime"])
    empty = tree(await doors.get("requests.xml", status="closed"))
    assert empty.tag == "service_requests" and len(empty) == 0
