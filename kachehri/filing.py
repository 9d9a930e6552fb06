"""Opens a ticket without a hearing, for somebody who came to another door: a portal, an application of the town.

It is a ticket like any other: a number from the same counter, the same routing, the same chain. What was said is kept
sealed under a key of the person's own and masked for readers; nobody reads even the masked words in public, because no
moderator has looked at them. Whoever sends the very same again within a day gets the same ticket: phones and programs
repeat what they had no answer to.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

import msgspec

from moderation.masking import mask

from . import audit, opening
from . import routing as rules
from .draws import random_bytes
from .ids import new_id
from .keys import derive
from .logins import hash_of
from .people import People
from .store import Connection, content, district, doors, outbox
from .store import tickets as rows
from .store.event_log import GENESIS
from .store.tables import ApiFiling, Ticket
from .tickets.events import Opened, encode
from .tickets.lifecycle import entry
from .tickets.opening import ticket_id
from .tickets.reference import References

ENCODE = msgspec.json.Encoder(order="deterministic").encode
DAY_MS: Final = 86_400_000
#: Positions are kept to this part of a degree: 220 m from north to south.
STEPS_PER_DEGREE: Final = 500
ORIGIN: Final = "open311"
#: Working days for what no category says.
USUAL_DAYS: Final = 15


class Filing(NamedTuple):
    """What is filed, checked and cleaned. The district's codes; "" or None for what was not said.

    Arguments:
        sender: the program's own word for whoever sends: a device, an account of its own.
        words: at most 4,000 characters; may be empty, where topic and place say it.
        phone: E.164.
        more: further particulars for the office alone, such as the answers to a topic's own questions.
    """

    category: str
    area: str = ""
    sender: str = ""
    words: str = ""
    lat: float | None = None
    long: float | None = None
    address: str = ""
    name: str = ""
    phone: str = ""
    email: str = ""
    more: Mapping[str, str] = {}


class Filed(NamedTuple):
    """What came of it. `token` stands for a ticket whose number the program does not learn."""

    ticket: str
    reference: str
    private: bool
    token: str
    office: str
    again: bool


class Filer:
    """Files for programs of others. Safe to use from several threads.

    Arguments:
        master: the oldest key of the key file, which the order of the numbers follows from.
    """

    def __init__(self, people: People, master: bytes) -> None:
        self._people = people
        self._references = References(derive(master, "references"))
        self._secret = derive(master, "open311")

    def file(self, conn: Connection, now: int, key_id: str, filing: Filing, zone: ZoneInfo) -> Filed:
        """Open a ticket, or find the one that the same words opened within the last day.

        Arguments:
            zone: where the year of the number begins.

        Errors: `LookupError` when the district has no desk that sorts.
        """
        mark = self._mark(key_id, filing)
        before = doors.filed(conn, mark, now - DAY_MS)
        if before is not None:
            return self._filed(conn, before, again=True)
        day = now // DAY_MS
        id = ticket_id(f"{ORIGIN}/{mark.hex()}/{day}")
        routing = rules.routing(conn, now)
        category = next((each for each in district.categories(conn) if each.code == filing.category), None)
        routed = routing.route(filing.category, area=filing.area)
        details = new_id(now)
        note = ApiFiling(
            ticket_id=id,
            key_id=key_id,
            mark=mark,
            day=day,
            token_hash=hash_of(self.token(mark, day)) if routed.protected else None,
            content_id=details,
            lat=rounded(filing.lat),
            long=rounded(filing.long),
            at=now,
        )
        if not doors.file(conn, note):  # the same came twice at once, and the other was first
            before = doors.filed(conn, mark, now - DAY_MS)
            assert before is not None
            return self._filed(conn, before, again=True)
        person = self._people.newcomer(conn, now, name=filing.name, phone=filing.phone)
        words = self._keep(conn, now, person, details, filing)
        year = datetime.fromtimestamp(now / 1000, UTC).astimezone(zone).year % 100
        (number,) = district.take_numbers(conn, year)
        first = Opened(
            why=routed.why,
            category=filing.category,
            area=filing.area,
            office=routed.office,
            post=routed.post,
            days=category.sla_days if category else USUAL_DAYS,
            protected=routed.protected,
            state=entry(False, placed=routed.by_rule),
        )
        type, body = encode(first)
        step = rows.step(GENESIS, id, 1, now, type, f"key/{key_id}", body)
        row = opening.opened_row(
            step,
            first,
            opening.Clocks(conn, now),
            reference=self._references.draw(year, number),
            person_id=person,
            private=routed.protected,
            content_id=words,
            origin=ORIGIN,
        )
        rows.open_many(conn, [row], [step], [])
        outbox.add(conn, [_notice(id, now)])
        return self._filed(conn, note, again=False)

    def token(self, mark: bytes, day: int) -> str:
        """What stands for a ticket towards the program that filed it: made from its mark, and stored only as a hash."""
        made = hmac.digest(self._secret, b"token\n%d\n%b" % (day, mark), hashlib.sha256)[:18]
        return base64.urlsafe_b64encode(made).decode()

    def _filed(self, conn: Connection, note: ApiFiling, *, again: bool) -> Filed:
        ticket = rows.get(conn, note.ticket_id)
        assert ticket is not None  # both were written in one transaction
        private = ticket.privacy != "public" or note.token_hash is not None
        token = self.token(note.mark, note.day)
        return Filed(ticket.id, ticket.reference, private, token, ticket.office_id, again)

    def _mark(self, key_id: str, filing: Filing) -> bytes:
        """A keyed hash of all that was sent: what stands in the table cannot be tried out word by word."""
        said = ENCODE([key_id, *filing._replace(more=dict(filing.more))])
        return hmac.digest(self._secret, b"mark\n" + said, hashlib.sha256)

    def _keep(self, conn: Connection, now: int, person: str, details: str, filing: Filing) -> str | None:
        """Words and particulars under the person's own key; in clear stand the masked words and the place."""
        key = self._people.opened(conn, person)
        assert key is not None
        kept = []
        particulars = {
            "address": filing.address,
            "email": filing.email,
            "lat": "" if filing.lat is None else str(filing.lat),
            "long": "" if filing.long is None else str(filing.long),
            **filing.more,
        }
        sealed = key.seal(f"content/sealed/{details}", ENCODE({k: v for k, v in particulars.items() if v}))
        kept.append(content.Kept(details, None, person, "details", sealed, _place(filing), random_bytes(16), now))
        id = new_id(now) if filing.words else None
        if id is not None:
            sealed = key.seal(f"content/sealed/{id}", filing.words.encode())
            public = mask(filing.words).text
            kept.append(content.Kept(id, None, person, "text", sealed, public, random_bytes(16), now))
        content.add(conn, kept)
        return id


