"""What the office says of itself: its name, helpline, languages and address; changed on a page, in force everywhere.

The settings file says where the program listens and keeps its files; that needs a restart. What stands on the pages is
the office's own affair: it is kept in the database, begins with what the file says, and every worker follows a change.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, Final, Literal
from urllib.parse import urlsplit

import msgspec

from .bus import Bus, Subscription
from .settings import Settings
from .store import Connection, Store, installation

PREFIX: Final = "house."
TOPIC: Final = "house.changed"


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Whom this server is for.

    Arguments:
        address: what people type, without a slash at the end; for links, QR codes and the Origin check.
        announced: whether somebody has said that address; else it is only where the program listens.
        open_scorecards: whether everybody may read what a closed hearing came to, or the staff alone.
        set_up_at: when the first hearing was announced, in milliseconds since the epoch; 0: not yet set up.
    """

    name_ur: str = ""
    name_en: str = ""
    helpline: str = ""
    language: Literal["ur", "en"] = "ur"
    timezone: str = "Asia/Karachi"
    address: str = ""
    announced: bool = False
    open_scorecards: bool = True
    set_up_at: int = 0

    def name(self, language: str) -> str:
        """The office's name in a language, or in the other where it has only that."""
        first, second = (self.name_ur, self.name_en) if language == "ur" else (self.name_en, self.name_ur)
        return first or second

    @property
    def https(self) -> bool:
        return urlsplit(self.address).scheme == "https"

    @property
    def origins(self) -> frozenset[str]:
        """The pages that are ours wherever a request says it was sent to, as behind a proxy."""
        return frozenset({self.address}) if self.announced else frozenset()


def from_file(settings: Settings) -> Place:
    """What the settings file says, before anybody said otherwise on a page."""
    name = settings.place.name
    return Place(
        name_ur=name,
        name_en=name,
        helpline=settings.place.helpline,
        timezone=settings.place.timezone,
        address=settings.public_url,
        announced=bool(settings.server.public_url),
    )


def read(conn: Connection, start: Place) -> Place:
    """`start` with everything that was said on a page. A fact that a newer version wrote is left out."""
    said: dict[str, Any] = {}
    known = {field.name: field.type for field in msgspec.structs.fields(Place)}
    for name, value in installation.facts(conn, PREFIX).items():
        if name in known:
            said[name] = msgspec.json.decode(value, type=known[name])
    if "set_up_at" not in said:  # whoever has announced a hearing is set up, in whichever way she came to it
        said["set_up_at"] = installation.first_hearing(conn)
    return msgspec.structs.replace(start, **said)


def write(conn: Connection, values: dict[str, object]) -> None:
    """Keep what was said."""
    installation.keep(conn, PREFIX, {name: msgspec.json.encode(value).decode() for name, value in values.items()})


class HouseSettings:
    """The place as it now is, in this process; `place` is replaced as a whole whenever it changes anywhere."""

    def __init__(self, settings: Settings, store: Store, bus: Bus) -> None:
        self._store, self._bus = store, bus
        self._start = from_file(settings)
        self._followers: list[Callable[[Place], None]] = []
        self._tasks: set[asyncio.Task[Place]] = set()
        #: Readings one after the other: an earlier one that comes back late must not undo a later one.
        self._reading = asyncio.Lock()
        self._subscription: Subscription | None = None
        self.place = self._start

    async def start(self) -> None:
        """Read what stands, and hear of every change from now on."""
        self._subscription = self._bus.subscribe(TOPIC, lambda _topic, _payload: self._look(), self._look)
        await self.reload()

    def close(self) -> None:
        if self._subscription is not None:
            self._subscription.close()
        for task in self._tasks:
            task.cancel()

    def follow(self, follower: Callable[[Place], None]) -> None:
        """Be told of the place now and whenever it is another."""
        self._followers.append(follower)
        follower(self.place)

    async def reload(self) -> Place:
        """Look into the database."""

        def look() -> Place:
            with self._store.read() as conn:
                return read(conn, self._start)

        async with self._reading:
            found = await asyncio.to_thread(look)
            if found != self.place:
                self.place = found
                for follower in self._followers:
                    follower(found)
            return found

    async def change(self, **values: object) -> Place:
        """Say something else; in force here on return, in the other workers a moment later."""

        def keep() -> None:
            with self._store.write() as conn:
                write(conn, values)

        await asyncio.to_thread(keep)
        self._bus.publish(TOPIC, b"")
        return await self.reload()

    def _look(self) -> None:
        task = asyncio.get_running_loop().create_task(self.reload())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
