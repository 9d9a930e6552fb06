"""The fan-out through a shared socket, against the one that sends to each: same packets, on real sockets."""

from __future__ import annotations

import ctypes
import errno
import gc
import os
import socket
import weakref
from collections.abc import Iterator
from typing import Any

import pylibsrtp
import pytest

from signaling.media import arena
from signaling.media.arena import MAX_PLAIN, Rows, Vectored, destination
from signaling.media.compat import Path
from signaling.media.forward import Line, Outlet

LEAD = b"\x90\xe0"


def rest(size: int = 100) -> bytes:
    """Timestamp, SSRC, an extension of eight bytes, and a payload."""
    return bytes(4) + b"\0\0\3\xe8" + b"\xbe\xde\0\1" + bytes(4) + os.urandom(size)


class Phone:
    """One watcher: her socket and both halves of her keys."""

    def __init__(self, shared: socket.socket, profile: int = pylibsrtp.Policy.SRTP_PROFILE_AEAD_AES_128_GCM) -> None:
        host = "::1" if shared.family == socket.AF_INET6 else "127.0.0.1"
        self.sock = socket.socket(shared.family, socket.SOCK_DGRAM)
        self.sock.bind((host, 0))
        self.sock.setblocking(False)
        key = os.urandom(46)
        made = [
            pylibsrtp.Session(pylibsrtp.Policy(key=key, ssrc_type=kind, srtp_profile=profile))
            for kind in (pylibsrtp.Policy.SSRC_ANY_OUTBOUND, pylibsrtp.Policy.SSRC_ANY_INBOUND)
        ]
        self.sending, self.receiving = made
        self.shared: socket.socket | None = shared
        self.singly: list[bytes] = []
        self.outlet = Outlet(self.singly.append, self.path)

    def path(self) -> Path | None:
        return None if self.shared is None else Path(self.shared, self.sock.getsockname()[:2], self.sending)

    def got(self) -> list[bytes]:
        """What has arrived, decrypted."""
        found = []
        while True:
            try:
                found.append(self.receiving.unprotect(self.sock.recv(2_048)))
            except BlockingIOError:
                return found


@pytest.fixture
def shared() -> Iterator[list[socket.socket]]:
    """A socket for each address family."""
    made = []
    for family, host in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
        sock = socket.socket(family, socket.SOCK_DGRAM)
        sock.bind((host, 0))
        made.append(sock)
    yield made
    for sock in made:
        sock.close()


@pytest.fixture
def phones(shared: list[socket.socket]) -> Iterator[list[Phone]]:
    made = [Phone(shared[0]), Phone(shared[1]), Phone(shared[0]), Phone(shared[0])]
    yield made
    for phone in made:
        phone.sock.close()


def line_of(phones: list[Phone], fanout: Vectored) -> Line:
    line = Line("audio", "vp8", 111, 48_000, 1_000, None, fanout)
    for i, phone in enumerate(phones):
        phone.outlet.base = 100 * i
        line.outlets.append(phone.outlet)
    return line


def sent(number: int, i: int, body: bytes) -> bytes:
    return LEAD + ((number - 100 * i) & 0xFFFF).to_bytes(2, "big") + body


def test_everyone_gets_her_own_number_on_either_address_family(phones: list[Phone]) -> None:
    fanout = Vectored()
    line = line_of(phones, fanout)
    for number, body in ((1_000, rest()), (1_001, rest(1_300)), (1_002, rest(1))):
        fanout.spread(line, LEAD, number, body)
        for i, phone in enumerate(phones):
            assert phone.got() == [sent(number, i, body)]
    assert fanout.unsent == 0


def test_keys_of_different_profiles_go_out_together(shared: list[socket.socket]) -> None:
    fanout = Vectored()
    phones = [Phone(shared[0]), Phone(shared[0], pylibsrtp.Policy.SRTP_PROFILE_AES128_CM_SHA1_80)]
    line, body = line_of(phones, fanout), rest()
    fanout.spread(line, LEAD, 500, body)
    assert [phone.got() for phone in phones] == [[sent(500, 0, body)], [sent(500, 1, body)]]
    for phone in phones:
        phone.sock.close()


def test_numbers_wrap_around(phones: list[Phone]) -> None:
    fanout = Vectored()
    line = line_of(phones, fanout)
    for number in (65_535, 65_536, 65_537):
        fanout.spread(line, LEAD, number, rest())
    assert [packet[2:4] for packet in phones[0].got()] == [b"\xff\xff", b"\0\0", b"\0\1"]


def test_who_has_no_path_is_sent_to_by_itself(phones: list[Phone]) -> None:
    fanout, body = Vectored(), rest()
    line = line_of(phones, fanout)
    phones[1].outlet.path = None
    phones[2].shared = None
    fanout.spread(line, LEAD, 700, body)
    assert phones[0].got() and phones[3].got() and not phones[1].got()
    assert phones[1].singly == [sent(700, 1, body)] and phones[2].singly == [sent(700, 2, body)]


def test_a_new_address_counts_from_the_next_packet_on(phones: list[Phone], shared: list[socket.socket]) -> None:
    fanout = Vectored()
    line = line_of(phones, fanout)
    fanout.spread(line, LEAD, 700, rest())
    other = Phone(shared[0])
    phones[0].sock, old = other.sock, phones[0].sock
    fanout.stale()
    fanout.spread(line, LEAD, 701, rest())
    assert len(phones[0].got()) == 1 and old.recv(2_048)
    old.setblocking(False)
    with pytest.raises(BlockingIOError):
        old.recv(2_048)
    old.close()


