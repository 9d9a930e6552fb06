"""One WebSocket, from the handshake to the last byte: bytes in, bytes out, decisions elsewhere.

`uvicorn.Config(ws=LiveProtocol)` hands every upgrade to this class, on the same port as the pages. The protocol itself
(RFC 6455, RFC 7692) is `websockets.server.ServerProtocol`, which does no I/O; ASGI is not used, because its one
coroutine step for each delivery costs twice the time and hides the outbox.
"""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any, cast

from websockets.datastructures import MultipleValuesError
from websockets.exceptions import InvalidHeader
from websockets.frames import Frame, Opcode
from websockets.headers import parse_subprotocol
from websockets.http11 import Request
from websockets.protocol import OPEN, Event
from websockets.server import ServerProtocol
from websockets.typing import Subprotocol

from rooms.views import ViewAudience

from . import codes, protocol
from .codes import Close
from .connection import Connection
from .conversation import Conversation
from .decoder import ANSWER_MOST
from .door import Door
from .frames import NEGOTIATION, PING, Packed, takes_deflated
from .passes import Bearer, PassRefused

#: The outbox counts as full from here on, and as drained a quarter below.
HIGH_WATER = 64 * 1024
#: What the system may hold besides: enough for a fast line, little enough to notice a slow one.
SEND_BUFFER = 128 * 1024
#: A message may come in this many pieces; nobody honest needs more.
PIECES_MOST = 64

NOBODY = Bearer(session="", participant="", role="citizen")

_quiet = logging.getLogger("signaling.websockets")
_quiet.setLevel(logging.ERROR)


