"""What a program reads of the steps of a ticket, what it adds, and that only the citizen makes it fixed and closed."""

from __future__ import annotations

import json
from typing import Any

import pytest

from kachehri import ticketing
from kachehri.i18n import words_for
from kachehri.ticketing import history
from kachehri.tickets.acts import Answer, Confirm, Propose
from kachehri.tickets.events import Noted
from kachehri.tickets.lifecycle import STATES
from tests.web.open311.conftest import Doors, tree
from tests.web.open311.filed import WHOLE, does, filed, ticket_of, waiting_for_her
from web.open311.shapes import status_of
from web.open311.updates import STATUSES
from web.timeline import Moment

pytestmark = pytest.mark.anyio


async def test_updates_follow_the_steps(doors: Doors) -> None:
    number = filed(await doors.post(**{**WHOLE, "device_id": "updates"}))
    found = (await doors.get("servicerequestupdates.json", api_key=doors.key)).json()
    mine = [each for each in found if each["service_request_id"] == number]
    assert [(each["update_id"], each["status"]) for each in mine] == [(f"{number}-1", "OPEN")]
    element = tree(await doors.get("servicerequestupdates.xml", api_key=doors.key))
    assert element.tag == "service_request_updates" and {each.tag for each in element} == {"request_update"}
    fields = ["update_id", "service_request_id", "status", "description", "updated_datetime", "media_url"]
    assert [each.tag for each in element[0]] == [*fields, "external_status_code"]
    early = {"start_date": "2020-01-01T00:00:00Z", "end_date": "2020-01-02T00:00:00Z", "api_key": doors.key}
    assert (await doors.get("servicerequestupdates.json", **early)).json() == []
    wide = {"start_date": "2020-01-01T00:00:00Z", "end_date": "2026-01-02T00:00:00Z", "api_key": doors.key}
    assert (await doors.get("servicerequestupdates.json", **wide)).status_code == 400


async def test_what_a_program_adds_is_a_note_and_closes_nothing(doors: Doors) -> None:
    number = filed(await doors.post(**{**WHOLE, "device_id": "adds"}))
    update = {
        "service_request_id": number,
        "update_id": "77",
        "status": "CLOSED",
        "description": "She called again: 0300-1234567",
        "updated_datetime": "2026-01-02T00:00:00Z",
    }
    answer = await doors.post("servicerequestupdates.xml", **update)
    found = tree(answer)
    assert answer.status_code == 200 and found[0].findtext("update_id") == f"{number}-2", answer.text
    again = await doors.post("servicerequestupdates.json", **update)
    assert again.json() == [{"update_id": f"{number}-2"}]
    ticket = ticket_of(doors, number)
    assert ticket.state == "routed" and ticket.head_seq == 2
    with doors.town.service.store.read() as conn:
        assert isinstance(history(conn, ticket.id)[1].body, Noted)
        kept = repr(list(conn.exec_driver_sql("SELECT public FROM content WHERE kind = 'note'")))
    assert "She called again" in kept and "1234567" not in kept
    # It is the office's own from then on, and nobody reads it in public.
    row = (await doors.get(f"requests/{number}.json", extensions="true")).json()[0]
    assert [each["type"] for each in row["notes"]] == ["opened"]


async def test_a_program_adds_to_its_own_alone(doors: Doors) -> None:
    number = filed(await doors.post(**{**WHOLE, "device_id": "own"}))
    for key, reference in ((doors.make_key(), number), (doors.key, doors.heard), (doors.key, doors.private)):
        answer = await doors.post(
            "servicerequestupdates.json", api_key=key, service_request_id=reference, description="x"
        )
        assert answer.status_code == 404, answer.text
    bad = await doors.post("servicerequestupdates.json", status="DONE", updated_datetime="x", update_id="y" * 65)
    assert bad.status_code == 400 and len(bad.json()) == 5


