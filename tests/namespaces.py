"""Private networks: a house and a phone with a line between them that can be narrow, lossy, far, cut or renumbered.

    with Network("house") as house, Network("phone") as phone, Line(house, phone) as line:
        line.shape(down_kbps=150, up_kbps=100)
        line.disturb(Weather(loss=0.05, delay_ms=25))
        server = house.popen([...])                    # a process there
        with phone.entered():                          # sockets that this thread opens from here on are there
            ...
        browser = phone.wrapper("chromium", folder)    # a program to be started by someone else, over there
        line.cut(); line.move("10.77.0.3/24"); line.mend()

"Down" is towards the phone. Rates are a `tbf` at the sender (its buffer in ms, then it drops); loss and delay come
after it, at the receiver, by `packet_queue` behind Netfilter, one program for each direction with a seed of its own.

Nothing leaves: a namespace has only its own loopback and its lines, and no route but to their other ends. It lives as
long as a holder process, which ends when our end of its input closes, however we end, and after `LIFETIME_S` at the
latest. Leaving a `Network` ends every process that is still inside.
"""

from __future__ import annotations

import ctypes
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pytest

from tests.packet_queue import Weather
from tests.servers import ALLOW_MISSING, require

#: A namespace does not outlive this, in seconds.
LIFETIME_S = 1_800
#: A command that sets something up is done within this, in seconds.
COMMAND_S = 30.0
#: What is still in a namespace when it is left gets so many seconds between SIGTERM and SIGKILL.
END_S = 2.0

HOUSE, PHONE = "10.77.0.1/24", "10.77.0.2/24"
#: Both families; the same rules.
TOOLS = ("iptables", "ip6tables")
#: setns(2): which kind of namespace.
CLONE_NEWNET = 0x40000000

_PACKET_QUEUE = Path(__file__).with_name("packet_queue.py")
_libc = ctypes.CDLL(None, use_errno=True)

__all__ = ["HOUSE", "PHONE", "Line", "Network", "Weather", "needed"]


def needed() -> None:
    """Fails (or skips, when missing things are allowed) with one sentence where private networks cannot be made."""
    for program in ("unshare", "nsenter", "ip", "tc", "iptables"):
        require(program)
    if os.geteuid() == 0:
        return
    sentence = "private networks need root"
    if os.environ.get(ALLOW_MISSING) == "1":
        pytest.skip(sentence)
    pytest.fail(f"{sentence}. Set {ALLOW_MISSING}=1 to leave this part out.", pytrace=False)


def run(*command: str, text: str | None = None) -> str:
    """A short command; its error output is the exception's."""
    done = subprocess.run(command, input=text, capture_output=True, text=True, timeout=COMMAND_S)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)}: {done.stderr.strip() or done.stdout.strip()}")
    return done.stdout


