"""A client of the live protocol, for tests, the demo and benchmarks: it comes in through the same door as a browser.

May import: the wire classes of signaling and what is below; media stays in signaling/client/media.
Does not belong here: what a person decides (web/rehearsal), anything the server runs.
Start reading: live.py.
"""

from .entrance import Entrance, WebEntrance
from .live import Ended, LiveClient, RefusedError

__all__ = ["Ended", "Entrance", "LiveClient", "RefusedError", "WebEntrance"]
