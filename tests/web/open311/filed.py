"""A ticket that a program filed, and what happens to it in its office."""

from __future__ import annotations

import httpx
import jsonschema  # type: ignore[import-untyped]

from kachehri import ticketing
from kachehri.store import district
from kachehri.store import tickets as ticket_rows
from kachehri.store.tables import Post, Ticket
from kachehri.tickets.acts import Act, AskCitizen, Assign, Doer
from kachehri.tickets.lifecycle import By
from tests.web.open311 import schemas
from tests.web.open311.conftest import Doors

#: The fields of the standard's own example of a request, with values of this district.
WHOLE = {
    "jurisdiction_id": "127.0.0.1",
    "service_code": "water_none",
    "lat": "29.99871",
    "long": "73.24129",
    "address_string": "House 7, street 3",
    "email": "nasreen@example.org",
    "device_id": "tt222111",
    "account_id": "123456",
    "first_name": "Nasreen",
    "last_name": "Bibi",
    "phone": "0300 1234567",
    "description": "The pump at 0300-1234567 is broken\nsince Monday",
    "media_url": "http://photos.example.org/2002/1.jpg",
    "attribute[area]": "uc1",
    "attribute[WHISPAWN]": "123456",
}


def ticket_of(doors: Doors, reference: str) -> Ticket:
    with doors.town.service.store.read() as conn:
        found = ticket_rows.by_reference(conn, reference)
        assert found is not None
        ticket_rows.verify(conn, found.id)
        return found


def filed(answer: httpx.Response) -> str:
    assert answer.status_code == 200, answer.text
    jsonschema.Draft202012Validator(schemas.FILED).validate(answer.json())
    number: str = answer.json()[0]["service_request_id"]
    return number


def does(doors: Doors, number: str, act: Act, side: By, **more: object) -> None:
    with doors.town.service.store.write() as conn:
        now = doors.town.service.store.now(conn)
        found = ticket_rows.by_reference(conn, number)
        assert found is not None
        doer = Doer(side, "x", office=found.office_id, **more)  # type: ignore[arg-type]
        ticketing.act(conn, now, found.id, act, doer)


async def waiting_for_her(doors: Doors, device: str) -> str:
    """A ticket on which the office has asked the citizen something."""
    with doors.town.service.store.write() as conn:
        district.save_posts(conn, [Post(id="sdo", office_id="water", title_ur="ایس ڈی او", title_en="SDO")])
    number = filed(await doors.post(**{**WHOLE, "device_id": device}))
    does(doors, number, Assign(post="sdo"), "office")
    with doors.town.service.store.write() as conn:
        said = ticketing.words(conn, doors.town.service.store.now(conn), "Which pump, sir 0300-1234567?")
    does(doors, number, AskCitizen(question=said), "officer", post="sdo")
    return number
