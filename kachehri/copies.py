"""This process's copies of sessions: loaded on first use, and kept level with the log whoever writes to it.

What this process committed comes from its writer, what another did over the bus, which may lose anything: a number
that is missing, or a heartbeat that tells of a longer log, is followed by a look into the database.
"""

import asyncio
import secrets
import time
from collections.abc import Callable, Coroutine
from typing import Any

import msgspec

from rooms.base import Refused
from rooms.lifecycle import ENDED
from rooms.session import Session, decode_event, replay

from .bus import Bus, Subscription
from .live import WIRE, Announced, Live, Recorded, Wire
from .logs import logger
from .store import StoreError, content, event_log
from .store import sessions as session_rows

#: How often a worker tells the others where a session's log ends, while anything happens in it: bounds a lost message.
HEARTBEAT_S = 1.0
TOPIC = "session/"
#: A session that is over is let go of when nobody has looked at it for this long.
REST_S = 600.0

Follower = Callable[[Announced], None]


class Copies:
    """The copies and whoever follows them. Lives in one event loop.

    Arguments:
        shared: whether other processes listen to the bus.
        read: runs a read of the store in a thread.
        changed: called with a copy that was loaded or has new events.
    """

    def __init__(
        self,
        bus: Bus,
        *,
        shared: bool,
        read: Callable[[Callable[[Any], Any]], Coroutine[Any, Any, Any]],
        spawn: Callable[[Coroutine[Any, Any, None]], None],
        changed: Callable[[Live], None],
    ) -> None:
        self._bus, self._shared, self._read, self._spawn, self._changed = bus, shared, read, spawn, changed
        self._origin = secrets.token_hex(4)
        self._live: dict[str, Live] = {}
        self._loading: dict[str, asyncio.Task[Live]] = {}
        self._early: dict[str, list[Announced]] = {}
        self._followers: list[Follower] = []
        self._active: set[str] = set()
        #: Sessions whose gap is being filled, and whether another was noticed meanwhile.
        self._mending: dict[str, bool] = {}
        self._subscription: Subscription

    def listen(self) -> None:
        """Hear of what other workers commit."""
        self._subscription = self._bus.subscribe(TOPIC, self._heard, self._gap)

    def close(self) -> None:
        """Hear nothing any more."""
        self._subscription.close()

    # Following

    async def live(self, session_id: str) -> Live:
        """This process's copy of a session, loaded on first use.

        Errors: `Refused("session_unknown")`.
        """
        live = self.loaded(session_id)
        if live is not None:
            return live
        task = self._loading.get(session_id)
        if task is None:
            task = self._loading[session_id] = asyncio.ensure_future(self._load(session_id))
            task.add_done_callback(lambda _: self._loading.pop(session_id, None))
        return await asyncio.shield(task)

    def loaded(self, session_id: str) -> Live | None:
        """The copy, if this process has one. Whoever follows a session that is over asks now and then, and keeps it."""
        live = self._live.get(session_id)
        if live is not None:
            live.looked_at = time.monotonic()
        return live

    def has(self, session_id: str) -> bool:
        """Whether this process has a copy, without keeping it any longer."""
        return session_id in self._live

    def let_go(self, before: float) -> None:
        """Drop the copies of sessions that are over and that nobody has looked at since `before`, in `Live`'s clock."""
        for session_id, live in list(self._live.items()):
            if live.session.phase in ENDED and live.looked_at < before and session_id not in self._mending:
                del self._live[session_id]

    def followed(self) -> list[Live]:
        """Every session that this process has a copy of."""
        return list(self._live.values())

    async def _load(self, session_id: str) -> Live:
        def read(conn: Any) -> tuple[Session, str, dict[str, str]] | None:
            row = session_rows.get(conn, session_id)
            if row is None:
                return None
            log = [(event.seq, event.at, event.body) for event in event_log.after(conn, session_id, 0)]
            return replay(session_id, log), row.epoch, content.texts(conn, session_id)

        self._early[session_id] = []
        try:
            found = await self._read(read)
            if found is None:
                raise Refused("session_unknown")
            live = self._live[session_id] = Live(*found)
        finally:
            early = self._early.pop(session_id)
        for announced in early:
            self._apply(announced)
        self._changed(live)
        return live

    def follow(self, follower: Follower) -> Callable[[], None]:
        """Be told of every commit to a loaded session, in order and without gaps. Returns what ends it."""
        self._followers.append(follower)
        return lambda: self._followers.remove(follower)

    # What was committed

    def publish(self, batch: list[Announced]) -> None:
        """Carry this process's own commits to its followers and to the other workers."""
        for announced in batch:
            if self._shared:
                self._tell(announced)
            self._apply(announced)

    def reword(self, session_id: str) -> None:
        """Have every copy of a session, here and elsewhere, read its texts again: some changed after they were said."""
        again = Announced(session_id, "", 0, [], {})  # of no epoch, so whoever hears of it looks into the database
        if self._shared:
            self._tell(again)
        self._apply(again)

    def _tell(self, announced: Announced) -> None:
        first, texts = announced.first_seq, dict(announced.texts)
        events = [(record.at, record.body) for record in announced.events]
        wire = Wire(self._origin, announced.session_id, announced.epoch, first, events, texts, first + len(events) - 1)
        self._bus.publish(TOPIC + announced.session_id, msgspec.msgpack.encode(wire))

    def _heard(self, _topic: str, payload: bytes) -> None:
        """Another worker committed, or says where a log ends."""
        wire = WIRE.decode(payload)
        if wire.origin == self._origin or wire.session_id not in {*self._live, *self._early}:
            return
        live = self._live.get(wire.session_id)
        if wire.events:
            numbered = enumerate(wire.events, wire.first_seq)
            records = [Recorded(seq, at, decode_event(body), body) for seq, (at, body) in numbered]
            self._apply(Announced(wire.session_id, wire.epoch, wire.first_seq, records, wire.texts))
        elif live is not None and (live.seq < wire.head or live.epoch != wire.epoch):
            self.mend(wire.session_id)

    def _gap(self) -> None:
        """The bus may have missed something: look into the database."""
        for session_id in self._live:
            self.mend(session_id)

    def _apply(self, announced: Announced) -> None:
        if announced.session_id in self._early:
            self._early[announced.session_id].append(announced)
            return
        live = self._live.get(announced.session_id)
        if live is None:
            return
        if announced.epoch != live.epoch or announced.first_seq > live.seq + 1:
            self.mend(announced.session_id)
            return
        fresh = live.apply(announced)
        if fresh:
            self._active.add(live.session.id)
            shown = Announced(live.session.id, live.epoch, fresh[0].seq, fresh, announced.texts)
            for follower in list(self._followers):
                try:
                    follower(shown)
                except Exception:  # its own trouble; the others and the rest of the batch go on
                    logger(__name__).exception("follower.failed", way="!")
            self._changed(live)

    def mend(self, session_id: str) -> None:
        """Fill a gap from the database."""
        if session_id in self._mending:
            self._mending[session_id] = True
            return
        self._mending[session_id] = False
        self._spawn(self._fill(session_id))

    async def _fill(self, session_id: str) -> None:
        """Read on until nothing was missed while reading; a database that is away is asked again."""
        try:
            again = True
            while again:
                self._mending[session_id] = False
                try:
                    await self._catch_up(session_id)
                    again = self._mending[session_id]
                except StoreError as error:
                    logger(__name__).warning("gap.waits", code=error.code, session=session_id, way="!")
                    await asyncio.sleep(HEARTBEAT_S)
        finally:
            del self._mending[session_id]

    async def _catch_up(self, session_id: str) -> None:
        live = self._live.get(session_id) or await self.live(session_id)

        def read(conn: Any) -> tuple[str, list[event_log.Logged], dict[str, str]]:
            row = session_rows.get(conn, session_id)
            epoch = row.epoch if row is not None else ""
            return epoch, event_log.after(conn, session_id, live.seq), content.texts(conn, session_id)

        epoch, rows, texts = await self._read(read)
        if epoch != live.epoch:
            # The log was restored from a backup: what this copy knows may never have happened.
            del self._live[session_id]
            await self.live(session_id)
            return
        # Some were changed since; what was erased meanwhile stays away.
        live.texts.update({id: text for id, text in texts.items() if id in live.texts})
        if rows:
            records = [Recorded(row.seq, row.at, decode_event(row.body), row.body) for row in rows]
            self._apply(Announced(session_id, epoch, records[0].seq, records, texts))

    async def heartbeat(self) -> None:
        """For ever: let go of what rests, and tell the others where the logs end that something happened in."""
        while True:
            await asyncio.sleep(HEARTBEAT_S)
            self.let_go(time.monotonic() - REST_S)
            active, self._active = self._active, set()
            for session_id in active if self._shared else ():
                live = self._live.get(session_id)
                if live is not None:
                    wire = Wire(self._origin, session_id, live.epoch, 0, [], {}, live.seq)
                    self._bus.publish(TOPIC + session_id, msgspec.msgpack.encode(wire))
