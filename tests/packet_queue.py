"""Loses and delays packets: the program behind a Netfilter queue, for kernels without `netem`.

Run inside a network namespace, with the standard library alone. It takes every packet of one queue (nfnetlink_queue,
metadata only), decides by a seeded draw whether it is lost, and otherwise lets it go on when its time has come. Order
is kept: a packet is never let go before one that came earlier.

Each line on standard input sets the weather, `{"loss": 0.05, "delay_ms": 25, "jitter_ms": 5}`, and is answered by a
line that says how many packets have passed and been lost so far. At the end of the input the program ends, and the
kernel drops what was still held.
"""

from __future__ import annotations

import json
import os
import random
import select
import socket
import struct
import sys
import time
from collections import deque
from dataclasses import dataclass

#: linux/netlink.h and linux/netfilter/nfnetlink_queue.h.
NETLINK_NETFILTER, SOL_NETLINK, NETLINK_NO_ENOBUFS = 12, 270, 5
PACKET, VERDICT, CONFIG = 0x300, 0x301, 0x302
CFG_CMD, CFG_PARAMS, CFG_MAXLEN, CMD_BIND, COPY_META = 1, 2, 3, 1, 1
PACKET_HDR, VERDICT_HDR = 1, 2
DROP, ACCEPT = 0, 1
REQUEST, ACK, ERROR = 1, 4, 2

#: Packets held at a time; a line of 10 Mbit/s and 300 ms holds about 300.
MOST_HELD = 8_192
#: Bytes of the kernel's buffer towards us.
BUFFER = 4 * 1024 * 1024

_HEAD = struct.Struct("=IHHII")
_VERDICT = struct.Struct("=IHHIIBBHHHII")


@dataclass(frozen=True)
class Weather:
    """What a direction of a line is like. `loss` is a fraction; the delay varies by up to `jitter_ms` either way."""

    loss: float = 0.0
    delay_ms: float = 0.0
    jitter_ms: float = 0.0


class Queue:
    """One Netfilter queue of the namespace in which this is made."""

    def __init__(self, number: int, rng: random.Random) -> None:
        self._number, self._rng = number, rng
        self.weather = Weather()
        self.passed = self.lost = 0
        self._held: deque[tuple[float, int]] = deque()
        self._sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_NETFILTER)
        self._sock.bind((0, 0))
        self._sock.setsockopt(SOL_NETLINK, NETLINK_NO_ENOBUFS, 1)
        self._sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER)
        self._configure(CFG_CMD, struct.pack("!BBH", CMD_BIND, 0, socket.AF_INET))
        self._configure(CFG_PARAMS, struct.pack("!IB", 0, COPY_META))
        self._configure(CFG_MAXLEN, struct.pack("!I", MOST_HELD))
        self._sock.setblocking(False)

    def fileno(self) -> int:
        return self._sock.fileno()

    def _configure(self, kind: int, value: bytes) -> None:
        attribute = struct.pack("=HH", 4 + len(value), kind) + value + bytes(-len(value) % 4)
        body = struct.pack("!BBH", 0, 0, self._number) + attribute
        self._sock.send(_HEAD.pack(16 + len(body), CONFIG, REQUEST | ACK, 0, 0) + body)
        answer = self._sock.recv(4096)
        _, kind, _, _, _ = _HEAD.unpack_from(answer)
        code = struct.unpack_from("=i", answer, 16)[0] if kind == ERROR else -1
        if code:
            raise OSError(-code, os.strerror(-code))

    def take(self, now: float) -> None:
        """Everything that waits, at `now` (seconds of any clock)."""
        while True:
            try:
                data = self._sock.recv(65_536)
            except BlockingIOError:
                return
            at = 0
            while at + 16 <= len(data):
                size, kind, _, _, _ = _HEAD.unpack_from(data, at)
                if kind == PACKET:
                    self._judge(_packet_id(data, at + 20, at + size), now)
                at += (size + 3) & ~3

    def _judge(self, packet: int, now: float) -> None:
        weather, draw = self.weather, self._rng.random
        if draw() < weather.loss:
            self.lost += 1
            self._say(packet, DROP)
            return
        wait = weather.delay_ms + (2 * draw() - 1) * weather.jitter_ms
        due = now + max(0.0, wait) / 1000
        if self._held:
            due = max(due, self._held[-1][0])
        self._held.append((due, packet))

    def release(self, now: float) -> float | None:
        """Lets go what is due; returns the seconds until the next, None when nothing is held."""
        while self._held:
            wait = self._held[0][0] - now
            if wait > 0:
                return wait
            self._say(self._held.popleft()[1], ACCEPT)
            self.passed += 1
        return None

    def _say(self, packet: int, verdict: int) -> None:
        big = socket.htonl
        body = (0, 0, socket.htons(self._number), 12, VERDICT_HDR, big(verdict), big(packet))
        self._sock.send(_VERDICT.pack(_VERDICT.size, VERDICT, REQUEST, 0, 0, *body))


def _packet_id(data: bytes, at: int, end: int) -> int:
    while at + 4 <= end:
        size, kind = struct.unpack_from("=HH", data, at)
        if kind & 0x3FFF == PACKET_HDR:
            number: int = struct.unpack_from("!I", data, at + 4)[0]
            return number
        at += (size + 3) & ~3
    raise ValueError("a queued packet without a number")


def main() -> None:
    number, seed = int(sys.argv[1]), int(sys.argv[2])
    queue = Queue(number, random.Random(seed))
    os.set_blocking(0, False)
    text = b""
    wait: float | None = None
    while True:
        ready, _, _ = select.select([queue.fileno(), 0], [], [], wait)
        if 0 in ready:
            read = os.read(0, 65_536)
            if not read:
                return
            text += read
            *lines, text = text.split(b"\n")
            for line in lines:
                queue.weather = Weather(**json.loads(line))
                os.write(1, json.dumps({"passed": queue.passed, "lost": queue.lost}).encode() + b"\n")
        queue.take(time.monotonic())
        wait = queue.release(time.monotonic())


if __name__ == "__main__":
    main()
