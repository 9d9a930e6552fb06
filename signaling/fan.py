"""What one audience of one session has been told: the last view, the ticks that led to it, and who has read how far.

A tick is encoded once. Every member has a position, and bringing a member up to date means writing the ticks behind it,
or a snapshot where they are no longer known; whoever reads slowly is passed over and caught up later by the same means.
"""

from __future__ import annotations

from collections import deque
from typing import Any, NamedTuple, Protocol

import msgspec

from kachehri.live import Live
from rooms.views import View, ViewAudience, view

from .codes import Close
from .frames import Packed
from .passes import Bearer
from .patch import diff, without_nulls
from .protocol import Snapshot, Tick, encode

#: Ticks that are remembered for those who come back: 15 s of a session in which something happens all the time.
RING_TICKS = 100
#: And no more than this many bytes of them.
RING_BYTES = 512 * 1024


class Member(Protocol):
    """One connection, as the hub sees it."""

    #: How many ticks of its audience it has been sent.
    position: int
    #: Its outbox is full: nothing is written until it has drained.
    paused: bool

    @property
    def bearer(self) -> Bearer:
        """Who opened it."""

    @property
    def held(self) -> dict[str, Bearer]:
        """Everyone for whom it speaks, by participant."""

    @property
    def audience(self) -> ViewAudience:
        """What it is shown."""

    def send(self, frame: Packed) -> None:
        """Write a frame."""

    def shut(self, reason: Close) -> None:
        """Say why, and close."""


class Sent(NamedTuple):
    """One tick that leads from the view after event `after` to the view after event `seq`."""

    after: int
    seq: int
    frame: Packed


class Fan:
    """One audience of one session in this process."""

    def __init__(self, audience: ViewAudience) -> None:
        self.audience = audience
        self.members: dict[Member, None] = {}
        self.view: dict[str, Any] = {}
        self.seq = 0
        self.known = False
        self._ring: deque[Sent] = deque()
        self._bytes = 0
        self._count = 0
        self._snapshot: Packed | None = None

    def forget(self) -> None:
        """Nobody is here: the next to come gets a view made for the occasion."""
        self.view, self.known, self._snapshot = {}, False, None
        self._ring.clear()
        self._bytes = 0

    def look(self, live: Live) -> dict[str, Any]:
        """The view as it is now, ready for patches."""
        shown: View = view(live.session, self.audience, live.texts)
        built: dict[str, Any] = without_nulls(msgspec.to_builtins(shown))
        return built

    def tick(self, live: Live, at: int, events: list[dict[str, Any]]) -> bool:
        """Make the frame that leads from the last view to the present one; False when there is nothing to tell."""
        new = self.look(live)
        patch = diff(self.view, new)
        if not patch and not events:
            return False
        frame = Packed(
            encode(
                Tick(
                    at=at,
                    seq=live.seq,
                    events=msgspec.Raw(encode(events)) if events else msgspec.UNSET,
                    patch=msgspec.Raw(encode(patch)) if patch else msgspec.UNSET,
                )
            )
        )
        self._ring.append(Sent(self.seq, live.seq, frame))
        self._count += 1
        self._bytes += len(frame.payload)
        while len(self._ring) > RING_TICKS or (self._bytes > RING_BYTES and len(self._ring) > 1):
            self._bytes -= len(self._ring.popleft().frame.payload)
        self.view, self.seq, self._snapshot = new, live.seq, None
        return True

    def start(self, live: Live) -> None:
        """Make the first view, unless there is one."""
        if not self.known:
            self.view, self.seq, self.known, self._snapshot = self.look(live), live.seq, True, None

    def can_resume(self, since: int, head: int, pending: bool) -> int | None:
        """The position of someone who knows everything up to event `since`; None when ticks would not bring them here.

        Arguments:
            head: the last event of this process's copy.
            pending: whether a tick is due; without one nothing has changed for this audience between `seq` and `head`.
        """
        if since == self.seq or (self.seq < since <= head and not pending):
            return self._count
        first = self._count - len(self._ring)
        for index, sent in enumerate(self._ring):
            if sent.after == since:
                return first + index
        return None

    def snapshot(self, epoch: str, at: int, missed: list[dict[str, Any]] | None = None) -> Packed:
        """The whole view; made once for all who come before the next tick."""
        if missed is None and self._snapshot is not None:
            return self._snapshot
        frame = Packed(
            encode(
                Snapshot(
                    at=at,
                    epoch=epoch,
                    seq=self.seq,
                    view=msgspec.Raw(encode(self.view)),
                    missed=msgspec.UNSET if missed is None else msgspec.Raw(encode(missed)),
                )
            )
        )
        if missed is None:
            self._snapshot = frame
        return frame

    @property
    def position(self) -> int:
        """Where a member stands who knows everything."""
        return self._count

    def deliver(self, member: Member, epoch: str, at: int) -> None:
        """Bring a member up to date, unless its outbox is full."""
        behind = self._count - member.position
        if member.paused or behind <= 0:
            return
        if behind > len(self._ring):
            member.send(self.snapshot(epoch, at))
        elif behind == 1:
            member.send(self._ring[-1].frame)
        else:
            for index in range(len(self._ring) - behind, len(self._ring)):
                member.send(self._ring[index].frame)
        member.position = self._count
