"""Hostile datagrams of every class, sent at a steady rate, from strangers' addresses and under the victim's own.

Bounded: a fixed rate, loopback only, and no longer than `LIFETIME_S`. What comes back to a stranger is weighed against
the question that it answers; whatever answers none is weighed against the shortest question.
"""

from __future__ import annotations

import os
import random
import select
import socket
import struct
import threading
import time
from collections import Counter, deque
from dataclasses import dataclass, field
from typing import Final

from aioice import stun

Address = tuple[str, int]

RATE: Final = 2_000
#: Datagrams are sent in groups of 5 ms.
STEP_S: Final = 0.005
LIFETIME_S: Final = 1_800.0
STRANGERS: Final = ("127.0.0.1", "127.0.0.9")
SOCKETS: Final = 8
#: Payload types of sound, picture and retransmission, which a participant sees in any offer.
TYPES: Final = (111, 96, 97)
SHORTEST: Final = 1

#: What is sent. Those in `OWN` go out under the victim's own address as well; those in `OWN_LATER` once she is up,
#: because until then nothing but the network distinguishes her records from another's.
CLASSES: Final = (
    "empty", "one_byte", "garbage", "too_long", "other_class", "cut_stun", "stun_wrong_name", "stun_wrong_mac",
    "stun_answer", "client_hello", "alert", "srtp_garbage", "srtcp_garbage", "replayed",
)  # fmt: skip
OWN: Final = frozenset({"empty", "one_byte", "garbage", "other_class", "srtp_garbage", "srtcp_garbage", "replayed"})
OWN_LATER: Final = frozenset({"client_hello", "alert", "stun_wrong_mac", "stun_answer"})


@dataclass(slots=True)
class Victim:
    """Who is attacked: where the plane waits for her, what her offer says, and her own address once she has one."""

    at: Address
    ufrag: str
    own: Address | None = None
    up: bool = False
    #: Packets of hers that were seen on the way, to be sent once more.
    seen: list[bytes] = field(default_factory=list)


def hello() -> bytes:
    """A whole ClientHello (RFC 6347) that offers nothing but the null cipher."""
    body = b"\xfe\xfd" + os.urandom(32) + b"\x00\x00" + b"\x00\x02\x00\x02" + b"\x01\x00"
    handshake = b"\x01" + len(body).to_bytes(3) + b"\x00\x00" + b"\x00\x00\x00" + len(body).to_bytes(3) + body
    return b"\x16\xfe\xff" + bytes(8) + len(handshake).to_bytes(2) + handshake


def alert() -> bytes:
    """A fatal alert in the clear: handshake_failure."""
    return b"\x15\xfe\xfd" + bytes(8) + b"\x00\x02" + b"\x02\x28"


def check(ufrag: str, key: bytes) -> tuple[bytes, bytes]:
    """A connectivity check and its transaction id."""
    message = stun.Message(stun.Method.BINDING, stun.Class.REQUEST)
    message.attributes["USERNAME"] = f"{ufrag}:hostile"
    message.attributes["PRIORITY"] = 1_853_693_695
    message.attributes["ICE-CONTROLLED"] = 7
    message.add_message_integrity(key)
    return bytes(message), message.transaction_id


