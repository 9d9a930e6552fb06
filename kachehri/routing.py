"""The rules of routing as the database has them (rules: kachehri/tickets/routing.py), and how they are changed.

A change ends rules and writes others under one number, so that it can be undone as a whole and what was in force at any
time can be said.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence

from . import posts
from .store import Connection, district
from .store import routing as rows
from .store.tables import RoutingRule
from .tickets.coverage import Past
from .tickets.places import Place, surrounding
from .tickets.routing import Route, Routing, Rule

#: How far back past tickets are looked at, in milliseconds: a year.
BACK_MS = 365 * 86_400_000


def routing(conn: Connection, now: int) -> Routing:
    """The rules in force at an instant: which office and post answers for which category in which place.

    Errors: `LookupError` when the district has no triage desk, without which no session may be created.
    """
    triage = district.triage(conn)
    if triage is None:
        raise LookupError("no triage desk")
    routes = {
        each.code: Route(
            category=each.code, office=each.office_id, protected=each.protected, group=each.group_code or ""
        )
        for each in district.categories(conn)
    }
    return Routing(
        routes=routes,
        offices={each.id for each in district.offices(conn)},
        triage=triage.id,
        rules=tuple(as_rule(each) for each in rows.rules(conn)),
        around=surrounding(places(conn)),
        chart=posts.chart(conn, now),
        at=now,
    )


def places(conn: Connection) -> list[Place]:
    """Every place with those of other trees that it lies in."""
    overlaps = rows.overlaps(conn)
    return [
        Place(id, code, parent or "", tree, tuple(overlaps.get(id, ()))) for id, code, parent, tree in rows.places(conn)
    ]


def as_rule(row: RoutingRule) -> Rule:
    """A row as the rules read it."""
    return Rule(
        row.id,
        row.office_id,
        row.post_id or "",
        row.category,
        row.group_code,
        row.area_id or "",
        row.from_at,
        row.to_at,
    )


def change(conn: Connection, now: int, by: str, *, ended: Collection[str] = (), new: Sequence[Rule] = ()) -> int:
    """End rules and write others as one change; returns its number, or 0 where nothing changed.

    Arguments:
        by: the account.
        new: their ids are drawn here.
    """
    number = rows.version(conn) + 1
    gone = rows.end(conn, tuple(ended), number, now, by) if ended else 0
    rows.write(
        conn,
        [
            RoutingRule(
                id=secrets.token_hex(8),
                category=each.category,
                group_code=each.group,
                area_id=each.area or None,
                office_id=each.office,
                post_id=each.post or None,
                from_at=each.since,
                to_at=each.to,
                version=number,
                made_at=now,
                made_by=by,
            )
            for each in new
        ],
    )
    return number if gone or new else 0


def undo(conn: Connection, now: int, by: str, number: int) -> bool:
    """Take the last change back by one that does the opposite; False where it is no longer the last."""
    if number < 1 or number != rows.version(conn):
        return False
    made, gone = rows.changed_in(conn, number)
    offices = {each.id for each in district.offices(conn)}
    back = [as_rule(each) for each in gone if each.office_id in offices]
    return bool(change(conn, now, by, ended=[each.id for each in made], new=back))


def past(conn: Connection, now: int) -> list[Past]:
    """The tickets of the last year, to try rules on."""
    found = rows.past(conn, now - BACK_MS)
    return [Past(category, area, about, tickets, shown or "") for category, area, about, tickets, shown in found]
