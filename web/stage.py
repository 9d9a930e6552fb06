"""Connects this process to the media process of the machine, for as long as the server runs."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from kachehri.settings import Settings
from signaling.hub import Hub
from signaling.media.remote import RemotePlane
from signaling.media_signalling import MediaSignalling


@asynccontextmanager
async def stage(settings: Settings, hub: Hub) -> AsyncIterator[MediaSignalling]:
    """The worker's side of the stage. The media process may come later, and may come back: nothing here waits for
    it.
    """
    plane = RemotePlane(settings.media.socket)
    media = MediaSignalling(hub, plane, codec=settings.media.codec)
    media.start()
    plane.start()
    try:
        yield media
    finally:
        media.stop()
        await plane.stop()
