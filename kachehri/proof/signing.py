"""The house's signature: Ed25519 (RFC 8032) with a key that follows from the key file."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from kachehri.keys import derive


class Signer:
    """Signs for one installation.

    Arguments:
        masters: the keys of the key file. The oldest signs: a key that is put in front changes no signature.
    """

    def __init__(self, masters: Sequence[bytes]) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(derive(masters[-1], "record heads"))

    @property
    def public(self) -> str:
        """What everybody may know, in base64: 44 characters."""
        raw = self._key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        return base64.b64encode(raw).decode()

    def sign(self, message: bytes) -> str:
        """The signature in base64."""
        return base64.b64encode(self._key.sign(message)).decode()


def genuine(public: str, message: bytes, signature: str) -> bool:
    """Whether whoever has the key to `public` signed this; what is no key or no signature is not genuine."""
    try:
        key = Ed25519PublicKey.from_public_bytes(base64.b64decode(public, validate=True))
        key.verify(base64.b64decode(signature, validate=True), message)
    except (InvalidSignature, ValueError, binascii.Error):
        return False
    return True
