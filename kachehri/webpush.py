"""Messages for browsers whose page is closed: sealed for them (RFC 8291), signed by this installation (RFC 8292).

The push service that carries them belongs to the browser's maker; it sees how often something comes and how large it
is, and nothing else. All messages are padded to one size for that reason.
"""

import base64
import binascii
import json
import secrets
from typing import NamedTuple
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from .keys import derive

CURVE = ec.SECP256R1()
#: Order of the curve (SEC 2, 2.4.2): a private key is a number below it.
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
POINT_BYTES, AUTH_BYTES, SALT_BYTES = 65, 16, 16
#: Every message has so many bytes before it is sealed; the most that services must take is 3,993 (RFC 8291 §4).
PADDED_BYTES = 512
RECORD_BYTES = 4096
#: A signature is good for this long; services take 24 hours at most (RFC 8292 §2).
GOOD_S = 12 * 3600


class Target(NamedTuple):
    """Where a browser wants its messages, and the keys that it alone can open them with."""

    endpoint: str
    p256dh: bytes
    auth: bytes


def target(endpoint: str, p256dh: str, auth: str) -> Target | None:
    """What a browser said; None where its keys are no keys."""
    try:
        point, secret = unpack(p256dh), unpack(auth)
        ec.EllipticCurvePublicKey.from_encoded_point(CURVE, point)
    except ValueError:
        return None
    if len(point) != POINT_BYTES or len(secret) != AUTH_BYTES:
        return None
    return Target(endpoint, point, secret)


def seal(
    message: bytes,
    to: Target,
    *,
    own: ec.EllipticCurvePrivateKey | None = None,
    salt: bytes | None = None,
    padded: int = PADDED_BYTES,
) -> bytes:
    """The body of a request, content coding aes128gcm (RFC 8188) with one record.

    Arguments:
        own, salt: fresh for each message; given by the test that compares with the example of RFC 8291.
    """
    own = own or ec.generate_private_key(CURVE)
    salt = salt or secrets.token_bytes(SALT_BYTES)
    public = point_of(own)
    theirs = ec.EllipticCurvePublicKey.from_encoded_point(CURVE, to.p256dh)
    shared = own.exchange(ec.ECDH(), theirs)
    key = HKDF(SHA256(), 32, to.auth, b"WebPush: info\x00" + to.p256dh + public).derive(shared)
    cipher = AESGCM(HKDF(SHA256(), 16, salt, b"Content-Encoding: aes128gcm\x00").derive(key))
    nonce = HKDF(SHA256(), 12, salt, b"Content-Encoding: nonce\x00").derive(key)
    record = message + b"\x02" + bytes(max(0, padded - len(message)))
    head = salt + RECORD_BYTES.to_bytes(4) + bytes((len(public),)) + public
    return head + cipher.encrypt(nonce, record, None)


class Signer:
    """Says to push services who sends (VAPID). Its key follows from the key file and needs no place of its own."""

    def __init__(self, master: bytes) -> None:
        number = int.from_bytes(derive(master, "push signature") + derive(master, "push signature 2")) % (ORDER - 1) + 1
        self._key = ec.derive_private_key(number, CURVE)
        #: What a page gives to the browser as `applicationServerKey`.
        self.public = pack(point_of(self._key))

    def authorization(self, endpoint: str, now_s: int, contact: str = "") -> str:
        """The header for one service. `contact` is an https address under which the sender can be asked."""
        parts = urlsplit(endpoint)
        claims: dict[str, object] = {"aud": f"{parts.scheme}://{parts.netloc}", "exp": now_s + GOOD_S}
        if contact.startswith("https://"):
            claims["sub"] = contact
        words = ".".join(pack(json.dumps(each).encode()) for each in ({"typ": "JWT", "alg": "ES256"}, claims))
        r, s = decode_dss_signature(self._key.sign(words.encode(), ec.ECDSA(SHA256())))
        return f"vapid t={words}.{pack(r.to_bytes(32) + s.to_bytes(32))}, k={self.public}"


def point_of(key: ec.EllipticCurvePrivateKey) -> bytes:
    """The public key as an uncompressed point (X9.62)."""
    return key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def pack(raw: bytes) -> str:
    """URL-safe base64 without padding (RFC 4648 §5)."""
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def unpack(text: str) -> bytes:
    """The bytes behind such a text; ValueError for anything else."""
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except binascii.Error as error:
        raise ValueError("not base64") from error
