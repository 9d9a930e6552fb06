"""Devices, persons, participants, consents. What is personal comes sealed and leaves sealed (kachehri/vault.py)."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Connection, and_, bindparam, delete, insert, select, update

from .bulk import Bulk
from .rows import fetch, fetch_one, insert_into, put_new
from .tables import Carry, Command, Consent, ConsentWording, Device, Participant, Person, table_of

_device = table_of(Device)
_person = table_of(Person)
_participant = table_of(Participant)
_consent = table_of(Consent)
_wording = table_of(ConsentWording)
_command = table_of(Command)
_carry = table_of(Carry)


class Sealed(NamedTuple):
    """A person's particulars as they are stored."""

    id: str
    data_key: bytes | None
    name: bytes | None
    phone: bytes | None
    id_number: bytes | None
    phone_index: bytes | None
    id_number_index: bytes | None
    created_at: int


class Taking(NamedTuple):
    """A participant as written on the hot path."""

    id: str
    session_id: str
    person_id: str | None
    device_id: str | None
    account_id: str | None
    channel: str
    role: str
    name_content: str | None
    language: str
    filed_by: str | None
    joined_at: int


_ADD_PERSON = Bulk(insert(_person), Sealed._fields)
_KEYS = select(_person.c.id, _person.c.data_key).where(_person.c.id.in_(bindparam("ids", expanding=True)))
_PERSONS = select(_participant.c.id, _participant.c.person_id).where(
    _participant.c.id.in_(bindparam("ids", expanding=True))
)
_LINK = Bulk(
    update(_participant).where(_participant.c.id == bindparam("of")).values(person_id=bindparam("to")), ("of", "to")
)


def seen_device(conn: Connection, device_id: str, now: int) -> None:
    """Remember a browser, or that it came again."""
    statement = insert_into(conn, _device).values(id=device_id, kiosk=False, created_at=now, seen_at=now)
    conn.execute(statement.on_conflict_do_update(index_elements=[_device.c.id], set_={"seen_at": now}))


def device(conn: Connection, device_id: str) -> Device | None:
    """One browser."""
    return fetch_one(conn, Device, _device.c.id == device_id)


def add_persons(conn: Connection, rows: Sequence[Sealed]) -> None:
    """Write new persons with their wrapped keys."""
    _ADD_PERSON.run(conn, rows)


def set_particulars(conn: Connection, row: Sealed) -> None:
    """Replace what is sealed of a person; fields that are None stay as they are."""
    values = {k: v for k, v in row._asdict().items() if v is not None and k not in ("id", "created_at")}
    conn.execute(update(_person).where(_person.c.id == row.id, _person.c.erased_at.is_(None)).values(values))


def person(conn: Connection, person_id: str) -> Person | None:
    """One person, sealed."""
    return fetch_one(conn, Person, _person.c.id == person_id)


def wrapped_keys(conn: Connection, person_ids: Sequence[str]) -> dict[str, bytes | None]:
    """The wrapped data keys of these persons; None where it was destroyed."""
    return {id: key for id, key in conn.execute(_KEYS, {"ids": list(person_ids)})} if person_ids else {}


def by_phone(conn: Connection, indexes: Sequence[bytes]) -> list[str]:
    """Persons with this phone number, given its keyed hash under every key in use. A phone may serve a household."""
    statement = select(_person.c.id).where(_person.c.phone_index.in_(indexes)).order_by(_person.c.created_at)
    return list(conn.execute(statement).scalars())


def by_id_number(conn: Connection, indexes: Sequence[bytes]) -> list[str]:
    """Persons with this ID number, given its keyed hash under every key in use."""
    statement = select(_person.c.id).where(_person.c.id_number_index.in_(indexes)).order_by(_person.c.created_at)
    return list(conn.execute(statement).scalars())


def destroy_key(conn: Connection, person_id: str, at: int) -> None:
    """Erase a person: without the key nothing that was sealed under it can ever be read, in any backup taken later."""
    nothing = dict.fromkeys(("data_key", "name", "phone", "id_number", "phone_index", "id_number_index"))
    conn.execute(update(_person).where(_person.c.id == person_id).values(**nothing, erased_at=at))


