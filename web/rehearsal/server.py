"""The server of a demo: its settings, its process, and whether it is up."""

from __future__ import annotations

import asyncio
import secrets
import socket
import ssl
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from kachehri.children import end
from kachehri.notices.simulator import TAKEN, Simulator
from kachehri.settings import Settings, from_mapping
from kachehri.settings.reading import environment_without
from web.lan import Address, Papers
from web.rehearsal.browser import Browser, Unexpected

#: Where people look first.
PREFERRED_PORT = 8000
#: A server that ended is told at once; one that still starts is on a slow or busy machine, which is no fault of it.
UP_S = 120.0
POLL_S = 0.1
#: A stopping server finishes what it has begun; after this long it is ended.
END_S = 15.0
LOG_LINES = 25
#: Holds the secret of the simulated gateway's receipts.
RECEIPTS = "sms-receipts"
#: Holds what was recorded.
RECORDINGS = "recordings"


def claim_port(host: str) -> socket.socket:
    """A socket that keeps the preferred port, or any other when somebody has it, until the server takes it over.

    Bound with SO_REUSEADDR, so that connections of an earlier demo that still linger (TIME_WAIT) do not matter; without
    it from then on, so that nobody else can bind the port meanwhile (socket(7)).
    """
    for port in (PREFERRED_PORT, 0):
        claim = socket.socket()
        claim.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            claim.bind((host, port))
        except OSError:
            claim.close()
            continue
        claim.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 0)
        return claim
    raise OSError(f"no port is free on {host}")


@dataclass(frozen=True)
class Where:
    """On what the server listens. With `papers` it is the local network, else this machine alone."""

    host: str
    claim: socket.socket
    port: int
    papers: Papers | None = None

    @property
    def url(self) -> str:
        scheme = "https" if self.papers else "http"
        return f"{scheme}://{self.host}:{self.port}"

    @property
    def trust(self) -> ssl.SSLContext | None:
        return ssl.create_default_context(cafile=str(self.papers.authority)) if self.papers else None


def here() -> Where:
    """This machine alone."""
    return _where("127.0.0.1", None)


def network(address: Address, papers: Papers) -> Where:
    """The network that `address` belongs to, and no other: the server does not listen on the rest."""
    return _where(str(address), papers)


def _where(host: str, papers: Papers | None) -> Where:
    claim = claim_port(host)
    return Where(host, claim, claim.getsockname()[1], papers)


def tree(
    state: Path, sockets: Path, where: Where, place: str, gateway: Simulator | None = None, program: bool = False
) -> dict[str, dict[str, object]]:
    """The settings of a demo, as its settings file has them.

    Arguments:
        state: where the database and the key are.
        sockets: a folder with a short name, since the system limits the length of a socket's path.
        gateway: takes the short messages; without one nothing is sent.
        program: whether a program is made of the hearing, and recorded.
    """
    server: dict[str, object] = {"host": where.host, "port": where.port, "public_url": where.url, "grace_s": 2}
    if where.papers:
        server |= {"certificate": str(where.papers.certificate), "certificate_key": str(where.papers.key)}
    messages: dict[str, dict[str, object]] = {}
    if gateway is not None:
        messages = {
            # A demo has no night: whoever tries it in the evening wants to see what is sent.
            "notices": {"send": "on", "opens": 0, "closes": 0},
            "sms": {
                "url": gateway.url,
                "status_url": gateway.status_url,
                "taken": TAKEN,
                "honours_key": "yes",
                "price": gateway.price,
                "receipt_secret_file": str(state / RECEIPTS),
            },
        }
    made: dict[str, dict[str, object]] = {}
    if program:
        folder = str(state / RECORDINGS)
        made = {"program": {"enabled": "yes"}, "recordings": {"folder": folder, "least_mb": 50}}
    return {
        **messages,
        **made,
        "server": server,
        "database": {"url": f"sqlite:///{state / 'kachehri.db'}"},
        "bus": {"kind": "local", "socket": str(sockets / "bus.sock")},
        "media": {"addresses": [where.host], "socket": str(sockets / "media.sock")},
        "secrets": {"key_file": str(state / "key")},
        "place": {"name": place},
        "logs": {"level": "info", "shape": "json"},
    }


def write_tree(path: Path, values: Mapping[str, Mapping[str, object]]) -> None:
    """As TOML; the demo's values are texts without control characters, whole numbers and lists of texts."""

    def written(value: object) -> str:
        if isinstance(value, Sequence) and not isinstance(value, str):
            return "[" + ", ".join(written(each) for each in value) + "]"
        if isinstance(value, int):
            return str(value)
        return '"' + str(value).replace("\\", "\\\\").replace('"', '\\"') + '"'

    text = "".join(
        f"[{section}]\n" + "".join(f"{name} = {written(value)}\n" for name, value in body.items()) + "\n"
        for section, body in values.items()
    )
    assert tomllib.loads(text) == values
    path.write_text(text, encoding="utf-8")


class Server:
    """The server in a process of its own, for as long as the block lasts.

    Set `session` before entering the block: a server that knows it is ours, and not somebody else's on the same port.
    """

    def __init__(
        self, state: Path, where: Where, place: str, gateway: Simulator | None = None, program: bool = False
    ) -> None:
        self.where = where
        self.session = ""
        self.log = state / "server.log"
        self._sockets = tempfile.TemporaryDirectory(prefix="kachehri-")
        self._config = state / "demo.toml"
        if gateway is not None:
            secret = secrets.token_hex(16)
            (state / RECEIPTS).write_text(secret)
            if not where.papers:  # the simulated gateway speaks plain HTTP
                gateway.gives_receipts(f"{where.url}/hooks/sms/{secret}")
        values = tree(state, Path(self._sockets.name), where, place, gateway, program)
        self.settings: Settings = from_mapping(values, str(self._config))
        write_tree(self._config, values)
        self._process: subprocess.Popen[bytes] | None = None

    async def __aenter__(self) -> Server:
        command = (sys.executable, "-m", "web.rehearsal.child", "serve", "--config", str(self._config))
        # Settings of the person's own environment would mix with ours.
        environment = environment_without()
        self.where.claim.close()
        with self.log.open("wb") as log:
            # A session of its own: Ctrl-C in the terminal reaches us alone, and we end the server in our order.
            self._process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=log, stderr=log, env=environment, start_new_session=True
            )
        try:
            await self._up()
        except BaseException:
            await self.close()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def _up(self) -> None:
        browser = Browser(self.where.url, trust=self.where.trust)
        deadline = time.monotonic() + UP_S
        while time.monotonic() < deadline:
            if self.died is not None:
                raise Unexpected(f"the server ended with status {self.died}")
            try:
                if (await browser.get("/readyz")).status == 200:
                    if (await browser.get(f"/s/{self.session}")).status == 200:
                        return
            except OSError:
                pass
            await asyncio.sleep(POLL_S)
        raise Unexpected(f"the server was not ready within {UP_S:.0f} s")

    @property
    def died(self) -> int | None:
        """The status that the server ended with, if it has."""
        return self._process.poll() if self._process else None

    def tail(self) -> str:
        """What the server said last."""
        lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines() if self.log.exists() else []
        return "\n".join(lines[-LOG_LINES:])

    async def close(self) -> None:
        """End the server and wait until it has ended."""
        self.where.claim.close()
        process, self._process = self._process, None
        if process is not None:
            await asyncio.to_thread(end, process, seconds=END_S)
        self._sockets.cleanup()