async def test_what_a_program_adds_is_her_answer_where_one_is_waited_for(doors: Doors) -> None:
    number = await waiting_for_her(doors, "answers")
    assert ticket_of(doors, number).state == "awaiting_citizen"
    update = {"service_request_id": number, "update_id": "a", "status": "OPEN", "description": "The one by the mosque"}
    answer = await doors.post("servicerequestupdates.json", **update)
    assert answer.status_code == 200, answer.text
    assert ticket_of(doors, number).state == "assigned"
    told = (await doors.get("servicerequestupdates.json", api_key=doors.key)).json()
    mine = [each for each in told if each["service_request_id"] == number]
    assert [each["status"] for each in mine] == ["OPEN", "INVESTIGATING", "INVESTIGATING", "INVESTIGATING"]
    everything = json.dumps(told) + (await doors.get(f"requests/{number}.xml", extensions="true")).text
    assert "pump" not in everything and "mosque" not in everything and "1234567" not in everything


async def test_only_the_citizen_makes_it_fixed_and_closed(doors: Doors) -> None:
    number = await waiting_for_her(doors, "closes")
    does(doors, number, Answer(), "citizen")
    with doors.town.service.store.write() as conn:
        note = ticketing.words(conn, doors.town.service.store.now(conn), "A new pump stands there")
    does(doors, number, Propose(outcome="relief_granted", note=note), "officer", post="sdo")

    async def row() -> dict[str, Any]:
        found: dict[str, Any] = (await doors.get(f"requests/{number}.json")).json()[0]
        return found

    async def last() -> str:
        told = (await doors.get("servicerequestupdates.json", api_key=doors.key)).json()
        return str([each["status"] for each in told if each["service_request_id"] == number][-1])

    proposed = await row()
    assert proposed["status"] == "open" and await last() == "IN_PROGRESS"
    update = {"service_request_id": number, "status": "FIXED", "description": "She says it is fine"}
    assert (await doors.post("servicerequestupdates.json", **update)).status_code == 200
    assert (await row())["status"] == "open"
    does(doors, number, Confirm(), "citizen")
    closed = await row()
    assert closed["status"] == "closed" and await last() == "FIXED" and closed["service_notice"] is None
    words = words_for("ur")
    for key in ("ticket.state.closed", "open311.outcome.relief_granted", "open311.basis.citizen_confirmed"):
        assert words.raw(key) in closed["status_notes"]
    numbers = [each["service_request_id"] for each in (await doors.get("requests.json", status="closed")).json()]
    assert numbers == [number]
    # A further note moves nothing, and the day of the close stays what it says.
    later = {"service_request_id": number, "description": "Thanks"}
    assert (await doors.post("servicerequestupdates.json", **later)).status_code == 200
    assert (await row())["updated_datetime"] == closed["updated_datetime"]


@pytest.mark.parametrize(
    ("name", "state", "outcome", "basis", "status"),
    [
        ("confirmed", "closed", "relief_granted", "citizen_confirmed", "FIXED"),
        ("silent", "closed", "relief_granted", "citizen_silent", "CLOSED"),
        ("forced", "closed", "partial_relief", "supervisor_forced", "CLOSED"),
        ("withdrawn", "closed", "withdrawn", "citizen_withdrew", "CANCELLED"),
        ("confirmed", "closed", "duplicate", "citizen_confirmed", "DUPLICATE"),
        ("confirmed", "closed", "referred_outside", "citizen_confirmed", "NOT_COUNCILS_RESPONSIBILITY"),
        ("upheld", "closed_final", "relief_not_possible", "appeal_decided", "NO_FURTHER_ACTION"),
        ("transferred", "routed", "", "", "INTERNAL_REFERRAL"),
        ("line_visit", "assigned", "", "", "ACTION_SCHEDULED"),
        ("disputed", "disputed", "", "", "REOPEN"),
    ],
)
def test_the_states_of_the_extension(name: str, state: str, outcome: str, basis: str, status: str) -> None:
    assert status_of(Moment(1, 0, name, state, outcome, basis, "", 0)) == status and status in STATUSES


def test_every_state_has_one_of_the_extension() -> None:
    for state in STATES:
        assert status_of(Moment(1, 0, "x", state, "", "", "", 0)) in STATUSES
