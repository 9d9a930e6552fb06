"""Tickets, citizens and officers to be told, on a database that is there; a post office over a simulated one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from kachehri.house_settings import Place
from kachehri.notices.contacts import Contact, Contacts, of_account, of_person
from kachehri.notices.fanning import ENCODE
from kachehri.notices.gateway import Gateway
from kachehri.notices.office import PostOffice
from kachehri.notices.simulator import Simulator
from kachehri.notices.sms import HttpSms
from kachehri.notices.table import Channel
from kachehri.people import People, participant_id
from kachehri.settings.tree import Sms
from kachehri.store import Store, accounts, outbox
from kachehri.store import notices as rows
from kachehri.store import tickets as ticket_rows
from kachehri.store.event_log import GENESIS
from kachehri.store.tables import Account, Delivery, Outbox, Session
from kachehri.tickets import events
from kachehri.vault import Vault
from rooms.base import Actor

MASTER = bytes(range(32))
TAKEN = r"^OK id=(\S+)"
PLACE = Place(name_ur="نور گڑھ", name_en="Noorgarh", address="https://kachehri.noorgarh.gov.pk")


class NoticeTown:
    """Who is to be told."""

    def __init__(self, store: Store, session: Session) -> None:
        self.store, self.session = store, session
        self.vault = Vault([MASTER])
        self.people = People(self.vault, MASTER)
        self.contacts = Contacts(self.vault, self.people)
        self._made = 0

    def office(self, gateways: Mapping[Channel, Gateway]) -> PostOffice:
        return PostOffice(self.contacts, gateways, lambda: PLACE, MASTER)

    def person(self, phone: str = "+923001234567", *, language: str = "ur", contact: Contact | None = None) -> str:
        """A citizen, with what she gave."""
        self._made += 1
        participant = participant_id(self.session.id, f"device/{self._made}")
        with self.store.write() as conn:
            now = self.store.now(conn)
            self.people.join(
                conn,
                participant=participant,
                session_id=self.session.id,
                role="citizen",
                device=None,
                account=None,
                language=language,
                now=now,
            )
            seal = self.people.seals(conn, [Actor(participant, "citizen")], now)[participant]
            if phone:
                self.people.remember_phone(conn, participant, phone)
            person = str(seal.person_id)
            if contact is not None:
                assert self.contacts.write(conn, of_person(person), contact, now)
        return person

    def ticket(self, person: str | None, *, state: str = "registered", privacy: str = "public", **more: object) -> str:
        """A ticket of hers; its id."""
        self._made += 1
        id = f"t-{self._made:04d}"
        type, body = events.encode(events.Opened(office=self.session.office_id, state=state, category="water"))
        with self.store.write() as conn:
            now = self.store.now(conn)
            step = ticket_rows.step(GENESIS, id, 1, now, type, "system", body)
            row = ticket_rows.Opened(
                id=id,
                question_id=None,
                session_id=self.session.id,
                reference=f"26407{self._made:05d}",
                office_id=self.session.office_id,
                person_id=person,
                category="water",
                area=None,
                privacy=privacy,
                content_id=None,
                state=state,
                origin="session",
                outcome=None,
                heard_from_ms=None,
                heard_to_ms=None,
                opened_at=now,
                due_at=now + 15 * 86_400_000,
                proposed_at=now if state == "resolution_proposed" else None,
                head_seq=1,
                head_hash=step.hash,
            )
            ticket_rows.open_many(conn, [row._replace(**more)], [step], [])  # type: ignore[arg-type]
        return id

    def follow(self, ticket: str, person: str | None) -> str:
        self._made += 1
        id = f"f-{self._made:04d}"
        with self.store.write() as conn:
            following = ticket_rows.Following(
                id=id,
                ticket_id=ticket,
                question_id=None,
                session_id=self.session.id,
                reference=f"26408{self._made:05d}",
                person_id=person,
                joined_at=self.store.now(conn),
            )
            ticket_rows.open_many(conn, [], [], [following])
        return id

    def officer(self, id: str, email: str = "") -> str:
        with self.store.write() as conn:
            now = self.store.now(conn)
            row = Account(
                id=id, login=id, name=id, role="officer", password_hash="", created_at=now, password_set_at=now
            )
            accounts.add(conn, row)
            if email:
                assert self.contacts.write(conn, of_account(id), Contact(email=email), now)
        return id

    def notify(self, ticket: str, notice: str, **more: object) -> str:
        """A row in the outbox, as an act on a ticket writes it."""
        self._made += 1
        id = f"{ticket}/{self._made}"
        with self.store.write() as conn:
            now = self.store.now(conn)
            body = ENCODE({"notice": notice, "ticket": ticket, "params": {}, **more})
            outbox.add(conn, [outbox.Task(id, f"{notice}/{id}", "notice", None, ticket, body, now, now)])
        return id

    def deliveries(self) -> list[Delivery]:
        with self.store.read() as conn:
            states = ("waiting", "sending", "sent", "delivered", "failed", "unknown")
            return [each.delivery for each in rows.listing(conn, states, limit=10_000)]

    def states(self) -> list[str]:
        return sorted(each.state for each in self.deliveries())

    def task(self, id: str) -> Outbox:
        with self.store.read() as conn:
            found = rows.task(conn, id)
        assert found is not None
        return found


def sms(gateway: Simulator, *, asks: bool = False, timeout_s: float = 0.3) -> HttpSms:
    """The adapter for a simulated gateway."""
    settings = Sms(
        url=gateway.url, taken=TAKEN, honours_key="yes" if gateway.honours_key else "no", price=gateway.price
    )
    if asks:
        settings = replace(settings, status_url=gateway.status_url)
    return HttpSms(settings, timeout_s=timeout_s)
