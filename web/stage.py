"""Connects this process to the media process of the machine, for as long as the server runs."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from kachehri import keys, turn
from kachehri.settings import Settings
from signaling import protocol
from signaling.hub import Hub
from signaling.media.remote import RemotePlane
from signaling.media_signalling import MediaSignalling


@asynccontextmanager
async def stage(settings: Settings, hub: Hub) -> AsyncIterator[MediaSignalling]:
    """The worker's side of the stage. The media process may come later, and may come back: nothing here waits for
    it.
    """
    plane = RemotePlane(settings.media.socket)
    media = MediaSignalling(
        hub, plane, ice_servers=relays(settings, hub.clock.now), direct_viewers=settings.program.direct_viewers
    )
    media.start()
    plane.start()
    try:
        yield media
    finally:
        media.stop()
        await plane.stop()


def relays(settings: Settings, now: Callable[[], int]) -> Callable[[str], tuple[protocol.IceServer, ...]]:
    """For each participant: the ways through the relay, with credentials of a few minutes.

    Arguments:
        now: milliseconds since the epoch.
    """
    ways = turn.urls(settings)
    if not ways:
        return lambda participant: ()
    shared = turn.secret(keys.read(settings.secrets.key_file)[0])

    def relay(participant: str) -> tuple[protocol.IceServer, ...]:
        given = turn.credentials(shared, participant, now() // 1000, ways)
        return (protocol.IceServer(urls=given.urls, username=given.username, credential=given.credential),)

    return relay
