"""A conference on aiortc's `MediaRelay`, as its own examples make one: each listener's picture is encoded for her.

`python -m tests.bench.relay_peer ADDRESS`.
"""

from __future__ import annotations

import asyncio
import sys
from typing import Any

from aiortc import MediaStreamTrack, RTCBundlePolicy, RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.contrib.media import MediaRelay

from signaling.media import compat
from tests.bench.children import serve


class Conference:
    """One room; who comes later hears everyone who is there."""

    def __init__(self) -> None:
        self._relay = MediaRelay()
        self._tracks: list[MediaStreamTrack] = []
        self._peers: dict[str, RTCPeerConnection] = {}

    def _peer(self, name: str) -> RTCPeerConnection:
        self._peers[name] = RTCPeerConnection(RTCConfiguration(iceServers=[], bundlePolicy=RTCBundlePolicy.MAX_BUNDLE))
        return self._peers[name]

    async def publish(self, name: str, offer: str) -> dict[str, Any]:
        peer = self._peer(name)
        peer.on("track", self._tracks.append)
        await peer.setRemoteDescription(RTCSessionDescription(offer, "offer"))
        await peer.setLocalDescription(await peer.createAnswer())
        return {"sdp": peer.localDescription.sdp}

    async def watch(self, name: str) -> dict[str, Any]:
        peer = self._peer(name)
        for track in self._tracks:
            peer.addTransceiver(self._relay.subscribe(track), direction="sendonly")
        await peer.setLocalDescription(await peer.createOffer())
        return {"sdp": peer.localDescription.sdp}

    async def answer(self, name: str, answer: str) -> dict[str, Any]:
        await self._peers[name].setRemoteDescription(RTCSessionDescription(answer, "answer"))
        return {}

    async def close(self) -> None:
        for peer in self._peers.values():
            await peer.close()


async def main() -> None:
    compat.limit_client_addresses([sys.argv[1]])
    conference = Conference()
    await serve({"publish": conference.publish, "watch": conference.watch, "answer": conference.answer})
    await conference.close()


if __name__ == "__main__":
    asyncio.run(main())
