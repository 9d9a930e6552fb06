"""What is measured beside each other behind one face: our media process and what takes its place."""

from __future__ import annotations

import asyncio
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import msgspec

from signaling.media.port import MediaSettings, Ready, Report
from signaling.media.remote import RemotePlane
from tests.bench.children import Child
from tests.namespaces import Network
from tests.signaling.media.people import RUN

#: Where the servers and everybody else are, in a network of their own. Not loopback, which Janus leaves out.
ADDRESS = "10.77.0.1"
#: What speakers may send, in kbit/s, everywhere.
LIMIT_KBPS = 1_000
#: Seconds for a peer to connect.
UP_S = 60.0


def furnish(network: Network) -> None:
    """Gives a private network one address that is not loopback's."""
    network.run("ip", "link", "add", "stage", "type", "veth", "peer", "name", "offstage")
    network.run("ip", "address", "add", f"{ADDRESS}/24", "dev", "stage")
    for name in ("stage", "offstage"):
        network.run("ip", "link", "set", name, "addrgenmode", "none", "up")


class Forwarder(Protocol):
    """What is measured: a server that takes speakers and offers their streams to subscribers."""

    name: str
    pid: int

    async def start(self) -> None: ...
    async def stop(self) -> None: ...

    async def publish(self, publishers: Child, name: str, clip: str) -> None:
        """A new speaker of `publishers` comes in."""

    async def offer(self, name: str) -> str:
        """An offer with everyone's streams for a new subscriber."""

    async def answer(self, name: str, answer: str) -> None: ...


class Ours:
    """The media process as `kachehri media` runs it."""

    def __init__(self, backend: str = "", sessions: Sequence[str] = ("hearing1",), address: str = ADDRESS) -> None:
        self.name = self.called(backend)
        self.pid = 0
        self.sessions = sessions
        given: dict[str, Any] = {"addresses": (address,), "video_kbps": LIMIT_KBPS}
        if backend:
            given["backend"] = backend
        self._settings = MediaSettings(**given)
        self._folder = Path(tempfile.mkdtemp(prefix="kachehri-bench-"))
        self._plane = RemotePlane(self._folder / "media.sock")
        self._speakers: dict[str, int] = {}
        self._offers: dict[str, tuple[str, str]] = {}
        self._reports: list[Report] = []

    @staticmethod
    def called(backend: str) -> str:
        return f"ours-{backend}" if backend else "ours"

    async def start(self) -> None:
        given = msgspec.json.encode(self._settings).decode()
        command = [sys.executable, "-c", RUN, str(self._folder / "media.sock"), given, "1"]
        with (self._folder / "media.log").open("wb") as log:
            self._process = await asyncio.create_subprocess_exec(*command, stderr=log)
        self.pid = self._process.pid
        self._plane.follow(self._reports.append)
        self._plane.start()
        async with asyncio.timeout(UP_S):
            while not any(isinstance(report, Ready) for report in self._reports):
                if self._process.returncode is not None:
                    raise RuntimeError((self._folder / "media.log").read_text(errors="replace")[-2000:])
                await asyncio.sleep(0.02)
        for session in self.sessions:
            await self._plane.open(session, 1, ("a", "b", "c"))

    async def stop(self) -> None:
        await self._plane.stop()
        if self._process.returncode is None:
            self._process.terminate()
            try:
                async with asyncio.timeout(UP_S):
                    await self._process.wait()
            except TimeoutError:
                self._process.kill()
                await self._process.wait()
        said = (self._folder / "media.log").read_text(errors="replace")
        shutil.rmtree(self._folder, ignore_errors=True)
        if said:  # what is measured must not be something that is broken
            raise AssertionError(f"{self.name} complained:\n{said[-2000:]}")

    def _of(self, name: str) -> str:
        """A name may begin with its session."""
        session = name.split("/")[0]
        return session if session in self.sessions else self.sessions[0]

    async def publish(self, publishers: Child, name: str, clip: str) -> None:
        session = self._of(name)
        number = self._speakers.get(session, 0)
        self._speakers[session] = number + 1
        offer = await self._plane.offer(session, name, "publish")
        answer = await publishers.ask("answer", name=name, clip=clip, offer=offer.sdp)
        await self._plane.answer(session, name, offer.peer, answer["sdp"])
        await self._plane.seat(session, 1, "abc"[number], name, number + 1)

    async def offer(self, name: str) -> str:
        session = self._of(name)
        offer = await self._plane.offer(session, name, "watch")
        self._offers[name] = session, offer.peer
        return offer.sdp

    async def answer(self, name: str, answer: str) -> None:
        session, peer = self._offers[name]
        await self._plane.answer(session, name, peer, answer)


class Relay:
    """aiortc's MediaRelay."""

    name = "relay"

    def __init__(self) -> None:
        self.pid = 0

    async def start(self) -> None:
        self._child = await Child.start("tests.bench.relay_peer", ADDRESS)
        self.pid = self._child.pid

    async def stop(self) -> None:
        await self._child.close()

    async def publish(self, publishers: Child, name: str, clip: str) -> None:
        made = await publishers.ask("make", name=name, clip=clip)
        answer = await self._child.ask("publish", name=name, offer=made["sdp"])
        await publishers.ask("accept", name=name, answer=answer["sdp"])

    async def offer(self, name: str) -> str:
        return str((await self._child.ask("watch", name=name))["sdp"])

    async def answer(self, name: str, answer: str) -> None:
        await self._child.ask("answer", name=name, answer=answer)


def backends() -> list[str]:
    """The back ends that the media process has; the first is its own choice."""
    fields = {f.name: f for f in msgspec.structs.fields(MediaSettings)}
    if "backend" not in fields:
        return [""]
    default = str(fields["backend"].default)
    return [default, *(name for name in ("mux", "direct") if name != default)]