class Network:
    """One network namespace, with its loopback up."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._holder: subprocess.Popen[bytes]
        self._fd = -1
        self._started: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> Self:
        needed()
        hold = ["unshare", "--net", "sh", "-c", f"echo; exec timeout {LIFETIME_S} cat"]
        self._holder = subprocess.Popen(hold, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        try:
            assert self._holder.stdout is not None
            if self._holder.stdout.readline() != b"\n":
                raise RuntimeError("no network namespace could be made; is this a container without CAP_SYS_ADMIN?")
            self._fd = os.open(f"/proc/{self.pid}/ns/net", os.O_RDONLY | os.O_CLOEXEC)
            self.run("ip", "link", "set", "lo", "up")
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()

    def _end(self) -> None:
        try:
            if self._fd >= 0:
                self._clear()
        finally:
            for pipe in (self._holder.stdin, self._holder.stdout):
                if pipe is not None:
                    pipe.close()
            self._holder.wait(COMMAND_S)
            if self._fd >= 0:
                os.close(self._fd)
                self._fd = -1

    def _clear(self) -> None:
        """Ends whatever runs inside. Only what we started can be here: nobody else knows the namespace."""
        for process in self._started:  # the youngest may still be on its way in
            if process.poll() is None:
                process.terminate()
        deadline = time.monotonic() + END_S
        for pid in self.processes():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGTERM)
        while (left := self.processes()) and time.monotonic() < deadline:
            time.sleep(0.02)
        for pid in left:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        deadline = time.monotonic() + COMMAND_S
        while left and self.processes() and time.monotonic() < deadline:
            time.sleep(0.02)

    @property
    def pid(self) -> int:
        return self._holder.pid

    def processes(self) -> list[int]:
        """Who is inside, without the holder, its child and ourselves."""
        mine = os.fstat(self._fd)
        found = []
        for entry in Path("/proc").iterdir():
            if not entry.name.isdigit() or int(entry.name) in (os.getpid(), self.pid):
                continue
            with suppress(OSError, IndexError):
                if (entry / "ns" / "net").stat().st_ino != mine.st_ino:
                    continue
                state, parent = (entry / "stat").read_text().rsplit(")", 1)[1].split()[:2]
                if state != "Z" and int(parent) != self.pid:
                    found.append(int(entry.name))
        return found

    def command(self, *command: str) -> list[str]:
        """The same command, inside."""
        return ["nsenter", f"--net=/proc/{self.pid}/ns/net", "--", *command]

    def run(self, *command: str, text: str | None = None) -> str:
        return run(*self.command(*command), text=text)

    def popen(self, command: Sequence[str], **options: Any) -> subprocess.Popen[bytes]:
        """Starts a process inside; leaving the network ends it, if it has not been ended before."""
        process = subprocess.Popen(self.command(*command), **options)
        self._started.append(process)
        return process

    def wrapper(self, program: str, folder: Path) -> Path:
        """An executable file that runs the program inside, for whoever starts programs by their path."""
        found = shutil.which(program)
        if found is None:
            raise FileNotFoundError(program)
        path = folder / f"{Path(program).name}-in-{self.name}"
        path.write_text(f'#!/bin/sh\nexec nsenter --net=/proc/{self.pid}/ns/net -- {found} "$@"\n')
        path.chmod(0o755)
        return path

    @contextmanager
    def entered(self) -> Iterator[None]:
        """Puts the calling thread inside: its new sockets, threads and processes are there, what was open stays where
        it was. On the thread of an event loop this holds for all of the loop's tasks."""
        before = os.open("/proc/thread-self/ns/net", os.O_RDONLY | os.O_CLOEXEC)
        try:
            _set_namespace(self._fd)
            try:
                yield
            finally:
                _set_namespace(before)
        finally:
            os.close(before)


def _set_namespace(fd: int) -> None:
    if _libc.setns(fd, CLONE_NEWNET):
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


class _Direction:
    """Loss and delay of what arrives at one end, by a program in that end's namespace."""

    def __init__(self, end: Network, name: str, number: int, seed: int) -> None:
        self.passed = self.lost = 0
        for tool in TOOLS:
            queue = ("NFQUEUE", "--queue-num", str(number), "--queue-bypass")
            end.run(tool, "-t", "mangle", "-A", "PREROUTING", "-i", name, "-j", *queue)
        command = [sys.executable, "-IS", str(_PACKET_QUEUE), str(number), str(seed)]
        self._program = end.popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def set(self, weather: Weather) -> None:
        """From now on; returns when it holds, with the counts so far read."""
        assert self._program.stdin is not None and self._program.stdout is not None
        given: Mapping[str, float] = vars(weather)
        self._program.stdin.write(json.dumps(given).encode() + b"\n")
        self._program.stdin.flush()
        answer = self._program.stdout.readline()
        if not answer:
            raise RuntimeError("the packet queue has ended")
        counts = json.loads(answer)
        self.passed, self.lost = counts["passed"], counts["lost"]

    def close(self) -> None:
        for pipe in (self._program.stdin, self._program.stdout):
            if pipe is not None:
                pipe.close()
        try:
            self._program.wait(COMMAND_S)
        except subprocess.TimeoutExpired:
            self._program.kill()
            self._program.wait()


