"""Seals what is personal, each person's under a key of their own, so that destroying one key erases one person.

Sealed with AES-256-GCM (NIST SP 800-38D, 96-bit random nonces), bound to its place "table/column/row" so that a value
moved to another row does not open there. A person's key is itself sealed (wrapped) under a key derived from the master
key file, which is not in the database: a stolen database or backup is noise. Equal phone and ID numbers are found by a
keyed hash (HMAC-SHA256, RFC 2104), since a plain hash of 13 digits is undone by trying them all.
"""

import hmac
import secrets
from collections.abc import Sequence
from hashlib import sha256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from .draws import random_bytes
from .keys import derive
from .store import Store, StoreError, district

KEY_BYTES = 32
NONCE_BYTES = 12
#: The first byte of everything sealed, for the day when the way of sealing changes.
VERSION = b"\x01"
#: Bytes kept of a keyed hash: at 10^8 people two of them share one by chance less than once in 10^22.
INDEX_BYTES = 16
#: Bytes kept of a key's fingerprint, enough to tell two key files apart.
FINGERPRINT_BYTES = 8


class VaultError(Exception):
    """`code` is sealed (another key, another place, or changed bytes) or erased (the key is gone)."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class PersonKey:
    """One person's key, opened. `wrapped` is the form in which it is stored."""

    __slots__ = ("_cipher", "person_id", "wrapped")

    def __init__(self, person_id: str, key: bytes, wrapped: bytes) -> None:
        self.person_id = person_id
        self.wrapped = wrapped
        self._cipher = AESGCM(key)

    def seal(self, place: str, words: bytes) -> bytes:
        """Seal words for their place, "table/column/row"."""
        nonce = random_bytes(NONCE_BYTES)
        return VERSION + nonce + self._cipher.encrypt(nonce, words, place.encode())

    def open(self, place: str, sealed: bytes) -> bytes:
        """The words; VaultError("sealed") when they were sealed by another key or for another place."""
        return _open(self._cipher, place, sealed)


class Vault:
    """Makes and opens the keys of persons.

    Arguments:
        masters: the keys of the key file, the one in force first; the others still open what they sealed.
    """

    def __init__(self, masters: Sequence[bytes]) -> None:
        if not masters:
            raise ValueError("a vault needs a key")
        self._wrapping = [AESGCM(derive(master, "vault wrapping")) for master in masters]
        self._own = [AESGCM(derive(master, "vault secrets")) for master in masters]
        self._index_keys = [derive(master, "vault index") for master in masters]
        self.fingerprints = [derive(master, "vault fingerprint")[:FINGERPRINT_BYTES].hex() for master in masters]

    def new_key(self, person_id: str) -> PersonKey:
        """A key for a new person."""
        key = secrets.token_bytes(KEY_BYTES)
        return PersonKey(person_id, key, self._wrap(person_id, key))

    def open_key(self, person_id: str, wrapped: bytes | None) -> PersonKey:
        """The key of a person; VaultError("erased") when it was destroyed."""
        if wrapped is None:
            raise VaultError("erased")
        return PersonKey(person_id, self._unwrap(person_id, wrapped), wrapped)

    def rewrap(self, person_id: str, wrapped: bytes) -> bytes:
        """The same key under the master key now in force, for when the old one is to be thrown away."""
        return self._wrap(person_id, self._unwrap(person_id, wrapped))

    def seal(self, place: str, words: bytes) -> bytes:
        """Seal what belongs to no citizen, such as a second factor, for its place "table/column/row"."""
        nonce = random_bytes(NONCE_BYTES)
        return VERSION + nonce + self._own[0].encrypt(nonce, words, place.encode())

    def open(self, place: str, sealed: bytes) -> bytes:
        """What `seal` sealed, also under an older master key; VaultError("sealed") when it is not that."""
        for cipher in self._own:
            try:
                return _open(cipher, place, sealed)
            except VaultError:
                continue
        raise VaultError("sealed")

    def index(self, kind: str, value: str) -> bytes:
        """The keyed hash under which a value is stored, such as index("phone", "+923001234567")."""
        return _index(self._index_keys[0], kind, value)

    def indexes(self, kind: str, value: str) -> list[bytes]:
        """The keyed hash under every key, to find also what was stored before the key was changed."""
        return [_index(key, kind, value) for key in self._index_keys]

    def _wrap(self, person_id: str, key: bytes) -> bytes:
        nonce = random_bytes(NONCE_BYTES)
        return VERSION + nonce + self._wrapping[0].encrypt(nonce, key, _wrap_place(person_id))

    def _unwrap(self, person_id: str, wrapped: bytes) -> bytes:
        for cipher in self._wrapping:
            try:
                return _open(cipher, _wrap_place(person_id).decode(), wrapped)
            except VaultError:
                continue
        raise VaultError("sealed")


def check_key(store: Store, vault: Vault) -> None:
    """Refuse a key file that is not this database's; the first one that comes becomes it.

    Raises:
        StoreError: `wrong_key`. To go on would seal new words under a key that the old ones do not know.
    """
    with store.write() as conn:
        known = district.set_fact(conn, "vault", vault.fingerprints[0])
    if known not in vault.fingerprints:
        raise StoreError("wrong_key")


def _wrap_place(person_id: str) -> bytes:
    return b"person/data_key/" + person_id.encode()


def _open(cipher: AESGCM, place: str, sealed: bytes) -> bytes:
    if sealed[:1] != VERSION:
        raise VaultError("sealed")
    try:
        return cipher.decrypt(sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :], place.encode())
    except (InvalidTag, ValueError):
        raise VaultError("sealed") from None


def _index(key: bytes, kind: str, value: str) -> bytes:
    return hmac.digest(key, kind.encode() + b"\x00" + value.encode(), sha256)[:INDEX_BYTES]
