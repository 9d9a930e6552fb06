"""Our media process and its peers behind one face, and a stage with speakers and subscribers on any of them."""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path
from typing import Any, Protocol

import msgspec
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

from signaling.media.port import MediaSettings, Ready, Report
from signaling.media.remote import RemotePlane
from tests.bench.children import Child, cpu_s
from tests.namespaces import Network
from tests.signaling.media.people import RUN

#: Where the servers and everybody else are, in a network of their own. Not loopback, which Janus leaves out.
ADDRESS = "10.77.0.1"
#: What speakers may send, in kbit/s, everywhere.
LIMIT_KBPS = 1_000
#: Of so many packets that are looked at one may fail to authenticate.
BAD_MOST = 50
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


JANUS = """general: {{
  configs_folder = "{folder}"
  plugins_folder = "{plugins}/plugins"
  transports_folder = "{plugins}/transports"
  log_to_stdout = false
  log_to_file = "{folder}/janus.log"
  debug_level = 3
  session_timeout = 0
  event_loops = 1
}}
media: {{ ipv6 = false }}
nat: {{ ice_enforce_list = "{address}" ignore_mdns = true }}
plugins: {{ disable = "{others}" }}
transports: {{ disable = "{other_doors}" }}
"""


def _but(kept: str, folder: Path) -> str:
    return ",".join(sorted(path.name for path in folder.glob("*.so") if kept not in path.name))


