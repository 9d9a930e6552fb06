"""The `mux` fan-out: one packet to all watchers of a line with one copy, one protection each, and one system call.

A packet goes into an arena of rows, one row per watcher, in a single vectorised copy; another one writes the sequence
numbers, in which the rows differ. SRTP then protects each row where it lies, and the kernel takes all rows at once
(sendmmsg(2)). The arena and its message headers are made once and used for every packet of every line.

What is prepared for a line (its `Plan`) holds the watchers' keys and addresses. It is thrown away when its watchers
change (`Line.plan`) or when any peer's key or address does (`Vectored.stale`). It also owns the SRTP sessions it
points to, so that none can be freed while it may still be used.
"""

from __future__ import annotations

import ctypes
import errno
import socket
import struct
from itertools import groupby
from typing import TYPE_CHECKING, Any

import numpy as np

from signaling.media import compat
from signaling.media.gate import Source

if TYPE_CHECKING:
    from signaling.media.forward import Line, Outlet

#: Longest packet taken, in bytes: SRTP may add 144 to it, and the row must hold both.
MAX_PLAIN = 1_356
#: Bytes from one row to the next.
STRIDE = 1_536

#: struct mmsghdr with its msghdr and struct iovec, as 64-bit Linux lays them out.
_MESSAGE = np.dtype(
    [
        ("name", "u8"), ("name_size", "u4"), ("_1", "u4"), ("vector", "u8"), ("vectors", "u8"),
        ("control", "u8"), ("control_size", "u8"), ("flags", "i4"), ("_2", "i4"), ("sent", "u4"), ("_3", "u4"),
    ]
)  # fmt: skip
_VECTOR = np.dtype([("base", "u8"), ("size", "u8")])
#: Room for a struct sockaddr_in6.
_NAME = 28

_sendmmsg = ctypes.CDLL(None, use_errno=True).sendmmsg
_sendmmsg.argtypes = (ctypes.c_int, ctypes.c_void_p, ctypes.c_uint, ctypes.c_int)


class Rows:
    """The arena: `count` rows and what the kernel and SRTP need to know of each."""

    def __init__(self, count: int) -> None:
        self.count = count
        self.bytes = np.zeros((count, STRIDE), np.uint8)
        self.numbers = self.bytes.view(">u2")[:, 1]
        self.sizes = np.zeros(count, np.int32)
        self.vectors = np.zeros(count, _VECTOR)
        self.vectors["base"] = self.bytes.ctypes.data + STRIDE * np.arange(count, dtype=np.uint64)
        self.lengths = self.vectors["size"]
        self.row_pointers = compat.pointers("char *", self.bytes.ctypes.data, STRIDE, count)
        self.size_pointers = compat.pointers("int *", self.sizes.ctypes.data, 4, count)


class Group:
    """The watchers of one plan that are reached through one socket: rows `first` to `end`."""

    def __init__(self, descriptor: int, first: int, end: int) -> None:
        self.descriptor, self.first, self.end = descriptor, first, end


class Plan:
    """One line's watchers, ready to be sent to."""

    def __init__(self, rows: Rows, outlets: list[Outlet], age: int) -> None:
        self.rows, self.age = rows, age
        found = [(outlet, outlet.path() if outlet.path is not None else None) for outlet in outlets]
        #: Watchers without a path here: they are sent to one by one.
        self.others = [outlet for outlet, path in found if path is None]
        ready = sorted(
            ((path, outlet) for outlet, path in found if path is not None), key=lambda at: at[0].sock.fileno()
        )
        self.count = len(ready)
        self.owned = [path.session for path, _ in ready]
        self.keys = [compat.srtp_handle(session) for session in self.owned]
        self.bases = np.array([outlet.base for _, outlet in ready], np.int64)
        self.names = np.zeros((self.count, _NAME), np.uint8)
        self.messages = np.zeros(self.count, _MESSAGE)
        for i, (path, _) in enumerate(ready):
            name = destination(path.to)
            self.names[i, : len(name)] = np.frombuffer(name, np.uint8)
            self.messages[i]["name_size"] = len(name)
        index = np.arange(self.count, dtype=np.uint64)
        self.messages["name"] = self.names.ctypes.data + _NAME * index
        self.messages["vector"] = rows.vectors.ctypes.data + _VECTOR.itemsize * index
        self.messages["vectors"] = 1
        self.first_message = self.messages.ctypes.data
        self.groups = []
        for descriptor, members in groupby(enumerate(ready), key=lambda at: at[1][0].sock.fileno()):
            places = [i for i, _ in members]
            self.groups.append(Group(descriptor, places[0], places[-1] + 1))


