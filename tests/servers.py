"""Real servers for tests: Redis, PostgreSQL and Chromium from the distribution, started by the tests themselves.

Every server listens on loopback only, on a port of its own, keeps its files in a temporary directory and is
ended by process id. Nothing here talks to a server that was running before.
"""

from __future__ import annotations

import glob
import os
import pwd
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final
from uuid import uuid4

import psycopg
import pytest
import redis

ALLOW_MISSING: Final = "KACHEHRI_ALLOW_MISSING"
START_DEADLINE_S: Final = 60.0
#: Below net.ipv4.ip_local_port_range, above what programs of the machine are known by.
PORTS: Final = (20_000, 32_768)
#: How long a page may take to show what it should, in milliseconds: the machine is shared with servers and encoders.
SOON_MS: Final = 30_000
STOP_DEADLINE_S: Final = 30.0
_CHANCE: Final = random.SystemRandom()
#: Test processes that run side by side take ports apart from each other (one in so many is mine), and none again soon:
#: the server that it was given to may not have begun to listen, or be down for a moment.
WORKERS: Final = 8
_MINE: Final = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % WORKERS
_GIVEN: Final[deque[tuple[socket.SocketKind, int]]] = deque(maxlen=500)

# Debian's package for each program, for the one sentence a person reads when it is missing.
PACKAGES: Final = {
    "redis-server": "redis-server",
    "postgres": "postgresql",
    "chromium": "chromium",
    "strace": "strace",
    "iptables": "iptables",
    "janus": "janus",
    "ip": "iproute2",
    "tc": "iproute2",
    "turnserver": "coturn",
    "nft": "nftables",
    "nginx": "nginx-light",
    "ffmpeg": "ffmpeg",
    "ffprobe": "ffmpeg",
}

# A real browser with an imaginary microphone and camera, and no traffic of its own.
CHROMIUM_FLAGS: Final = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-device-for-media-stream",
    "--autoplay-policy=no-user-gesture-required",
)


def require(program: str) -> Path:
    """The path of a program; without it the test fails, or is skipped and reported when that was asked for."""
    found = _find(program)
    if found is not None:
        return found
    package = PACKAGES.get(program, program)
    sentence = f"{program} is not installed (Debian package: {package}); `make test` as root installs it"
    if os.environ.get(ALLOW_MISSING) == "1":
        pytest.skip(sentence)
    pytest.fail(f"{sentence}. Set {ALLOW_MISSING}=1 to leave this part out.", pytrace=False)


def _find(program: str) -> Path | None:
    if program in ("postgres", "initdb"):  # Debian keeps them out of PATH, one folder per major version
        versions = glob.glob(f"/usr/lib/postgresql/*/bin/{program}")
        if versions:
            return Path(max(versions, key=lambda path: int(Path(path).parts[4])))
    path = shutil.which(program)
    return Path(path) if path else None


def free_port(kind: socket.SocketKind = socket.SOCK_STREAM) -> int:
    """A loopback port that nobody has and nobody is given before it is used, nor while its server is down for a moment:
    below those that the system lends to outgoing connections. Prefer port 0 where the server can report what it got.
    """
    for _ in range(1_000):
        port = _CHANCE.randrange(PORTS[0] + _MINE, PORTS[1], WORKERS)
        if (kind, port) in _GIVEN:
            continue
        with socket.socket(socket.AF_INET, kind) as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            _GIVEN.append((kind, port))
            return port
    raise OSError("no free port")


class _Server:
    """One child process in a directory of its own."""

    def __init__(self) -> None:
        self.port = free_port()
        self.directory = Path(tempfile.mkdtemp(prefix="kachehri-"))
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def log(self) -> Path:
        return self.directory / "server.log"

    def command(self) -> list[str]:
        raise NotImplementedError

    def answers(self) -> bool:
        raise NotImplementedError

    def account(self) -> pwd.struct_passwd | None:
        """The account to run under, when not our own."""
        return None

    def start(self) -> None:
        account = self.account()
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command(),
                cwd=self.directory,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                user=account.pw_uid if account else None,
                group=account.pw_gid if account else None,
                extra_groups=[] if account else None,
            )
        deadline = time.monotonic() + START_DEADLINE_S
        while not self.answers():
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise RuntimeError(f"{self.command()[0]} did not start:\n{self.log.read_text()[-2000:]}")
            time.sleep(0.02)

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        if self.process is None:
            return
        if self.process.poll() is None:
            self.process.send_signal(how)
            try:
                self.process.wait(STOP_DEADLINE_S)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.process = None

    def kill(self) -> None:
        """Die as in a power cut: no shutdown, no farewell. `start` brings it back on the same port."""
        self.stop(signal.SIGKILL)

    def close(self) -> None:
        self.stop()
        shutil.rmtree(self.directory, ignore_errors=True)


