"""One ticket as its office sees it: whose turn it is, its clocks, what may be done, and everything that happened.

Reads and draws; what is sent from this page is taken in web/pages/ticket_acts.py and web/pages/tickets.py.
"""

from __future__ import annotations

from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from kachehri import particulars
from kachehri.evidence import PICTURES_MOST
from kachehri.i18n.digits import only_digits
from kachehri.particulars import Sent
from kachehri.standing import reads_of_money
from kachehri.store.tables import Account
from web import alike, forms, ticket_story
from web.cards import Choice
from web.errors import sentence
from web.house import House
from web.staff import may
from web.ticket_cards import Back, card
from web.ticket_facts import clock_rows, facts, picture_rows
from web.ticket_names import Names
from web.ticket_reading import read, releasable
from web.ticket_shapes import StatusValues, TicketDeskPage

REVEAL_REASONS: Final = ("call_back", "line_lost", "visit", "danger")


def reference_of(request: Request) -> str:
    return only_digits(request.path_params["reference"][:32])


async def drawn(house: House, request: Request, account: Account, back: Back | None = None) -> Response:
    """The page, with a form that came back or without."""
    back = back or Back()
    words, now = house.words(request), house.now()
    found = await house.service.read(read, account, reference_of(request), now)
    district = await house.districts.get()
    names = Names(found.known, district, words)
    acting = may(account, "ticket.act")
    beside = await alike.beside(house, account, found.ticket, found.life, found.sides, names, now) if acting else ()
    possible = [each for each in found.offers if not each.why] if acting else []
    page = TicketDeskPage(
        facts=await facts(house, found, names, now),
        clocks=clock_rows(found, words, now),
        story=ticket_story.rows(
            found.steps, found.texts, names, found.references, account.id, now, money=reads_of_money(found.sides)
        ),
        hints=beside,
        flagged=found.life.flagged and reads_of_money(found.sides),
        acts=tuple(card(each, found, names, back) for each in possible),
        cannot=tuple((each.act, sentence(words, each.why)) for each in found.offers if each.why) if acting else (),
        pictures=picture_rows(found.pictures, back.pictures),
        seq=found.life.seq,
        may_post=may(account, "page.status") and found.life.is_open,
        may_act=acting,
        may_picture=acting and found.life.is_open and bool(found.sides) and len(found.pictures) < PICTURES_MOST,
        may_explain=may(account, "page.routing") and account.office_id is None,
        may_concern=acting and found.life.is_open and any(x.doer.side in ("triage", "supervisor") for x in found.sides),
        may_call_back=may(account, "ticket.call_back")
        and found.life.protected
        and found.life.is_open
        and account.office_id != (found.life.office or found.ticket.office_id),
        released=found.released,
        may_release=may(account, "ticket.release") and releasable(found),
        may_reveal=may(account, "ticket.phone") and found.ticket.person_id is not None and bool(found.sides),
        key=forms.new_key(),
        today=words.dates.local(now).date().isoformat(),
        replies=tuple(Choice(each.id, each.name) for each in found.replies),
        values=StatusValues(**{name: back.values.get(name, "") for name in ("kind", "day", "text")})
        if back.form == "status"
        else StatusValues(),
        errors=back.errors,
        said=back.said,
        said_tone=back.said_tone,
        reached=back.reached,
        sent=await house.service.read(particulars.sent, house.service.people, found.ticket) if found.sides else Sent(),
        reveal_reason=back.values.get("why", "") if back.form == "phone" else "",
        reveal_words=back.values.get("words", "") if back.form == "phone" else "",
        reveal_reasons=REVEAL_REASONS,
        came_back=back.form,
    )
    return house.show(request, "staff/ticket.html", page, status=back.status)