def forget_participant(conn: Connection, participant_id: str) -> None:
    """Cut the thread from a participant to a browser and to a name, and let nobody guess what her commands said.

    The key of each command stays, so that none is carried out twice; the hash of its words, which could be tried out
    one by one, does not.
    """
    here = _participant.c.id == participant_id
    conn.execute(update(_participant).where(here).values(device_id=None, name_content=None))
    conn.execute(update(_command).where(_command.c.actor == participant_id).values(body_hash=b""))
    conn.execute(delete(_carry).where(_carry.c.participant_id == participant_id))


def join(conn: Connection, rows: Sequence[Taking]) -> None:
    """Write participants; somebody who is there already stays as she is."""
    if rows:
        conn.execute(insert_into(conn, _participant).on_conflict_do_nothing(), [row._asdict() for row in rows])


def participant(conn: Connection, participant_id: str) -> Participant | None:
    """One participant."""
    return fetch_one(conn, Participant, _participant.c.id == participant_id)


def lock(conn: Connection, participant_id: str) -> None:
    """Let nobody else decide about a participant until the transaction ends (SQLite has one writer as it is)."""
    conn.execute(select(_participant.c.id).where(_participant.c.id == participant_id).with_for_update())


def staff_of(conn: Connection, session_id: str) -> dict[str, str]:
    """Participant → account, of everybody who came to a session with an account. Citizens are not read for it."""
    here = and_(_participant.c.session_id == session_id, _participant.c.account_id.is_not(None))
    return {
        row.id: row.account_id for row in conn.execute(select(_participant.c.id, _participant.c.account_id).where(here))
    }


def of_person(conn: Connection, person_id: str) -> list[Participant]:
    """Every participant that a person is. Looks through every row."""
    return fetch(conn, Participant, _participant.c.person_id == person_id, order=(_participant.c.session_id,))


def on_device(conn: Connection, session_id: str, device_id: str) -> list[Participant]:
    """Everybody who takes part from one browser: a family on one phone, a queue at a kiosk."""
    here = (_participant.c.device_id == device_id, _participant.c.session_id == session_id)
    return fetch(conn, Participant, *here, order=(_participant.c.joined_at, _participant.c.id))


def persons_of(conn: Connection, participant_ids: Sequence[str]) -> dict[str, str | None]:
    """The person behind each participant that is known; None where nobody has been created yet."""
    return {id: person for id, person in conn.execute(_PERSONS, {"ids": list(participant_ids)})}


def link_persons(conn: Connection, pairs: Sequence[tuple[str, str]]) -> None:
    """Say which person each of these `(participant, person)` is."""
    _LINK.run(conn, pairs)


def link_person(conn: Connection, participant_id: str, person_id: str) -> None:
    """Say which person a participant is."""
    conn.execute(update(_participant).where(_participant.c.id == participant_id).values(person_id=person_id))


def set_blocked(conn: Connection, participant_id: str, at: int | None) -> None:
    """Note that somebody was blocked, or no longer is."""
    conn.execute(update(_participant).where(_participant.c.id == participant_id).values(blocked_at=at))


def save_wording(conn: Connection, rows: Sequence[ConsentWording]) -> None:
    """Keep the words of a consent; a version that exists is never changed."""
    put_new(conn, rows)


def wording(conn: Connection, purpose: str, language: str) -> ConsentWording | None:
    """The newest words for a purpose in a language."""
    here = (_wording.c.purpose == purpose, _wording.c.language == language)
    found = fetch(conn, ConsentWording, *here, order=(_wording.c.version.desc(),), limit=1)
    return found[0] if found else None


def consent(conn: Connection, rows: Sequence[Consent]) -> None:
    """Record who agreed, or declined; what stands stays as it was recorded first."""
    put_new(conn, rows)


def consents(conn: Connection, participant_id: str) -> list[Consent]:
    """What a participant agreed to, in the order given."""
    return fetch(conn, Consent, _consent.c.participant_id == participant_id, order=(_consent.c.given_at,))


def consents_in_words(conn: Connection, participant_id: str) -> list[tuple[Consent, ConsentWording]]:
    """What a participant agreed to, with the words that were shown, in the order given."""
    given = consents(conn, participant_id)
    wordings = {each.id: each for each in fetch(conn, ConsentWording, _wording.c.id.in_({c.wording_id for c in given}))}
    return [(each, wordings[each.wording_id]) for each in given]


def withdraw_consent(conn: Connection, consent_id: str, at: int) -> None:
    """Note that a consent no longer holds; that it was given stays on record."""
    conn.execute(
        update(_consent).where(_consent.c.id == consent_id, _consent.c.withdrawn_at.is_(None)).values(withdrawn_at=at)
    )
