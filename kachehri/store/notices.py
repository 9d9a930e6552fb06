"""Messages on their way and how people want to be told. What may be sent is decided in kachehri/notices."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Connection, delete, func, literal_column, select, update

from .rows import fetch, fetch_one, save
from .tables import Category, Commitment, Contact, Delivery, Follower, Hook, Outbox, Ticket, table_of

_outbox = table_of(Outbox)
_delivery = table_of(Delivery)
_contact = table_of(Contact)
_hook = table_of(Hook)
_ticket = table_of(Ticket)
_follower = table_of(Follower)
_category = table_of(Category)
_commitment = table_of(Commitment)
_COUNT = func.count(literal_column("*"))
#: News of a matter; a code that somebody asked for is none, and of no use to anybody who comes later.
_NEWS = _delivery.c.template != "code"
#: States of a message that was handed over, or may have been.
_OUT = ("sending", "sent", "delivered", "unknown")


class Told(NamedTuple):
    """A message as it is listed."""

    delivery: Delivery
    reference: str
    kind: str


class Standing(NamedTuple):
    """So many messages of a channel in a state."""

    channel: str
    state: str
    number: int


class Cost(NamedTuple):
    """What one channel cost in one language."""

    channel: str
    language: str
    messages: int
    segments: int
    cost: int


class Waits(NamedTuple):
    """A task that is not done, as those need it that may stand in for it."""

    id: str
    ticket_id: str | None
    body: bytes
    created_at: int


def task(conn: Connection, outbox_id: str) -> Outbox | None:
    """One task."""
    return fetch_one(conn, Outbox, _outbox.c.id == outbox_id)


def of_task(conn: Connection, outbox_id: str) -> list[Delivery]:
    """The messages of a task, in the order in which they were begun."""
    order = (_delivery.c.created_at, _delivery.c.id)
    return fetch(conn, Delivery, _delivery.c.outbox_id == outbox_id, order=order)


def keep(conn: Connection, row: Delivery) -> None:
    """Write a message as it now stands."""
    save(conn, [row])


def locked(conn: Connection, delivery_id: str) -> Delivery | None:
    """One message, which nobody else changes until the transaction ends."""
    statement = select(_delivery).where(_delivery.c.id == delivery_id).with_for_update()
    row = conn.execute(statement).one_or_none()
    return Delivery(**row._mapping) if row is not None else None


def by_key(conn: Connection, key: str) -> str | None:
    """The message that a gateway knows by our key."""
    return _one(conn, _delivery.c.key == key) if key else None


def matter(conn: Connection, id: str) -> tuple[str, str]:
    """The number of the ticket that a message is about, if it is about one, and its channel."""
    source = _delivery.outerjoin(_ticket, _ticket.c.id == _delivery.c.ticket_id)
    row = conn.execute(select(_ticket.c.reference, _delivery.c.channel).select_from(source).where(_delivery.c.id == id))
    reference, channel = row.one()
    return reference or "", channel


def by_provider(conn: Connection, provider_id: str, channel: str) -> str | None:
    """The message that a gateway knows by its own name; None where two have it."""
    return _one(conn, _delivery.c.provider_id == provider_id, _delivery.c.channel == channel) if provider_id else None


def told_since(conn: Connection, ticket_id: str, recipient: bytes, channel: str, since: int) -> bool:
    """Whether somebody was told of a ticket by this way since an instant. Others wait who ask the same."""
    conn.execute(select(_ticket.c.id).where(_ticket.c.id == ticket_id).with_for_update())
    here = (
        _delivery.c.ticket_id == ticket_id,
        _delivery.c.recipient == recipient,
        _delivery.c.channel == channel,
        _delivery.c.state.in_(_OUT),
        _delivery.c.sent_at >= since,
    )
    return conn.execute(select(_delivery.c.id).where(*here).limit(1)).first() is not None


def waiting_for(conn: Connection, kind: str, now: int, ticket_id: str | None = None, limit: int = 1_000) -> list[Waits]:
    """Tasks of a kind that are due and not done, of one ticket or of all, the oldest first."""
    here = [_outbox.c.state == "waiting", _outbox.c.kind == kind, _outbox.c.due_at <= now]
    if ticket_id is not None:
        here.append(_outbox.c.ticket_id == ticket_id)
    columns = [_outbox.c[name] for name in Waits._fields]
    statement = select(*columns).where(*here).order_by(_outbox.c.created_at, _outbox.c.id).limit(limit)
    return [Waits(*row) for row in conn.execute(statement)]


def cover(conn: Connection, ids: Sequence[str], at: int) -> None:
    """Another task stands in for these."""
    values = {"state": "done", "done_at": at, "last_error": "covered", "owner": None}
    conn.execute(update(_outbox).where(_outbox.c.id.in_(ids), _outbox.c.state == "waiting").values(values))


def reopen(conn: Connection, outbox_id: str, at: int) -> None:
    """A task is to be looked at again, unless somebody is just doing so."""
    values = {"state": "waiting", "due_at": at, "done_at": None, "lease_until": 0, "owner": None}
    free = (_outbox.c.state != "waiting") | (_outbox.c.lease_until <= at)
    conn.execute(update(_outbox).where(_outbox.c.id == outbox_id, free).values(values))


def listing(
    conn: Connection,
    states: Sequence[str],
    *,
    without: str = "",
    limit: int = 50,
    before: tuple[int, str] | None = None,
) -> list[Told]:
    """Messages in these states, the newest first.

    Arguments:
        without: a channel that is listed elsewhere.
        before: `(created_at, id)` of the last one seen.
    """
    statement = (
        select(_delivery, _ticket.c.reference, _outbox.c.kind.label("task_kind"))
        .join(_outbox, _outbox.c.id == _delivery.c.outbox_id)
        .outerjoin(_ticket, _ticket.c.id == _delivery.c.ticket_id)
        .where(_delivery.c.state.in_(states), _NEWS)
    )
    if without:
        statement = statement.where(_delivery.c.channel != without)
    if before is not None:
        at, id = before
        statement = statement.where(
            (_delivery.c.created_at < at) | ((_delivery.c.created_at == at) & (_delivery.c.id < id))
        )
    statement = statement.order_by(_delivery.c.created_at.desc(), _delivery.c.id.desc()).limit(limit)
    names = [column.name for column in _delivery.c]
    return [
        Told(Delivery(**{name: row._mapping[_delivery.c[name]] for name in names}), row.reference or "", row.task_kind)
        for row in conn.execute(statement)
    ]


def counts(conn: Connection, since: int) -> dict[str, int]:
    """How many messages are in each state: those on which something is to be done, and the others since an instant."""
    recent = (_delivery.c.sent_at >= since) | _delivery.c.state.in_(("waiting", "sending", "unknown", "failed"))
    statement = select(_delivery.c.state, _COUNT).where(recent, _NEWS).group_by(_delivery.c.state)
    return {row[0]: int(row[1]) for row in conn.execute(statement)}


def tasks(conn: Connection, kinds: Sequence[str]) -> dict[str, int]:
    """How many tasks wait, and for how many there was nobody to reach."""
    waits = select(_COUNT).where(_outbox.c.state == "waiting", _outbox.c.kind.in_(kinds))
    nobody = select(_COUNT).where(_outbox.c.state == "failed", _outbox.c.kind.in_(kinds))
    return {"waiting": int(conn.execute(waits).scalar_one()), "nobody": int(conn.execute(nobody).scalar_one())}


def standing(conn: Connection) -> list[Standing]:
    """How many messages wait, are on their way, or are in doubt, by channel."""
    statement = (
        select(_delivery.c.channel, _delivery.c.state, _COUNT)
        .where(_delivery.c.state.in_(("waiting", "sending", "unknown")))
        .group_by(_delivery.c.channel, _delivery.c.state)
        .order_by(_delivery.c.channel, _delivery.c.state)
    )
    return [Standing(*row) for row in conn.execute(statement)]


def costs(conn: Connection, since: int) -> list[Cost]:
    """What was sent since an instant, by channel and language."""
    columns = (_COUNT, func.sum(_delivery.c.segments), func.sum(_delivery.c.cost))
    statement = (
        select(_delivery.c.channel, _delivery.c.language, *columns)
        .where(_delivery.c.sent_at >= since, _delivery.c.tries > 0)
        .group_by(_delivery.c.channel, _delivery.c.language)
        .order_by(_delivery.c.channel, _delivery.c.language)
    )
    return [Cost(row[0], row[1], int(row[2]), int(row[3] or 0), int(row[4] or 0)) for row in conn.execute(statement)]


def contact(conn: Connection, owner: str) -> Contact | None:
    """How somebody wants to be told, sealed."""
    return fetch_one(conn, Contact, _contact.c.owner == owner)


def save_contact(conn: Connection, row: Contact) -> None:
    """Write it, in place of what was there."""
    save(conn, [row])


def drop_contact(conn: Connection, owner: str) -> None:
    """Forget it."""
    conn.execute(delete(_contact).where(_contact.c.owner == owner))


def followers(conn: Connection, ticket_id: str) -> list[str]:
    """Who follows a ticket now, by id."""
    here = (_follower.c.ticket_id == ticket_id, _follower.c.left_at.is_(None))
    return list(conn.execute(select(_follower.c.id).where(*here).order_by(_follower.c.id)).scalars())


def follower(conn: Connection, id: str) -> Follower | None:
    """One of them."""
    return fetch_one(conn, Follower, _follower.c.id == id)


def follower_of_question(conn: Connection, question_id: str) -> Follower | None:
    """Who follows with this question."""
    return fetch_one(conn, Follower, _follower.c.question_id == question_id)


def read_back(conn: Connection, commitment: str) -> bool:
    """Whether a promise was read back to her when it was made."""
    here = (_commitment.c.id == commitment, _commitment.c.read_back_at.is_not(None))
    return conn.execute(select(_commitment.c.id).where(*here)).first() is not None


def protected(conn: Connection, category: str) -> bool:
    """Whether a topic is one of those that are guarded."""
    here = (_category.c.code == category, _category.c.protected.is_(True))
    return conn.execute(select(_category.c.id).where(*here)).first() is not None


def hooks(conn: Connection) -> list[Hook]:
    """Every program that is told, or was."""
    return fetch(conn, Hook, order=(_hook.c.created_at, _hook.c.id))


def hook(conn: Connection, id: str) -> Hook | None:
    """One of them."""
    return fetch_one(conn, Hook, _hook.c.id == id)


def save_hook(conn: Connection, row: Hook) -> None:
    """Write one."""
    save(conn, [row])


def of_recipient(conn: Connection, recipient: bytes, states: Sequence[str], limit: int = 500) -> list[Delivery]:
    """Messages to one recipient in these states, the oldest first."""
    here = (_delivery.c.recipient == recipient, _delivery.c.state.in_(states))
    return fetch(conn, Delivery, *here, order=(_delivery.c.created_at, _delivery.c.id), limit=limit)


def _one(conn: Connection, *where: object) -> str | None:
    found = list(conn.execute(select(_delivery.c.id).where(*where).limit(2)).scalars())  # type: ignore[arg-type]
    return found[0] if len(found) == 1 else None