class Janus:
    """Debian's Janus with its VideoRoom, one event loop for all peers, asked over its WebSocket."""

    name = "janus"

    def __init__(self) -> None:
        self.pid = 0
        self._folder = Path(tempfile.mkdtemp(prefix="kachehri-janus-"))
        self._waiting: dict[str, asyncio.Future[dict[str, Any]]] = {}
        self._numbers = itertools.count(1)
        self._handles: dict[str, int] = {}
        self._feeds: list[int] = []

    @staticmethod
    def missing() -> str | None:
        """Why it cannot be measured here."""
        return None if shutil.which("janus") else "janus is not installed (Debian package: janus)"

    @staticmethod
    def version() -> str:
        done = subprocess.run(["dpkg-query", "-W", "-f", "${Version}", "janus"], capture_output=True, text=True)
        return done.stdout.strip() or "unknown"

    async def start(self) -> None:
        found = sorted(Path("/usr/lib").glob("*/janus"))
        if not found:
            raise FileNotFoundError("no folder with Janus's plugins")
        text = JANUS.format(
            folder=self._folder,
            plugins=found[0],
            address=ADDRESS,
            others=_but("videoroom", found[0] / "plugins"),
            other_doors=_but("websockets", found[0] / "transports"),
        )
        (self._folder / "janus.jcfg").write_text(text)
        sockets = f'general: {{ json = "compact"  ws = true  ws_port = 8188  ws_ip = "{ADDRESS}" }}\n'
        (self._folder / "janus.transport.websockets.jcfg").write_text(sockets)
        quiet = asyncio.subprocess.DEVNULL
        self._process = await asyncio.create_subprocess_exec(
            "janus", "-F", str(self._folder), "-C", str(self._folder / "janus.jcfg"), stdout=quiet, stderr=quiet
        )
        self.pid = self._process.pid
        async with asyncio.timeout(UP_S):
            while True:
                try:
                    self._socket: ClientConnection = await connect(
                        f"ws://{ADDRESS}:8188", subprotocols=[Subprotocol("janus-protocol")], compression=None,
                        max_size=None, ping_interval=None, proxy=None,
                    )  # fmt: skip
                    break
                except OSError:
                    if self._process.returncode is not None:
                        raise RuntimeError((self._folder / "janus.log").read_text()[-2000:]) from None
                    await asyncio.sleep(0.05)
        self._reader = asyncio.get_running_loop().create_task(self._read())
        self._session = (await self._ask({"janus": "create"}))["data"]["id"]
        room = {
            "request": "create", "room": 1, "publishers": 6, "bitrate": LIMIT_KBPS * 1000, "fir_freq": 0,
            "audiocodec": "opus", "videocodec": "vp8", "notify_joining": False, "audiolevel_event": False,
        }  # fmt: skip
        await self._message(await self._attach("desk"), room)

    async def _read(self) -> None:
        async for raw in self._socket:
            frame = json.loads(raw)
            waiting = self._waiting.get(frame.get("transaction", ""))
            if waiting is None or waiting.done() or frame["janus"] == "ack":
                continue
            waiting.set_result(frame)

    async def _ask(self, frame: dict[str, Any]) -> dict[str, Any]:
        key = str(next(self._numbers))
        answer = self._waiting[key] = asyncio.get_running_loop().create_future()
        await self._socket.send(json.dumps({**frame, "transaction": key}))
        async with asyncio.timeout(UP_S):
            found: dict[str, Any] = await answer
        del self._waiting[key]
        if found["janus"] == "error" or "error" in found.get("plugindata", {}).get("data", {}):
            raise RuntimeError(f"janus: {found}")
        return found

    async def _attach(self, name: str) -> int:
        frame = {"janus": "attach", "session_id": self._session, "plugin": "janus.plugin.videoroom"}
        self._handles[name] = (await self._ask(frame))["data"]["id"]
        return self._handles[name]

    async def _message(self, handle: int, body: dict[str, Any], jsep: dict[str, Any] | None = None) -> dict[str, Any]:
        frame = {"janus": "message", "session_id": self._session, "handle_id": handle, "body": body}
        return await self._ask({**frame, "jsep": jsep} if jsep else frame)

    async def publish(self, publishers: Child, name: str, clip: str) -> None:
        handle = await self._attach(name)
        joined = await self._message(handle, {"request": "join", "ptype": "publisher", "room": 1, "display": name})
        made = await publishers.ask("make", name=name, clip=clip)
        jsep = {"type": "offer", "sdp": made["sdp"]}
        body = {"request": "publish", "audiocodec": "opus", "videocodec": "vp8", "bitrate": LIMIT_KBPS * 1000}
        answered = await self._message(handle, body, jsep)
        await publishers.ask("accept", name=name, answer=answered["jsep"]["sdp"])
        self._feeds.append(joined["plugindata"]["data"]["id"])

    async def offer(self, name: str) -> str:
        handle = await self._attach(name)
        streams = [{"feed": feed} for feed in self._feeds]
        joined = await self._message(
            handle, {"request": "join", "ptype": "subscriber", "room": 1, "streams": streams, "use_msid": False}
        )
        return str(joined["jsep"]["sdp"])

    async def answer(self, name: str, answer: str) -> None:
        await self._message(self._handles[name], {"request": "start"}, {"type": "answer", "sdp": answer})

    async def stop(self) -> None:
        if hasattr(self, "_socket"):
            await self._socket.close()
            await asyncio.wait([self._reader])
        if self._process.returncode is None:
            self._process.kill()  # it says goodbye to every peer for seconds otherwise
            await self._process.wait()
        shutil.rmtree(self._folder, ignore_errors=True)


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


@dataclass
class Window:
    """What one server did in one window."""

    cpu_s: float
    packets: int
    seconds: float

    @property
    def us(self) -> float:
        return self.cpu_s / self.packets * 1e6