class Line:
    """A pair of joined interfaces of the same name. Both ends can have several lines, with other names and addresses.

    The phone's way to anywhere leads over the line, as on a real one; beyond the house nothing is reachable.
    """

    def __init__(
        self, house: Network, phone: Network, name: str = "line", at: str = HOUSE, phone_at: str = PHONE, seed: int = 1
    ) -> None:
        self.house, self.phone, self.name = house, phone, name
        self.at, self.phone_at, self._seed = at, phone_at, seed
        self._down: _Direction | None = None
        self._up: _Direction | None = None
        self._weather = (Weather(), Weather())
        self._silent = False

    def __enter__(self) -> Self:
        name = self.name
        self.house.run(
            "ip", "link", "add", name, "type", "veth", "peer", "name", name, "netns", str(self.phone.pid)
        )  # fmt: skip
        for end, address in ((self.house, self.at), (self.phone, self.phone_at)):
            # Without this TCP hands over 64 KiB at a time, which neither a small bucket nor a phone's line can take.
            end.run("ip", "link", "set", name, "gso_max_segs", "1", "addrgenmode", "none", "up")
            end.run("ip", "address", "add", address, "dev", name)
        self._route()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with ExitStack() as stack:
            for direction in (self._down, self._up):
                if direction is not None:
                    stack.callback(direction.close)
            stack.callback(self.house.run, "ip", "link", "delete", self.name)

    @property
    def host(self) -> str:
        """The house's address on the line."""
        return self.at.split("/")[0]

    @property
    def phone_host(self) -> str:
        return self.phone_at.split("/")[0]

    def _route(self) -> None:
        self.phone.run("ip", "route", "replace", "default", "via", self.host, "dev", self.name)

    def shape(self, down_kbps: float | None = None, up_kbps: float | None = None, buffer_ms: int = 300) -> None:
        """Limits each direction's rate; None takes the limit away."""
        for end, kbps in ((self.house, down_kbps), (self.phone, up_kbps)):
            if kbps is None:
                with suppress(RuntimeError):  # there was none
                    end.run("tc", "qdisc", "delete", "dev", self.name, "root")
                continue
            # A bucket below one tick of the rate would be slower than asked; one packet is the least.
            burst = max(3_000, round(kbps * 1000 / 8 * 0.004))
            end.run(
                "tc", "qdisc", "replace", "dev", self.name, "root", "tbf", "rate", f"{round(kbps * 1000)}bit",
                "burst", str(burst), "latency", f"{buffer_ms}ms",
            )  # fmt: skip

    def disturb(self, down: Weather, up: Weather | None = None) -> None:
        """Loss and delay in each direction, in both the same when only one is given. `Weather()` is fair again."""
        if self._down is None or self._up is None:
            self._down = _Direction(self.phone, self.name, self._seed % 1_000, self._seed)
            self._up = _Direction(self.house, self.name, self._seed % 1_000, self._seed + 1)
        self._weather = (down, up or down)
        self._down.set(self._weather[0])
        self._up.set(self._weather[1])

    def counts(self) -> dict[str, tuple[int, int]]:
        """Packets passed and lost by `disturb` so far, in each direction."""
        if self._down is None or self._up is None:
            return {"down": (0, 0), "up": (0, 0)}
        self._down.set(self._weather[0])
        self._up.set(self._weather[1])
        return {"down": (self._down.passed, self._down.lost), "up": (self._up.passed, self._up.lost)}

    def cut(self, silently: bool = False) -> None:
        """The line is gone: its interface goes down and the phone notices, or packets vanish as in a tunnel."""
        if silently:
            self._vanish("-A")
            self._silent = True
        else:
            self.phone.run("ip", "link", "set", self.name, "down")

    def mend(self) -> None:
        """The line is back, whichever way it was cut."""
        if self._silent:
            self._vanish("-D")
            self._silent = False
        self.phone.run("ip", "link", "set", self.name, "up")
        self._route()

    def _vanish(self, what: str) -> None:
        """At the receivers: a sender in a tunnel is told nothing."""
        for tool in TOOLS:
            for end in (self.house, self.phone):
                end.run(tool, "-t", "raw", what, "PREROUTING", "-i", self.name, "-j", "DROP")

    def move(self, phone_at: str) -> None:
        """The phone has another address from now on, as when it leaves Wi-Fi for the mobile network; the old one is
        gone. Also while the line is cut."""
        self.phone.run("ip", "address", "flush", "dev", self.name)
        self.phone_at = phone_at
        self.phone.run("ip", "address", "add", phone_at, "dev", self.name)
        with suppress(RuntimeError):  # cut: `mend` does it
            self._route()
