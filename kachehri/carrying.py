"""Going on from another phone: place, turn and seat belong to the participant, and she to whoever brings the question's
number and code.

One browser speaks for a participant at a time. Whoever loses her goes on as somebody new, and may take her back in the
same way.
"""

import asyncio
from collections.abc import Callable
from typing import NamedTuple

import msgspec

from .bus import Bus, Subscription
from .people import participant_id
from .store import Connection, Store, carries, people

TOPIC = "carry/"


class Moved(NamedTuple):
    """A participant who now speaks from another browser."""

    session_id: str
    participant: str


class Carrying:
    """Which browser speaks as whom, in this process: read at the start, kept up to date by the bus."""

    def __init__(self, store: Store, bus: Bus) -> None:
        self._store, self._bus = store, bus
        self._as: dict[tuple[str, str], str] = {}
        self._followers: list[Callable[[Moved], None]] = []
        self._tasks: set[asyncio.Task[None]] = set()
        #: Readings one after the other: an earlier one that comes back late must not undo a later one.
        self._reading = asyncio.Lock()
        self._subscription: Subscription | None = None

    async def start(self) -> None:
        self._subscription = self._bus.subscribe(TOPIC, self._heard, lambda: self._look(None))
        await self._reload(None)

    def close(self) -> None:
        if self._subscription is not None:
            self._subscription.close()
        for task in self._tasks:
            task.cancel()

    def follow(self, follower: Callable[[Moved], None]) -> None:
        """Be told, in every process, who moved: connections of the browser before must end."""
        self._followers.append(follower)

    def participant(self, session_id: str, device: str) -> str:
        """Whom a browser speaks for."""
        return self._as.get((session_id, device)) or own(session_id, device)

    def moved_away(self, session_id: str, device: str) -> bool:
        """Whether the place of this browser went on to another."""
        return self._as.get((session_id, device)) == left(session_id, device)

    async def take(self, session_id: str, device: str, participant: str) -> None:
        """From now on `device`, and no other, speaks as `participant`."""

        def write() -> None:
            with self._store.write() as conn:
                _write(conn, session_id, device, participant, self._store.now(conn))

        await asyncio.to_thread(write)
        moved = Moved(session_id, participant)
        await self._reload(moved)
        self._bus.publish(TOPIC + session_id, msgspec.msgpack.encode(moved))

    def _heard(self, _topic: str, payload: bytes) -> None:
        try:
            self._look(Moved(*msgspec.msgpack.decode(payload, type=tuple[str, str])))
        except msgspec.DecodeError:
            return

    def _look(self, moved: Moved | None) -> None:
        task = asyncio.get_running_loop().create_task(self._reload(moved))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _reload(self, moved: Moved | None) -> None:
        def look() -> dict[tuple[str, str], str]:
            with self._store.read() as conn:
                return {(row.session_id, row.device_id): row.participant_id for row in carries.standing(conn)}

        async with self._reading:
            self._as = await asyncio.to_thread(look)
        if moved is not None:
            for follower in self._followers:
                follower(moved)


def own(session_id: str, device: str) -> str:
    """The participant that a browser is by itself."""
    return participant_id(session_id, f"device/{device}")


def left(session_id: str, device: str) -> str:
    """The one that it is after its own went on elsewhere: somebody new, who has asked nothing."""
    return participant_id(session_id, f"device/{device}/left")


def _write(conn: Connection, session_id: str, device: str, participant: str, now: int) -> None:
    people.lock(conn, participant)
    others = [each for each in carries.holders(conn, session_id, participant) if each != device]
    carries.drop(conn, session_id, others)
    if own(session_id, device) == participant:
        carries.drop(conn, session_id, [device])
        return
    carries.put(conn, session_id, device, participant, now)
    began = people.participant(conn, participant)
    if began is not None and began.device_id and own(session_id, began.device_id) == participant:
        carries.put(conn, session_id, began.device_id, left(session_id, began.device_id), now)
