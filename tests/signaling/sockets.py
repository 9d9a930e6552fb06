"""A line to a town that a test opens, speaks on and hears, message by message or byte by byte."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import struct
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from tests.signaling.town import Town, person

KEY = "A" * 22


def dial(town: Town, entry_pass: str = "", **options: Any) -> Any:
    defaults: dict[str, Any] = {
        "origin": town.origin,
        "subprotocols": ["kachehri.v1", *([f"p.{entry_pass}"] if entry_pass else [])],
        "proxy": None,
        "ping_interval": None,
        "max_size": None,
    }
    return connect(options.pop("url", town.url), **{**defaults, **options})


async def say(link: ClientConnection, **fields: Any) -> None:
    await link.send(json.dumps(fields))


async def hear(link: ClientConnection, kind: str = "") -> dict[str, Any]:
    while True:
        frame: dict[str, Any] = json.loads(await asyncio.wait_for(link.recv(), 30))
        if not kind or frame["type"] == kind:
            return frame


async def enter(town: Town, link: ClientConnection, **more: Any) -> dict[str, Any]:
    await say(link, type="hello", versions=[1], session=town.session, **more)
    return await hear(link, "welcome")


async def closed(link: ClientConnection) -> int:
    with pytest.raises(ConnectionClosed) as gone:
        while True:
            await asyncio.wait_for(link.recv(), 30)
    assert gone.value.rcvd is not None
    return gone.value.rcvd.code


class Raw:
    """A client that does what no library would."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    @classmethod
    async def open(cls, town: Town, *, extensions: str = "", entry_pass: str = "") -> Raw:
        reader, writer = await asyncio.open_connection("127.0.0.1", town.port)
        lines = [
            "GET /live HTTP/1.1",
            f"Host: 127.0.0.1:{town.port}",
            f"Origin: {town.origin}",
            "Connection: Upgrade",
            "Upgrade: websocket",
            "Sec-WebSocket-Version: 13",
            f"Sec-WebSocket-Key: {base64.b64encode(os.urandom(16)).decode()}",
            f"Sec-WebSocket-Protocol: kachehri.v1, p.{entry_pass or town.pass_for(person(1))}",
            *([f"Sec-WebSocket-Extensions: {extensions}"] if extensions else []),
        ]
        writer.write(("\r\n".join(lines) + "\r\n\r\n").encode())
        head = await reader.readuntil(b"\r\n\r\n")
        assert b" 101 " in head
        return cls(reader, writer)

    def frame(self, opcode: int, data: bytes, *, fin: bool = True, rsv1: bool = False, mask: bool = True) -> None:
        first = (0x80 if fin else 0) | (0x40 if rsv1 else 0) | opcode
        size = len(data)
        bit = 0x80 if mask else 0
        head = struct.pack("!BB", first, bit | size) if size < 126 else struct.pack("!BBH", first, bit | 126, size)
        self.writer.write(head + (b"\0\0\0\0" if mask else b"") + data)

    async def close_code(self) -> int:
        """Read frames until the close."""
        while True:
            first, second = await asyncio.wait_for(self.reader.readexactly(2), 30)
            size = second & 0x7F
            if size == 126:
                (size,) = struct.unpack("!H", await self.reader.readexactly(2))
            data = await self.reader.readexactly(size)
            if first & 0x0F == 8:
                return int(struct.unpack("!H", data[:2])[0])

    async def end(self) -> None:
        self.writer.close()
        await asyncio.gather(self.writer.wait_closed(), return_exceptions=True)


def greeting(town: Town) -> bytes:
    return json.dumps({"type": "hello", "versions": [1], "session": town.session}).encode()
