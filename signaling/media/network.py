"""What the peers of one process share on their way to the network, by the back end that was chosen.

`direct`: nothing; each peer has a socket of its own. `mux`: the sockets on the one port, and the fan-out through them.
Both are the same to a peer and to a line.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from signaling.media.forward import DIRECT, Fanout
from signaling.media.mux import Mux
from signaling.media.port import MediaSettings


class Network:
    """One plane's."""

    def __init__(self, settings: MediaSettings, clock: Callable[[], float] = time.monotonic) -> None:
        self.mux: Mux | None = None
        self.fanout: Fanout = DIRECT
        if settings.backend == "mux":
            from signaling.media.arena import Vectored  # it needs compat, which needs us

            self.mux, self.fanout = Mux(settings.port, clock), Vectored()

    def stale(self) -> None:
        """A peer's keys, its address or its end."""
        self.fanout.stale()

    def dropped(self) -> dict[str, int]:
        """What came to a shared port and was nobody's, by reason."""
        return {} if self.mux is None else self.mux.gate.dropped()

    def unsent(self) -> int:
        """Packets to watchers that the system did not take from the shared sockets."""
        return int(getattr(self.fanout, "unsent", 0))

    def close(self) -> None:
        """When no peer is left."""
        if self.mux is not None:
            self.mux.close()


#: For a peer that shares nothing.
ALONE = Network(MediaSettings(backend="direct"))
