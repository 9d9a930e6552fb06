"""Participants, consents, accounts and wrong guesses."""

from __future__ import annotations

import pytest

from kachehri.store import Conflict, Store, accounts, people
from kachehri.store.people import Sealed, Taking
from kachehri.store.tables import Account, Consent, ConsentWording, Login, Session
from tests.conftest import MONDAY_MS

HOUR_MS = 3_600_000


def taking(session_id: str, id: str, device: str = "d") -> Taking:
    return Taking(id, session_id, None, device, None, "web", "citizen", None, "ur", None, MONDAY_MS)


def test_a_browser_is_remembered(store: Store) -> None:
    with store.write() as conn:
        people.seen_device(conn, "d", 1)
        people.seen_device(conn, "d", 5)
        device = people.device(conn, "d")
        assert device is not None and (device.created_at, device.seen_at) == (1, 5)
        assert people.device(conn, "x") is None


def test_joining_twice_is_joining_once(store: Store, session: Session, account: Account) -> None:
    with store.write() as conn:
        people.join(conn, [taking(session.id, "a"), taking(session.id, "b"), taking(session.id, "c", "kiosk")])
        people.join(conn, [taking(session.id, "a")._replace(role="moderator")])
        people.join(conn, [])
        assert [row.role for row in people.on_device(conn, session.id, "d")] == ["citizen", "citizen"]
        assert people.staff_of(conn, session.id) == {}
        people.join(conn, [taking(session.id, "m")._replace(account_id=account.id, role="moderator")])
        assert people.staff_of(conn, session.id) == {"m": account.id}
        people.set_blocked(conn, "a", 7)
        people.link_person(conn, "a", "p")
        people.link_persons(conn, [("b", "p2")])
        people.link_persons(conn, [])
        found = people.participant(conn, "a")
        assert found is not None and (found.blocked_at, found.person_id) == (7, "p")
        assert people.persons_of(conn, ["a", "b", "c", "x"]) == {"a": "p", "b": "p2", "c": None}
        assert people.participant(conn, "x") is None


def test_particulars_are_added_one_by_one(store: Store) -> None:
    row = Sealed("p", b"key", None, None, None, None, None, 1)
    with store.write() as conn:
        people.add_persons(conn, [row])
        people.add_persons(conn, [])
        people.set_particulars(conn, row._replace(data_key=None, phone=b"sealed", phone_index=b"i"))
        people.set_particulars(conn, row._replace(data_key=None, id_number=b"s", id_number_index=b"n"))
        found = people.person(conn, "p")
        assert found is not None
        assert (found.data_key, found.phone, found.id_number) == (b"key", b"sealed", b"s")
        assert people.by_phone(conn, [b"x", b"i"]) == ["p"]
        assert people.by_id_number(conn, [b"n"]) == ["p"]
        assert people.wrapped_keys(conn, ["p", "x"]) == {"p": b"key"}
        assert people.wrapped_keys(conn, []) == {}
        people.destroy_key(conn, "p", 9)
        people.set_particulars(conn, row._replace(phone=b"back again"))
        found = people.person(conn, "p")
        assert found is not None and (found.data_key, found.phone, found.erased_at) == (None, None, 9)


def test_a_consent_keeps_the_words_it_was_given_to(store: Store) -> None:
    words = [
        ConsentWording(id=f"w{n}", purpose="record", language="ur", version=n, text=f"متن {n}", created_at=n)
        for n in (1, 2)
    ]
    with store.write() as conn:
        people.save_wording(conn, words)
        words[0].text = "changed afterwards"
        people.save_wording(conn, words)
        newest = people.wording(conn, "record", "ur")
        assert newest is not None and newest.text == "متن 2"
        assert people.wording(conn, "record", "en") is None
        people.consent(conn, [Consent(id="c", wording_id="w1", participant_id="a", given_at=3)])
        people.withdraw_consent(conn, "c", 5)
        people.withdraw_consent(conn, "c", 6)
        assert [(row.given_at, row.withdrawn_at) for row in people.consents(conn, "a")] == [(3, 5)]
    with pytest.raises(Conflict), store.write() as conn:
        people.consent(conn, [Consent(id="d", wording_id="never written", participant_id="a", given_at=3)])


