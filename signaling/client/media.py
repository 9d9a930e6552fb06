"""Simulated speakers and watchers: real WebRTC peers that send recorded packets and count what they receive.

Nothing is encoded: a clip's packets go out as they are, at their own pace, from the start again when it ends. A watcher
decodes, because a picture that cannot be decoded has not arrived.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import av
from aiortc import (
    MediaStreamTrack,
    RTCBundlePolicy,
    RTCConfiguration,
    RTCPeerConnection,
    RTCSessionDescription,
)
from aiortc.mediastreams import MediaStreamError
from av.stream import Stream

from signaling.media import compat


@dataclass(frozen=True)
class Piece:
    """One packet of a clip; `at` and `pts` count in the units of its stream's clock."""

    data: bytes
    pts: int
    key: bool


@dataclass(frozen=True)
class Clip:
    """Sound and picture of one recording. Lengths are in clock units: 48,000 and 90,000 a second."""

    audio: tuple[Piece, ...]
    video: tuple[Piece, ...]
    seconds: float

    @classmethod
    def load(cls, path: Path) -> Clip:
        sound: list[Piece] = []
        picture: list[Piece] = []
        with av.open(str(path)) as file:
            for packet in file.demux():
                if packet.pts is None or packet.time_base is None:
                    continue  # the empty packet that ends a stream
                rate = 90_000 if packet.stream.type == "video" else 48_000
                into = picture if packet.stream.type == "video" else sound
                # Opus begins a few milliseconds before zero.
                pts = max(0, round(packet.pts * packet.time_base * rate))
                into.append(Piece(bytes(packet), pts, packet.is_keyframe))
        frame = picture[1].pts - picture[0].pts if len(picture) > 1 else 0
        seconds = (picture[-1].pts + frame) / 90_000 if picture else (sound[-1].pts + 1_920) / 48_000
        return cls(tuple(sound), tuple(picture), seconds)


class ClipTrack(MediaStreamTrack):
    """One kind of a clip, for ever. A request for a picture is answered with the clip's next keyframe."""

    def __init__(self, kind: str, pieces: Sequence[Piece], rate: int, seconds: float) -> None:
        super().__init__()
        self.kind = kind
        self._pieces, self._rate, self._length = pieces, rate, round(seconds * rate)
        self._next = 0
        self._shift = 0
        self._jump = False
        self._began: float | None = None
        self.sent = 0

    def keyframe(self) -> None:
        """Goes on with the next keyframe, now."""
        self._jump = True

    async def recv(self) -> av.Packet[Stream]:
        if self.readyState != "live":
            raise MediaStreamError
        if self._began is None:
            self._began = time.monotonic()
        if self._jump:
            self._jump = False
            self._skip()
        piece = self._pieces[self._next]
        pts = piece.pts + self._shift
        self._next += 1
        if self._next == len(self._pieces):
            self._next = 0
            self._shift += self._length
        delay = self._began + pts / self._rate - time.monotonic()
        if delay > 0:
            await asyncio.sleep(delay)
        packet = av.Packet(piece.data)
        packet.pts = pts
        packet.time_base = Fraction(1, self._rate)
        packet.is_keyframe = piece.key
        self.sent += 1
        return packet

    def _skip(self) -> None:
        """Moves the next keyframe to where the clip stands."""
        here = self._pieces[self._next].pts + self._shift
        for _ in range(len(self._pieces)):
            if self._pieces[self._next].key:
                break
            self._next = (self._next + 1) % len(self._pieces)
        self._shift = here - self._pieces[self._next].pts


def _connection() -> RTCPeerConnection:
    # Without MAX_BUNDLE the last line of a server's offer is not received; without an empty list of servers a public
    # one is asked for our address.
    return RTCPeerConnection(RTCConfiguration(iceServers=[], bundlePolicy=RTCBundlePolicy.MAX_BUNDLE))


async def _close(connection: RTCPeerConnection) -> None:
    """Ends a connection. One that has just answered is let finish connecting first, for at most two seconds: its own
    task would fail on what was closed under it, with nobody there to hear of it."""
    for _ in range(100):
        if connection.localDescription is None or connection.connectionState not in ("new", "connecting"):
            break
        await asyncio.sleep(0.02)
    await connection.close()


async def _answer(connection: RTCPeerConnection) -> str:
    await connection.setLocalDescription(await connection.createAnswer())
    return str(connection.localDescription.sdp)


class Speaker:
    """Publishes a clip, or only its sound."""

    def __init__(self, clip: Clip, picture: bool = True) -> None:
        self.connection = _connection()
        self.audio = ClipTrack("audio", clip.audio, 48_000, clip.seconds)
        self.video = ClipTrack("video", clip.video, 90_000, clip.seconds) if picture else None

    async def answer(self, offer: str) -> str:
        """The answer to the server's offer."""
        await self.connection.setRemoteDescription(RTCSessionDescription(offer, "offer"))
        for transceiver in self.connection.getTransceivers():
            track = self.audio if transceiver.kind == "audio" else self.video
            if track is None:
                transceiver.direction = "inactive"
                continue
            transceiver.direction = "sendonly"
            transceiver.sender.replaceTrack(track)
            if track is self.video:
                compat.on_keyframe_request(transceiver.sender, track.keyframe)
        return await _answer(self.connection)

    @property
    def state(self) -> str:
        return str(self.connection.connectionState)

    async def close(self) -> None:
        await _close(self.connection)

    async def vanish(self) -> None:
        """Goes away without a word, like a phone in a tunnel."""
        await compat.vanish(self.connection)


@dataclass
class Seen:
    """What a watcher has received on one seat. Times are seconds of the monotonic clock."""

    audio_packets: int = 0
    video_frames: int = 0
    first_sound: float | None = None
    first_frame: float | None = None
    last_packet: float | None = None
    frame_times: list[float] = field(default_factory=list)


class Watcher:
    """Receives every seat of an offer; `seats` is filled as things arrive, by the ids of the seats."""

    def __init__(self) -> None:
        self.connection = _connection()
        self.seats: dict[str, Seen] = {}
        self._tasks: list[asyncio.Task[None]] = []

    async def answer(self, offer: str) -> str:
        """The answer to the server's offer."""
        names = compat.stream_ids(offer)
        await self.connection.setRemoteDescription(RTCSessionDescription(offer, "offer"))
        for i, transceiver in enumerate(self.connection.getTransceivers()):
            transceiver.direction = "recvonly"
            seen = self.seats.setdefault(names[i], Seen())
            self._tasks.append(asyncio.ensure_future(self._watch(transceiver.receiver.track, seen)))
        return await _answer(self.connection)

    async def _watch(self, track: MediaStreamTrack, seen: Seen) -> None:
        try:
            while True:
                await track.recv()
                now = seen.last_packet = time.monotonic()
                if track.kind == "video":
                    seen.video_frames += 1
                    seen.first_frame = seen.first_frame or now
                    seen.frame_times.append(now)
                else:
                    seen.audio_packets += 1
                    seen.first_sound = seen.first_sound or now
        except MediaStreamError:
            pass

    @property
    def state(self) -> str:
        return str(self.connection.connectionState)

    async def close(self) -> None:
        await _close(self.connection)
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)
