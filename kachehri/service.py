"""The path of one command: submitted here, decided and committed by the writer, announced to whoever follows.

Every worker is equal: the lock on the session's row puts commands in one order, and what another worker committed
arrives over the bus, with the database to fill any gap. Nothing is acknowledged before its commit has returned.
"""

import asyncio
import re
import secrets
import time
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

import msgspec

from rooms import closing
from rooms.base import SYSTEM, Actor, Command, Refused
from rooms.lifecycle import ENDED
from rooms.session import Session, Tick, decode_event, next_deadline, replay

from .bus import Bus, Subscription
from .live import WIRE, Announced, Live, Recorded, Wire, tag_of
from .logs import logger
from .metrics import Submissions
from .pending import Accepted, Pending, body_hash
from .people import People
from .references import References
from .store import Store, StoreError, content, event_log
from .store import sessions as session_rows
from .writer import Writer

#: How often a worker tells the others where a session's log ends, while anything happens in it: bounds a lost message.
HEARTBEAT_S = 1.0
#: How often the clock looks for what is due, whatever it was told.
CLOCK_S = 0.25
TOPIC = "session/"
#: A session that is over is let go of when nobody has looked at it for this long.
REST_S = 600.0
#: Commands that may wait for the writer, a few seconds of its work. Policy: refuse people's further ones at once.
WAITING_MOST = 16_384
#: A client's own key: 128 bits in URL-safe letters.
KEY = re.compile(r"[A-Za-z0-9_-]{22,32}")

T = TypeVar("T")
Follower = Callable[[Announced], None]