class Redis(_Server):
    """redis-server without persistence, since the product keeps nothing there that may not be lost."""

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def command(self) -> list[str]:
        settings = {"port": str(self.port), "bind": "127.0.0.1", "save": "", "appendonly": "no", "daemonize": "no"}
        return [
            str(require("redis-server")),
            *(part for key, value in settings.items() for part in (f"--{key}", value)),
        ]

    def answers(self) -> bool:
        try:
            with redis.Redis(port=self.port, socket_timeout=1) as client:
                return bool(client.ping())
        except redis.RedisError:
            return False

    def flush(self) -> None:
        with redis.Redis(port=self.port, socket_timeout=30) as client:
            client.flushall()


class Postgres(_Server):
    """A PostgreSQL cluster made for this run, under an unprivileged account since it refuses to run as root."""

    def __init__(self) -> None:
        super().__init__()
        self.data = self.directory / "data"
        account = self.account()
        if account:
            os.chown(self.directory, account.pw_uid, account.pw_gid)
        subprocess.run(
            [str(require("initdb")), "-D", str(self.data), "-U", "kachehri", "-A", "trust", "-E", "UTF8", "--no-sync"]
            + ["--locale=C.UTF-8"],
            cwd=self.directory,
            check=True,
            capture_output=True,
            user=account.pw_uid if account else None,
            group=account.pw_gid if account else None,
            extra_groups=[] if account else None,
        )

    def account(self) -> pwd.struct_passwd | None:
        if os.geteuid() != 0:
            return None
        try:
            return pwd.getpwnam("postgres")
        except KeyError:
            return pwd.getpwnam("nobody")

    def command(self) -> list[str]:
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": str(self.port),
            "unix_socket_directories": str(self.directory),
            "max_connections": "60",
            "shared_buffers": "32MB",
            "fsync": "off",  # survives our kill -9 all the same; only the machine's own crash would lose data
        }
        return [
            str(require("postgres")),
            "-D",
            str(self.data),
            *(part for key, value in settings.items() for part in ("-c", f"{key}={value}")),
        ]

    def dsn(self, database: str = "postgres") -> str:
        return f"postgresql://kachehri@127.0.0.1:{self.port}/{database}"

    def url(self, database: str = "postgres") -> str:
        """The form SQLAlchemy reads."""
        return self.dsn(database).replace("postgresql://", "postgresql+psycopg://", 1)

    def answers(self) -> bool:
        try:
            with psycopg.connect(self.dsn(), connect_timeout=1):
                return True
        except psycopg.Error:
            return False

    def create(self) -> str:
        """A fresh, empty database; returns its SQLAlchemy URL."""
        name = f"t{uuid4().hex[:16]}"
        with psycopg.connect(self.dsn(), autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}"')
        return self.url(name)

    def drop(self, url: str) -> None:
        name = url.rsplit("/", 1)[1]
        with psycopg.connect(self.dsn(), autocommit=True) as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        super().stop(how)  # SIGINT is PostgreSQL's fast shutdown: open connections are cut

    def kill(self) -> None:
        super().kill()
        (self.data / "postmaster.pid").unlink(missing_ok=True)


def until(true: Callable[[], bool], seconds: float = 30.0) -> None:
    """Wait for something another process does. Only for that: inside one process time is advanced by hand."""
    deadline = time.monotonic() + seconds
    while not true():
        if time.monotonic() > deadline:
            raise TimeoutError(f"{true} was not true within {seconds} s")
        time.sleep(0.01)


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """`python -m kachehri …` in a process of its own, with nothing of our own settings in its environment."""
    clean = {key: value for key, value in os.environ.items() if not key.startswith("KACHEHRI_")}
    return subprocess.run(
        [sys.executable, "-m", "kachehri", *arguments],
        env={**clean, **environment},
        capture_output=True,
        text=True,
        timeout=60,
    )
