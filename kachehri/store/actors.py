"""Who stands behind the names of a chain: accounts, their titles, and the posts that they held at the time."""

from collections.abc import Collection, Iterable
from typing import NamedTuple

from sqlalchemy import Connection, select

from .tables import Account, Post, Posting, table_of

_account = table_of(Account)
_post = table_of(Post)
_posting = table_of(Posting)


class Held(NamedTuple):
    """A post that an account held, from an instant to another; `to_at` None: until further notice."""

    account_id: str
    post_id: str
    from_at: int
    to_at: int | None


class Named(NamedTuple):
    """An account as a page names it."""

    id: str
    name: str
    title_ur: str
    title_en: str
    office_id: str | None


def accounts(conn: Connection, ids: Iterable[str]) -> dict[str, Named]:
    """These accounts, those that were shut included."""
    columns = [_account.c[name] for name in Named._fields]
    rows = conn.execute(select(*columns).where(_account.c.id.in_(list(ids))))
    return {row[0]: Named(*row) for row in rows}


def held(conn: Connection, ids: Iterable[str]) -> list[Held]:
    """Every post that these accounts ever held, the latest first."""
    columns = [_posting.c[name] for name in Held._fields]
    statement = select(*columns).where(_posting.c.account_id.in_(list(ids)))
    return [Held(*row) for row in conn.execute(statement.order_by(_posting.c.from_at.desc(), _posting.c.id))]


def posts(conn: Connection) -> dict[str, tuple[str, str, str]]:
    """Every post, in use or not: its title in both languages, and its office."""
    rows = conn.execute(select(_post.c.id, _post.c.title_ur, _post.c.title_en, _post.c.office_id))
    return {row[0]: (row[1], row[2], row[3]) for row in rows}


def titles(conn: Connection, ids: Iterable[str]) -> dict[str, tuple[str, str]]:
    """The titles of these posts, in Urdu and in English; those of retired ones too."""
    wanted = list(ids)
    if not wanted:
        return {}
    rows = conn.execute(select(_post.c.id, _post.c.title_ur, _post.c.title_en).where(_post.c.id.in_(wanted)))
    return {row[0]: (row[1], row[2]) for row in rows}


def of_offices(conn: Connection, offices: Collection[str]) -> list[tuple[str, str, str, str]]:
    """The posts in use of these offices: id, title in both languages, office."""
    statement = select(_post.c.id, _post.c.title_ur, _post.c.title_en, _post.c.office_id)
    statement = statement.where(_post.c.office_id.in_(list(offices)), _post.c.retired_at.is_(None))
    return [(row[0], row[1], row[2], row[3]) for row in conn.execute(statement.order_by(_post.c.office_id, _post.c.id))]