class Vectored:
    """`forward.Fanout` over shared sockets."""

    def __init__(self) -> None:
        self._rows = Rows(64)
        self._age = 0
        #: Packets that SRTP or the kernel did not take; media is dropped then, never queued.
        self.unsent = 0

    def stale(self) -> None:
        """Some peer's key or address has changed, or is about to go."""
        self._age += 1

    def spread(self, line: Line, lead: bytes, number: int, rest: bytes) -> None:
        plan: Plan | None = line.plan
        if plan is None or plan.age != self._age:
            plan = line.plan = self._prepare(line.outlets)
        for outlet in plan.others:
            outlet.send(lead + ((number - outlet.base) & 0xFFFF).to_bytes(2, "big") + rest)  # type: ignore[operator]
        count = plan.count
        if not count:
            return
        packet = np.frombuffer(lead + b"\0\0" + rest, np.uint8)
        size = len(packet)
        if size > MAX_PLAIN:
            self.unsent += count
            return
        rows = plan.rows
        rows.bytes[:count, :size] = packet
        rows.numbers[:count] = (number - plan.bases) & 0xFFFF
        rows.sizes[:count] = size
        failed = list(map(compat.srtp_protect, plan.keys, rows.row_pointers, rows.size_pointers))
        rows.lengths[:count] = rows.sizes[:count]
        if any(failed):
            self._send_around(plan, failed)
            return
        for group in plan.groups:
            self._send(plan, group.descriptor, group.first, group.end)

    def _prepare(self, outlets: list[Outlet]) -> Plan:
        if len(outlets) > self._rows.count:
            self._rows = Rows(2 * len(outlets))
            self._age += 1
        return Plan(self._rows, outlets, self._age)

    def _send_around(self, plan: Plan, failed: list[Any]) -> None:
        """Rows that could not be protected must not leave; the others between them do."""
        for group in plan.groups:
            first = group.first
            for i in range(group.first, group.end):
                if failed[i]:
                    self.unsent += 1
                    self._send(plan, group.descriptor, first, i)
                    first = i + 1
            self._send(plan, group.descriptor, first, group.end)

    def _send(self, plan: Plan, descriptor: int, first: int, end: int) -> None:
        """Hands rows to the kernel. It may take fewer: the rest is offered once more and then dropped, and a watcher
        whose address alone is refused is left out."""
        again = True
        while first < end:
            done = _sendmmsg(
                descriptor, plan.first_message + first * _MESSAGE.itemsize, end - first, socket.MSG_DONTWAIT
            )
            if done > 0:
                first += done
                continue
            if ctypes.get_errno() in (errno.EAGAIN, errno.ENOBUFS, errno.EINTR):
                if not again:
                    self.unsent += end - first
                    return
                again = False
                continue
            self.unsent += 1
            first += 1


def destination(to: Source) -> bytes:
    """An address as the kernel's struct sockaddr_in or sockaddr_in6."""
    host, port = to
    if ":" in host:
        return struct.pack("=H", socket.AF_INET6) + struct.pack(
            "!HI16sI", port, 0, socket.inet_pton(socket.AF_INET6, host), 0
        )
    return struct.pack("=H", socket.AF_INET) + struct.pack("!H4s8x", port, socket.inet_aton(host))
