"""From the ledger to the page with which the next hearing of a room begins."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

from kachehri.i18n import Words
from kachehri.live import Live
from kachehri.store import Connection, actors, calendar, content, public_tickets
from kachehri.store import promises as rows
from kachehri.store.tables import SeatOffer
from kachehri.store.tables import Session as SessionRow
from kachehri.tickets.calendar import DAY_MS
from kachehri.tickets.clocks import RUNS
from kachehri.tickets.escalation import AGENDA_LEVEL
from kachehri.tickets.pledges import standing
from web import reading
from web.opening_shapes import AgendaRow, PromiseGroup, PromiseRow
from web.topics import District

#: Groups in the order of the page, and what stands in each. What is owed comes first.
GROUPS: Final = (
    ("broken", ("broken",)),
    ("due", ("due",)),
    ("said", ("said",)),
    ("kept", ("kept", "late")),
    ("cancelled", ("cancelled",)),
)
OPEN: Final = frozenset({"broken", "due", "said"})


class Read(NamedTuple):
    """One reading of the tables."""

    last: SessionRow | None
    listed: tuple[rows.Listed, ...]
    texts: dict[str, str]
    offers: dict[str, SeatOffer]
    comers: dict[str, list[str]]
    posts: dict[str, tuple[str, str]]


def read(conn: Connection, session: SessionRow, now: int) -> Read:
    """What was promised in the last hearing of the room, and what is still open from those before it."""
    last = rows.last_session(conn, session.room_id, session.starts_at)
    if last is None:
        return Read(None, (), {}, {}, {}, {})
    before = rows.open_of_room(conn, session.room_id, session.starts_at)
    listed = tuple(
        each
        for each in rows.listed(conn, {last.id, *before})
        if each.session_id == last.id or _stands(each, now) in OPEN
    )
    public = [each.content_id for each in listed if each.privacy == "public"]
    return Read(
        last,
        listed,
        content.texts_of(conn, public),
        {each.commitment_id: each for each in rows.offers(conn, session.id)},
        rows.comers(conn, session.id, [each.id for each in listed if _stands(each, now) in OPEN]),
        actors.titles(conn, {each.post_id for each in listed if each.post_id and not each.made_by}),
    )


def groups(found: Read, live: Live, district: District, words: Words, now: int) -> tuple[PromiseGroup, ...]:
    """The promises, those that are owed first."""
    drawn = [_row(each, found, live, district, words, now) for each in found.listed]
    made = (PromiseGroup(name, tuple(_of(drawn, stands))) for name, stands in GROUPS)
    return tuple(group for group in made if group.rows)


def agenda(
    conn: Connection, session: SessionRow, district: District, words: Words, now: int, unreleased: bool
) -> tuple[AgendaRow, ...]:
    """The tickets of this room's hearings that have gone up to the last level.

    Arguments:
        unreleased: the reader may read what citizens wrote also where nobody has released it; without it a row is its
            number, its topic and its office.
    """
    found = calendar.raised(conn, session.room_id, AGENDA_LEVEL, RUNS)
    wanted = public_tickets.Wanted(references=[each.reference for each in found])
    public = {each.reference: each.text or "" for each in public_tickets.listing(conn, wanted)}
    return tuple(
        AgendaRow(
            reference=each.reference,
            topic=district.topic(each.category, words),
            office=district.host(each.office_id, words),
            text=each.text if unreleased and each.reference in public else public.get(each.reference, ""),
            private=each.reference not in public,
            days=max(0, (now - each.due_at) // DAY_MS) if each.due_at is not None else 0,
        )
        for each in found
    )


def _of(drawn: Iterable[PromiseRow], stands: tuple[str, ...]) -> Iterable[PromiseRow]:
    return (row for row in drawn if row.stands in stands)


def _stands(each: rows.Listed, now: int) -> str:
    return standing(each.state, each.broken_at, each.due_at, now)


def _row(each: rows.Listed, found: Read, live: Live, district: District, words: Words, now: int) -> PromiseRow:
    queue = live.session.queue
    offer = found.offers.get(each.id)
    asked = [queue.questions[id] for id in found.comers.get(each.id, ()) if id in queue.questions]
    # With an official on a seat it is that seat's title; otherwise the post that the office's rules named.
    ur, en = found.posts.get(each.post_id or "", ("", ""))
    inline = next((one for one in asked if one.state == "admitted"), None)
    return PromiseRow(
        id=each.id,
        reference=each.reference,
        text=found.texts.get(each.content_id, "") if each.privacy == "public" else "",
        private=each.privacy != "public",
        post=each.made_by or reading.title({"ur": ur, "en": en}, words),
        office=district.host(each.office_id or "", words),
        due_at=each.due_at or 0,
        first_due_at=each.first_due_at or 0,
        session_at=each.session_at if found.last and each.session_id != found.last.id else 0,
        stands=_stands(each, now),
        helps=each.help_at is not None,
        contested=each.read == "no",
        offered=offer is not None,
        was_first=offer is not None and offer.used_at is not None,
        question=inline.id if inline else "",
        place=queue.place(inline) if inline else 0,
        asked=bool(asked),
    )
