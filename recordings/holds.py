"""A recording that a court or somebody's right to know needs is held, and let go again: on a page, or from the command
line by whoever looks after the server while no moderator can reach the page.

Both follow one rule, and somebody of the staff answers for either. A name on the command line is not proved by a
password, since whoever reads the database needs none; so the record of the act says that it was done there.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Final

from kachehri import appointments, audit, plain
from kachehri.i18n import words_for
from kachehri.settings import Settings
from kachehri.staff import fold
from kachehri.store import Connection, Store, accounts, redactions, sessions
from kachehri.store import check as check_database
from kachehri.store.tables import RecordingHold
from moderation.masking import mask
from moderation.roles import allows
from rooms.base import Refused
from rooms.limits import NOTE_MAX
from rooms.text import clean

#: A year is long enough to forget it: nobody sets a later day, in days.
FARTHEST: Final = 366
#: The row of the role table that lets somebody in, as on the page.
ACTION: Final = "page.releases"
#: What the record says of an act on the command line.
WAY: Final = {"way": "kachehri recording"}


def reason_of(typed: str) -> str:
    """A reason as it is kept. Errors: `Refused`."""
    return mask(clean(typed, NOTE_MAX)).text


def review_day(typed: str, today: date) -> date | None:
    """The day on which somebody looks again, as 2026-12-31; None where it is no such day, not ahead or too far."""
    try:
        day = date.fromisoformat(typed.strip())
    except ValueError:
        return None
    return day if 0 < (day - today).days <= FARTHEST else None


def hold(
    conn: Connection, now: int, session: str, account: str, reason: str, day: date, facts: dict[str, str] | None = None
) -> None:
    """Keep a recording; one that is held gets the new reason and day."""
    row = RecordingHold(session_id=session, reason=reason, review_on=day.isoformat(), made_by=account, made_at=now)
    redactions.hold(conn, row)
    told = {"day": day.isoformat(), **(facts or {})}
    audit.record(
        conn,
        now,
        action="recording.hold",
        subject=session,
        reason=reason,
        account=account,
        session=session,
        facts=told,
    )


def lift(
    conn: Connection, now: int, session: str, account: str, reason: str, facts: dict[str, str] | None = None
) -> bool:
    """Let a recording go its way again. Whether it was held; nothing is noted where it was not."""
    if not redactions.lift(conn, session):
        return False
    audit.record(
        conn,
        now,
        action="recording.lift",
        subject=session,
        reason=reason,
        account=account,
        session=session,
        facts=facts,
    )
    return True


# --- the commands


def hold_command(settings: Settings, session: str, login: str, reason: str, review: str) -> int:
    """Holds a recording; returns the exit status."""
    with _answered(settings, session, login) as (conn, now, account):
        today = words_for("en", settings.place.timezone).dates.local(now).date()
        why, day = _why(reason), review_day(review, today)
        if day is None:
            raise plain.Stop("hold_day")
        hold(conn, now, session, account, why, day, WAY)
    plain.tell("hold_set", session=session, day=day.isoformat())
    return 0


def lift_command(settings: Settings, session: str, login: str, reason: str) -> int:
    """Lets a recording go its way again; returns the exit status."""
    with _answered(settings, session, login) as (conn, now, account):
        if not lift(conn, now, session, account, _why(reason), WAY):
            raise plain.Stop("hold_free", session=session)
    plain.tell("hold_lifted", session=session)
    return 0


@contextmanager
def _answered(settings: Settings, session: str, login: str) -> Iterator[tuple[Connection, int, str]]:
    """A transaction, its time, and the account that answers for what is done in it."""
    store = Store(settings.database.url)
    try:
        check_database(store)
        with store.write() as conn:
            if sessions.get(conn, session) is None:
                raise plain.Stop("hold_no_session", session=session)
            account = accounts.by_login(conn, fold(login))
            role = appointments.role_in(conn, account, session) if account is not None else None
            if account is None or role is None or not allows(role, ACTION, own=False):
                raise plain.Stop("hold_account", login=login)
            yield conn, store.now(conn), account.id
    finally:
        store.close()


def _why(typed: str) -> str:
    try:
        return reason_of(typed)
    except Refused:
        raise plain.Stop("hold_reason", most=NOTE_MAX) from None
