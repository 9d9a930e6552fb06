"""A gateway for short messages that sends nothing and fails as gateways do: for the demo and the tests.

It listens on this machine. What it does with each message is on a list that its owner fills; without one it takes them
all. It keeps what it took, counts segments and cost, and gives receipts when it is told to.
"""

from __future__ import annotations

import asyncio
import json
from collections import Counter, deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Final, Literal, NamedTuple, get_args
from urllib.parse import parse_qsl, urlencode, urlsplit

from .segments import measure

#: before and after: whether the message was taken before it happened.
Fault = Literal[
    "none",
    "refuse",
    "busy",
    "hang_before",
    "hang_after",
    "cut_before",
    "cut_after",
    "fault_before",
    "fault_after",
    "drop",
    "late",
    "twice",
    "rubbish_after",
]
FAULTS: Final[tuple[Fault, ...]] = get_args(Fault)
LATE_S: Final = 0.05
#: What stands in the settings as sms.taken.
TAKEN: Final = "^OK id=([^ ]+)"


class Taken(NamedTuple):
    """A message that a phone would have got."""

    id: str
    key: str
    to: str
    text: str


class Simulator:
    """The gateway's own side.

    Arguments:
        honours_key: a key that it knows is answered as before and sent no more.
        price: of a segment, in hundredths.
    """

    def __init__(self, *, honours_key: bool = False, price: int = 0, answers_status: bool = True) -> None:
        self.honours_key, self.price, self.answers_status = honours_key, price, answers_status
        self.taken: list[Taken] = []
        self.asked: list[str] = []
        #: What each key met, in order.
        self.met: dict[str, list[Fault]] = {}
        self.faults: deque[Fault] = deque()
        self.segments = 0
        self.port = 0
        #: Told of each message that a phone would have got.
        self.heard: Callable[[Taken], None] = lambda taken: None
        self._over = asyncio.Event()
        self._ids: dict[str, str] = {}
        self._receipts: set[asyncio.Task[None]] = set()

    @property
    def url(self) -> str:
        """What stands in the settings as sms.url."""
        return f"http://127.0.0.1:{self.port}/send?to={{to}}&text={{text}}&ref={{key}}&from={{sender}}"

    @property
    def status_url(self) -> str:
        """What stands there as sms.status_url."""
        return f"http://127.0.0.1:{self.port}/status?ref={{key}}"

    @property
    def cost(self) -> int:
        """What all of it cost, in hundredths."""
        return self.segments * self.price

    def effects(self) -> Counter[str]:
        """How often each key reached a phone."""
        return Counter(each.key for each in self.taken)

    def receipt(self, taken: Taken, state: str = "DELIVRD") -> dict[str, str]:
        """The fields of a receipt."""
        return {"ref": taken.key, "id": taken.id, "status": state}

    async def give_receipt(self, url: str, fields: dict[str, str]) -> int:
        """Post a receipt, as gateways do; the status of the answer."""
        parts = urlsplit(url)
        body = urlencode(fields).encode()
        reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
        head = f"POST {parts.path} HTTP/1.1\r\nHost: {parts.netloc}\r\nConnection: close\r\n"
        head += f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
        writer.write(head.encode() + body)
        await writer.drain()
        status = int((await reader.readline()).split()[1])
        writer.close()
        return status

    def gives_receipts(self, url: str, after_s: float = 0.5) -> None:
        """From now on every message that reached a phone is followed by its receipt, if somebody takes it."""

        async def give(taken: Taken) -> None:
            await asyncio.sleep(after_s)
            with suppress(OSError, ValueError, IndexError):
                await self.give_receipt(url, self.receipt(taken))

        def heard(taken: Taken) -> None:
            task = asyncio.get_running_loop().create_task(give(taken))
            self._receipts.add(task)
            task.add_done_callback(self._receipts.discard)

        self.heard = heard

    def stop(self) -> None:
        """Let go of whoever still waits for an answer."""
        self._over.set()
        for task in self._receipts:
            task.cancel()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, one request."""
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
            parts = urlsplit(head[0].split(" ")[1])
            fields = dict(parse_qsl(parts.query, keep_blank_values=True))
            await self._answer(parts.path, fields, writer)
        writer.close()

    async def _answer(self, path: str, fields: dict[str, str], writer: asyncio.StreamWriter) -> None:
        match path:
            case "/send":
                await self._send(fields, writer)
            case "/status":
                key = fields.get("ref", "")
                known = any(each.key == key for each in self.taken)
                if not self.answers_status:
                    await _say(writer, 503, "")
                else:
                    await _say(writer, 200 if known else 404, "DELIVRD" if known else "NOTFOUND")
            case "/meter":
                said = {"messages": len(self.taken), "segments": self.segments, "cost": self.cost}
                await _say(writer, 200, json.dumps(said))
            case _:
                await _say(writer, 404, "")

    async def _send(self, fields: dict[str, str], writer: asyncio.StreamWriter) -> None:
        fault = self.faults.popleft() if self.faults else "none"
        self.asked.append(fields.get("ref", ""))
        self.met.setdefault(self.asked[-1], []).append(fault)
        if fault == "late":
            await asyncio.sleep(LATE_S)
        takes = fault in ("none", "late", "twice") or fault.endswith("_after")
        id = self._take(fields) if takes else ""
        match fault:
            case "refuse":
                await _say(writer, 400, "ERROR number")
            case "busy":
                await _say(writer, 429, "ERROR later")
            case "hang_before" | "hang_after":
                await self._over.wait()
            case "cut_before" | "cut_after":
                pass
            case "fault_before" | "fault_after":
                await _say(writer, 500, "ERROR inside")
            case "rubbish_after":
                writer.write(b"\x00\x01\x02\r\n\r\n")
                await writer.drain()
            case "drop":
                await _say(writer, 200, "OK id=0")
            case "twice":
                await _say(writer, 200, f"OK id={id}")
                await _say(writer, 200, f"OK id={id}")
            case _:
                await _say(writer, 200, f"OK id={id}")

    def _take(self, fields: dict[str, str]) -> str:
        key = fields.get("ref", "")
        if self.honours_key and key in self._ids:
            return self._ids[key]
        id = f"sim-{len(self.taken) + 1}"
        self._ids[key] = id
        self.taken.append(Taken(id, key, fields.get("to", ""), fields.get("text", "")))
        self.segments += measure(fields.get("text", "")).segments
        self.heard(self.taken[-1])
        return id


@asynccontextmanager
async def simulator(
    *, honours_key: bool = False, price: int = 0, answers_status: bool = True, port: int = 0
) -> AsyncIterator[Simulator]:
    """The gateway on a port of this machine, for as long as the block lasts."""
    found = Simulator(honours_key=honours_key, price=price, answers_status=answers_status)
    server = await asyncio.start_server(found.serve, "127.0.0.1", port)
    found.port = server.sockets[0].getsockname()[1]
    try:
        yield found
    finally:
        found.stop()
        server.close()
        await server.wait_closed()


async def show(port: int, price: int, currency: str, say: Callable[[str], None]) -> None:
    """A gateway for a person who tries the program: every message in words, and what all of them would have cost."""
    async with simulator(honours_key=True, price=price, port=port) as gateway:

        def heard(taken: Taken) -> None:
            size = measure(taken.text)
            say(f"{taken.to}  {taken.text}")
            say(f"  {size.segments} · {gateway.cost / 100:.2f} {currency}")

        gateway.heard = heard
        for line in ("[sms]", f'url = "{gateway.url}"', f'status_url = "{gateway.status_url}"'):
            say(line)
        for line in (f"taken = '{TAKEN}'", 'honours_key = "yes"', f"price = {price}"):
            say(line)
        await asyncio.Event().wait()


async def _say(writer: asyncio.StreamWriter, status: int, text: str) -> None:
    body = text.encode()
    head = f"HTTP/1.1 {status} Answer\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    writer.write(head.encode() + body)
    await writer.drain()
