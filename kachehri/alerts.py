"""Tells people that their turn is near, on phones whose page is closed: at 5, 2 and 1 places, and when they are called.

Each alert is given once, whichever worker sees the place change: the first to write its name into the outbox sends it.
Nothing personal travels: a number of places, in the reader's language, and the address of the hearing.
"""

import asyncio
import json
import time
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, NamedTuple, TypeVar

from rooms.lifecycle import ENDED
from rooms.session import Session

from .bus import Bus
from .i18n import LANGUAGES, words_for
from .live import Announced
from .logs import logger
from .push_post import Post, Unreachable
from .service import Service
from .store import Connection, alerts
from .store.tables import PushSubscription
from .subscriptions import Subscriptions
from .webpush import Signer, seal, target

TOPIC = "alerts/"
#: The same steps as static/js/alerts.js; 0 is the call itself.
STEPS = (5, 2, 1)
CALLED = frozenset({"called", "on_deck", "ready"})
#: Changes of the line within this time are looked at together.
GATHER_S = 0.5
#: How long a service keeps a message for a phone that is away, in seconds: later it would be no news.
NEAR_TTL_S, CALLED_TTL_S = 600, 60
AGAIN_S = 2.0
GONE = (404, 410)
#: Messages on their way at once; a line that moves may concern many.
SENDING_MOST = 16

T = TypeVar("T")


class Due(NamedTuple):
    """One alert. `step` is 0 for a call, `name` what makes it this one and no other."""

    participant: str
    step: int
    name: str


def due(session: Session, participant: str) -> list[Due]:
    """What a participant may be told of as things stand; a pure function of the session."""
    found = []
    for question_id in session.queue.asked_by.get(participant, []):
        question = session.queue.questions[question_id]
        place = session.queue.place(question) if question.state == "admitted" else 0
        step = next((each for each in reversed(STEPS) if 0 < place <= each), None)
        if step is not None:
            found.append(Due(participant, step, f"push/{question_id}/{step}"))
    turn = session.stage.turn_of(participant)
    if turn is not None and turn.state in CALLED:
        found.append(Due(participant, 0, f"push/{turn.id}/called/{turn.called_at}"))
    return found