class Attacker(threading.Thread):
    """Sends to whoever is aimed at, until `close`."""

    def __init__(self, seed: int, rate: int = RATE) -> None:
        super().__init__(name="attacker", daemon=True)
        self.rate, self.dice = rate, random.Random(seed)
        self.victim: Victim | None = None
        self.sent: Counter[str] = Counter()
        self.answers = 0
        self.amplification = 0.0
        self._asked: dict[bytes, int] = {}
        self._forged: deque[bytes] = deque(maxlen=4_000)
        self._end = threading.Event()
        self._sockets: list[socket.socket] = []
        for i in range(SOCKETS):
            sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            sock.setblocking(False)
            sock.bind((STRANGERS[i % len(STRANGERS)], 0))
            self._sockets.append(sock)
        # Datagrams under another's address, and what passes on loopback, are root's alone.
        self._raw = self._tap = None
        if os.geteuid() == 0:
            self._raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_UDP)
            self._tap = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(0x0800))
            self._tap.bind(("lo", 0))
            self._tap.setblocking(False)

    def aim(self, victim: Victim | None) -> None:
        self.victim = victim

    def close(self) -> None:
        self._end.set()
        self.join()
        for sock in (*self._sockets, self._raw, self._tap):
            if sock is not None:
                sock.close()

    def run(self) -> None:
        began = due = time.monotonic()
        while not self._end.is_set() and time.monotonic() - began < LIFETIME_S:
            victim = self.victim
            if victim is not None:
                for _ in range(round(self.rate * STEP_S)):
                    self._one(victim)
            self._listen()
            self._look(victim)
            due = max(due + STEP_S, time.monotonic() - 0.1)
            time.sleep(max(0.0, due - time.monotonic()))

    def _one(self, victim: Victim) -> None:
        kind = self.dice.choice(CLASSES)
        data = self._datagram(kind, victim)
        if data is None:
            return
        mine = kind in OWN or (victim.up and kind in OWN_LATER)
        try:
            if mine and victim.own and self._raw and len(data) < 1_400 and self.dice.random() < 0.5:
                head = struct.pack("!HHHH", victim.own[1], victim.at[1], 8 + len(data), 0)
                self._forged.append(data)
                self._raw.sendto(head + data, (victim.at[0], 0))
                self.sent[f"own_{kind}"] += 1
            else:
                self.dice.choice(self._sockets).sendto(data, victim.at)
                self.sent[kind] += 1
        except OSError:
            self.sent["unsent"] += 1

    def _datagram(self, kind: str, victim: Victim) -> bytes | None:
        dice = self.dice
        match kind:
            case "empty":
                return b""
            case "one_byte":
                return bytes([dice.randrange(256)])
            case "garbage":
                return dice.randbytes(dice.randrange(2, 1_400))
            case "too_long":
                return dice.randbytes(dice.randrange(1_501, 9_000))
            case "other_class":
                first = dice.choice((*range(4, 20), *range(64, 128), *range(192, 256)))
                return bytes([first]) + dice.randbytes(60)
            case "cut_stun":
                data, _ = check(victim.ufrag, b"wrong")
                return data[: dice.randrange(1, len(data) - 1)]
            case "stun_wrong_name" | "stun_wrong_mac":
                name = victim.ufrag if kind == "stun_wrong_mac" else "nobody"
                data, transaction = check(name, dice.randbytes(20))
                if len(self._asked) < 1_000_000:
                    self._asked[transaction] = len(data)
                return data
            case "stun_answer":
                return (
                    b"\x01\x01\x00\x0c\x21\x12\xa4\x42" + dice.randbytes(12) + b"\x00\x20\x00\x08" + dice.randbytes(8)
                )
            case "client_hello":
                return hello()
            case "alert":
                return alert()
            case "srtp_garbage":
                head = struct.pack("!BBHI", 0x90, dice.choice(TYPES), dice.randrange(65_536), dice.getrandbits(32))
                return head + dice.randbytes(dice.randrange(4, 1_200))
            case "srtcp_garbage":
                return b"\x80\xc8\x00\x06" + dice.randbytes(dice.randrange(8, 200))
            case _:
                return dice.choice(victim.seen) if victim.seen else None

    def _listen(self) -> None:
        readable, _, _ = select.select(self._sockets, [], [], 0)
        for sock in readable:
            try:
                while True:
                    data, _ = sock.recvfrom(65_535)
                    self.answers += 1
                    asked = self._asked.get(data[8:20], SHORTEST)
                    self.amplification = max(self.amplification, len(data) / asked)
            except OSError:
                pass

    def _look(self, victim: Victim | None) -> None:
        """Collects what the victim herself sends."""
        if self._tap is None:
            return
        try:
            for _ in range(200):
                packet = self._tap.recv(2_048)
                if victim is None or victim.own is None or len(victim.seen) >= 64 or packet[9] != 17:
                    continue
                at = 4 * (packet[0] & 15)
                source, destination = struct.unpack("!HH", packet[at : at + 4])
                data = packet[at + 8 :]
                hers = (source, destination) == (victim.own[1], victim.at[1])
                if hers and data and 128 <= data[0] < 192 and data not in self._forged:
                    victim.seen.append(data)
        except OSError:
            pass
