"""A stock Janus behind the face of a forwarder, spoken to over its WebSocket."""

from __future__ import annotations

import asyncio
import itertools
import json
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

from tests.bench.children import Child
from tests.bench.forwarders import ADDRESS, LIMIT_KBPS, UP_S

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