@pytest.fixture
def account(store: Store) -> Account:
    row = Account(
        id="acc", login="asma", name="Asma", role="moderator", password_hash="h", created_at=1, password_set_at=1
    )
    with store.write() as conn:
        accounts.add(conn, row)
    return row


def login(token: bytes, expires_at: int = HOUR_MS) -> Login:
    return Login(token_hash=token, account_id="acc", created_at=1, seen_at=1, expires_at=expires_at)


def test_a_login_name_is_taken_once(store: Store, account: Account) -> None:
    with store.read() as conn:
        assert accounts.by_login(conn, "asma") == account == accounts.by_id(conn, "acc")
        assert accounts.by_login(conn, "nobody") is None
        assert accounts.listing(conn) == [account]
    account.id = "other"
    with pytest.raises(Conflict), store.write() as conn:
        accounts.add(conn, account)


def test_a_login_ends_by_time_by_hand_and_with_its_account(store: Store, account: Account) -> None:
    with store.write() as conn:
        for token in (b"1", b"2", b"3"):
            accounts.add_login(conn, login(token))
        assert accounts.signed_in(conn, b"1", 5) == (account, 1)
        assert accounts.signed_in(conn, b"1", HOUR_MS) is None
        accounts.touch(conn, b"1", 5, 2 * HOUR_MS)
        assert accounts.signed_in(conn, b"1", HOUR_MS) == (account, 5)
        assert accounts.signed_in(conn, b"?", 5) is None
        assert not accounts.signed_in_before(conn, "acc", "device")
        assert accounts.revoke(conn, b"1", 6)
        assert not accounts.revoke(conn, b"1", 6)
        assert accounts.signed_in(conn, b"1", 6) is None
        assert len(accounts.logins(conn, "acc", 6)) == 2
        assert accounts.revoke_all(conn, "acc", 7, keep=b"2") == 1
        assert accounts.signed_in(conn, b"3", 8) is None
        accounts.disable(conn, "acc", 9)
        assert accounts.signed_in(conn, b"2", 9) is None
        accounts.disable(conn, "acc", None)
        assert accounts.signed_in(conn, b"2", 9) is not None
        assert accounts.revoke_all(conn, "acc", 9) == 1


def test_passwords_and_roles_change(store: Store, account: Account) -> None:
    with store.write() as conn:
        accounts.set_password(conn, "acc", "rehashed")
        accounts.set_role(conn, "acc", "chair")
        found = accounts.by_id(conn, "acc")
        assert found is not None
        assert (found.password_hash, found.password_set_at, found.role) == ("rehashed", 1, "chair")
        accounts.set_password(conn, "acc", "new", at=8)
        found = accounts.by_id(conn, "acc")
        assert found is not None and found.password_set_at == 8


def test_guesses_are_counted_within_a_window(store: Store) -> None:
    with store.write() as conn:
        assert accounts.attempt(conn, "track", b"s", "1.2.3.4") is None
        counted = [accounts.count_attempt(conn, "track", b"s", "1.2.3.4", at, HOUR_MS).failures for at in (0, 1, 2)]
        assert counted == [1, 2, 3]
        assert accounts.count_attempt(conn, "sign_in", b"s", "1.2.3.4", 3, HOUR_MS).failures == 1
        assert accounts.count_attempt(conn, "track", b"s", "5.6.7.8", 3, HOUR_MS).failures == 1
        fresh = accounts.count_attempt(conn, "track", b"s", "1.2.3.4", HOUR_MS, HOUR_MS)
        assert (fresh.failures, fresh.window_start, fresh.last_at) == (1, HOUR_MS, HOUR_MS)
        accounts.forget_attempts(conn, "track", b"s", "1.2.3.4")
        assert accounts.attempt(conn, "track", b"s", "1.2.3.4") is None
        accounts.sweep(conn, 4)
        assert accounts.attempt(conn, "track", b"s", "5.6.7.8") is None
