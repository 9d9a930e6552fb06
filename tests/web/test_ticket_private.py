"""What of a ticket is for whom: photographs drawn anew, the phone with a reason, and what is private."""

from __future__ import annotations

import io
import re

import httpx
import pytest
from PIL import Image

from kachehri import ticketing
from kachehri.i18n import words_for
from kachehri.store import audit, evidence
from kachehri.store import tickets as ticket_rows
from kachehri.tickets import events
from tests.web.conftest import Phone, Town
from tests.web.ticket_desk import desk, do, entered, form_token, life, opened

__all__ = ["desk"]
pytestmark = pytest.mark.anyio

EN = words_for("en")


def jpeg(size: tuple[int, int] = (90, 60)) -> bytes:
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x010F] = "A phone"
    Image.new("RGB", size, "green").save(out, "JPEG", exif=exif.tobytes())
    return out.getvalue()


async def send_picture(phone: Phone, number: str, content: bytes, **fields: str) -> httpx.Response:
    await phone.get(f"/tickets/{number}")
    path = f"/tickets/{number}/pictures"
    token = re.search(r'name="form_token" value="([^"]+)"', phone.page)
    assert token is not None
    return await phone.client.post(
        path,
        data={"form_token": token[1], **fields},
        files={"file": ("photo.jpg", content, "image/jpeg")},
        headers={"origin": phone.origin},
    )


async def test_a_photograph_is_drawn_anew_and_shown_to_whom_it_is_marked_for(town: Town, desk: dict[str, str]) -> None:
    number = await opened(town)
    xen, roads, citizen = await entered(town, "xen"), await entered(town, "roads"), town.phone("en")
    answer = await send_picture(xen, number, jpeg())
    assert answer.status_code == 200 and EN.t("office.did.add_evidence") in answer.text
    await send_picture(xen, number, jpeg((60, 90)), shown="1")
    await send_picture(xen, number, jpeg((60, 90)), shown="1")
    with town.service.store.read() as conn:
        ticket = ticket_rows.by_reference(conn, number)
        assert ticket is not None and ticket.question_id is not None
        hidden, shown = evidence.of_ticket(conn, ticket.id)
        assert (hidden.shown, shown.shown) == (False, True)
        assert [each.id for each in evidence.of_ticket(conn, ticket.id, shown=True)] == [shown.id]
    picture = await xen.client.get(f"/tickets/{number}/pictures/{hidden.id}")
    assert picture.headers["content-type"] == "image/jpeg" and b"A phone" not in picture.content
    assert picture.headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert picture.headers["x-content-type-options"] == "nosniff" and "no-store" in picture.headers["cache-control"]
    assert (await roads.client.get(f"/tickets/{number}/pictures/{hidden.id}")).status_code == 404
    token = town.service.people.receipt(ticket.question_id)
    assert (await citizen.client.get(f"/q/{token}/pictures/{shown.id}")).content[:2] == b"\xff\xd8"
    assert (await citizen.client.get(f"/q/{token}/pictures/{hidden.id}")).status_code == 404
    assert (await citizen.client.get(f"/q/nonsense/pictures/{shown.id}")).status_code == 404
    assert life(town, number).evidence == [hidden.id, shown.id]
    # A proposal rests on what was ticked.
    sdo = await entered(town, "sdo")
    await do(xen, number, "assign", post="ph-sdo")
    await do(sdo, number, "propose", outcome="relief_granted", note="See the picture", picture=shown.id)
    with town.service.store.read() as conn:
        steps = ticketing.history(conn, ticket.id)
    (said,) = [step.body for step in steps if isinstance(step.body, events.Proposed)]
    assert said.evidence == (shown.id,)


@pytest.mark.parametrize(
    ("content", "code"), [(b"", "picture_none"), (b"%PDF-1.7", "picture_kind"), (jpeg()[:200], "picture_broken")]
)
async def test_a_file_that_is_no_photograph_is_refused_plainly(
    town: Town, desk: dict[str, str], content: bytes, code: str
) -> None:
    number = await opened(town)
    answer = await send_picture(await entered(town, "xen"), number, content)
    assert answer.status_code == 422 and EN.t(f"office.refused.{code}") in answer.text
    assert life(town, number).evidence == []


async def test_the_phone_is_shown_with_a_reason_that_stays(town: Town, desk: dict[str, str]) -> None:
    number = await opened(town, by_phone=True)
    xen, roads = await entered(town, "xen"), await entered(town, "roads")
    path = f"/tickets/{number}/phone"
    assert "2345678" not in (await xen.get(f"/tickets/{number}")).text
    answer = await xen.post(path, words="no reason chosen")
    assert answer.status_code == 422 and EN.t("office.need.why") in answer.text and "2345678" not in answer.text
    answer = await xen.post(path, why="visit", words="gate is shut, 35201-1234567-1")
    assert "+923012345678" in answer.text and "no-store" in answer.headers["cache-control"]
    with town.service.store.read() as conn:
        (row,) = [each for each in audit.of_subject(conn, number) if each.action == "phone.reveal"]
    assert row.account_id == desk["xen"] and "gate is shut" in row.reason and "1234567" not in row.reason
    await roads.get("/tickets")
    answer = await roads.client.post(path, data={**form_token(roads), "why": "visit"}, headers={"origin": roads.origin})
    assert answer.status_code == 404 and "2345678" not in answer.text


async def test_what_is_private_is_for_its_office_and_the_desk(town: Town, desk: dict[str, str]) -> None:
    number = await opened(town, private=True)
    for login, status in (("xen", 200), ("clerk", 200), ("chair", 200), ("chief", 404), ("roads", 404)):
        phone = await entered(town, login)
        assert (await phone.get(f"/tickets/{number}")).status_code == status, login
        assert (await phone.get(f"/tickets/{number}/history")).status_code == status, login
        assert status == 200 or number not in (await phone.get("/supervise")).text, login
        assert status == 200 or f"/tickets/{number}" not in (await phone.get(f"/tickets?find={number}")).text, login
