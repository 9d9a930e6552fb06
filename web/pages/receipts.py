"""A question's own page, behind a secret link, and the slip that is printed of it.

The link is the key: whoever has it may read and withdraw, on any phone, without an account. Its secret is not stored;
the database knows a hash of it (kachehri/people.py).
"""

from __future__ import annotations

import segno
from markupsafe import Markup
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from kachehri.i18n import Words
from kachehri.store import Connection
from kachehri.store import questions as question_rows
from kachehri.store import tickets as ticket_rows
from kachehri.store.questions import Asked
from kachehri.store.tables import Ticket
from rooms.base import Actor
from rooms.questions import WithdrawQuestion
from web import forms, reading
from web.house import House, house_of, see
from web.shapes import ReceiptPage, SlipPage, TicketFacts
from web.topics import District


async def receipt(request: Request) -> Response:
    house = house_of(request)
    words = house.words(request)
    asked = await _asked(house, request)
    live = await house.service.live(asked.session_id)
    district = await house.districts.get()
    page = ReceiptPage(
        question=reading.one_of_mine(live, asked.id, house.service.people, district, words),
        token=request.path_params["token"],
        key=forms.new_key(),
        session=reading.head(live, words),
        fresh="sent" in request.query_params,
        sent_key=request.query_params.get("sent", "")[:32],
        ticket=await house.service.read(_ticket, asked, district, words),
    )
    return house.show(request, "receipt.html", page)


async def slip(request: Request) -> Response:
    """For a shop's 58 mm printer: the number, what it is about, and the link as a square to scan."""
    house = house_of(request)
    words = house.words(request)
    asked = await _asked(house, request)
    live = await house.service.live(asked.session_id)
    token = request.path_params["token"]
    district = await house.districts.get()
    page = SlipPage(
        session=reading.head(live, words),
        token=token,
        reference=asked.reference,
        topic=district.topic(asked.category, words),
        asked_at=asked.received_at,
        qr=square(f"{house.renderer.site.address}/q/{token}"),
        place=house.place.name(words.language.code),
    )
    return house.show(request, "slip.html", page)


async def withdraw(request: Request) -> Response:
    """Only the asker may; who holds the link, holds the question."""
    house = house_of(request)
    fields = await forms.read(request, house.origins)
    asked = await _asked(house, request)
    actor = Actor(asked.asker, "citizen")
    await house.service.submit(actor, asked.session_id, WithdrawQuestion(question=asked.id), fields.get("key", ""))
    return see(f"/q/{request.path_params['token']}")


def square(address: str) -> Markup:
    """A QR code (ISO/IEC 18004) as SVG without a style of its own: the content policy allows none."""
    code = segno.make(address, error="m", micro=False)
    return Markup(code.svg_inline(svgclass="qr", lineclass=None, border=2, omitsize=True))


async def _asked(house: House, request: Request) -> Asked:
    question = house.service.people.question_of(request.path_params["token"])
    asked = await house.service.read(question_rows.by_id, question) if question else None
    if asked is None:
        raise HTTPException(404)
    return asked


def _ticket(conn: Connection, asked: Asked, district: District, words: Words) -> TicketFacts | None:
    ticket = ticket_rows.by_question(conn, asked.id)
    return facts(conn, ticket, asked.reference, district, words) if ticket else None


def facts(conn: Connection, ticket: Ticket, reference: str, district: District, words: Words) -> TicketFacts:
    """What may be known of a ticket by anyone; a follower's number leads to the ticket that it follows."""
    return TicketFacts(
        state=ticket.state,
        topic=district.topic(ticket.category, words),
        opened_at=ticket.opened_at,
        office=district.office(ticket.office_id, words),
        area=district.area(ticket.area, words),
        due_at=ticket.due_at or 0,
        followers=ticket_rows.follower_count(conn, ticket.id),
        follows=ticket.reference if ticket.reference != reference else "",
    )
