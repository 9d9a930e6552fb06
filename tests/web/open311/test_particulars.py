"""What a program sends along is the office's to read: the link is not fetched, the e-mail is looked at for a reason,
and only then may it go out on paper.
"""

from __future__ import annotations

import pytest

from kachehri import particulars
from kachehri.store import accounts, audit
from kachehri.store import tickets as ticket_rows
from kachehri.store.tables import Audit, Ticket
from tests.web.open311.conftest import Doors
from tests.web.test_lobby import has
from tests.web.test_staff import signed_in
from web.pages import handover
from web.papers.handover import HandoverPage
from web.papers.pairs import Both

LINK = "https://pictures.example.org/a.jpg?x=1&y=2"
pytestmark = pytest.mark.anyio
PHONE, MAIL = "+923001234567", "nasreen@example.org"


async def filed(doors: Doors, text: str) -> Ticket:
    answer = await doors.post(
        service_code="water_none",
        address_id="uc1",
        description=text,
        phone="0300-1234567",
        email=MAIL,
        media_url=LINK,
        **{"attribute[depth]": "30 feet, call 0333-7654321"},
    )
    with doors.town.service.store.read() as conn:
        found = ticket_rows.by_reference(conn, answer.json()[0]["service_request_id"])
    assert found is not None
    return found


async def test_the_link_is_shown_and_the_mail_only_for_a_reason(doors: Doors) -> None:
    ticket = await filed(doors, "The well is dry")
    desk = await signed_in(doors.town, "moderator")
    page = (await desk.get(f"/tickets/{ticket.reference}")).text
    assert 'href="https://pictures.example.org/a.jpg?x=1&amp;y=2" rel="noreferrer noopener nofollow"' in page
    assert "<img" not in page and has(page, "office.sent", "office.sent_link_more", "office.reach")
    assert "30 feet" in page and "7654321" not in page and MAIL not in page and "1234567" not in page
    shown = (await desk.post(f"/tickets/{ticket.reference}/phone", why="call_back")).text
    assert has(shown, "office.reached") and MAIL in shown and PHONE in shown
    with doors.town.service.store.read() as conn:
        acts = [each.action for each in audit.of_subject(conn, ticket.reference)]
    assert acts == ["phone.reveal"]
    public = (await doors.town.phone("en").get(f"/t/{ticket.reference}")).text
    assert "pictures.example" not in public and MAIL not in public


async def test_on_paper_it_goes_out_only_with_whoever_just_looked(doors: Doors) -> None:
    ticket = await filed(doors, "The well is dry again")
    house, store = doors.town.house, doors.town.service.store
    desk = await signed_in(doors.town, "moderator")
    with store.read() as conn:
        other = next(each for each in accounts.listing(conn) if each.role == "administrator")

    async def paper(who: str, now: int | None = None) -> str:
        with store.read() as conn:
            account = accounts.by_id(conn, who)
            assert account is not None
            found = handover.read(conn, account, ticket.reference, now or house.now(), house.service.people)
        both = Both.of(house.place.timezone)
        page = HandoverPage(both, await handover.packed(house, both, found))
        return house.renderer.text("ur", "papers/handover.html", page)

    await desk.get(f"/tickets/{ticket.reference}")
    await desk.post(f"/tickets/{ticket.reference}/phone", why="visit")
    with store.read() as conn:
        (look,) = audit.of_subject(conn, ticket.reference)
    assert isinstance(look, Audit) and look.account_id is not None
    mine, theirs = await paper(look.account_id), await paper(other.id)
    assert PHONE in mine and MAIL in mine and has(mine, "pack.reached_more") and not has(mine, "pack.withheld_more")
    assert PHONE not in theirs and MAIL not in theirs and has(theirs, "pack.withheld", "pack.phone", "pack.email")
    late = await paper(look.account_id, look.at + particulars.REVEALED_MS + 1)
    assert PHONE not in late and has(late, "pack.withheld_more")


async def test_of_whom_nothing_is_left_nothing_is_shown(doors: Doors) -> None:
    ticket = await filed(doors, "The third dry well")
    people = doors.town.service.people
    with doors.town.service.store.write() as conn:
        assert particulars.sent(conn, people, ticket).mail and particulars.reached(conn, people, ticket) == (
            PHONE,
            MAIL,
        )
        conn.exec_driver_sql(f"UPDATE person SET data_key = NULL, phone = NULL WHERE id = '{ticket.person_id}'")
        assert particulars.sent(conn, people, ticket) == particulars.Sent()
        assert particulars.reached(conn, people, ticket) == particulars.Reached()