class LiveProtocol(asyncio.Protocol):
    """One connection of the live protocol. uvicorn calls the constructor with these names."""

    __slots__ = (
        "_address",
        "_batch",
        "_deflates",
        "_door",
        "_open_ones",
        "_pieces",
        "_socket",
        "_talk",
        "_transport",
        "closing_at",
        "heard_at",
        "paused",
        "paused_at",
        "position",
    )

    def __init__(
        self, config: Any, server_state: Any, app_state: dict[str, Any], _loop: asyncio.AbstractEventLoop | None = None
    ) -> None:
        self._open_ones: set[Any] = server_state.connections
        self._door: Door | None = app_state.get("live")
        self._socket = ServerProtocol(
            extensions=[NEGOTIATION],
            subprotocols=[Subprotocol(protocol.SUBPROTOCOL)],
            max_size=ANSWER_MOST,
            logger=_quiet,
        )
        self._transport: asyncio.Transport
        self._talk: Conversation | None = None
        self._address: str | None = None
        self._deflates = False
        self._pieces: list[bytes] = []
        self._batch: list[bytes] | None = None
        self.position = 0
        self.paused = False
        self.paused_at = self.heard_at = self.closing_at = 0

    # What the hub sees

    @property
    def bearer(self) -> Bearer:
        return self._talk.machine.bearer if self._talk else NOBODY

    @property
    def held(self) -> dict[str, Bearer]:
        return self._talk.machine.held if self._talk else {}

    @property
    def audience(self) -> ViewAudience:
        return self._talk.machine.audience if self._talk else "public"

    def send(self, frame: Packed) -> None:
        if self._socket.state is not OPEN:
            return
        data = frame.deflated if self._deflates else frame.plain
        if self._batch is not None:
            self._batch.append(data)
        else:
            self._transport.write(data)
            self._watch_outbox()

    @contextmanager
    def batch(self) -> Iterator[None]:
        self._batch = []
        try:
            yield
        finally:
            data, self._batch = b"".join(self._batch), None
            if data and self._socket.state is OPEN:
                self._transport.write(data)
                self._watch_outbox()

    def say(self, message: protocol.ToClient) -> None:
        """Send a frame that only this connection gets."""
        self.send(Packed(protocol.encode(message)))

    def shut(self, reason: Close) -> None:
        if self._talk is not None:
            self._talk.machine.close(reason)
        if self._socket.state is OPEN:
            self._socket.send_close(reason.code, reason.name)
            self._flush()

    def late(self, now: int) -> bool:
        return self._talk is None or self._talk.machine.late(now)

    def ping(self) -> None:
        if self._socket.state is OPEN:
            self._transport.write(PING)

    def abort(self) -> None:
        self._transport.abort()

    # What asyncio calls

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._transport.set_write_buffer_limits(high=HIGH_WATER)
        raw = transport.get_extra_info("socket")
        if raw is not None and raw.family in (socket.AF_INET, socket.AF_INET6):
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
        self._open_ones.add(self)
        if self._door is not None:
            self.heard_at = self._door.hub.clock.steady()
            self._door.hub.arrive(self)

    def data_received(self, data: bytes) -> None:
        if self._door is not None:
            self.heard_at = self._door.hub.clock.steady()
        self._socket.receive_data(data)
        for event in self._socket.events_received():
            self._event(event)
        self._flush()

    def eof_received(self) -> None:
        self._socket.receive_eof()
        self._flush()

    def connection_lost(self, error: Exception | None) -> None:
        self._open_ones.discard(self)
        if self._talk is not None:
            self._talk.over()
        if self._door is not None:
            self._door.hub.leave(self)
            if self._address is not None:
                self._door.exit(self._address)

    def pause_writing(self) -> None:
        self.paused = True
        if self._door is not None:
            self.paused_at = self._door.hub.clock.steady()

    def resume_writing(self) -> None:
        self.paused = False
        if self._door is not None and not self._transport.is_closing():
            self._door.hub.drained(self)

    def shutdown(self) -> None:
        """uvicorn is about to end: say so, and let the system deliver it."""
        if self._socket.state is OPEN:
            self.shut(codes.RESTART)
        self._transport.close()

    # Handshake

    def _event(self, event: Event) -> None:
        if isinstance(event, Request):
            self._handshake(event)
            return
        if not isinstance(event, Frame) or self._talk is None:
            return
        match event.opcode:
            case Opcode.TEXT:
                self._pieces = [bytes(event.data)]
            case Opcode.CONT if self._pieces:
                self._pieces.append(bytes(event.data))
            case Opcode.BINARY:
                self.shut(codes.BINARY)
                return
            case _:
                return
        if event.fin:
            data = b"".join(self._pieces)
            self._pieces = []
            self._talk.text(data)
        elif len(self._pieces) > PIECES_MOST:
            self.shut(codes.UNREADABLE)

    def _handshake(self, request: Request) -> None:
        door = self._door
        headers = request.headers
        if door is None:
            self._reject(HTTPStatus.SERVICE_UNAVAILABLE, "The server is not ready.\n")
            return
        if request.path.partition("?")[0] != protocol.PATH:
            self._reject(HTTPStatus.NOT_FOUND, f"The live protocol is at {protocol.PATH}.\n")
            return
        try:
            origin, host = headers.get("Origin"), headers.get("Host")
            offered = [name for value in headers.get_all("Sec-WebSocket-Protocol") for name in parse_subprotocol(value)]
        except (MultipleValuesError, InvalidHeader):
            self._reject(HTTPStatus.BAD_REQUEST, "A header that may stand once stands twice, or cannot be read.\n")
            return
        if not door.knows_origin(origin, host):
            self._reject(HTTPStatus.FORBIDDEN, "Pages of this origin may not connect.\n")
            return
        response = self._socket.accept(request)
        self._socket.send_response(response)
        self._flush()
        if self._socket.state is not OPEN:
            return
        self._deflates = takes_deflated(self._socket.extensions)
        self._let_in(door, request, [str(name) for name in offered])

    def _let_in(self, door: Door, request: Request, offered: list[str]) -> None:
        address = door.address_of(
            self._transport.get_extra_info("peername"), request.headers.get_all("X-Forwarded-For")
        )
        if not door.enter(address):
            self.shut(codes.FULL)
            return
        self._address = address
        passed = [name for name in offered if name.startswith(protocol.PASS_PREFIX)]
        text = passed[0].removeprefix(protocol.PASS_PREFIX) if passed else ""
        try:
            entry = door.passes.read(text, door.hub.clock.now())
        except PassRefused:
            self.shut(codes.PASS_STALE)
            return
        machine = Connection(entry.bearer, door.rate, door.hub.clock.steady())
        self._talk = Conversation(self, door, machine, entry, address)

    def _reject(self, status: HTTPStatus, text: str) -> None:
        self._socket.send_response(self._socket.reject(status, text))

    # Bytes

    def _flush(self) -> None:
        """Write what the protocol has to say; an empty piece means that our side is done (half-close)."""
        for data in self._socket.data_to_send():
            if data:
                self._transport.write(data)
            elif self._transport.can_write_eof():
                self._transport.write_eof()
            else:
                self._transport.close()
        self._watch_outbox()
        if self._door is not None and not self.closing_at and self._socket.close_expected():
            self.closing_at = max(1, self._door.hub.clock.steady())
            self._door.hub.closing(self)

    def _watch_outbox(self) -> None:
        """Nobody may make us keep more for them than this."""
        door = self._door
        if door is not None and self._transport.get_write_buffer_size() > door.behind_bytes:
            self._transport.abort()
