"""Who takes part, and what is kept of them: participants of a session, and the person behind each, sealed.

A participant exists once she has opened a session's page or asked; a person, with a key of her own, once she has said
something. Destroying that key is what erasure means.
"""

import base64
import hashlib
import hmac
from collections.abc import Iterable

from rooms.base import Actor, Role

from .i18n.digits import only_digits
from .ids import new_id
from .intake import Seal
from .store import Connection
from .store import people as rows
from .vault import PersonKey, Vault

#: Persons whose opened keys are kept at hand; a hearing with more asks the database again for the rest.
CACHE = 20_000
#: Bytes of a question's id, and of the mark behind it in a receipt's secret; no padding in base64.
ID_BYTES = 8
RECEIPT_BYTES = 16
#: Digits of the code on a receipt: few enough to read out on the phone, enough where tries are counted.
CODE_DIGITS = 6


class PersonSeal:
    """Seals words under the key of one person."""

    def __init__(self, person_id: str, key: PersonKey) -> None:
        self.person_id: str | None = person_id
        self.key = key

    def seal(self, content_id: str, words: bytes) -> bytes:
        """The sealed words, bound to the row that they will stand in."""
        return self.key.seal(f"content/sealed/{content_id}", words)


class People:
    """Participants and persons. The seals belong to the writer's thread; the rest takes a connection.

    Arguments:
        receipt_key: derives the secret of each receipt, so that none has to be stored.
    """

    def __init__(self, vault: Vault, receipt_key: bytes) -> None:
        self._vault = vault
        self._receipt_key = receipt_key
        self._seals: dict[str, PersonSeal] = {}

    def seals(self, conn: Connection, actors: Iterable[Actor], now: int) -> dict[str, Seal]:
        """For each actor the seal of the person behind it; persons are created as they first speak."""
        found: dict[str, Seal] = {}
        missing: list[str] = []
        for actor in actors:
            seal = self._seals.get(actor.participant)
            if seal is not None:
                found[actor.participant] = seal
            elif actor.participant not in missing:
                missing.append(actor.participant)
        if missing:
            found.update(self._opened(conn, missing, now))
        return found

    def _opened(self, conn: Connection, participants: list[str], now: int) -> dict[str, Seal]:
        if len(self._seals) > CACHE:
            self._seals.clear()
        known = rows.persons_of(conn, participants)
        # Somebody who never opened a page is known by her person alone, which then has the participant's own id.
        wrapped = rows.wrapped_keys(conn, [known.get(each) or each for each in participants])
        fresh: list[rows.Sealed] = []
        links: list[tuple[str, str]] = []
        found: dict[str, Seal] = {}
        for participant in participants:
            person = known.get(participant) or participant
            key_bytes = wrapped.get(person)
            if key_bytes is None:
                if person in wrapped:  # The person was erased: what is said now is under a new key.
                    person = hashlib.sha256(f"{participant}/{now}".encode()).hexdigest()[:16]
                key = self._vault.new_key(person)
                fresh.append(rows.Sealed(person, key.wrapped, None, None, None, None, None, now))
                links.append((participant, person))
            else:
                key = self._vault.open_key(person, key_bytes)
                if known.get(participant) is None:
                    links.append((participant, person))
            found[participant] = self._seals[participant] = PersonSeal(person, key)
        rows.add_persons(conn, fresh)
        rows.link_persons(conn, links)
        return found

    def forget(self) -> None:
        """A transaction was undone: persons that it created do not exist."""
        self._seals.clear()

    def drop(self, participant: str) -> None:
        """Her key is destroyed: no copy of it is kept either. Safe to call from any thread."""
        self._seals.pop(participant, None)

    def opened(self, conn: Connection, person_id: str) -> PersonKey | None:
        """The key of a person, to read her own words to her; None where there is none any more."""
        person = rows.person(conn, person_id)
        if person is None or person.data_key is None:
            return None
        return self._vault.open_key(person_id, person.data_key)

    def remember_phone(self, conn: Connection, participant: str, phone: str) -> None:
        """Seal a phone number, given in the form E.164, for the person behind a participant."""
        seal = self._seals[participant]
        person = str(seal.person_id)
        sealed = seal.key.seal(f"person/phone/{person}", phone.encode())
        index = self._vault.index("phone", phone)
        rows.set_particulars(conn, rows.Sealed(person, None, None, sealed, None, index, None, 0))

    def phone(self, conn: Connection, person_id: str) -> str | None:
        """The phone number of a person in the form E.164; None where none was given or the person was erased."""
        person = rows.person(conn, person_id)
        if person is None or person.phone is None or person.data_key is None:
            return None
        key = self._vault.open_key(person_id, person.data_key)
        return key.open(f"person/phone/{person_id}", person.phone).decode()

    def person_behind(self, conn: Connection, participant: str, now: int) -> str:
        """The person behind a participant whose row stands; made now where there is none, or hers was erased.

        For pages: keeps nothing at hand, so a transaction that is undone leaves nothing behind.
        """
        known = rows.persons_of(conn, [participant]).get(participant) or participant
        wrapped = rows.wrapped_keys(conn, [known])
        if wrapped.get(known) is None:
            fresh = hashlib.sha256(f"{participant}/{now}".encode()).hexdigest()[:16] if known in wrapped else known
            rows.add_persons(
                conn, [rows.Sealed(fresh, self._vault.new_key(fresh).wrapped, None, None, None, None, None, now)]
            )
            rows.link_person(conn, participant, fresh)
            return fresh
        rows.link_person(conn, participant, known)
        return known

    def newcomer(self, conn: Connection, now: int, *, name: str = "", phone: str = "") -> str:
        """A person who takes part in no session, with a key of her own; returns her id.

        Arguments:
            phone: in the form E.164; "" for none.
        """
        id = new_id(now)
        key = self._vault.new_key(id)
        row = rows.Sealed(
            id=id,
            data_key=key.wrapped,
            name=key.seal(f"person/name/{id}", name.encode()) if name else None,
            phone=key.seal(f"person/phone/{id}", phone.encode()) if phone else None,
            id_number=None,
            phone_index=self._vault.index("phone", phone) if phone else None,
            id_number_index=None,
            created_at=now,
        )
        rows.add_persons(conn, [row])
        return id

    def keep_phone(self, conn: Connection, person_id: str, phone: str) -> None:
        """Seal a phone number, given in the form E.164, for a person who has a key."""
        key = self.opened(conn, person_id)
        if key is not None:
            sealed = key.seal(f"person/phone/{person_id}", phone.encode())
            index = self._vault.index("phone", phone)
            rows.set_particulars(conn, rows.Sealed(person_id, None, None, sealed, None, index, None, 0))

    def phone_indexes(self, phone: str) -> list[bytes]:
        """The keyed hashes under which whoever left this number, in the form E.164, is found."""
        return self._vault.indexes("phone", phone)

    def with_phone(self, conn: Connection, phone: str) -> list[str]:
        """Everybody who left this number, given in the form E.164; a phone may serve a household."""
        return rows.by_phone(conn, self.phone_indexes(phone))

    def persons(self, conn: Connection, participants: Iterable[str]) -> dict[str, str | None]:
        """The person behind each participant, where there is one."""
        return rows.persons_of(conn, list(participants))

    def join(
        self,
        conn: Connection,
        *,
        participant: str,
        session_id: str,
        role: Role,
        device: str | None,
        account: str | None,
        language: str,
        now: int,
        channel: str = "web",
    ) -> None:
        """Write a participant; one that is there stays as it is."""
        taking = rows.Taking(
            id=participant,
            session_id=session_id,
            person_id=None,
            device_id=device,
            account_id=account,
            channel=channel,
            role=role,
            name_content=None,
            language=language,
            filed_by=None,
            joined_at=now,
        )
        rows.join(conn, [taking])

    def receipt(self, question: str) -> str:
        """The secret of a receipt: its question and 128 bits that only this installation can make; stored nowhere."""
        return base64.urlsafe_b64encode(bytes.fromhex(question) + self._mark(question)).decode()

    def question_of(self, receipt: str) -> str | None:
        """The question that a receipt's secret opens; None for anything that was not made here."""
        try:
            raw = base64.b64decode(receipt.encode("ascii"), altchars=b"-_", validate=True)
        except ValueError:
            return None
        question = raw[:ID_BYTES].hex()
        return question if hmac.compare_digest(raw[ID_BYTES:], self._mark(question)) else None

    def code(self, question: str) -> str:
        """Six digits which, together with the question's number, let its asker go on from another phone.

        Made as the receipt's secret is, and as little stored. Whoever asks for them counts tries (kachehri/guesses.py).
        """
        mark = hashlib.blake2b(question.encode(), key=self._receipt_key, person=b"code", digest_size=8).digest()
        return f"{int.from_bytes(mark) % 10**CODE_DIGITS:0{CODE_DIGITS}d}"

    def check(self, question: str, code: str) -> bool:
        """Whether these are the digits of a question's code; they may be written in any script and with spaces."""
        return hmac.compare_digest(self.code(question), only_digits(code[:64]))

    def _mark(self, question: str) -> bytes:
        # Keyed BLAKE2 (RFC 7693): a third of the time of an HMAC, once for every question.
        return hashlib.blake2b(question.encode(), key=self._receipt_key, digest_size=RECEIPT_BYTES).digest()


def participant_id(session_id: str, who: str) -> str:
    """The id of a participant: the same device or account is the same participant of a session.

    Arguments:
        who: "device/…" or "account/…", with an id that nobody can guess.
    """
    return hashlib.sha256(f"{session_id}/{who}".encode()).hexdigest()[:16]
