"""A push service and a browser that wants messages of it, as RFC 8030 and RFC 8291 have them; for tests."""

from __future__ import annotations

import asyncio
import base64
import json
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat


def unpack(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def pack(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


@dataclass
class PushBrowser:
    """A browser's half of a subscription: only it can open what was sealed for it."""

    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    auth: bytes = field(default_factory=lambda: secrets.token_bytes(16))

    @property
    def point(self) -> bytes:
        return self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    def opened(self, body: bytes) -> bytes:
        """RFC 8188 and RFC 8291 §3.4, read from the other side than kachehri/webpush.py."""
        salt, size, length = body[:16], int.from_bytes(body[16:20], "big"), body[20]
        sender, record = body[21 : 21 + length], body[21 + length :]
        assert len(record) <= size
        shared = self.key.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), sender))
        key = HKDF(SHA256(), 32, self.auth, b"WebPush: info\0" + self.point + sender).derive(shared)
        cipher = AESGCM(HKDF(SHA256(), 16, salt, b"Content-Encoding: aes128gcm\0").derive(key))
        padded = cipher.decrypt(HKDF(SHA256(), 12, salt, b"Content-Encoding: nonce\0").derive(key), record, None)
        words = padded.rstrip(b"\0")
        assert words[-1:] == b"\x02", "the last record"
        return words[:-1]


@dataclass
class Delivered:
    """One request that the service got."""

    path: str
    headers: dict[str, str]
    body: bytes


class PushService:
    """Takes messages, remembers them, and answers as it is told to; by path."""

    def __init__(self) -> None:
        self.got: list[Delivered] = []
        self.answers: dict[str, list[int]] = {}
        self.url = ""
        self._came = asyncio.Event()

    def endpoint(self, name: str) -> str:
        return f"{self.url}/push/{name}"

    async def until(self, count: int) -> list[Delivered]:
        async with asyncio.timeout(30):
            while len(self.got) < count:
                self._came.clear()
                await self._came.wait()
        return self.got

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:] if line)}
        body = await reader.readexactly(int(headers["content-length"]))
        path = head[0].split(" ")[1]
        status = next(iter(self.answers.get(path, [])), 201)
        if len(self.answers.get(path, [])) > 1:
            self.answers[path].pop(0)
        self.got.append(Delivered(path, headers, body))
        self._came.set()
        writer.write(f"HTTP/1.1 {status} Answer\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode())
        await writer.drain()
        writer.close()


@asynccontextmanager
async def push_service() -> AsyncIterator[PushService]:
    service = PushService()
    server = await asyncio.start_server(service.serve, "127.0.0.1", 0)
    service.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield service
    finally:
        server.close()
        await server.wait_closed()


def signed(authorization: str) -> tuple[dict[str, object], str]:
    """The claims of a VAPID header (RFC 8292) and the key that signed them; raises if it did not."""
    scheme, _, rest = authorization.partition(" ")
    assert scheme == "vapid"
    parts = dict(each.strip().split("=", 1) for each in rest.split(","))
    words, _, signature = parts["t"].rpartition(".")
    raw = unpack(signature)
    der = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
    key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), unpack(parts["k"]))
    key.verify(der, words.encode(), ec.ECDSA(SHA256()))
    head, claims = (json.loads(unpack(each)) for each in words.split("."))
    assert head["alg"] == "ES256"
    return claims, parts["k"]
