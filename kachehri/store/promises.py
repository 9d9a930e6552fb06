"""What was promised aloud and how it stands now: lists, sums, and seats that are offered back."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import NamedTuple

from sqlalchemy import Connection, and_, case, func, literal_column, or_, select, update

from .rows import fetch, fetch_one, put_new
from .tables import Commitment, Participant, Person, Question, SeatOffer, Session, Ticket, table_of

_promise = table_of(Commitment)
_ticket = table_of(Ticket)
_question = table_of(Question)
_session = table_of(Session)
_offer = table_of(SeatOffer)
_participant = table_of(Participant)
_person = table_of(Person)
#: States that the clock may still break.
WAITS = ("made", "moved")
_COUNT = func.count(literal_column("*"))


class Standing(NamedTuple):
    """What the steps of a ticket say of one promise; the columns of its row that follow from them."""

    id: str
    state: str
    due_at: int | None
    first_due_at: int | None
    read: str
    read_back_at: int | None
    said_at: int | None
    broken_at: int | None
    kept_at: int | None
    help_at: int | None
    moves: int


class Listed(NamedTuple):
    """A promise in a list, with what its ticket and its hearing say."""

    id: str
    session_id: str
    content_id: str
    office_id: str | None
    post_id: str | None
    made_by: str
    due_at: int | None
    first_due_at: int | None
    state: str
    read: str
    broken_at: int | None
    help_at: int | None
    reference: str
    privacy: str
    session_at: int


def get(conn: Connection, id: str) -> Commitment | None:
    """One promise."""
    return fetch_one(conn, Commitment, _promise.c.id == id)


def of_question(conn: Connection, question_id: str) -> Commitment | None:
    """What was promised on a question."""
    return fetch_one(conn, Commitment, _promise.c.question_id == question_id)


def of_ticket(conn: Connection, ticket_id: str) -> list[Commitment]:
    """What was promised on a ticket, oldest first."""
    return fetch(conn, Commitment, _promise.c.ticket_id == ticket_id, order=(_promise.c.made_at, _promise.c.id))


def project(conn: Connection, row: Standing) -> None:
    """Write how a promise stands by the steps of its ticket."""
    values = {name: value for name, value in row._asdict().items() if name != "id"}
    conn.execute(update(_promise).where(_promise.c.id == row.id).values(**values))


def overdue(conn: Connection, now: int, *, after: tuple[int, str] = (0, ""), limit: int = 100) -> list[Commitment]:
    """Promises whose day passed before `now` and that nobody said were kept, the oldest day first.

    Arguments:
        after: `(due_at, id)` of the last one seen.
    """
    due, id = after
    here = (
        _promise.c.state.in_(WAITS),
        _promise.c.due_at < now,
        or_(_promise.c.due_at > due, and_(_promise.c.due_at == due, _promise.c.id > id)),
    )
    return fetch(conn, Commitment, *here, order=(_promise.c.due_at, _promise.c.id), limit=limit)


def listed(conn: Connection, sessions: Collection[str]) -> list[Listed]:
    """Promises of some hearings, the last hearing first, then the soonest day."""
    source = _promise.join(_ticket, _ticket.c.id == _promise.c.ticket_id).join(
        _session, _session.c.id == _promise.c.session_id
    )
    columns = (
        *(_promise.c[name] for name in Listed._fields[:12]),
        _ticket.c.reference,
        _ticket.c.privacy,
        _session.c.starts_at,
    )
    order = (_session.c.starts_at.desc(), _promise.c.due_at, _promise.c.id)
    here = _promise.c.session_id.in_(list(sessions))
    statement = select(*columns).select_from(source).where(here).order_by(*order)
    return [Listed(*row) for row in conn.execute(statement)]


def counts(conn: Connection, session_id: str, now: int) -> dict[tuple[str, str], int]:
    """How many promises of a session stand how (kachehri/tickets/pledges.py: `standing`), by office."""
    late = _promise.c.broken_at.is_not(None)
    gone = _promise.c.due_at < now
    stands = case(
        (and_(_promise.c.state == "kept", late), "late"),
        (_promise.c.state.in_(("kept", "said", "cancelled", "broken")), _promise.c.state),
        (gone, "broken"),
        else_="due",
    )
    office = func.coalesce(_promise.c.office_id, "").label("office")
    each = select(office, stands.label("stands")).where(_promise.c.session_id == session_id).subquery()
    statement = select(each.c.office, each.c.stands, _COUNT).group_by(each.c.office, each.c.stands)
    return {(office, state): int(n) for office, state, n in conn.execute(statement)}


def read_back(conn: Connection, session_id: str) -> dict[str, int]:
    """How many promises of a session were read back and agreed to, by her answer."""
    statement = select(_promise.c.read, _COUNT).where(_promise.c.session_id == session_id).group_by(_promise.c.read)
    return {read: int(n) for read, n in conn.execute(statement)}


def last_session(conn: Connection, room_id: str, before: int) -> Session | None:
    """The last real hearing of a room that began before an instant and is closed."""
    here = (
        _session.c.room_id == room_id,
        _session.c.phase == "closed",
        _session.c.practice.is_(False),
        _session.c.starts_at < before,
    )
    found = fetch(conn, Session, *here, order=(_session.c.starts_at.desc(), _session.c.id.desc()), limit=1)
    return found[0] if found else None


def open_of_room(conn: Connection, room_id: str, before: int) -> list[str]:
    """Closed hearings of a room, older than the last, on which a promise is still open."""
    here = (
        _session.c.room_id == room_id,
        _session.c.practice.is_(False),
        _session.c.starts_at < before,
        _promise.c.state.in_((*WAITS, "said", "broken")),
    )
    source = _promise.join(_session, _session.c.id == _promise.c.session_id)
    return list(conn.execute(select(_promise.c.session_id).select_from(source).where(*here).distinct()).scalars())


def offer(conn: Connection, row: SeatOffer) -> None:
    """Offer a seat; offering it again changes nothing."""
    put_new(conn, [row])


def take_back(conn: Connection, session_id: str, commitment_id: str) -> None:
    """Offer it no longer; one that was used stays on record."""
    here = (_offer.c.session_id == session_id, _offer.c.commitment_id == commitment_id, _offer.c.used_at.is_(None))
    conn.execute(_offer.delete().where(*here))


def used(conn: Connection, session_id: str, commitment_id: str, question_id: str, now: int) -> None:
    """The offer was kept: this question was put first."""
    here = (_offer.c.session_id == session_id, _offer.c.commitment_id == commitment_id)
    conn.execute(update(_offer).where(*here).values(question_id=question_id, used_at=now))


def offers(conn: Connection, session_id: str) -> list[SeatOffer]:
    """Whom a hearing asks back."""
    return fetch(conn, SeatOffer, _offer.c.session_id == session_id, order=(_offer.c.made_at, _offer.c.commitment_id))


def offer_to(conn: Connection, commitment_ids: Iterable[str], now: int) -> list[tuple[SeatOffer, Session]]:
    """To which coming hearings somebody is asked back."""
    wanted = list(commitment_ids)
    if not wanted:
        return []
    rows = fetch(conn, SeatOffer, _offer.c.commitment_id.in_(wanted), order=(_offer.c.made_at,))
    found = []
    for row in rows:
        session = fetch_one(conn, Session, _session.c.id == row.session_id)
        if session is not None and session.phase not in ("closed", "cancelled") and session.ends_at > now:
            found.append((row, session))
    return found


class Known(NamedTuple):
    """By what somebody is known again in another hearing: her browser, and the keyed hash of her phone number."""

    id: str
    device: str | None
    phone: bytes | None

    def may_be(self, other: Known) -> bool:
        """Whether this may be the same person. A phone serves a household, so the desk asks; two numbers are two."""
        if self.phone is not None and other.phone is not None:
            return self.phone == other.phone
        return self.device is not None and self.device == other.device


def comers(conn: Connection, session_id: str, commitment_ids: Collection[str]) -> dict[str, list[str]]:
    """For each of these promises, the questions of a session that may be asked by the person to whom it was given, in
    the order of asking.
    """
    if not commitment_ids:
        return {}
    source = (
        _promise.join(_question, _question.c.id == _promise.c.question_id)
        .join(_participant, _participant.c.id == _question.c.asker)
        .outerjoin(_person, _person.c.id == _participant.c.person_id)
    )
    columns = (_participant.c.device_id, _person.c.phone_index)
    statement = select(_promise.c.id, *columns).select_from(source).where(_promise.c.id.in_(list(commitment_ids)))
    wanted = [Known(*row) for row in conn.execute(statement)]
    devices = {each.device for each in wanted if each.device is not None}
    phones = {each.phone for each in wanted if each.phone is not None}
    here = _question.join(_participant, _participant.c.id == _question.c.asker).outerjoin(
        _person, _person.c.id == _participant.c.person_id
    )
    found = (
        select(_question.c.id, *columns)
        .select_from(here)
        .where(
            _question.c.session_id == session_id,
            or_(_participant.c.device_id.in_(devices), _person.c.phone_index.in_(phones)),
        )
        .order_by(_question.c.received_at)
    )
    asked = [Known(*row) for row in conn.execute(found)]
    by: dict[object, list[Known]] = {}
    for one in asked:
        for mark in (one.device, one.phone):
            if mark is not None:
                by.setdefault(mark, []).append(one)
    order = {one.id: at for at, one in enumerate(asked)}
    return {each.id: sorted(_questions(each, by), key=order.__getitem__) for each in wanted}


def _questions(wanted: Known, by: dict[object, list[Known]]) -> set[str]:
    """Questions of whoever has the same browser or number, and may be the same person."""
    near = [*by.get(wanted.device, ()), *by.get(wanted.phone, ())]
    return {one.id for one in near if wanted.may_be(one)}
