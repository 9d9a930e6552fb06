"""A program of others that listens on this machine and answers as it is told to; for tests."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field


@dataclass
class Listener:
    """What it got, and what it answers; the last answer stays."""

    url: str = ""
    answers: list[bytes] = field(default_factory=lambda: [b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"])
    got: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)

    def answer(self, *statuses: int) -> None:
        self.answers = [f"HTTP/1.1 {status} Answer\r\nContent-Length: 0\r\n\r\n".encode() for status in statuses]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:] if line)}
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        self.got.append((head[0], headers, body))
        writer.write(self.answers[0])
        if len(self.answers) > 1:
            self.answers.pop(0)
        await writer.drain()
        writer.close()


@asynccontextmanager
async def listener() -> AsyncIterator[Listener]:
    found = Listener()
    server = await asyncio.start_server(found.serve, "127.0.0.1", 0)
    found.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/in"
    try:
        yield found
    finally:
        server.close()
        await server.wait_closed()
