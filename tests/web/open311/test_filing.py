"""What programs file: by their keys, once, with every mistake told, and with nothing given back that is private."""

from __future__ import annotations

import asyncio
import json
import logging
import xml.etree.ElementTree as ET

import httpx
import jsonschema  # type: ignore[import-untyped]
import pytest

from kachehri import api_keys, own_ticket
from kachehri.i18n import words_for
from kachehri.serving import configure
from kachehri.store import audit
from kachehri.ticketing import history
from kachehri.tickets.events import Opened
from tests.web.open311 import schemas
from tests.web.open311.conftest import Doors, tree
from tests.web.open311.filed import WHOLE, filed, ticket_of
from tests.web.test_staff import signed_in
from web.open311.filing import DESCRIPTION_MOST

pytestmark = pytest.mark.anyio


async def test_a_request_becomes_a_ticket_and_is_read_back(doors: Doors) -> None:
    number = filed(await doors.post(**WHOLE))
    ticket = ticket_of(doors, number)
    assert (ticket.office_id, ticket.category, ticket.area, ticket.origin) == ("water", "water_none", "uc1", "open311")
    with doors.town.service.store.read() as conn:
        assert isinstance(history(conn, ticket.id)[0].body, Opened)
        assert doors.town.service.people.phone(conn, ticket.person_id or "") == "+923001234567"
    row = (await doors.get(f"requests/{number}.json", extensions="true")).json()[0]
    jsonschema.Draft202012Validator(schemas.EXTENDED).validate([row])
    assert (row["status"], row["address_id"], row["lat"], row["long"]) == ("open", "uc1", 29.998, 73.242)
    assert row["description"] == "موضوع: پانی نہیں آ رہا، مقام: چک 57" and row["media_url"] is None
    everything = (await doors.get("requests.json", extensions="true")).text
    for secret in ("Nasreen", "Bibi", "1234567", "nasreen@", "House 7", "pump", "photos.example", "tt222111"):
        assert secret not in everything, secret
    assert number in everything


async def test_the_reply_in_xml_has_the_shape_of_the_sample(doors: Doors) -> None:
    answer = await doors.post("requests.xml", **{**WHOLE, "device_id": "xml"})
    found = tree(answer)
    assert found.tag == "service_requests" and [each.tag for each in found] == ["request"]
    assert [each.tag for each in found[0]] == ["service_request_id", "service_notice", "account_id"]
    assert ticket_of(doors, found[0][0].text or "").category == "water_none"


async def test_the_same_again_is_the_same(doors: Doors) -> None:
    again = {**WHOLE, "device_id": "again"}
    first = filed(await doors.post(**again))
    both = await asyncio.gather(*(doors.post(**again) for _ in range(5)))
    assert {filed(each) for each in both} == {first}
    assert filed(await doors.post(**{**again, "description": "Something else"})) != first


async def test_a_private_matter_gets_a_token_that_never_becomes_a_number(doors: Doors) -> None:
    """As a client that reads nothing but XML goes about it: a form with a file in it, then it asks for the token."""
    fields = {"api_key": doors.key, "service_code": "bribe", "lat": "29.9", "long": "73.2", "description": "رقم مانگی"}
    async with httpx.AsyncClient(timeout=30) as client:
        answer = await client.post(
            f"{doors.url}/requests.xml", data=fields, files={"photo": ("a.jpg", b"\xff\xd8\xff", "image/jpeg")}
        )
        assert answer.status_code == 200, answer.text
        found = tree(answer)
        assert [each.tag for each in found[0]] == ["token", "service_notice", "account_id"]
        token = found[0].findtext("token")
        for _ in range(3):
            polled = tree(await client.get(f"{doors.url}/tokens/{token}.xml"))
            assert (
                ET.tostring(polled).decode()
                == f"<service_requests><request><token>{token}</token></request></service_requests>"
            )
        told = (await client.get(f"{doors.url}/tokens/{token}.json")).json()
        assert told == [{"token": token}]
        repeated = (await client.post(f"{doors.url}/requests.json", data=fields)).json()
    assert repeated[0]["token"] == token and "service_request_id" not in repeated[0]
    with doors.town.service.store.read() as conn:
        rows = list(conn.exec_driver_sql("SELECT privacy FROM ticket WHERE category = 'bribe' AND area = ''"))
    assert rows == [("private",)]
    wrong = await doors.get("tokens/AAAAAAAAAAAAAAAAAAAAAAAA.xml")
    assert wrong.status_code == 404 and tree(wrong)[0].findtext("code") == "404"


