"""Rules of routing, the places they speak of, and past tickets to try them on."""

from collections.abc import Sequence

from sqlalchemy import Connection, case, delete, func, literal_column, select, update

from .rows import fetch, fetch_one, put
from .tables import Account, Area, AreaWithin, RoutingRule, Ticket, table_of

_rule = table_of(RoutingRule)
_area = table_of(Area)
_within = table_of(AreaWithin)
_ticket = table_of(Ticket)
_account = table_of(Account)


def rules(conn: Connection) -> list[RoutingRule]:
    """The rules of today's version, whenever they apply, by id."""
    return fetch(conn, RoutingRule, _rule.c.gone_version.is_(None), order=(_rule.c.id,))


def rule(conn: Connection, rule_id: str) -> RoutingRule | None:
    """One rule, of today or of an earlier version."""
    return fetch_one(conn, RoutingRule, _rule.c.id == rule_id)


def version(conn: Connection) -> int:
    """How often the rules were changed."""
    latest = func.max(_rule.c.version), func.max(_rule.c.gone_version)
    made, gone = conn.execute(select(*latest)).one()
    return max(made or 0, gone or 0)


def changed_in(conn: Connection, version: int) -> tuple[list[RoutingRule], list[RoutingRule]]:
    """What one change wrote and what it ended."""
    made = fetch(conn, RoutingRule, _rule.c.version == version, order=(_rule.c.id,))
    return made, fetch(conn, RoutingRule, _rule.c.gone_version == version, order=(_rule.c.id,))


def write(conn: Connection, rows: Sequence[RoutingRule]) -> None:
    """Write new rules."""
    put(conn, rows)


def end(conn: Connection, ids: Sequence[str], version: int, at: int, by: str) -> int:
    """End rules that stand; returns how many did."""
    statement = update(_rule).where(_rule.c.id.in_(list(ids)), _rule.c.gone_version.is_(None))
    return conn.execute(statement.values(gone_version=version, gone_at=at, gone_by=by)).rowcount


def names_post(conn: Connection, post_id: str) -> bool:
    """Whether a rule of today sends something to a post."""
    statement = select(_rule.c.id).where(_rule.c.post_id == post_id, _rule.c.gone_version.is_(None)).limit(1)
    return conn.execute(statement).first() is not None


def places(conn: Connection) -> list[tuple[str, str, str | None, str]]:
    """Every place: id, code, the one around it, its tree."""
    statement = select(_area.c.id, _area.c.code, _area.c.parent_id, _area.c.tree).order_by(_area.c.path)
    return [(row[0], row[1], row[2], row[3]) for row in conn.execute(statement)]


def overlaps(conn: Connection) -> dict[str, list[str]]:
    """For each place those of other trees that it lies in."""
    found: dict[str, list[str]] = {}
    for area, within in conn.execute(select(_within.c.area_id, _within.c.within_id).order_by(*_within.c)):
        found.setdefault(area, []).append(within)
    return found


def save_overlaps(conn: Connection, area_id: str, within: Sequence[str]) -> None:
    """The places of other trees in which a place lies, these and no others."""
    conn.execute(delete(_within).where(_within.c.area_id == area_id))
    put(conn, [AreaWithin(area_id=area_id, within_id=each) for each in dict.fromkeys(within)])


def past(conn: Connection, since: int) -> list[tuple[str, str, str, int, str | None]]:
    """Tickets that were opened since an instant, as many as are alike in one row: category, area, about, how many, and
    the number of one that is not private.
    """
    public = case((_ticket.c.privacy == "public", _ticket.c.reference))
    keys = tuple(func.coalesce(column, "") for column in (_ticket.c.category, _ticket.c.area, _ticket.c.about_post_id))
    statement = (
        select(*keys, func.count(literal_column("*")), func.max(public))
        .where(_ticket.c.opened_at >= since)
        .group_by(*keys)
        .order_by(*keys)
    )
    return [(row[0], row[1], row[2], row[3], row[4]) for row in conn.execute(statement)]


def manned(conn: Connection) -> set[str]:
    """The offices of which somebody can sign in."""
    statement = select(_account.c.office_id).where(
        _account.c.office_id.is_not(None), _account.c.disabled_at.is_(None), ~_account.c.guest
    )
    return set(conn.execute(statement.distinct()).scalars())