class Alerts:
    """Who is to be alerted, and the sending. Lives in one event loop.

    Arguments:
        post: how messages leave the house.
        contact: an https address under which a push service can ask who sends.
    """

    def __init__(
        self,
        service: Service,
        masters: Sequence[bytes],
        bus: Bus,
        *,
        post: Post | None = None,
        contact: Callable[[], str] = lambda: "",
    ) -> None:
        self._service, self._bus, self._contact = service, bus, contact
        self.post = post or Post()
        self._signer = Signer(masters[-1])
        self._subscriptions = Subscriptions(masters)
        self._wanted: dict[str, set[str]] = {}
        self._looks = 0
        #: Names of alerts that this worker need not ask the database about again.
        self._told: dict[str, set[str]] = {}
        self._timers: dict[str, asyncio.TimerHandle] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._ends: list[Callable[[], None]] = []
        self._sending = asyncio.Semaphore(SENDING_MOST)
        self._log = logger(__name__)

    @property
    def public_key(self) -> str:
        """What a browser is given, so that only this installation can reach it."""
        return self._signer.public

    async def start(self) -> None:
        heard = self._bus.subscribe(TOPIC, lambda _topic, _payload: self._spawn(self._look()))
        self._ends = [heard.close, self._service.follow(self._announced)]
        await self._look()
        for session_id in self._wanted:
            self._later(session_id)

    async def stop(self) -> None:
        while self._ends:
            self._ends.pop()()
        for timer in self._timers.values():
            timer.cancel()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def subscribe(
        self, session_id: str, participant: str, endpoint: str, keys: tuple[str, str], language: str
    ) -> bool:
        """Remember a browser; False where its address or keys are not what a browser sends."""
        to = target(endpoint, *keys)
        live = await self._service.live(session_id)
        if to is None or not self.post.takes(endpoint) or live.session.phase in ENDED:
            return False
        # Where she stands now she sees on the page that she tapped.
        known = [each.name for each in due(live.session, participant)]

        def write(conn: Connection, now: int) -> None:
            self._subscriptions.add(conn, session_id, participant, to, language, now)
            for name in known:
                alerts.claim(conn, name, session_id, now)

        await self._write(write)
        await self._changed(session_id)
        return True

    async def unsubscribe(self, session_id: str, participant: str, endpoint: str = "") -> None:
        """Forget a browser, or with no endpoint all of a participant's."""
        await self._write(lambda conn, _: self._subscriptions.drop(conn, session_id, participant, endpoint))
        await self._changed(session_id)

    def moved(self, session_id: str, participant: str) -> None:
        """Someone goes on from another phone: the one before is not called any more."""
        if participant in self._wanted.get(session_id, ()):
            self._spawn(self.unsubscribe(session_id, participant))

    async def _changed(self, session_id: str) -> None:
        await self._look()
        self._bus.publish(TOPIC + session_id, b"")

    async def _look(self) -> None:
        """Read who wants to be told. Of two readings at once the later begun counts, in whatever order they end."""
        self._looks += 1
        mine = self._looks
        wanted = await self._service.read(alerts.wanted)
        if mine == self._looks:
            self._wanted = wanted

    def _announced(self, announced: Announced) -> None:
        if announced.session_id in self._wanted:
            self._later(announced.session_id)

    def _later(self, session_id: str) -> None:
        if session_id not in self._timers:
            loop = asyncio.get_running_loop()
            self._timers[session_id] = loop.call_later(GATHER_S, self._look_at, session_id)

    def _look_at(self, session_id: str) -> None:
        del self._timers[session_id]
        live = self._service.loaded(session_id)
        if live is None:
            return
        if live.session.phase in ENDED:
            self._told.pop(session_id, None)
            self._spawn(self._over(session_id))
            return
        told = self._told.setdefault(session_id, set())
        for participant in self._wanted.get(session_id, ()):
            for each in due(live.session, participant):
                if each.name not in told:
                    told.add(each.name)
                    self._spawn(self._alert(session_id, each))

    async def _over(self, session_id: str) -> None:
        await self._write(lambda conn, _: alerts.drop_session(conn, session_id))
        await self._changed(session_id)

    async def _alert(self, session_id: str, each: Due) -> None:
        if await self._write(lambda conn, now: alerts.claim(conn, each.name, session_id, now)):
            rows = await self._service.read(alerts.of_participant, session_id, each.participant)
            await asyncio.gather(*(self._send(row, each.step) for row in rows))

    async def _send(self, row: PushSubscription, step: int) -> None:
        """Twice at most; a service that says the browser is gone ends the subscription."""
        async with self._sending:
            status = await self._try(row, step)
            if status == 0 or status == 429 or status >= 500:
                await asyncio.sleep(AGAIN_S)
                status = await self._try(row, step)
        if status in GONE:
            await self._write(lambda conn, _: alerts.drop(conn, row.id))
            await self._changed(row.session_id)
        elif not 200 <= status < 300:
            await self._write(lambda conn, now: alerts.failed(conn, row.id, now))

    async def _try(self, row: PushSubscription, step: int) -> int:
        """The answer's status; 0 where nothing answered, 400 where nothing is to be asked."""
        to = self._subscriptions.opened(row)
        if to is None:
            return 400
        headers = {
            "Authorization": self._signer.authorization(to.endpoint, int(time.time()), self._contact()),
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(NEAR_TTL_S if step else CALLED_TTL_S),
            "Urgency": "high",
            "Topic": f"k-{row.session_id}",
        }
        message = json.dumps(said(row.session_id, row.language, step), ensure_ascii=False).encode()
        try:
            return await self.post.send(to.endpoint, headers, seal(message, to))
        except Unreachable as error:
            self._log.warning("push.unreachable", code=error.code)
            return 400 if error.code == "unsafe" else 0

    async def _write(self, work: Callable[[Connection, int], T]) -> T:
        def run() -> T:
            store = self._service.store
            with store.write() as conn:
                return work(conn, store.now(conn))

        return await asyncio.to_thread(run)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(self._guarded(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _guarded(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except Exception:
            self._log.exception("push.failed", way="!")


def said(session_id: str, language: str, step: int) -> dict[str, object]:
    """What the phone shows: neutral, because it may be borrowed, and in the language of whoever asked for it."""
    words = words_for(language if language in LANGUAGES else "ur")
    return {
        "title": words.raw("alerts.push_title"),
        "body": words.raw("alerts.push_near").replace("{n}", str(step)) if step else words.raw("alerts.push_called"),
        "path": f"/s/{session_id}",
        "tag": f"k-{session_id}",
        "lang": words.language.code,
        "dir": words.language.direction,
        "called": step == 0,
    }
