"""Beside a ticket, the others that may be about the same; with what its reader can do about it."""

from __future__ import annotations

from typing import Final, cast

from kachehri import hints, standing, ticketing
from kachehri.hints import Beside
from kachehri.likeness.candidates import Likeness
from kachehri.standing import Capacity
from kachehri.store import Connection
from kachehri.store import hints as rows
from kachehri.store.tables import Account, Ticket
from kachehri.tickets.acts import Join
from kachehri.tickets.life import Life
from kachehri.tickets.lifecycle import State, is_open
from kachehri.tickets.reach import reach
from web.hint_shapes import HintRow
from web.house import House
from web.papers.register import excerpt
from web.ticket_names import Names

EXCERPT: Final = 200
#: What is in each text is worked out once.
LIKENESS: Final = Likeness()


async def beside(
    house: House, account: Account, ticket: Ticket, life: Life, sides: tuple[Capacity, ...], names: Names, now: int
) -> tuple[HintRow, ...]:
    """The rows for the page of a ticket; none where it is compared with nothing. What is shown is noted."""
    if not life.is_open or ticket.privacy != "public" or life.protected or not sides:
        return ()

    def read(conn: Connection) -> tuple[list[Beside], set[str], bool]:
        said = rows.of(conn, ticket.id)
        found = hints.beside(LIKENESS, ticket, hints.around(conn, reach(conn, account, now), ticket, now), said)
        joins = {each.near.id for each in found if joinable(conn, now, life, sides, each.near.id)}
        return found, joins, any(each.near.id not in said for each in found)

    found, joins, fresh = await house.service.read(read)
    if fresh:
        await house.write(hints.shown, ticket, found)
    return tuple(
        HintRow(
            id=each.near.id,
            reference=each.near.reference,
            state=each.near.state,
            topic=names.district.topic(each.near.category, names.words),
            place=names.district.area(each.near.area, names.words),
            text=excerpt(each.near.text, EXCERPT),
            opened_at=each.near.opened_at,
            words=tuple(each.likely.words),
            joins=each.near.id in joins,
            over=not is_open(cast(State, each.near.state)),
            apart=each.said == "apart",
        )
        for each in found
    )


def joinable(conn: Connection, now: int, life: Life, sides: tuple[Capacity, ...], other: str) -> bool:
    """Whether the rules let one of these sides join the ticket with the other."""
    act = Join(parent=other)
    offer = standing.offer(life, act, sides, ticketing.context(conn, now, life, act))
    return offer is not None and not offer.why
