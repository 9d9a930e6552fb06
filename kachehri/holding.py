"""Everything that is held about a person in one session, for her own eyes: read from the tables, opened with her key.

A question that was asked from a family's phone has the same participant as the others of that phone. Whoever comes
with the link of one question, and not on that phone, is shown that question alone.
"""

from __future__ import annotations

from collections.abc import Callable, Collection

import msgspec

from .people import People
from .store import Connection, alerts, audit, content
from .store import people as rows
from .store import questions as question_rows
from .store import tickets as ticket_rows
from .store.questions import Asked
from .tickets.desk import status_lines

#: Where words are sealed: the place binds them to their row (kachehri/vault.py).
SEALED = "content/sealed/"
Words = Callable[[content.Kept], str]


class HeldLine(msgspec.Struct, frozen=True):
    """What an office told her."""

    at: int
    kind: str
    text: str
    day: str = ""


class HeldAct(msgspec.Struct, frozen=True):
    """Somebody of the staff opened something of hers. Times are milliseconds since the Unix epoch."""

    at: int
    action: str
    reason: str


class HeldQuestion(msgspec.Struct, frozen=True):
    """One question. `words` are her own, `shown` is what others read of them."""

    reference: str
    asked_at: int
    kind: str
    category: str
    area: str
    privacy: str
    state: str
    channel: str
    words: str
    shown: str
    supports: int
    ticket_state: str = ""
    office: str = ""
    lines: tuple[HeldLine, ...] = ()
    acts: tuple[HeldAct, ...] = ()


class HeldWords(msgspec.Struct, frozen=True):
    """Words beside her questions: a name, a village, an objection."""

    kind: str
    words: str
    shown: str
    at: int


class HeldConsent(msgspec.Struct, frozen=True):
    """What she agreed to, in the words that she read."""

    at: int
    purpose: str
    text: str
    withdrawn_at: int | None = None


class Held(msgspec.Struct, frozen=True):
    """All of it. `phone` is masked unless it was asked for on her own phone."""

    session: str
    joined_at: int
    language: str
    phone: str
    browser: bool
    alerts: int
    questions: tuple[HeldQuestion, ...]
    words: tuple[HeldWords, ...]
    consents: tuple[HeldConsent, ...]
    erased_at: int | None = None


def held(
    conn: Connection, people: People, session_id: str, participant: str, only: str | None, also: Collection[str] = ()
) -> Held:
    """What is held.

    Arguments:
        only: a question; then nothing of the others that the same phone asked, and the phone number is masked.
        also: the words that belong to that question beside its own: ids of its name and its village.
    """
    row = rows.participant(conn, participant)
    person = rows.person(conn, row.person_id) if row is not None and row.person_id else None
    key = people.opened(conn, person.id) if person is not None else None
    said = {each.id: each for each in content.said_by(conn, person.id)} if person is not None else {}

    def words(kept: content.Kept) -> str:
        return key.open(SEALED + kept.id, kept.sealed).decode() if key and kept.sealed else kept.public or ""

    asked = [each for each in question_rows.of_asker(conn, session_id, participant) if only in (None, each.id)]
    theirs = {each.content_id for each in asked}
    phone = (people.phone(conn, person.id) if person is not None else None) or ""
    here = [each for each in said.values() if each.session_id == session_id and each.id not in theirs]
    beside = [each for each in here if only is None or each.id in also]
    return Held(
        session=session_id,
        joined_at=row.joined_at if row is not None else 0,
        language=row.language if row is not None else "",
        phone=phone if only is None else masked(phone),
        browser=row is not None and row.device_id is not None,
        alerts=len(alerts.of_participant(conn, session_id, participant)),
        questions=tuple(_question(conn, each, said, words) for each in asked),
        words=tuple(HeldWords(each.kind, words(each), each.public or "", each.created_at) for each in beside),
        consents=tuple(
            HeldConsent(given.given_at, wording.purpose, wording.text, given.withdrawn_at)
            for given, wording in rows.consents_in_words(conn, participant)
            if given.session_id == session_id
        ),
        erased_at=person.erased_at if person is not None else None,
    )


def _question(conn: Connection, asked: Asked, said: dict[str, content.Kept], words: Words) -> HeldQuestion:
    kept = said.get(asked.content_id or "")
    ticket = ticket_rows.by_question(conn, asked.id)
    lines = status_lines(conn, ticket.id) if ticket else []
    return HeldQuestion(
        reference=asked.reference,
        asked_at=asked.received_at,
        kind=asked.kind,
        category=asked.category or "",
        area=asked.area or "",
        privacy=asked.privacy,
        state=asked.state,
        channel=asked.channel,
        words=words(kept) if kept else "",
        shown=(kept.public or "") if kept else "",
        supports=asked.supports,
        ticket_state=ticket.state if ticket else "",
        office=ticket.office_id if ticket else "",
        lines=tuple(HeldLine(each.at, each.kind, each.text, each.day) for each in lines),
        acts=tuple(HeldAct(act.at, act.action, act.reason) for act in audit.of_subject(conn, asked.reference)),
    )


def masked(phone: str) -> str:
    """Enough of a number to know it again, too little to call it: its last four digits."""
    return f"••••• {phone[-4:]}" if phone else ""