class Service:
    """The application as pages, sockets and the media process see it. Lives in one event loop.

    Arguments:
        shared: whether other processes listen to the bus.
        held_ms: the safety delay, for as long as which typed lines are held.
    """

    def __init__(
        self, store: Store, people: People, references: References, bus: Bus, *, shared: bool, held_ms: int = 0
    ) -> None:
        self.store, self.people, self.held_ms = store, people, held_ms
        self.submissions = Submissions()
        self._bus, self._shared = bus, shared
        self._origin = secrets.token_hex(4)
        self._live: dict[str, Live] = {}
        self._loading: dict[str, asyncio.Task[Live]] = {}
        self._early: dict[str, list[Announced]] = {}
        self._followers: list[Follower] = []
        self._active: set[str] = set()
        #: When the clock alone would next move each session.
        self._deadlines: dict[str, int] = {}
        self._reads: set[asyncio.Future[Any]] = set()
        self._tasks: set[asyncio.Task[Any]] = set()
        self._closing: set[str] = set()
        #: Sessions whose gap is being filled, and whether another was noticed meanwhile.
        self._mending: dict[str, bool] = {}
        self._loop: asyncio.AbstractEventLoop | None = None
        self._subscription: Subscription
        self._writer = Writer(store, people, references, self._committed, self._deliver, held_ms)

    async def start(self) -> None:
        """Open for commands, and resume every session that is not over, also one that was closing."""
        self._loop = asyncio.get_running_loop()
        self._writer.start()
        self._subscription = self._bus.subscribe(TOPIC, self._heard, self._gap)
        for session_id in await self._read(session_rows.unfinished):
            await self.live(session_id)
        self._spawn(self._clock())
        self._spawn(self._heartbeat())

    async def stop(self) -> None:
        """Finish what was taken and end."""
        self._subscription.close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        # A read whose task was cancelled goes on in its thread; whoever closes the store next must not meet it there.
        await asyncio.gather(*self._reads, return_exceptions=True)
        await asyncio.to_thread(self._writer.stop)
        # Replies that the writer handed over while it ended are delivered in the next turn of the loop.
        await asyncio.sleep(0)

    @property
    def broken(self) -> bool:
        """Whether this process writes no more, because a sync of the database failed: start another."""
        return self._writer.broken

    # Commands

    async def submit(self, actor: Actor, session_id: str, command: Command, key: str = "") -> Accepted:
        """Give a command and wait for its commit.

        Arguments:
            key: the client's own key of 128 bits; the same key with the same command is carried out once. Only the
                server's own commands have none.
        Errors: `Refused`, with a code of `rooms.refusals`.
        """
        if key and not KEY.fullmatch(key):
            raise Refused("malformed")
        if self._writer.waiting >= WAITING_MOST and actor is not SYSTEM:
            raise Refused("slow_down", retry_ms=1_000)
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Accepted] = loop.create_future()
        pending = Pending(session_id, actor, command, key, future, body_hash(command) if key else b"")
        self._writer.put(pending)
        return await self.submissions.watch(tag_of(command), future)

    def _deliver(self, batch: list[Pending]) -> None:
        assert self._loop is not None
        self._loop.call_soon_threadsafe(self._reply, batch)

    def _reply(self, batch: list[Pending]) -> None:
        for pending in batch:
            outcome, future = pending.outcome, pending.future
            if isinstance(outcome, Refused) and outcome.code == "storage" and pending.session_id in self._live:
                self._mend(pending.session_id)  # a line that broke at the very commit leaves open whether it stands
            if future.done():
                continue  # whoever asked has gone; the command stands all the same
            if isinstance(outcome, Accepted):
                future.set_result(outcome)
            else:
                future.set_exception(outcome or Refused("storage"))

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
        self._schedule(live)
        return live

    def follow(self, follower: Follower) -> Callable[[], None]:
        """Be told of every commit to a loaded session, in order and without gaps. Returns what ends it."""
        self._followers.append(follower)
        return lambda: self._followers.remove(follower)

    def _committed(self, announced: list[Announced]) -> None:
        """In the writer's thread, before the replies leave."""
        assert self._loop is not None
        self._loop.call_soon_threadsafe(self._publish, announced)

    def _publish(self, batch: list[Announced]) -> None:
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
            self._mend(wire.session_id)

    def _gap(self) -> None:
        """The bus may have missed something: look into the database."""
        for session_id in self._live:
            self._mend(session_id)

    def _apply(self, announced: Announced) -> None:
        if announced.session_id in self._early:
            self._early[announced.session_id].append(announced)
            return
        live = self._live.get(announced.session_id)
        if live is None:
            return
        if announced.epoch != live.epoch or announced.first_seq > live.seq + 1:
            self._mend(announced.session_id)
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
            self._schedule(live)

    def _mend(self, session_id: str) -> None:
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

    async def _heartbeat(self) -> None:
        while True:
            await asyncio.sleep(HEARTBEAT_S)
            self.let_go(time.monotonic() - REST_S)
            active, self._active = self._active, set()
            for session_id in active if self._shared else ():
                live = self._live.get(session_id)
                if live is not None:
                    wire = Wire(self._origin, session_id, live.epoch, 0, [], {}, live.seq)
                    self._bus.publish(TOPIC + session_id, msgspec.msgpack.encode(wire))

    # Time and closing

    def _schedule(self, live: Live) -> None:
        due = next_deadline(live.session)
        if due is None:
            self._deadlines.pop(live.session.id, None)
        else:
            self._deadlines[live.session.id] = due
        if live.session.phase == "closing" and live.session.id not in self._closing:
            self._closing.add(live.session.id)
            self._spawn(self._close(live.session.id))

    async def _clock(self) -> None:
        while True:
            try:
                await self.tick(await self.now())
            except StoreError as error:
                logger(__name__).error("clock.waits", code=error.code, way="!")
            await asyncio.sleep(CLOCK_S)

    async def now(self) -> int:
        """The database's clock, in milliseconds."""
        if not self._deadlines:
            return 0
        return await self.read(self.store.now)

    async def tick(self, now: int) -> None:
        """Do what is due at `now` in every session that this process follows; what cannot be done now stays due."""
        for session_id in [each for each, moment in self._deadlines.items() if moment <= now]:
            try:
                await self.submit(SYSTEM, session_id, Tick())
            except Refused as refused:
                logger(__name__).error("clock.waits", code=refused.code, way="!")
            except Exception:  # one session's trouble must not stop the clock of the others
                logger(__name__).exception("clock.failed", session=session_id, way="!")

    async def _close(self, session_id: str) -> None:
        """Open tickets chunk by chunk, then write the balance. Any worker may do it, and several may try."""
        while True:
            live = await self.live(session_id)
            if live.session.phase in ENDED:
                self._closing.discard(session_id)
                return
            try:
                before = live.session.closing.done
                await self.submit(SYSTEM, session_id, closing.OpenTickets())
                if live.session.closing.done == before:
                    await self.submit(SYSTEM, session_id, closing.SealSession())
                continue
            except Refused as refused:
                if refused.code in ("phase", "tickets_missing"):
                    self._mend(session_id)  # another worker was faster, and we have not heard of it yet
            except Exception:  # whatever it is, nobody but us will finish this
                logger(__name__).exception("close.waits", session=session_id, way="!")
            await asyncio.sleep(CLOCK_S)

    # Plumbing

    async def _read(self, work: Callable[[Any], Any]) -> Any:
        def run() -> Any:
            with self.store.read() as conn:
                return work(conn)

        thread = asyncio.ensure_future(asyncio.to_thread(run))
        self._reads.add(thread)
        thread.add_done_callback(self._reads.discard)
        return await asyncio.shield(thread)

    async def read(self, work: Callable[..., T], *args: Any) -> T:
        """Run a read of the store in a thread, on one snapshot."""
        found: T = await self._read(lambda conn: work(conn, *args))
        return found

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        error = None if task.cancelled() else task.exception()
        if error is not None:
            logger(__name__).error("task.failed", exc_info=error, way="!")
