"""Who has to act on a ticket, from the posts in the database (rules: kachehri/tickets/chart.py). Takes a connection.

Whoever asks more than once in a transaction takes the `chart` and asks that.
"""

from __future__ import annotations

from typing import cast

from .store import Connection, accounts
from .store import posts as rows
from .store.tables import Account, Post
from .tickets.chart import Chair, Chart, Holding, Sitter


def chart(conn: Connection, now: int) -> Chart:
    """All posts and who sits on them from an instant on."""
    offices = rows.offices(conn)
    return Chart(
        (Chair(id, office, above or "") for id, office, above in rows.chairs(conn)),
        (
            Sitter(post, name, account or "", cast(Holding, kind), since, to)
            for post, name, account, kind, since, to in rows.sitters(conn, now)
        ),
        {id: parent or "" for id, parent, _ in offices},
        next((id for id, _, triage in offices if triage), ""),
    )


def holder(conn: Connection, post_id: str, now: int, *, about: str = "") -> Account | None:
    """The account that has to act for a post: who acts, its holder, or the next one up the line; at the end the lead of
    the desk that sorts. None where nobody has an account.

    Arguments:
        about: what the ticket complains about; nobody concerned is returned.
    """
    found = chart(conn, now).account(post_id, now, about)
    return accounts.by_id(conn, found) if found else None


def above(conn: Connection, post_id: str, level: int, now: int, *, office: str = "", about: str = "") -> Post | None:
    """The post that becomes accountable at level 1, 2 or 3, empty chairs passed over; at the end the lead of the desk
    that sorts.

    Arguments:
        post_id: where the ticket lies; empty where it lies with an office alone (`office`).
        about: what the ticket complains about; nobody concerned becomes accountable.
    """
    found = chart(conn, now).above(post_id, office, level, now, about)
    return rows.get(conn, found) if found else None


def conflicts(conn: Connection, post_id: str, about_post: str) -> bool:
    """Whether a post is the one complained about, or answers to it. `about_post` may be an office (`about_office`)."""
    return bool(about_post) and chart(conn, 0).answers_to(post_id, about_post)


def post_of(conn: Connection, account_id: str, now: int) -> str:
    """The post that an account answers on, its own before one it acts on; empty for none."""
    return next(iter(posts_of(conn, account_id, now)), "")


def posts_of(conn: Connection, account_id: str, now: int) -> tuple[str, ...]:
    """All posts that an account answers on."""
    return chart(conn, now).posts_of(account_id, now)


def level_over(
    conn: Connection, account_id: str, post_id: str, office_id: str, now: int, *, about: str = ""
) -> int | None:
    """Where an account stands to a ticket: 0 at its own post or office, 1 to 3 a superior of that level, else None."""
    return chart(conn, now).level_over(account_id, post_id, office_id, now, about)
