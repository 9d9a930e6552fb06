"""What worker and media process say to each other over their Unix socket: msgpack with a length in front.

Both ends are ours and of one version, so the frames are internal: nothing here is part of the public protocol.
"""

from __future__ import annotations

import asyncio
from typing import ClassVar

import msgspec

from signaling.media.port import Codec, Direction, EchoAction, Heard, MediaStats, NetworkClass, Offer, Report

#: Longest frame, in bytes: an answer of the longest kind fits twice.
MAX_FRAME = 131_072


class Call(msgspec.Struct, frozen=True, kw_only=True, tag_field="do", array_like=True):
    """A request; `id` finds its reply."""

    id: int
    method: ClassVar[str]


class Open(Call, frozen=True, kw_only=True, tag="open", array_like=True):
    method = "open"
    session: str
    fence: int
    seats: tuple[str, ...]
    codec: Codec


class MakeOffer(Call, frozen=True, kw_only=True, tag="offer", array_like=True):
    method = "offer"
    session: str
    participant: str
    direction: Direction
    seats: tuple[str, ...] | None
    network: NetworkClass
    most: int | None


class Answer(Call, frozen=True, kw_only=True, tag="answer", array_like=True):
    method = "answer"
    session: str
    participant: str
    peer: str
    sdp: str


class PublishFor(Call, frozen=True, kw_only=True, tag="publish_for", array_like=True):
    method = "publish_for"
    session: str
    participant: str
    sdp: str


class ProgramFor(Call, frozen=True, kw_only=True, tag="program_for", array_like=True):
    method = "program_for"
    session: str
    participant: str
    sdp: str


class Leave(Call, frozen=True, kw_only=True, tag="leave", array_like=True):
    method = "leave"
    session: str
    participant: str
    peer: str | None


class Seat(Call, frozen=True, kw_only=True, tag="seat", array_like=True):
    method = "seat"
    session: str
    fence: int
    seat: str
    participant: str | None
    seq: int


class Mute(Call, frozen=True, kw_only=True, tag="mute", array_like=True):
    method = "mute"
    session: str
    fence: int
    seat: str
    muted: bool
    seq: int


class Floor(Call, frozen=True, kw_only=True, tag="floor", array_like=True):
    method = "floor"
    session: str
    fence: int
    seat: str | None
    seq: int


class Private(Call, frozen=True, kw_only=True, tag="private", array_like=True):
    method = "private"
    session: str
    fence: int
    moderator: str
    participant: str | None
    talks: bool


class Echo(Call, frozen=True, kw_only=True, tag="echo", array_like=True):
    method = "echo"
    session: str
    participant: str
    action: EchoAction


class Close(Call, frozen=True, kw_only=True, tag="close", array_like=True):
    method = "close"
    session: str
    fence: int


class Stats(Call, frozen=True, kw_only=True, tag="stats", array_like=True):
    method = "stats"
    session: str


class Retire(Call, frozen=True, kw_only=True, tag="retire", array_like=True):
    """From a successor: whoever runs under an earlier lease ends. The plane has no such request."""

    method = "retire"
    fence: int


class Done(msgspec.Struct, frozen=True, tag="done"):
    id: int
    offer: Offer | None = None
    stats: MediaStats | None = None
    heard: Heard | None = None


class Refusal(msgspec.Struct, frozen=True, tag="refused"):
    id: int
    code: str


class Told(msgspec.Struct, frozen=True, tag="told"):
    report: Report


AnyCall = (
    Open | MakeOffer | Answer | PublishFor | ProgramFor | Leave | Seat | Mute | Floor | Private | Echo | Close | Stats
    | Retire
)  # fmt: skip
Said = Done | Refusal | Told

_encoder = msgspec.msgpack.Encoder()
read_call = msgspec.msgpack.Decoder(AnyCall).decode
read_said = msgspec.msgpack.Decoder(Said).decode


def frame(message: AnyCall | Said) -> bytes:
    """The message with its length, four bytes, in front."""
    body = _encoder.encode(message)
    return len(body).to_bytes(4, "big") + body


def id_of(data: bytes) -> int | None:
    """The id of a request that is otherwise not understood, so that it can be refused."""
    try:
        head = msgspec.msgpack.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    return head[1] if isinstance(head, list) and len(head) > 1 and isinstance(head[1], int) else None


async def read_frame(reader: asyncio.StreamReader) -> bytes | None:
    """The next frame; None at the end of the stream, or when what comes cannot be a frame."""
    try:
        size = int.from_bytes(await reader.readexactly(4), "big")
        if size > MAX_FRAME:
            return None
        return await reader.readexactly(size)
    except (asyncio.IncompleteReadError, OSError):
        return None
