"""Sealing, wrapping, rotating and erasing."""

import secrets

import pytest

from kachehri.vault import Sealed, Vault

OLD, NEW = secrets.token_bytes(32), secrets.token_bytes(32)


def test_what_is_sealed_opens_in_its_place_only() -> None:
    key = Vault([NEW]).new_key("p")
    sealed = key.seal("content/sealed/a", "پانی".encode())
    assert key.open("content/sealed/a", sealed).decode() == "پانی"
    with pytest.raises(Sealed):
        key.open("content/sealed/b", sealed)


def test_equal_words_look_different() -> None:
    key = Vault([NEW]).new_key("p")
    assert key.seal("t/c/r", b"x") != key.seal("t/c/r", b"x")


@pytest.mark.parametrize("harm", [lambda s: s[:-1], lambda s: b"", lambda s: s[:-1] + bytes([s[-1] ^ 1])])
def test_a_changed_value_does_not_open(harm) -> None:  # type: ignore[no-untyped-def]
    key = Vault([NEW]).new_key("p")
    with pytest.raises(Sealed):
        key.open("t/c/r", harm(key.seal("t/c/r", b"words")))


def test_a_replaced_master_still_opens_and_finds_what_the_old_one_made() -> None:
    before, after = Vault([OLD]), Vault([NEW, OLD])
    key = before.new_key("p")
    sealed = key.seal("t/c/r", b"words")
    assert after.open_key("p", key.wrapped).open("t/c/r", sealed) == b"words"
    assert before.index("phone", "+923000000101") in after.indexes("phone", "+923000000101")
    assert before.index("phone", "+923000000101") != after.index("phone", "+923000000101")


def test_a_key_belongs_to_its_person_and_its_installation() -> None:
    key = Vault([OLD]).new_key("p")
    for vault, person in ((Vault([OLD]), "q"), (Vault([NEW]), "p")):
        with pytest.raises(Sealed):
            vault.open_key(person, key.wrapped)