@pytest.mark.parametrize("format", ["xml", "json"])
async def test_without_a_key_nothing_else_is_looked_at(doors: Doors, format: str) -> None:
    revoked = doors.make_key()
    with doors.town.service.store.write() as conn:
        row = api_keys.find(conn, revoked)
        assert row is not None
        api_keys.revoke(conn, 0, row.id, "doors-admin")
    for key in ("", "wrong", "kch_" + "A" * 32, "x" * 9_999, revoked, doors.make_key("updates")):
        answer = await doors.post(f"requests.{format}", api_key=key)
        assert answer.status_code == 403
        code = tree(answer)[0].findtext("code") if format == "xml" else answer.json()[0]["code"]
        assert str(code) == "403"
    only_files = doors.make_key("file")
    assert (await doors.get(f"servicerequestupdates.{format}", api_key=only_files)).status_code == 403
    assert (await doors.get(f"servicerequestupdates.{format}")).status_code == 403


@pytest.mark.parametrize(
    ("fields", "status", "signs"),
    [
        ({}, 400, ["service_code was not provided", "location was not provided"]),
        ({"service_code": "none", "address_id": "uc1"}, 404, ["service_code was not found"]),
        ({"service_code": "none"}, 400, ["service_code was not found", "location"]),
        ({"service_code": "other", "lat": "30"}, 400, ["lat and long"]),
        ({"service_code": "other", "lat": "91", "long": "73"}, 400, ["lat is no number"]),
        ({"service_code": "other", "lat": "nan", "long": "1e1"}, 400, ["lat is", "long is"]),
        ({"service_code": "other", "address_id": "nowhere"}, 400, ["address_id was not found"]),
        ({"service_code": "other", "address_id": "uc1", "attribute[area]": "x"}, 400, ["attribute[area]"]),
        ({"service_code": "other", "address_id": "uc1", "phone": "12"}, 400, ["phone"]),
        ({"service_code": "other", "address_id": "uc1", "email": "nobody"}, 400, ["email"]),
        ({"service_code": "other", "address_id": "uc1", "media_url": "javascript:x"}, 400, ["media_url"]),
        ({"service_code": "other", "address_id": "uc1", "description": "ا" * 4001}, 400, ["4000 characters"]),
        ({"service_code": "other", "address_id": "uc1", "first_name": "x" * 200}, 400, ["first_name"]),
        ({"service_code": "other", "address_id": "uc1", "jurisdiction_id": "city.gov"}, 404, ["jurisdiction_id"]),
    ],
)
async def test_everything_that_is_wrong_is_told_at_once(
    doors: Doors, fields: dict[str, str], status: int, signs: list[str]
) -> None:
    answer = await doors.post(**fields)
    assert answer.status_code == status, answer.text
    jsonschema.Draft202012Validator(schemas.ERRORS).validate(answer.json())
    told = [each["description"] for each in answer.json()]
    assert len(told) == len(signs) and all(sign in line for sign, line in zip(signs, told, strict=True)), told
    xml = await doors.post("requests.xml", **fields)
    assert xml.status_code == status and [each.findtext("description") for each in tree(xml)] == told


async def test_a_form_that_cannot_be_read_is_told_so(doors: Doors) -> None:
    headers = {"content-type": "application/x-www-form-urlencoded"}
    async with httpx.AsyncClient(timeout=30) as client:
        for content, kind in (
            (b"api_key=%ff", headers["content-type"]),
            (b"\xff\xfe", headers["content-type"]),
            (b"<request/>", "text/xml"),
            (b"{}", "application/json"),
            (b"api_key=1&" + b"a=1&" * 200, headers["content-type"]),
            (b"description=" + b"a" * 70_000, headers["content-type"]),
            (b"no parts at all", "multipart/form-data; boundary=x"),
            (b"", "multipart/form-data"),
        ):
            answer = await client.post(f"{doors.url}/requests.xml", content=content, headers={"content-type": kind})
            assert answer.status_code == 400, (content[:20], answer.text)
            assert tree(answer)[0].findtext("code") == "400"


async def test_hostile_words_are_words(doors: Doors) -> None:
    words = "<b>&amp;]]></description><x>\u0000\u0001 =cmd|' /C calc'!A0"
    number = filed(await doors.post(service_code="other", address_id="uc1", description=words, device_id="hostile"))
    assert (await doors.get(f"requests/{number}.xml")).status_code == 200
    longest = "ا" * DESCRIPTION_MOST
    filed(await doors.post(service_code="other", address_id="uc1", description=longest))


