"""Private networks: what was asked of a line is what one gets, and nothing is left behind."""

from __future__ import annotations

import os
import socket
import statistics
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Iterator

import pytest

from tests.namespaces import Line, Network, Weather
from tests.servers import until

ECHO = """
import socket, sys
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind((sys.argv[1], 9000))
print(flush=True)
while True:
    data, source = s.recvfrom(2048)
    s.sendto(data, source)
"""

#: SO_TIMESTAMPNS of socket(7), which Python has no name for.
TIMESTAMPED = 35


@pytest.fixture
def line() -> Iterator[Line]:
    with Network("house") as house, Network("phone") as phone, Line(house, phone, seed=7) as line:
        yield line


@pytest.fixture
def echo(line: Line) -> Iterator[str]:
    """An echoing service in the house; its address."""
    command = [sys.executable, "-IS", "-c", ECHO, line.host]
    service = line.house.popen(command, stdout=subprocess.PIPE)
    assert service.stdout is not None
    service.stdout.readline()
    yield line.host
    service.terminate()
    service.wait(30)
    service.stdout.close()


def phone_socket(line: Line, host: str) -> socket.socket:
    with line.phone.entered():
        sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.settimeout(2)
    sock.connect((host, 9000))
    return sock


def stamped(sock: socket.socket) -> tuple[float, int]:
    """When the next datagram arrived, in seconds by the kernel's clock, whenever we come to read it; and its size."""
    data, [(_, _, at)], _, _ = sock.recvmsg(2048, 64)
    seconds, nanoseconds = struct.unpack("ll", at)
    return seconds + nanoseconds / 1e9, len(data)


def trips(sock: socket.socket, count: int, apart_s: float = 0.002) -> list[float]:
    """Round trips of numbered datagrams in seconds; those that were lost are missing."""
    sent, found = [0.0] * count, []

    def listen() -> None:
        while True:
            try:
                number = int(sock.recv(2048))
            except (TimeoutError, ConnectionError):
                return
            found.append(time.monotonic() - sent[number])
            if number == count - 1:
                return

    sock.settimeout(2)
    listener = threading.Thread(target=listen)
    listener.start()
    for number in range(count):
        sent[number] = time.monotonic()
        sock.send(b"%4d" % number)
        time.sleep(apart_s)
    listener.join(30)
    return found


def test_a_phone_reaches_the_house_and_nothing_else(line: Line, echo: str) -> None:
    with phone_socket(line, echo) as sock:
        assert len(trips(sock, 20)) == 20
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as outside:
        outside.settimeout(0.2)
        with pytest.raises(OSError):
            outside.connect((echo, 9000))
            outside.send(b"0")
            outside.recv(16)
    with line.phone.entered(), socket.socket() as other:
        other.settimeout(0.2)
        with pytest.raises(OSError):
            other.connect(("192.0.2.1", 80))


def test_loss_and_delay_are_as_asked(line: Line, echo: str) -> None:
    with phone_socket(line, echo) as sock:
        near = statistics.median(trips(sock, 100))
        line.disturb(Weather(loss=0.1, delay_ms=20), Weather(delay_ms=30, jitter_ms=5))
        far = trips(sock, 600)
    took = statistics.median(far) - near
    assert 0.048 < took < 0.069, took
    down, up = line.counts()["down"], line.counts()["up"]
    assert up[1] == 0 and up[0] >= 600
    assert down[1] == 600 - len(far)
    assert 0.06 < down[1] / 600 < 0.14, down


def test_rates_are_as_asked_each_way(line: Line) -> None:
    with line.house.entered():
        sink = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    with line.phone.entered():
        source = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    with sink, source:
        sink.bind((line.host, 9001))
        source.bind((line.phone_host, 9001))
        line.shape(down_kbps=400, up_kbps=200)
        for end, other, host, kbps in ((source, sink, line.host, 200), (sink, source, line.phone_host, 400)):
            other.settimeout(2)
            other.setsockopt(socket.SOL_SOCKET, TIMESTAMPED, 1)
            for _ in range(60):
                end.sendto(bytes(958), (host, 9001))  # with all its headers 1,000 bytes
            began, _ = stamped(other)
            size = 0
            # The bucket's 3,000 bytes come at once and the buffer holds 300 ms; the rest is dropped.
            with pytest.raises(TimeoutError):
                while True:
                    at, more = stamped(other)
                    size, took = size + more + 42, at - began
            assert 0.8 * kbps < 8 * (size - 3_000) / took / 1000 < 1.2 * kbps, (kbps, size, took)
        line.shape()
        for _ in range(60):
            source.sendto(bytes(958), (line.host, 9001))
        sink.settimeout(30)
        assert sum(len(sink.recv(2048)) for _ in range(60)) == 60 * 958


@pytest.mark.parametrize("silently", [False, True])
def test_a_cut_line_comes_back_with_another_address(line: Line, echo: str, silently: bool) -> None:
    with phone_socket(line, echo) as sock:
        assert len(trips(sock, 3)) == 3
        line.cut(silently)
        sock.settimeout(0.2)
        with pytest.raises(OSError):
            sock.send(b"0")
            sock.recv(16)
        line.move("10.77.0.3/24")
        line.mend()
    with phone_socket(line, echo) as sock:
        assert sock.getsockname()[0] == "10.77.0.3"
        assert len(trips(sock, 3)) == 3


def test_what_still_runs_inside_is_ended_and_the_network_is_gone() -> None:
    with Network("house") as house:
        inside = os.readlink(f"/proc/{house.pid}/ns/net")
        left = house.popen(["sleep", "600"])
        until(lambda: left.pid in house.processes())
        stubborn = house.popen(["sh", "-c", "trap '' TERM; echo; sleep 600"], stdout=subprocess.PIPE)
        assert stubborn.stdout is not None
        stubborn.stdout.readline()
        assert {left.pid, stubborn.pid} <= set(house.processes())
    assert left.wait(30) and stubborn.wait(30)
    stubborn.stdout.close()
    assert os.readlink("/proc/self/ns/net") != inside
    until(lambda: not [pid for pid in os.listdir("/proc") if pid.isdigit() and _network(pid) == inside])


def _network(pid: str) -> str:
    try:
        return os.readlink(f"/proc/{pid}/ns/net")
    except OSError:
        return ""
