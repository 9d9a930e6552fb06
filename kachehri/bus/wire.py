"""What goes over the Unix socket: four bytes of length (big endian), then one msgpack array."""

import asyncio
import logging
import socket
import struct
from collections.abc import Callable

import msgspec

from . import MOST_BYTES

log = logging.getLogger(__name__)

_LENGTH = struct.Struct(">I")
#: A frame is a payload and a few short names.
MOST_FRAME = MOST_BYTES + 1_024
#: Bytes that may wait for a peer that does not read. Policy: cut the line; the peer comes back and reads the database.
MOST_UNREAD = 2 * MOST_FRAME


class Publish(msgspec.Struct, array_like=True, tag=1):
    topic: str
    payload: bytes


class Subscribe(msgspec.Struct, array_like=True, tag=2):
    prefix: str


class Unsubscribe(msgspec.Struct, array_like=True, tag=3):
    prefix: str


class Serve(msgspec.Struct, array_like=True, tag=4):
    topic: str


class Ask(msgspec.Struct, array_like=True, tag=5):
    ref: int
    topic: str
    payload: bytes
    timeout: float


class Answer(msgspec.Struct, array_like=True, tag=6):
    """`code` is empty when it went well, else one of BusError's."""

    ref: int
    code: str
    payload: bytes


class Burn(msgspec.Struct, array_like=True, tag=7):
    ref: int
    nonce: str
    ttl_s: int


class Sync(msgspec.Struct, array_like=True, tag=8):
    """Answered in order, so everything sent before it has been done."""

    ref: int


Message = Publish | Subscribe | Unsubscribe | Serve | Ask | Answer | Burn | Sync
_ENCODER = msgspec.msgpack.Encoder()
_DECODER: msgspec.msgpack.Decoder[Message] = msgspec.msgpack.Decoder(Message)


def frame(message: Message) -> bytes:
    """The bytes of a message, to be written to any number of lines."""
    body = _ENCODER.encode(message)
    return _LENGTH.pack(len(body)) + body


class Line(asyncio.Protocol):
    """One end of a connection."""

    def __init__(
        self,
        received: Callable[["Line", Message], None],
        opened: Callable[["Line"], None],
        lost: Callable[["Line"], None],
    ) -> None:
        self._received = received
        self._opened = opened
        self._lost = lost
        self._buffer = bytearray()
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._opened(self)

    def connection_lost(self, _exc: Exception | None) -> None:
        self._transport = None
        self._lost(self)

    def data_received(self, data: bytes) -> None:
        buffer = self._buffer
        buffer += data
        start = 0
        try:
            while len(buffer) - start >= _LENGTH.size:
                (length,) = _LENGTH.unpack_from(buffer, start)
                if length > MOST_FRAME:
                    raise msgspec.DecodeError(f"a frame of {length} bytes")
                end = start + _LENGTH.size + length
                if len(buffer) < end:
                    break
                message = _DECODER.decode(memoryview(buffer)[start + _LENGTH.size : end])
                start = end
                self._received(self, message)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            log.warning("a peer on the local bus does not speak our language: %s", error)
            self.cut()
            return
        del buffer[:start]

    def send(self, data: bytes) -> None:
        """Write a frame, or cut the line of a peer that has stopped reading."""
        transport = self._transport
        if transport is None or transport.is_closing():
            return
        if transport.get_write_buffer_size() > MOST_UNREAD:
            log.warning("a peer on the local bus reads too slowly and was cut off")
            self.cut()
            return
        transport.write(data)

    def cut(self) -> None:
        """End it now, without sending what waits."""
        if self._transport is not None:
            self._transport.abort()

    @property
    def peer_uid(self) -> int:
        """The account of the process at the other end, from the kernel (unix(7), SO_PEERCRED)."""
        assert self._transport is not None
        sock = self._transport.get_extra_info("socket")
        return int(struct.unpack("3i", sock.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))[1])
