"""Who somebody is to a ticket, and by which ways and in which words she can be told. Takes a connection."""

from __future__ import annotations

import json
from typing import NamedTuple, cast

from kachehri import posts
from kachehri.i18n import DEFAULT, LANGUAGES
from kachehri.store import Connection, accounts, people
from kachehri.store import notices as rows
from kachehri.store.tables import Ticket

from .contacts import Contact, Contacts, of_account, of_person
from .table import Channel, Tell
from .timing import Hours

OWNER = "owner"


class Addressee(NamedTuple):
    """Somebody to tell. `owner` names her among contacts; `addresses` are where she can be reached."""

    owner: str
    language: str
    addresses: dict[Channel, str]
    reference: str = ""
    hours: Hours | None = None
    first: Channel | None = None
    plain: bool = False


def targets(conn: Connection, ticket: Ticket, tell: Tell, now: int) -> list[str]:
    """Who is to be told, each by a name that stays hers: "owner", "follower:…", "account:…"."""
    if tell.who == "citizen":
        followers = rows.followers(conn, ticket.id) if tell.followers else []
        return [OWNER, *(f"follower:{each}" for each in followers)]
    found = _staff(conn, ticket, tell, now)
    return [f"account:{found}"] if found else []


def _staff(conn: Connection, ticket: Ticket, tell: Tell, now: int) -> str:
    about = ticket.about_post_id or ""
    if tell.who == "officer":
        if ticket.account_id:
            return ticket.account_id
        account = posts.holder(conn, ticket.post_id, now, about=about) if ticket.post_id else None
        return account.id if account else ""
    chart = posts.chart(conn, now)
    if tell.who == "desk":
        return chart.account("", now, about) or ""
    post = ticket.accountable_post_id or chart.above(ticket.post_id or "", ticket.office_id, 1, now, about)
    return (chart.account(post, now, about) if post else "") or ""


def addressee(conn: Connection, contacts: Contacts, ticket: Ticket, target: str) -> Addressee | None:
    """How somebody is reached now; None for whoever was erased, has left, or never gave anything."""
    kind, _, id = target.partition(":")
    if kind == "account":
        return _account(conn, contacts, id)
    follower = rows.follower(conn, id) if kind == "follower" else None
    if kind == "follower" and (follower is None or follower.left_at is not None):
        return None
    person = follower.person_id if follower else ticket.person_id
    contact = contacts.read(conn, of_person(person)) if person else None
    if person is None or contact is None:
        return None
    phone = contacts.people.phone(conn, person) if contact.sms else None
    return Addressee(
        owner=of_person(person),
        language=_language(conn, contact, person, ticket),
        addresses=_addresses(contact, phone),
        reference=follower.reference if follower else ticket.reference,
        hours=contact.hours,
        first=contact.first or None,
        plain=contact.plain
        or ticket.privacy != "public"
        or bool(ticket.about_post_id)
        or rows.protected(conn, ticket.category or ""),
    )


def _account(conn: Connection, contacts: Contacts, id: str) -> Addressee | None:
    account = accounts.by_id(conn, id)
    contact = contacts.read(conn, of_account(id))
    if account is None or account.disabled_at is not None or contact is None:
        return None
    return Addressee(of_account(id), contact.language or account.language, _addresses(contact, None))


def _addresses(contact: Contact, phone: str | None) -> dict[Channel, str]:
    found = {"sms": phone or "", "push": json.dumps(contact.push) if contact.push else "", "email": contact.email}
    return {cast(Channel, name): address for name, address in found.items() if address}


def _language(conn: Connection, contact: Contact, person: str, ticket: Ticket) -> str:
    """What she said; else the language in which she asked."""
    here = [each.language for each in people.of_person(conn, person) if each.session_id == ticket.session_id]
    found = contact.language or (here[0] if here else DEFAULT)
    return found if found in LANGUAGES else DEFAULT
