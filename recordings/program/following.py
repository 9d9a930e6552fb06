"""What the program knows of its session: the log as it was committed, and what the public may read of it.

Fed by the bus, with the database to fill any gap, as every other process is (kachehri/live.py). It never writes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping

import msgspec

from kachehri.bus import Bus, Subscription
from kachehri.copies import TOPIC
from kachehri.live import WIRE, Announced, Live, Recorded
from kachehri.logs import logger
from kachehri.store import Store, StoreError, content, district, event_log
from kachehri.store import sessions as session_rows
from recordings.channels import channels
from recordings.program.clocks import Look, look
from recordings.program.scene import Facts, Sitting
from rooms.session import Session, decode_event, replay
from rooms.views import View, view

#: Seconds until a database that is away is asked again.
AGAIN_S = 1.0
#: Seconds between looks into the database when nothing was heard: bounds whatever went wrong with the bus.
LOOK_S = 5.0


class Following:
    """One session's copy, kept up to date.

    Arguments:
        changed: called with what is another than before.
        looked: called with what each look into the database found of its clock.
    """

    def __init__(
        self,
        store: Store,
        bus: Bus,
        session: str,
        changed: Callable[[Facts], None],
        looked: Callable[[Look], None] = lambda found: None,
    ) -> None:
        self._looked = looked
        self._store, self._bus, self._session, self._changed = store, bus, session, changed
        self._live: Live | None = None
        self._areas: dict[str, str] = {}
        self._subscription: Subscription | None = None
        self._look = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._told: Facts | None = None
        self.cut = ""

    async def start(self) -> None:
        """Read the session; what is announced meanwhile is not lost.

        Errors: `StoreError`, `LookupError` when there is no such session.
        """
        self._subscription = self._bus.subscribe(TOPIC + self._session, self._heard, self._look.set)
        await asyncio.to_thread(self._load)
        self._tell()
        self._task = asyncio.get_running_loop().create_task(self._keep())

    async def stop(self) -> None:
        if self._subscription is not None:
            self._subscription.close()
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])

    @property
    def facts(self) -> Facts:
        return self._told or Facts(phase="new")

    def look(self) -> None:
        """Looks into the database now rather than later."""
        self._look.set()

    def cut_to(self, seat: str) -> None:
        """The moderator's cut; empty: the program follows the floor again."""
        self.cut = seat
        self._tell()

    def _load(self) -> None:
        with self._store.read() as conn:
            row = session_rows.get(conn, self._session)
            if row is None:
                raise LookupError(self._session)
            log = [(event.seq, event.at, event.body) for event in event_log.after(conn, self._session, 0)]
            texts = content.texts(conn, self._session)
            self._areas = {area.code: area.name_ur or area.name_en for area in district.all_areas(conn)}
        self._live = Live(replay(self._session, log), row.epoch, texts)

    def _heard(self, topic: str, payload: bytes) -> None:
        try:
            wire = WIRE.decode(payload)
        except msgspec.MsgspecError:
            return
        live = self._live
        if live is None or wire.session_id != self._session:
            return
        if wire.epoch != live.epoch or wire.first_seq > live.seq + 1 or (not wire.events and wire.head > live.seq):
            self._look.set()
        elif wire.events:
            records = [
                Recorded(wire.first_seq + index, at, decode_event(body), body)
                for index, (at, body) in enumerate(wire.events)
            ]
            live.apply(Announced(wire.session_id, wire.epoch, wire.first_seq, records, wire.texts))
            self._tell()

    async def _keep(self) -> None:
        """Looks into the database when something may have been missed, and now and then anyway."""
        away = False
        while True:
            try:
                async with asyncio.timeout(LOOK_S):
                    await self._look.wait()
            except TimeoutError:
                pass
            self._look.clear()
            try:
                await self._catch_up()
                away = False
            except StoreError as error:
                if not away:
                    logger(__name__).warning("program.session_unread", code=error.code, session=self._session)
                away = True
                await asyncio.sleep(AGAIN_S)
                self._look.set()

    async def _catch_up(self) -> None:
        live = self._live
        assert live is not None
        after = live.seq

        def read() -> tuple[Look, str, list[event_log.Logged], Mapping[str, str]]:
            with self._store.read() as conn:
                found = look(self._store, conn)
                row = session_rows.get(conn, self._session)
                rows = event_log.after(conn, self._session, after)
                changed = content.texts(conn, self._session) if rows else {}
                return found, (row.epoch if row is not None else ""), rows, changed

        found, epoch, rows, texts = await asyncio.to_thread(read)
        self._looked(found)
        if epoch and epoch != live.epoch:  # restored from a backup
            await asyncio.to_thread(self._load)
        elif rows:
            records = [Recorded(row.seq, row.at, decode_event(row.body), row.body) for row in rows]
            live.apply(Announced(self._session, live.epoch, records[0].seq, records, texts))
        self._tell()

    def _tell(self) -> None:
        if self._live is None:
            return
        facts = facts_of(self._live.session, self._live.texts, self._areas, self.cut)
        if facts != self._told:
            self._told = facts
            self._changed(facts)


def facts_of(session: Session, texts: Mapping[str, str], areas: Mapping[str, str], cut: str = "") -> Facts:
    """What the picture may show: who is forwarded now, under the names that the public reads."""
    shown = view(session, "public", dict(texts))
    heard = session.stage.heard()
    numbers = {
        each.seat: each.number for each in channels((seat.id, seat.kind) for seat in session.stage.seats.values())
    }
    sitting = tuple(
        Sitting(
            seat.id, seat.kind, *_names(shown, seat.id, seat.kind, areas), muted=seat.muted,
            who=f"{heard[seat.id]}/{seat.turn}", channel=numbers.get(seat.id, 0),
        )
        for seat in session.stage.seats.values()
        if seat.id in heard
    )  # fmt: skip
    captions = tuple(row.text for row in shown.captions.values())[-2:]
    title, practice = _either(shown.session.title), session.lifecycle.practice
    return Facts(session.phase, title, sitting, shown.floor, cut, captions, practice)


def _names(shown: View, seat: str, kind: str, areas: Mapping[str, str]) -> tuple[str, str]:
    row = shown.seats[seat]
    if kind == "slides":
        return row.shows, ""
    turn = shown.turns.get(row.turn)
    question = shown.questions.get(turn.questions[0]) if turn is not None and turn.questions else None
    if question is not None:
        return question.name, question.village or areas.get(question.area, "")
    both = [row.title.get(tag, "") for tag in ("ur", "en")]
    return (both[0] or both[1] or next(iter(row.title.values()), "")), (both[1] if both[0] else "")


def _either(title: Mapping[str, str]) -> str:
    return title.get("ur") or title.get("en") or next(iter(title.values()), "")
