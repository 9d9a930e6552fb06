"""A stranger who watches: an ordinary citizen's connection that receives the stage and counts what arrives.

What is counted are her own packets and pictures, decoded; what the server says of itself plays no part.
"""

from __future__ import annotations

from dataclasses import dataclass

from signaling.client import LiveClient
from signaling.client.media import Watcher
from web.rehearsal.browser import Browser

UP_S = 10.0
#: Packets of 40 ms: at least this much sound from a turn on the stage counts as having been heard.
HEARD_PACKETS = 25


@dataclass
class Turn:
    """One turn as the stranger met it. Counts are packets of sound from its seat.

    Arguments:
        before: the count when it came on the stage.
        back: the count when it came back after its line had broken.
    """

    question: str
    seat: str
    before: int
    now: int = 0
    broke: bool = False
    back: int | None = None
    over: bool = False

    @property
    def heard(self) -> bool:
        return self.now - self.before >= HEARD_PACKETS

    @property
    def heard_again(self) -> bool:
        return self.back is not None and self.now - self.back >= HEARD_PACKETS


class Stranger:
    """Follows the public view and the stage."""

    def __init__(self, browser: Browser) -> None:
        self.browser = browser
        self.client = LiveClient(browser, trust=browser.trust)
        self.watcher = Watcher()
        self.turns: dict[str, Turn] = {}
        self._up: set[str] = set()
        self.client.on("media.up", lambda frame: self._up.add(frame["peer"]))
        self.client.on("tick", lambda _: self._look())

    async def enter(self) -> None:
        """Come in as anybody may, and ask for the stage."""
        await self.client.__aenter__()
        offer = await self.client.send("media.watch")
        await self.client.send("media.answer", peer=offer["peer"], sdp=await self.watcher.answer(offer["sdp"]))
        await self.client.until(lambda: offer["peer"] in self._up, UP_S)

    async def leave(self) -> None:
        await self.watcher.close()
        await self.client.close()

    def _sound(self, seat: str) -> int:
        seen = self.watcher.seats.get(seat)
        return seen.audio_packets if seen else 0

    def _look(self) -> None:
        """After each tick: who is on, who has gone, whose line broke."""
        shown = self.client.view.get("turns", {})
        for name, row in shown.items():
            if name not in self.turns and row["state"] == "on_stage":
                seat = str(row["seat"])
                self.turns[name] = Turn(row["questions"][0], seat, self._sound(seat))
        for name, turn in self.turns.items():
            state = shown[name]["state"] if name in shown else ""
            if not turn.over:
                turn.now = self._sound(turn.seat)
            turn.over = not state
            turn.broke = turn.broke or state == "dropped"
            if turn.broke and state == "on_stage" and turn.back is None:
                turn.back = turn.now

    @property
    def audio_packets(self) -> int:
        return sum(seen.audio_packets for seen in self.watcher.seats.values())

    @property
    def video_frames(self) -> int:
        return sum(seen.video_frames for seen in self.watcher.seats.values())

    @property
    def seats_heard(self) -> int:
        """From how many places sound came."""
        return sum(seen.audio_packets >= HEARD_PACKETS for seen in self.watcher.seats.values())
