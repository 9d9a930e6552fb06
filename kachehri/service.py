"""The path of one command: submitted here, decided and committed by the writer, announced to whoever follows.

Every worker is equal: the lock on the session's row puts commands in one order, and what another worker committed
arrives over the bus (copies.py). What the clock alone brings about is in deadlines.py. Nothing is acknowledged before
its commit has returned.
"""

import asyncio
import re
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from rooms.base import SYSTEM, Actor, Command, Refused

from .bus import Bus
from .copies import Copies, Follower
from .deadlines import Deadlines
from .live import Announced, Live, tag_of
from .logs import logger
from .metrics import Submissions
from .pending import Accepted, Pending, body_hash
from .people import People
from .references import References
from .store import Store
from .store import sessions as session_rows
from .writer import Writer

#: Commands that may wait for the writer, a few seconds of its work. Policy: refuse people's further ones at once.
WAITING_MOST = 16_384
#: A client's own key: 128 bits in URL-safe letters.
KEY = re.compile(r"[A-Za-z0-9_-]{22,32}")

T = TypeVar("T")


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
        self._bus = bus
        self._reads: set[asyncio.Future[Any]] = set()
        self._tasks: set[asyncio.Task[Any]] = set()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._copies = Copies(
            bus, shared=shared, read=self._read, spawn=self._spawn, changed=lambda live: self._deadlines.schedule(live)
        )
        self._deadlines = Deadlines(self._copies, self.submit, lambda: self.read(self.store.now), self._spawn)
        self._writer = Writer(store, people, references, self._committed, self._deliver, held_ms)

    async def start(self) -> None:
        """Open for commands, and resume every session that is not over, also one that was closing."""
        self._loop = asyncio.get_running_loop()
        self._writer.start()
        self._copies.listen()
        for session_id in await self._read(session_rows.unfinished):
            await self.live(session_id)
        self._spawn(self._deadlines.run())
        self._spawn(self._copies.heartbeat())

    async def stop(self) -> None:
        """Finish what was taken and end."""
        self._copies.close()
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
            if isinstance(outcome, Refused) and outcome.code == "storage" and self._copies.has(pending.session_id):
                # A line that broke at the very commit leaves open whether it stands.
                self._copies.mend(pending.session_id)
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
        return await self._copies.live(session_id)

    def loaded(self, session_id: str) -> Live | None:
        """The copy, if this process has one. Whoever follows a session that is over asks now and then, and keeps it."""
        return self._copies.loaded(session_id)

    def let_go(self, before: float) -> None:
        """Drop the copies of sessions that are over and that nobody has looked at since `before`, in `Live`'s clock."""
        self._copies.let_go(before)

    def followed(self) -> list[Live]:
        """Every session that this process has a copy of."""
        return self._copies.followed()

    def follow(self, follower: Follower) -> Callable[[], None]:
        """Be told of every commit to a loaded session, in order and without gaps. Returns what ends it."""
        return self._copies.follow(follower)

    def reword(self, session_id: str) -> None:
        """Have every copy of a session, here and elsewhere, read its texts again: some changed after they were said."""
        self._copies.reword(session_id)

    def _committed(self, announced: list[Announced]) -> None:
        """In the writer's thread, before the replies leave."""
        assert self._loop is not None
        self._loop.call_soon_threadsafe(self._copies.publish, announced)

    # Time and closing

    async def now(self) -> int:
        """The database's clock, in milliseconds; 0 while nothing waits for it."""
        return await self._deadlines.now()

    async def tick(self, now: int) -> None:
        """Do what is due at `now` in every session that this process follows; what cannot be done now stays due."""
        await self._deadlines.tick(now)

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
