"""Random lives on a real store: through the one door, and compared with what the chain alone says."""

from __future__ import annotations

from random import Random
from typing import Any

from kachehri import ticket_row, ticketing
from kachehri.opening import Clocks, opened_row
from kachehri.store import Connection, Store, accounts, district
from kachehri.store import tickets as rows
from kachehri.store.event_log import GENESIS
from kachehri.store.tables import Account, Office, Post, Posting, Ticket
from kachehri.tickets import clocks
from kachehri.tickets import events as e
from kachehri.tickets.life import Life
from kachehri.tickets.status import TicketRefused

from .lives import ACCOUNTS, OFFICES, POSTS, Chance


def found(conn: Connection) -> None:
    """Four offices, a post in each and one below another, five officers."""
    offices = [Office(id=id, code=id, name_ur=id, name_en=id, triage=id == "triage") for id in OFFICES]
    district.save_offices(conn, offices)
    above = {"p-below": "p-water", "p-water": "p-triage", "p-roads": "p-triage"}
    order = sorted(POSTS, key=lambda id: (id in above, id == "p-below"))
    posts = [Post(id=id, office_id=POSTS[id], title_ur=id, title_en=id, reports_to=above.get(id)) for id in order]
    district.save_posts(conn, posts)
    for id in ACCOUNTS:
        account = Account(
            id=id,
            login=id,
            name=id,
            role="officer",
            password_hash="",
            office_id="water",
            created_at=0,
            password_set_at=0,
        )
        accounts.add(conn, account)
    sitting = zip(order, ACCOUNTS, strict=True)
    district.save_postings(
        conn, [Posting(id=f"sits-{post}", post_id=post, account_id=who, name=who, from_at=0) for post, who in sitting]
    )


def begin(conn: Connection, now: int, id: str, number: int, first: e.Opened) -> None:
    """A ticket that came by no hearing."""
    kind, body = e.encode(first)
    step = rows.step(GENESIS, id, 1, now, kind, "system", body)
    row = opened_row(step, first, Clocks(conn, now), reference=f"{number:010d}")
    rows.open_many(conn, [row], [step], [])


def live(store: Store, id: str, number: int, seed: int, start: int, length: int) -> tuple[int, int]:
    """One random life; returns how many acts were granted and how many refused."""
    rng = Random(seed)
    chance = Chance(rng)
    now, done, refused = start, 0, 0
    with store.write() as conn:
        begin(conn, now, id, number, chance.opened())
        life = ticketing.load(conn, id)
        for turn in range(length):
            now = chance.later(now)
            act, doer = chance.next(life)
            key = f"{seed}/{turn}" if rng.random() < 0.5 else ""
            try:
                after = ticketing.act(conn, now, id, act, doer, key=key)
            except TicketRefused:
                refused += 1
                continue
            done += 1
            watch(life, after)
            if key and rng.random() < 0.3:
                again = ticketing.act(conn, now + 1, id, act, doer, key=key)
                assert again == after, "the same form did something twice"
            life = after
            if rng.random() < 0.2:
                life = tend(conn, now, life)
    return done, refused


def tend(conn: Connection, now: int, life: Life) -> Life:
    """What the clock does, which two runners do at the same instant: the second finds nothing left."""
    calendar = ticket_row.calendar_of(conn)
    for _ in range(4):
        due = clocks.due_actions(life, calendar, now)
        if not due:
            return life
        for wanted in due:
            try:
                after = ticketing.act(conn, now, life.id, wanted, ticketing.CLOCK)
            except TicketRefused:
                return ticketing.load(conn, life.id)
            watch(life, after)
            life = after
        assert not [act for act in due if act in clocks.due_actions(life, calendar, now)], "the clock did it twice"
    return life


def watch(before: Life, after: Life) -> None:
    """Nothing goes back."""
    assert after.at >= before.at and after.seq >= before.seq and after.opened_at == before.opened_at
    for was, now in (
        (before.accepted_at, after.accepted_at),
        (before.first_action_at, after.first_action_at),
    ):
        assert was is None or was == now, "a clock began anew"


#: Columns of the row that no step makes.
GIVEN = ("id", "from_seq", "head_hash")


def differences(conn: Connection, ticket: Ticket) -> dict[str, tuple[Any, Any]]:
    """What the row says and the chain does not, column by column; a broken chain is an exception of its own."""
    rows.verify(conn, ticket.id)
    life = ticketing.load(conn, ticket.id)
    said = ticket_row.projected(life, ticket, ticket.head_hash, ticket_row.calendar_of(conn))._asdict()
    return {
        name: (getattr(ticket, name), value)
        for name, value in said.items()
        if name not in GIVEN and getattr(ticket, name) != value
    }
