"""A TURN client of a few lines (RFC 8656, RFC 6062), so that the relay is asked things that no library would ask.

Blocking sockets, which the caller connects over UDP, TCP or TLS; each exchange waits at most `WAIT_S`.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import socket
import struct
from ipaddress import ip_address
from typing import Final, Literal

COOKIE: Final = 0x2112A442
WAIT_S: Final = 3.0
BINDING, ALLOCATE, REFRESH, SEND, DATA, CREATE_PERMISSION, CHANNEL_BIND, CONNECT = 1, 3, 4, 6, 7, 8, 9, 10
INDICATION, SUCCESS, ERROR = 0x0010, 0x0100, 0x0110
USERNAME, INTEGRITY, ERROR_CODE, CHANNEL_NUMBER, LIFETIME = 0x0006, 0x0008, 0x0009, 0x000C, 0x000D
XOR_PEER, DATA_VALUE, REALM, NONCE, XOR_RELAYED = 0x0012, 0x0013, 0x0014, 0x0015, 0x0016
ADDRESS_FAMILY, TRANSPORT, SOFTWARE = 0x0017, 0x0019, 0x8022
UDP, TCP = 17 << 24, 6 << 24

Address = tuple[str, int]
Value = bytes | Address


class TurnRefused(Exception):
    """An error answer; `code` is STUN's."""

    def __init__(self, code: int) -> None:
        super().__init__(str(code))
        self.code = code


class TurnClient:
    """One line to the relay. `sock` is connected; a stream is recognised by its type."""

    def __init__(self, sock: socket.socket, username: str = "", password: str = "") -> None:
        self.sock = sock
        sock.settimeout(WAIT_S)
        self.username, self.password = username, password
        self.realm = self.nonce = b""
        self._unread = b""
        #: Attributes of the last answer.
        self.answer: dict[int, bytes] = {}

    def close(self) -> None:
        self.sock.close()

    def allocate(self, *, transport: int = UDP, family: Literal[4, 6, None] = None, lifetime: int = 600) -> Address:
        """The relayed address. The relay refuses the first try with its realm, as it should."""
        asked: list[tuple[int, Value]] = [
            (TRANSPORT, struct.pack("!I", transport)),
            (LIFETIME, struct.pack("!I", lifetime)),
        ]
        if family:
            asked.append((ADDRESS_FAMILY, bytes([1 if family == 4 else 2, 0, 0, 0])))
        self.request(ALLOCATE, *asked)
        return self.address(XOR_RELAYED)

    def permit(self, peer: str, port: int = 0) -> None:
        self.request(CREATE_PERMISSION, (XOR_PEER, (peer, port)))

    def bind(self, peer: Address, channel: int = 0x4000) -> None:
        number = struct.pack("!HH", channel, 0)
        self.request(CHANNEL_BIND, (CHANNEL_NUMBER, number), (XOR_PEER, peer))

    def connect(self, peer: Address) -> None:
        """Asks for a TCP connection to a peer."""
        self.request(CONNECT, (XOR_PEER, peer))

    def refresh(self, lifetime: int = 600) -> None:
        self.request(REFRESH, (LIFETIME, struct.pack("!I", lifetime)))

    def send(self, peer: Address, data: bytes) -> None:
        """An indication: nobody says whether it arrived."""
        transaction = os.urandom(12)
        body = _attribute(XOR_PEER, _packed(peer, transaction)) + _attribute(DATA_VALUE, data)
        self.sock.sendall(struct.pack("!HHI", SEND | INDICATION, len(body), COOKIE) + transaction + body)

    def receive(self) -> bytes:
        """What a peer sent, as an indication."""
        kind, found = self._read()
        assert kind == DATA | INDICATION
        return found[DATA_VALUE]

    def request(self, method: int, *attributes: tuple[int, Value]) -> None:
        """One request, once more when the relay names a realm or a fresh nonce. Errors: `TurnRefused`."""
        for again in (True, True, False):
            code = self._ask(method, attributes)
            if code is None:
                return
            if again and code in (401, 438) and NONCE in self.answer and self.answer[NONCE] != self.nonce:
                self.realm, self.nonce = self.answer[REALM], self.answer[NONCE]
                continue
            raise TurnRefused(code)

    def _ask(self, method: int, attributes: tuple[tuple[int, Value], ...]) -> int | None:
        transaction = os.urandom(12)
        body = b"".join(
            _attribute(kind, value if isinstance(value, bytes) else _packed(value, transaction))
            for kind, value in attributes
        )
        if self.nonce and self.username:
            name = self.username.encode()
            body += _attribute(USERNAME, name) + _attribute(REALM, self.realm) + _attribute(NONCE, self.nonce)
            head = struct.pack("!HHI", method, len(body) + 24, COOKIE) + transaction
            key = hashlib.md5(b":".join((name, self.realm, self.password.encode()))).digest()
            body += _attribute(INTEGRITY, hmac.new(key, head + body, hashlib.sha1).digest())
        self.sock.sendall(struct.pack("!HHI", method, len(body), COOKIE) + transaction + body)
        kind = 0
        while kind not in (method | SUCCESS, method | ERROR):
            kind, self.answer = self._read()
        if kind == method | SUCCESS:
            return None
        code = self.answer[ERROR_CODE]
        return code[2] * 100 + code[3]

    def _read(self) -> tuple[int, dict[int, bytes]]:
        message = self.sock.recv(65_535) if self.sock.type == socket.SOCK_DGRAM else self._from_stream()
        kind, size = struct.unpack("!HH", message[:4])
        found: dict[int, bytes] = {}
        at = 20
        while at < 20 + size:
            name, length = struct.unpack("!HH", message[at : at + 4])
            found[name] = message[at + 4 : at + 4 + length]
            at += 4 + (length + 3) // 4 * 4
        return kind, found

    def _from_stream(self) -> bytes:
        while len(self._unread) < 20 or len(self._unread) < 20 + int.from_bytes(self._unread[2:4]):
            more = self.sock.recv(65_535)
            if not more:
                raise ConnectionError("the relay closed the line")
            self._unread += more
        size = 20 + int.from_bytes(self._unread[2:4])
        message, self._unread = self._unread[:size], self._unread[size:]
        return message

    def address(self, kind: int) -> Address:
        """An IPv4 address of the last answer."""
        _, _, port, ip = struct.unpack("!BBHI", self.answer[kind][:8])
        return str(ip_address(ip ^ COOKIE)), port ^ COOKIE >> 16


def _packed(address: Address, transaction: bytes) -> bytes:
    """The XOR form of an address (RFC 8489 §14.2)."""
    ip = ip_address(address[0])
    pad = struct.pack("!I", COOKIE) + transaction
    hidden = bytes(a ^ b for a, b in zip(ip.packed, pad, strict=False))
    return struct.pack("!BBH", 0, 1 if ip.version == 4 else 2, address[1] ^ COOKIE >> 16) + hidden


def _attribute(kind: int, value: bytes) -> bytes:
    return struct.pack("!HH", kind, len(value)) + value + bytes(-len(value) % 4)