def test_more_watchers_than_rows(shared: list[socket.socket], monkeypatch: pytest.MonkeyPatch) -> None:
    fanout = Vectored()
    monkeypatch.setattr(fanout, "_rows", Rows(2))
    few, many = [Phone(shared[0]) for _ in range(2)], [Phone(shared[0]) for _ in range(5)]
    first, second, body = line_of(few, fanout), line_of(many, fanout), rest()
    for line in (first, second, first):
        fanout.spread(line, LEAD, 600, body)
        fanout.spread(line, LEAD, 601, body)
    assert [len(phone.got()) for phone in many] == [2] * 5
    assert first.plan.rows is second.plan.rows
    for phone in few + many:
        phone.sock.close()


def test_a_packet_too_long_for_srtp_is_counted(phones: list[Phone]) -> None:
    fanout = Vectored()
    line = line_of(phones, fanout)
    fanout.spread(line, LEAD, 700, rest(MAX_PLAIN))
    assert fanout.unsent == len(phones) and not phones[0].got()


def test_a_row_that_cannot_be_protected_stays_behind_and_the_others_leave(phones: list[Phone]) -> None:
    fanout = Vectored()
    line = line_of(phones, fanout)
    fanout.spread(line, LEAD, 700, rest())
    for phone in phones:
        phone.got()
    phones[2].sending.protect(LEAD + b"\x13\x88" + rest())  # as if she were far ahead: an old number is refused
    fanout.spread(line, LEAD, 701, rest())
    assert [len(phone.got()) for phone in phones] == [1, 1, 0, 1]
    assert fanout.unsent == 1


class Kernel:
    """sendmmsg that does as it is told: numbers are how many it takes, negative ones are errors."""

    def __init__(self, *answers: int) -> None:
        self.answers, self.asked = list(answers), list[tuple[int, int]]()

    def __call__(self, descriptor: int, at: int, count: int, flags: int) -> int:
        answer = self.answers.pop(0)
        self.asked.append((at, count))
        if answer < 0:
            ctypes.set_errno(-answer)
            return -1
        return min(answer, count)


@pytest.mark.parametrize(
    ("answers", "counts", "unsent"),
    [
        ((9,), [5], 0),
        ((2, 9), [5, 3], 0),
        ((2, -errno.EAGAIN, 9), [5, 3, 3], 0),
        ((2, -errno.EAGAIN, -errno.EAGAIN), [5, 3, 3], 3),
        ((-errno.ENETUNREACH, 9), [5, 4], 1),
        ((1, -errno.EPERM, 1, -errno.EPERM, 9), [5, 4, 3, 2, 1], 2),
    ],
)
def test_what_the_kernel_does_not_take_is_offered_once_more(
    shared: list[socket.socket],
    monkeypatch: pytest.MonkeyPatch,
    answers: tuple[int, ...],
    counts: list[int],
    unsent: int,
) -> None:
    fanout, phones = Vectored(), [Phone(shared[0]) for _ in range(5)]
    kernel = Kernel(*answers)
    monkeypatch.setattr(arena, "_sendmmsg", kernel)
    line = line_of(phones, fanout)
    fanout.spread(line, LEAD, 700, rest())
    assert [count for _, count in kernel.asked] == counts and fanout.unsent == unsent and not kernel.answers
    start = kernel.asked[0][0]
    assert [(at - start) // 64 for at, _ in kernel.asked] == [5 - count for count in counts]
    for phone in phones:
        phone.sock.close()


def test_keys_live_as_long_as_a_plan_points_to_them(phones: list[Phone]) -> None:
    fanout = Vectored()
    line = line_of(phones, fanout)
    fanout.spread(line, LEAD, 700, rest())
    watch: Any = weakref.ref(phones[0].sending)
    phones[0].sending = phones[1].sending
    gc.collect()
    assert watch() is not None
    line.plan = None
    gc.collect()
    assert watch() is None


def test_an_address_is_written_as_the_kernel_reads_it() -> None:
    assert destination(("127.0.0.1", 258)) == b"\x02\0\x01\x02\x7f\0\0\x01" + bytes(8)
    assert destination(("::1", 258)) == b"\x0a\0\x01\x02" + bytes(4) + bytes(15) + b"\x01" + bytes(4)


def test_the_layout_is_this_machine_s() -> None:
    """struct mmsghdr and struct iovec of 64-bit Linux, as ctypes would lay them out."""

    class Message(ctypes.Structure):
        _fields_ = [
            ("name", ctypes.c_void_p), ("name_size", ctypes.c_uint), ("vector", ctypes.c_void_p),
            ("vectors", ctypes.c_size_t), ("control", ctypes.c_void_p), ("control_size", ctypes.c_size_t),
            ("flags", ctypes.c_int),
        ]  # fmt: skip

    class Messages(ctypes.Structure):
        _fields_ = [("header", Message), ("sent", ctypes.c_uint)]

    assert ctypes.sizeof(Messages) == arena._MESSAGE.itemsize == 64
    fields = arena._MESSAGE.fields
    assert fields is not None
    for name in ("name", "name_size", "vector", "vectors", "control", "control_size", "flags"):
        assert getattr(Message, name).offset == fields[name][1]
    assert Messages.sent.offset == fields["sent"][1]