async def test_a_key_has_its_minute_and_its_day(doors: Doors) -> None:
    slow = doors.make_key(per_minute=2)
    place = {"api_key": slow, "service_code": "other", "address_id": "uc1"}
    answers = [await doors.post(**place, description=str(number)) for number in range(3)]
    assert [each.status_code for each in answers] == [200, 200, 400]
    assert answers[2].json()[0]["code"] == 429 and int(answers[2].headers["retry-after"]) >= 1
    few = doors.make_key(per_day=1)
    daily = {"api_key": few, "service_code": "other", "address_id": "uc1"}
    answers = [await doors.post(**daily, description=f"day {number}") for number in range(2)]
    assert [each.status_code for each in answers] == [200, 400] and answers[1].json()[0]["code"] == 429


async def test_nothing_of_a_request_is_logged(doors: Doors, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    await doors.post(**{**WHOLE, "device_id": "logged"})
    await doors.get("servicerequestupdates.json", api_key=doors.key)
    # The client's own log, and the one of every access, which no server of ours writes.
    assert configure(doors.town.settings, doors.town.app).access_log is False
    others = ("httpx", "httpcore", "uvicorn.access")
    ours = [record.getMessage() for record in caplog.records if not record.name.startswith(others)]
    for secret in (doors.key, "Nasreen", "1234567", "House 7"):
        assert secret not in json.dumps(ours, ensure_ascii=False)


async def test_whoever_came_by_a_program_is_erased_at_her_wish(doors: Doors) -> None:
    number = filed(await doors.post(**{**WHOLE, "device_id": "erased"}))
    ticket = ticket_of(doors, number)
    code = doors.town.service.people.code(own_ticket.link_of(ticket))
    phone = await signed_in(doors.town, "administrator")
    await phone.get("/erase")
    wrong = await phone.post(
        "/erase", reference=number, code="000000" if code != "000000" else "1" * 6, reason="x", sure="1"
    )
    assert wrong.status_code == 404
    done = await phone.post("/erase", reference=number, code=code, reason="She asked", sure="1")
    assert done.status_code == 200, done.text
    with doors.town.service.store.read() as conn:
        assert doors.town.service.people.phone(conn, ticket.person_id or "") is None
        kept = conn.exec_driver_sql("SELECT sealed, public FROM content WHERE person_id = ?", (ticket.person_id,))
        assert {part for row in kept for part in row} == {None}
        acts = audit.of_subject(conn, number)
    assert [act.action for act in acts] == ["person.erase"]
    assert (await doors.get(f"requests/{number}.json")).status_code == 200


async def test_the_office_reads_where_it_is_and_the_public_does_not(doors: Doors) -> None:
    number = filed(await doors.post(**{**WHOLE, "device_id": "where", "address_string": "House 7, call 0300-1234567"}))
    phone = await signed_in(doors.town, "clerk")
    page = (await phone.get(f"/tickets/{number}")).text
    assert "House 7" in page and "29.99871, 73.24129" in page and "1234567" not in page
    assert words_for("en").plain("programs.by") in page
    for path in (f"{doors.town.url}/t/{number}", f"{doors.url}/requests/{number}.json?extensions=true"):
        shown = (await doors.town.phone().client.get(path)).text
        assert "House 7" not in shown and "29.99871" not in shown


async def test_words_are_public_once_a_moderator_has_released_them(doors: Doors) -> None:
    number = filed(await doors.post(**{**WHOLE, "device_id": "release"}))
    secret = await doors.post(**{**WHOLE, "device_id": "release", "service_code": "bribe"})
    moderator, clerk = await signed_in(doors.town, "moderator"), await signed_in(doors.town, "clerk")

    async def words() -> str | None:
        found: str | None = (await doors.get(f"requests/{number}.json")).json()[0]["description"]
        return found

    page = (await clerk.get(f"/tickets/{number}")).text
    assert f'action="/tickets/{number}/words"' not in page
    assert (await clerk.post(f"/tickets/{number}/words", do="show")).status_code == 403
    await moderator.get(f"/tickets/{number}")
    assert (await moderator.post(f"/tickets/{number}/words", do="show")).status_code == 200
    assert "since Monday" in (await words() or "") and "1234567" not in (await words() or "")
    assert (await moderator.post(f"/tickets/{number}/words", do="hide")).status_code == 200
    assert (await words() or "").startswith("موضوع")
    assert (await moderator.post(f"/tickets/{number}/words", do="x")).status_code == 400
    with doors.town.service.store.read() as conn:
        assert [act.action for act in audit.of_subject(conn, number)] == ["words.release", "words.hide"]
        hidden = conn.exec_driver_sql(
            "SELECT reference FROM ticket WHERE category = 'bribe' ORDER BY opened_at DESC LIMIT 1"
        ).scalar_one()
    assert "token" in secret.json()[0]
    await moderator.get(f"/tickets/{hidden}")
    assert "/words" not in moderator.page
    await moderator.post(f"/tickets/{hidden}/words", do="show")
    with doors.town.service.store.read() as conn:
        assert audit.of_subject(conn, hidden) == []