def release(conn: Connection, now: int, ticket: Ticket, by: str, *, shown: bool) -> bool:
    """A moderator has read the masked words of a filing: everybody may, or nobody any more. Whether that is new.

    Words that are private are not released, and those of a hearing not here: they are released with their chapter.
    Taking a question into the line shows its words to the hearing, and no longer than that.
    """
    if ticket.origin != ORIGIN or (shown and ticket.privacy != "public"):
        return False
    if not doors.release(conn, ticket.id, now if shown else None):
        return False
    audit.record(conn, now, action="words.release" if shown else "words.hide", subject=ticket.reference, account=by)
    return True


def is_released(conn: Connection, ticket: Ticket) -> bool:
    """Whether everybody may read the masked words of a filing."""
    note = doors.filing(conn, ticket.id) if ticket.origin == ORIGIN else None
    return note is not None and note.released_at is not None


def place_of(conn: Connection, ticket_id: str) -> str:
    """Where it is, for the office that has to go there; nothing for a ticket that came otherwise, or was erased."""
    note = doors.filing(conn, ticket_id)
    return content.texts_of(conn, [note.content_id]).get(note.content_id, "") if note and note.content_id else ""


def _place(filing: Filing) -> str | None:
    """The address as it was written, masked, and the position to a few steps."""
    # Isolated (UAX #9), or an Urdu address would turn latitude and longitude round.
    known = filing.lat is not None and filing.long is not None
    position = f"\u2066{filing.lat:.5f}, {filing.long:.5f}\u2069" if known else ""
    return " – ".join(filter(None, (mask(filing.address).text, position))) or None


def rounded(degrees: float | None) -> float | None:
    """A position that names a neighbourhood and no house."""
    return None if degrees is None else round(degrees * STEPS_PER_DEGREE) / STEPS_PER_DEGREE


def _notice(ticket: str, now: int) -> outbox.Task:
    """Its owner is told her number, whoever filed it for her."""
    return outbox.Task(
        id=new_id(now),
        unique_key=f"ticket.opened/{ticket}",
        kind="notice",
        session_id=None,
        ticket_id=ticket,
        body=ENCODE({"notice": "ticket.opened", "ticket": ticket}),
        created_at=now,
        due_at=now,
    )
