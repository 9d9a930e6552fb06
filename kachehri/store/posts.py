"""Posts and who sits on them, as the chart of kachehri/tickets/chart.py reads them."""

from collections.abc import Sequence

from sqlalchemy import Connection, select, update

from .rows import fetch, fetch_one, put, save
from .tables import Account, Office, Post, Posting, table_of

_post = table_of(Post)
_posting = table_of(Posting)
_account = table_of(Account)
_office = table_of(Office)


def offices(conn: Connection) -> list[tuple[str, str | None, bool]]:
    """Every office in use: id, the one above it, whether it sorts."""
    statement = select(_office.c.id, _office.c.parent_id, _office.c.triage).where(_office.c.retired_at.is_(None))
    return [(row[0], row[1], bool(row[2])) for row in conn.execute(statement.order_by(_office.c.code))]


def chairs(conn: Connection) -> list[tuple[str, str, str | None]]:
    """Every post in use: id, office, the post above it."""
    statement = select(_post.c.id, _post.c.office_id, _post.c.reports_to).where(_post.c.retired_at.is_(None))
    return [(row[0], row[1], row[2]) for row in conn.execute(statement.order_by(_post.c.id))]


def sitters(conn: Connection, now: int) -> list[tuple[str, str, str | None, str, int, int | None]]:
    """Postings that are not over yet: post, name, account unless it is closed, kind, from, to."""
    # An account that was closed cannot act, whoever still stands on the list.
    statement = (
        select(
            _posting.c.post_id, _posting.c.name, _account.c.id, _posting.c.kind, _posting.c.from_at, _posting.c.to_at
        )
        .select_from(
            _posting.outerjoin(_account, (_account.c.id == _posting.c.account_id) & _account.c.disabled_at.is_(None))
        )
        .where(_posting.c.to_at.is_(None) | (_posting.c.to_at > now))
        .order_by(_posting.c.from_at, _posting.c.id)
    )
    return [(row[0], row[1], row[2], row[3], row[4], row[5]) for row in conn.execute(statement)]


def get(conn: Connection, post_id: str) -> Post | None:
    """One post, in use or not."""
    return fetch_one(conn, Post, _post.c.id == post_id)


def postings(conn: Connection, post_id: str) -> list[Posting]:
    """Everybody who was, is or will be on a post, the latest first."""
    return fetch(conn, Posting, _posting.c.post_id == post_id, order=(_posting.c.from_at.desc(), _posting.c.id))


def add_posting(conn: Connection, row: Posting) -> None:
    """Put somebody on a post."""
    put(conn, [row])


def save_postings(conn: Connection, rows: Sequence[Posting]) -> None:
    """Write postings as they now stand."""
    save(conn, rows)


def end_posting(conn: Connection, posting_id: str, at: int | None) -> None:
    """Let a posting end at an instant, or not at all."""
    conn.execute(update(_posting).where(_posting.c.id == posting_id).values(to_at=at))


def retire(conn: Connection, post_id: str, at: int | None) -> None:
    """Take a post out of use, or back into it; what points at it stays."""
    conn.execute(update(_post).where(_post.c.id == post_id).values(retired_at=at))


def hand_up(conn: Connection, post_id: str, above: str | None) -> None:
    """Who answered to a post answers to another."""
    conn.execute(update(_post).where(_post.c.reports_to == post_id).values(reports_to=above))


def below(conn: Connection, post_id: str) -> list[str]:
    """Who answers to a post directly."""
    statement = select(_post.c.id).where(_post.c.reports_to == post_id).order_by(_post.c.id)
    return list(conn.execute(statement).scalars())


def hand_back(conn: Connection, posts: Sequence[str], above: str | None, post_id: str) -> None:
    """Those of these posts that answer to `above` answer to `post_id`."""
    same = _post.c.reports_to.is_(None) if above is None else _post.c.reports_to == above
    conn.execute(update(_post).where(_post.c.id.in_(list(posts)), same).values(reports_to=post_id))
