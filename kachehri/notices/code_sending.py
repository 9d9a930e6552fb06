"""Sends the code that somebody asked for on a page (kachehri/phone_codes.py), if anybody left that number.

Unlike a notice it has no hour, no ticket and no second way, and ten minutes later it is of no use: in doubt nothing is
sent twice and nobody has to look at it, for whoever got none asks again. The digits are in no table; they are reckoned
anew from what the task holds.
"""

from __future__ import annotations

from typing import Final

import msgspec

from kachehri.phone_codes import Asked, Wanted, code_of, is_old, key_of
from kachehri.store import Connection, outbox, people
from kachehri.store import notices as rows
from kachehri.store.outbox import Claim
from kachehri.store.tables import Delivery

from .contacts import Contacts, of_person
from .office import PostOffice
from .segments import measure
from .sending import Begun, Job
from .table import CODE_TEXT
from .wording import write

SMS: Final = "sms"


def begin_code(conn: Connection, office: PostOffice, claim: Claim, now: int) -> Begun:
    """The message that leaves now, noted as such; or the end of the task."""
    if not outbox.holds(conn, claim):
        return Begun()
    known = next(iter(rows.of_task(conn, claim.id)), None)
    gateway = office.gateways.get("sms")
    try:
        wanted = msgspec.json.decode(claim.body, type=Wanted)
    except msgspec.DecodeError:
        wanted = Wanted([], 0, "")
    reached = None if known is not None and known.state != "waiting" else _reached(conn, office.contacts, wanted)
    if known is not None and known.state == "sending":  # whoever sent it is gone
        known.state, known.why = "unknown", "killed"
        rows.keep(conn, known)
    if gateway is None or reached is None or is_old(wanted.at, now):
        if known is not None and known.state == "waiting":
            known.state, known.why, known.settled_at = "failed", "late", now
            rows.keep(conn, known)
        outbox.finish(conn, claim, now, note="" if known is not None else "nobody")
        return Begun()
    person, phone = reached
    place = office.place()
    message = write(
        CODE_TEXT,
        "sms",
        wanted.language,
        {"code": code_of(key_of(office.master), Asked(phone, wanted.at))},
        address=place.address,
        house=place.name(wanted.language),
        zone=place.timezone,
    )
    row = known or _row(office, claim, person, wanted.language, now)
    row.state, row.sent_at, row.why = "sending", now, None
    row.tries += 1
    row.segments = measure(message.text).segments
    row.cost = row.segments * gateway.price
    rows.keep(conn, row)
    return Begun((Job(row.id, of_person(person), "sms", phone, message, row.key, row.cost),))


def reachable(conn: Connection, contacts: Contacts, person: str) -> bool:
    """Whether short messages on her phone may open anything of hers: not where she said that others read it."""
    contact = contacts.read(conn, of_person(person))
    return contact is not None and contact.sms and not contact.plain


def _reached(conn: Connection, contacts: Contacts, wanted: Wanted) -> tuple[str, str] | None:
    for person in people.by_phone(conn, [bytes.fromhex(each) for each in wanted.indexes]):
        phone = contacts.people.phone(conn, person)
        if phone is not None and reachable(conn, contacts, person):
            return person, phone
    return None


def _row(office: PostOffice, claim: Claim, person: str, language: str, now: int) -> Delivery:
    recipient = office.recipient(of_person(person))
    key = office.key(claim.id, SMS, recipient, 0)
    return Delivery(
        id=key,
        outbox_id=claim.id,
        channel=SMS,
        recipient=recipient,
        template=CODE_TEXT,
        language=language,
        state="waiting",
        key=key,
        created_at=now,
        body=b"{}",
    )
