"""Whose tickets an account may see. Takes a connection.

An officer sees the tickets of his office and of the offices below it; the desk sees those of the hearings that it runs
as well, and whoever holds a post sees what that post has to answer for. What is private is for its own office and the
desk alone: not for the office above, which it may be about. Nobody of an office sees what complains about it.
"""

from __future__ import annotations

from typing import Final

from kachehri import posts
from kachehri.store import Connection, district
from kachehri.store.tables import Account
from kachehri.store.ticket_lists import NOTHING, Reach

from .chart import about_office

#: Roles that work at the desk of a hearing, or run the house.
DESK: Final = frozenset({"moderator", "chair", "clerk", "administrator"})
#: Roles that answer for an office.
OFFICE: Final = frozenset({"officer", "official"})


def reach(conn: Connection, account: Account, now: int) -> Reach:
    """What this account may see; an officer without an office and a post sees nothing.

    Arguments:
        now: who is on which post at this instant, in milliseconds.
    """
    if account.guest or account.disabled_at is not None:
        return NOTHING
    if account.role in DESK:
        if account.office_id is None:
            return Reach(None)
        below = _below(conn, account.office_id)
        return Reach(below, below)
    if account.role not in OFFICE:
        return NOTHING
    chart = posts.chart(conn, now)
    mine = chart.posts_of(account.id, now)
    # Whoever a post answers to sees what lies with its office.
    led = {each.office for each in chart.chairs.values() if any(post in mine for post in chart.line(each.id)[1:])}
    if account.office_id is None:
        return Reach(led, (), (), mine, mine) if mine else NOTHING
    about = (*mine, about_office(account.office_id))
    return Reach(_below(conn, account.office_id) | led, (), (account.office_id,), mine, about)


def _below(conn: Connection, office_id: str) -> frozenset[str]:
    """An office and all offices below it. Two that were made each other's parents by mistake end here all the same."""
    children: dict[str, list[str]] = {}
    for office in district.offices(conn):
        if office.parent_id is not None:
            children.setdefault(office.parent_id, []).append(office.id)
    found, ahead = {office_id}, [office_id]
    while ahead:
        fresh = [each for each in children.get(ahead.pop(), ()) if each not in found]
        found.update(fresh)
        ahead += fresh
    return frozenset(found)
