"""What somebody makes of a suggestion that two tickets are about the same: joins them, or says that they are not."""

from __future__ import annotations

from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from kachehri import standing, ticketing
from kachehri.store import Connection, hints
from kachehri.store.tables import Account
from kachehri.tickets.acts import Join
from kachehri.tickets.status import TicketRefused
from web import forms
from web.errors import sentence
from web.house import house_of, see
from web.pages.ticket_page import drawn, reference_of
from web.staff import guarded
from web.ticket_cards import Back
from web.ticket_reading import found_in

#: What a button says of the two; "" takes it back.
SAID: Final = {"join": "same", "apart": "apart", "again": ""}


@guarded("ticket.act")
async def post(request: Request, account: Account) -> Response:
    """POST /tickets/{reference}/alike."""
    house = house_of(request)
    fields = await forms.read(request, house.origins)
    do, reference = fields.get("do", ""), reference_of(request)
    if do not in SAID:
        raise forms.FormRefused(400)

    def write(conn: Connection, now: int) -> None:
        ticket = found_in(conn, account, reference, now)
        other = found_in(conn, account, fields.get("other", "")[:32], now)
        life = ticketing.load(conn, ticket.id)
        _, sides, _ = standing.known(conn, account, life, now)
        if not sides:
            raise TicketRefused("ticket_not_you")
        # Only of what was suggested is there anything to say.
        if not hints.say(conn, ticket.id, other.id, SAID[do], account.id, now):
            raise TicketRefused("ticket_unknown")
        if do == "join":
            join(conn, now, ticket.id, other.id, account, fields.get("key", "")[:40])

    try:
        await house.write(write)
    except TicketRefused as refused:
        told = sentence(house.words(request), refused.code)
        return await drawn(house, request, account, Back(said=told, said_tone="warn", status=422))
    return see(f"/tickets/{reference}?did={'join' if do == 'join' else f'alike_{do}'}#alike")


def join(conn: Connection, now: int, ticket: str, other: str, account: Account, key: str) -> None:
    """By the rule that every joining has.

    Errors: `TicketRefused`.
    """
    life, act = ticketing.load(conn, ticket), Join(parent=other)
    _, sides, _ = standing.known(conn, account, life, now)
    offer = standing.offer(life, act, sides, ticketing.context(conn, now, life, act))
    if offer is None:
        raise TicketRefused("ticket_not_you")
    ticketing.act(conn, now, ticket, act, offer.doer, key=f"{key}-alike")
