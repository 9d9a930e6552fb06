"""Speakers for a bench: real WebRTC connections that send a recorded clip, and can be told to rest.

`python -m tests.bench.publishers ADDRESS`. A speaker who rests sends no media and keeps her connection; when she goes
on, her clip goes on from where it was, so several servers can be measured in turns without joining anew.
"""

from __future__ import annotations

import asyncio
import sys
import time
from pathlib import Path
from typing import Any

import av
from aiortc import RTCSessionDescription
from av.stream import Stream

from signaling.client.media import Clip, ClipTrack, Speaker
from signaling.media import compat
from tests.bench.children import serve


class Resting(ClipTrack):
    """A clip that waits while its speaker rests."""

    def __init__(self, track: ClipTrack, pieces: Any, rate: int, seconds: float, awake: asyncio.Event) -> None:
        super().__init__(track.kind, pieces, rate, seconds)
        self._awake = awake

    async def recv(self) -> av.Packet[Stream]:
        if not self._awake.is_set():
            since = time.monotonic()
            await self._awake.wait()
            if self._began is not None:
                # The clip waits, its clock does not: what comes late by the clock would look like a queue on the way.
                self._shift += round((time.monotonic() - since) * self._rate)
        return await super().recv()


class Publisher(Speaker):
    """A speaker who answers an offer or makes one."""

    def __init__(self, clip: Clip) -> None:
        super().__init__(clip)
        self.awake = asyncio.Event()
        assert self.video is not None
        self.audio = Resting(self.audio, clip.audio, 48_000, clip.seconds, self.awake)
        self.video = Resting(self.video, clip.video, 90_000, clip.seconds, self.awake)

    async def make(self) -> str:
        assert self.video is not None
        self.connection.addTransceiver(self.audio, direction="sendonly")
        sender = self.connection.addTransceiver(self.video, direction="sendonly").sender
        compat.on_keyframe_request(sender, self.video.keyframe)
        await self.connection.setLocalDescription(await self.connection.createOffer())
        return str(self.connection.localDescription.sdp)


class Hall:
    """All speakers of this process, by name."""

    def __init__(self) -> None:
        self.speakers: dict[str, Publisher] = {}
        self._clips: dict[str, Clip] = {}

    def _new(self, name: str, clip: str) -> Publisher:
        if clip not in self._clips:
            self._clips[clip] = Clip.load(Path(clip))
        speaker = self.speakers[name] = Publisher(self._clips[clip])
        return speaker

    async def answer(self, name: str, clip: str, offer: str) -> dict[str, Any]:
        """A new speaker answers a server's offer."""
        return {"sdp": await self._new(name, clip).answer(offer)}

    async def make(self, name: str, clip: str) -> dict[str, Any]:
        """A new speaker makes an offer."""
        return {"sdp": await self._new(name, clip).make()}

    async def accept(self, name: str, answer: str) -> dict[str, Any]:
        await self.speakers[name].connection.setRemoteDescription(RTCSessionDescription(answer, "answer"))
        return {}

    async def state(self, name: str) -> dict[str, Any]:
        return {"state": self.speakers[name].state}

    async def speak(self, names: list[str]) -> dict[str, Any]:
        """These speak from now on, and nobody else."""
        for name, speaker in self.speakers.items():
            if name in names:
                speaker.awake.set()
            else:
                speaker.awake.clear()
        return {}


async def main() -> None:
    compat.limit_client_addresses([sys.argv[1]])
    hall = Hall()
    await serve(
        {"answer": hall.answer, "make": hall.make, "accept": hall.accept, "state": hall.state, "speak": hall.speak}
    )
    for speaker in hall.speakers.values():
        speaker.awake.set()
        await speaker.close()


if __name__ == "__main__":
    asyncio.run(main())
