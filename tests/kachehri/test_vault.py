"""What is sealed opens with its own key in its own place, and with nothing else."""

from __future__ import annotations

import secrets
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kachehri.store import Store, StoreError, content, migrate, people
from kachehri.vault import PersonKey, Vault, VaultError, check_key

MASTER = secrets.token_bytes(32)
PLACE = "person/phone/aaaaaaaaaaaaaaaa"
PHONE = "+923001234567"


@pytest.fixture
def vault() -> Vault:
    return Vault([MASTER])


@pytest.fixture
def key(vault: Vault) -> PersonKey:
    return vault.new_key("a" * 16)


def refused(caught: pytest.ExceptionInfo[VaultError]) -> str:
    return caught.value.code


@given(words=st.binary(max_size=300), place=st.text(max_size=40))
def test_what_is_sealed_comes_back(words: bytes, place: str) -> None:
    key = Vault([MASTER]).new_key("p")
    assert key.open(place, key.seal(place, words)) == words


def test_the_same_words_never_look_the_same(key: PersonKey) -> None:
    assert key.seal(PLACE, b"words") != key.seal(PLACE, b"words")


def test_a_value_moved_to_another_row_does_not_open(key: PersonKey) -> None:
    sealed = key.seal(PLACE, PHONE.encode())
    with pytest.raises(VaultError) as caught:
        key.open("person/phone/bbbbbbbbbbbbbbbb", sealed)
    assert refused(caught) == "sealed"


def test_another_persons_key_does_not_open_it(vault: Vault, key: PersonKey) -> None:
    with pytest.raises(VaultError):
        vault.new_key("b" * 16).open(PLACE, key.seal(PLACE, b"words"))


def test_one_changed_bit_anywhere_is_noticed(key: PersonKey) -> None:
    sealed = key.seal(PLACE, b"words")
    for place in range(len(sealed)):
        for bit in (1, 128):
            forged = bytearray(sealed)
            forged[place] ^= bit
            with pytest.raises(VaultError):
                key.open(PLACE, bytes(forged))
    for length in range(len(sealed)):
        with pytest.raises(VaultError):
            key.open(PLACE, sealed[:length])


def test_a_wrapped_key_opens_with_the_key_file_only(vault: Vault, key: PersonKey) -> None:
    sealed = key.seal(PLACE, b"words")
    again = Vault([MASTER]).open_key("a" * 16, key.wrapped)
    assert again.open(PLACE, sealed) == b"words"
    with pytest.raises(VaultError):
        Vault([secrets.token_bytes(32)]).open_key("a" * 16, key.wrapped)
    with pytest.raises(VaultError):
        vault.open_key("b" * 16, key.wrapped)


def test_a_destroyed_key_says_so(vault: Vault) -> None:
    with pytest.raises(VaultError) as caught:
        vault.open_key("a" * 16, None)
    assert refused(caught) == "erased"


def test_a_new_master_key_still_opens_what_the_old_one_sealed(key: PersonKey) -> None:
    newer = secrets.token_bytes(32)
    both = Vault([newer, MASTER])
    sealed = key.seal(PLACE, b"words")
    assert both.open_key("a" * 16, key.wrapped).open(PLACE, sealed) == b"words"
    moved = both.rewrap("a" * 16, key.wrapped)
    assert Vault([newer]).open_key("a" * 16, moved).open(PLACE, sealed) == b"words"
    assert both.index("phone", PHONE) != Vault([MASTER]).index("phone", PHONE)
    assert Vault([MASTER]).index("phone", PHONE) in both.indexes("phone", PHONE)


def test_an_index_needs_the_key_and_keeps_kinds_apart(vault: Vault) -> None:
    assert vault.index("phone", PHONE) == Vault([MASTER]).index("phone", PHONE)
    assert vault.index("phone", PHONE) != vault.index("id_number", PHONE)
    assert vault.index("phone", PHONE) != Vault([secrets.token_bytes(32)]).index("phone", PHONE)
    assert vault.fingerprints != Vault([secrets.token_bytes(32)]).fingerprints


def test_no_vault_without_a_key() -> None:
    with pytest.raises(ValueError):
        Vault([])


@pytest.fixture
def store(migrated_url: str) -> Iterator[Store]:
    opened = Store(migrated_url)
    yield opened
    opened.close()


def test_erasing_a_person_leaves_only_noise(store: Store, vault: Vault) -> None:
    """The row, and whatever a backup still holds of it, cannot be read once the key is gone."""
    key = vault.new_key("a" * 16)
    words = "میرے محلے میں پانی نہیں آتا".encode()
    sealed = key.seal("content/sealed/c", words)
    phone = key.seal(PLACE, PHONE.encode())
    row = people.Sealed("a" * 16, key.wrapped, None, phone, None, vault.index("phone", PHONE), None, 1)
    with store.write() as conn:
        people.add_persons(conn, [row])
        content.add(conn, [content.Kept("c", None, "a" * 16, "text", sealed, "masked", b"salt", 1)])
    with store.read() as conn:
        assert people.by_phone(conn, vault.indexes("phone", PHONE)) == ["a" * 16]
        found = people.person(conn, "a" * 16)
        assert found is not None and found.phone is not None
        opened = vault.open_key(found.id, found.data_key)
        assert opened.open(PLACE, found.phone) == PHONE.encode()
    with store.write() as conn:
        content.erase(conn, [each.id for each in content.of_person(conn, "a" * 16)], at=2)
        people.destroy_key(conn, "a" * 16, at=2)
    with store.read() as conn:
        found = people.person(conn, "a" * 16)
        assert found is not None and found.erased_at == 2
        assert (found.data_key, found.phone, found.phone_index) == (None, None, None)
        assert people.by_phone(conn, vault.indexes("phone", PHONE)) == []
        kept = content.original(conn, "c")
        assert kept is not None and (kept.sealed, kept.public, kept.salt) == (None, None, b"salt")
        assert content.of_person(conn, "a" * 16) == []
        with pytest.raises(VaultError):
            vault.open_key(found.id, found.data_key)


def test_another_key_file_is_refused_before_anything_is_sealed_with_it(store: Store, vault: Vault) -> None:
    check_key(store, vault)
    check_key(store, vault)
    other = secrets.token_bytes(32)
    with pytest.raises(StoreError) as caught:
        check_key(store, Vault([other]))
    assert caught.value.code == "wrong_key"
    check_key(store, Vault([other, MASTER]))


def test_a_stolen_database_shows_no_number(sqlite_url: str, vault: Vault) -> None:
    migrate(sqlite_url)
    store = Store(sqlite_url)
    key = vault.new_key("a" * 16)
    row = people.Sealed(
        "a" * 16,
        key.wrapped,
        key.seal("person/name/a", b"Rukhsana"),
        key.seal(PLACE, PHONE.encode()),
        None,
        vault.index("phone", PHONE),
        None,
        1,
    )
    with store.write() as conn:
        people.add_persons(conn, [row])
    store.close()
    assert store.path is not None
    with open(store.path, "rb") as file:
        stolen = file.read()
    assert b"3001234567" not in stolen and b"Rukhsana" not in stolen and MASTER not in stolen