@dataclass
class Arrangement:
    """One server with its speakers and subscribers, all connected, at rest between its windows."""

    server: Forwarder
    publishers: Child
    light: Child
    speakers: list[str] = field(default_factory=list)
    windows: list[Window] = field(default_factory=list)
    tags: list[int] = field(default_factory=list)
    authenticated: int = 0
    bad: int = 0

    async def seat(self, names: Sequence[str], clip: str) -> None:
        for name in names:
            await self.server.publish(self.publishers, name, clip)
            self.speakers.append(name)
        async with asyncio.timeout(UP_S):
            for name in names:
                while (await self.publishers.ask("state", name=name))["state"] != "connected":
                    await asyncio.sleep(0.02)

    async def watch(self, names: Sequence[str], together: int = 10, clip: str | None = None) -> int:
        """Subscribers come in, so many at a time; returns how many are connected."""
        return len(names) - len(await self._missing(names, together, clip))

    async def _missing(self, names: Sequence[str], together: int, clip: str | None = None) -> list[str]:
        room = asyncio.Semaphore(together)

        async def come(name: str) -> bool:
            async with room:
                offer = await self.server.offer(name)
                joined = await self.light.ask("join", name=name, offer=offer, clip=clip)
                connecting = asyncio.ensure_future(self.light.ask("connect", name=name))
                await self.server.answer(name, joined["answer"])
                return bool((await connecting)["up"])

        came = await asyncio.gather(*(come(name) for name in names))
        return [name for name, up in zip(names, came, strict=True) if not up]

    async def fill(self, names: Sequence[str]) -> None:
        """Subscribers come in, and who could not be connected on a busy machine comes once more, as phones do."""
        missing = await self._missing(names, 10)
        for name in missing:
            await self.light.ask("leave", name=name)
        if missing and await self._missing([f"{name}-again" for name in missing], 10):
            raise AssertionError(f"{self.server.name}: {len(missing)} subscribers could not be connected")

    async def speak(self) -> None:
        await self.publishers.ask("speak", names=self.speakers)

    async def rest(self) -> None:
        await self.publishers.ask("speak", names=[])

    async def measure(self, settle_s: float, seconds: float) -> Window:
        """Everybody speaks for a window; CPU time of the server over packets at the subscribers."""
        await self.speak()
        await asyncio.sleep(settle_s)
        loop = asyncio.get_running_loop()
        cpu, count, began = cpu_s(self.server.pid), await self.light.ask("count"), loop.time()
        await asyncio.sleep(seconds)
        cpu_after, after = cpu_s(self.server.pid), await self.light.ask("count")
        window = Window(cpu_after - cpu, after["packets"] - count["packets"], loop.time() - began)
        await self.rest()
        self.authenticated = after["authenticated"] - count["authenticated"]
        self.bad += after["bad"] - count["bad"]
        # A stream whose first packets were lost just before its numbers wrapped is never readable (RFC 3711 §3.3.1);
        # that is rare, so many such packets mean that something else is wrong.
        if not self.authenticated or (after["bad"] - count["bad"]) * BAD_MOST > self.authenticated:
            raise AssertionError(f"{self.server.name}: packets are not authentic: {after}")
        self.windows.append(window)
        self.tags = after["tags"]
        return window

    async def close(self) -> None:
        await self.light.close()
        await self.publishers.close()
        await self.server.stop()


async def arrange(
    server: Forwarder, speakers: int, subscribers: int, clip: str, rng: random.Random, address: str = ADDRESS
) -> Arrangement:
    """A server with its own publishers' and subscribers' processes, everyone connected."""
    await server.start()
    publishers = await Child.start("tests.bench.publishers", address)
    light = await Child.start("tests.bench.light", address, str(rng.randrange(1 << 30)))
    arrangement = Arrangement(server, publishers, light)
    try:
        await arrangement.seat([f"speaker{i}" for i in range(speakers)], clip)
        # Their streams must be known before anybody subscribes to them; then a quiet server lets everyone in sooner.
        await arrangement.speak()
        await asyncio.sleep(1.0)
        await arrangement.rest()
        await arrangement.fill([f"subscriber{i}" for i in range(subscribers)])
    except BaseException:
        await arrangement.close()
        raise
    return arrangement


def backends() -> list[str]:
    """The back ends that the media process has; the first is its own choice."""
    fields = {f.name: f for f in msgspec.structs.fields(MediaSettings)}
    if "backend" not in fields:
        return [""]
    default = str(fields["backend"].default)
    return [default, *(name for name in ("mux", "direct") if name != default)]


def versions() -> dict[str, str | None]:
    found: dict[str, str | None] = {n: metadata.version(n) for n in ("aiortc", "aioice", "pylibsrtp")}
    found["janus"] = None if Janus.missing() else Janus.version()
    found["kernel"] = os.uname().release
    return found
