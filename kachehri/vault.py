"""Seals what is personal: a data key for each person, wrapped by the installation's key, which is not in the database.

AES-256-GCM (NIST SP 800-38D) throughout, each sealing bound to the place of its row (table/column/row), so that a sealed
value moved elsewhere does not open. Destroying a person's wrapped key erases everything sealed under it, in every copy.
Equal values are found by keyed hashes (HMAC-SHA-256): 13 digits would be guessed from a plain one within hours.
"""

import hmac
import secrets
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from .keys import derive

#: Bytes of the nonce, 96 bits as the standard advises; drawn at random, a person's key seals far fewer than 2^32 times.
NONCE = 12
KEY = 32


class Sealed(Exception):
    """It does not open: another key, another place, or it was changed."""


def seal(cipher: AESGCM, place: str, words: bytes) -> bytes:
    """Nonce and ciphertext of `words`, bound to `place`."""
    nonce = secrets.token_bytes(NONCE)
    return nonce + cipher.encrypt(nonce, words, place.encode())


def unseal(cipher: AESGCM, place: str, sealed: bytes) -> bytes:
    """What was sealed at `place`.

    Errors: `Sealed`.
    """
    try:
        return cipher.decrypt(sealed[:NONCE], sealed[NONCE:], place.encode())
    except (InvalidTag, ValueError):
        raise Sealed(place) from None


class PersonKey:
    """The key of one person, opened. `wrapped` is how it is stored."""

    def __init__(self, key: bytes, wrapped: bytes) -> None:
        self._cipher = AESGCM(key)
        self.wrapped = wrapped

    def seal(self, place: str, words: bytes) -> bytes:
        """Seal words that belong to `place`, written table/column/row."""
        return seal(self._cipher, place, words)

    def open(self, place: str, sealed: bytes) -> bytes:
        """What was sealed at `place`.

        Errors: `Sealed`.
        """
        return unseal(self._cipher, place, sealed)


class Vault:
    """Makes and opens persons' keys.

    Arguments:
        masters: the keys of the installation, the one in force first; the others still open what they wrapped.
    """

    def __init__(self, masters: Sequence[bytes]) -> None:
        self._wrappers = [AESGCM(derive(master, "wrap person keys")) for master in masters]
        self._indexes = [derive(master, "blind index") for master in masters]

    def new_key(self, person_id: str) -> PersonKey:
        """A fresh key for a person."""
        key = secrets.token_bytes(KEY)
        return PersonKey(key, seal(self._wrappers[0], f"person/data_key/{person_id}", key))

    def open_key(self, person_id: str, wrapped: bytes) -> PersonKey:
        """The key of a person from its stored form.

        Errors: `Sealed` when no key of the installation opens it.
        """
        for wrapper in self._wrappers:
            try:
                return PersonKey(unseal(wrapper, f"person/data_key/{person_id}", wrapped), wrapped)
            except Sealed:
                continue
        raise Sealed(person_id)

    def index(self, kind: str, value: str) -> bytes:
        """The keyed hash to store beside a sealed value, by which an equal one is found; 128 bits."""
        return self.indexes(kind, value)[0]

    def indexes(self, kind: str, value: str) -> list[bytes]:
        """The keyed hashes under every key of the installation, to search by."""
        return [hmac.digest(key, f"{kind}/{value}".encode(), "sha256")[:16] for key in self._indexes]
