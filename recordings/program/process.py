"""The life of `kachehri program SESSION`: one epoch of a hearing's program, until the hearing is over or it is told so.

It keeps no state that matters. When it dies the house starts another (kachehri/programs.py) with the next fence; that
one begins an epoch of its own behind what is on the disk.
"""

from __future__ import annotations

import asyncio
import gc
import signal
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Final, get_args

import msgspec

from kachehri import keys
from kachehri.bus import Bus
from kachehri.bus.local_client import LocalClient
from kachehri.bus.redis import RedisBus
from kachehri.i18n import LANGUAGES, words_for
from kachehri.logs import logger
from kachehri.programs import FAILED, RESTS
from kachehri.settings import Settings
from kachehri.store import Store, StoreError
from kachehri.vault import Vault
from recordings.announce import BusAnnouncements
from recordings.archive.archive import Archive
from recordings.archive.disk import failure
from recordings.archive.layout import Part, RecordingError
from recordings.program.clocks import Look, look
from recordings.program.encode import FULL, LIGHT, Rendition
from recordings.program.following import Following
from recordings.program.picture import Words
from recordings.program.scene import Facts, Slate
from recordings.program.studio import Studio
from recordings.program.telling import CUT_TOPIC, DUMP_TOPIC, STATUS_S, STATUS_TOPIC, Doing
from signaling.media.tap_server import tap_path

#: The last slate stands for so long.
FAREWELL_S: Final = 2.0
OVER: Final = frozenset({"closing", "closed", "cancelled"})

_RENDITIONS: Mapping[str, Sequence[Rendition]] = {"all": (FULL, LIGHT), "light": (LIGHT,), "sound": ()}


class _Life:
    """What ends an epoch: the hearing's end, a long break, or a signal."""

    def __init__(self, adjourned_s: float, delay_s: float) -> None:
        self.ending = asyncio.Event()
        self.code = 0
        self._adjourned_s, self._delay_s = adjourned_s, delay_s
        #: The hearing's own end or break: nobody takes up what waits. A signal alone is none.
        self.over = False
        self._timer: asyncio.TimerHandle | None = None
        self._phase = ""

    def end(self, code: int = 0) -> None:
        self.code = code
        self.ending.set()

    def _rest(self) -> None:
        self.over = True
        self.end(RESTS)

    def phase(self, phase: str) -> None:
        if phase == self._phase:
            return
        self._phase = phase
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        loop = asyncio.get_running_loop()
        if phase in OVER:
            self.over = True
            self._timer = loop.call_later(self._delay_s + FAREWELL_S, self._rest)
        elif phase != "live":
            self._timer = loop.call_later(self._delay_s + self._adjourned_s, self._rest)


async def run(settings: Settings, session: str, fence: int) -> int:
    """Runs until it ends; returns the process's exit status."""
    log = logger(__name__)
    store = Store(settings.database.url)
    bus = make_bus(settings)
    await bus.start()
    life = _Life(settings.program.adjourned_s, settings.program.delay_s)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, life.end)
    bell = BusAnnouncements(bus)
    studio: Studio | None = None

    def changed(facts: Facts) -> None:
        life.phase(facts.phase)
        if studio is not None:
            studio.facts(facts)

    def looked(found: Look) -> None:
        if studio is not None:
            studio.looked(found)

    following = Following(store, bus, session, changed, looked)

    def told(part: Part) -> None:
        bell.part(session, part)

    try:
        await following.start()
        archive = Archive.of(settings.recordings)
        delay_ms = 1000 * settings.program.delay_s
        renditions = _RENDITIONS[settings.program.renditions]
        ahead = await asyncio.to_thread(ahead_ms, store)
        asked = asyncio.Event()

        def cut(_topic: str, seat: bytes) -> None:
            following.cut_to(seat.decode("ascii", "replace"))
            asked.set()

        def dump(_topic: str, _payload: bytes) -> None:
            _dump(session, studio)
            asked.set()

        cuts = bus.subscribe(CUT_TOPIC + session, cut)
        dumps = bus.subscribe(DUMP_TOPIC + session, dump)
        why = "clock"
        try:
            while why == "clock":  # what waits then is of the next epoch, and who is on the stage goes on talking
                studio = Studio(
                    tap_path(settings.media.socket), session, archive, fence, slate_words(settings), told,
                    renditions=renditions, delay_ms=delay_ms,
                    vault=Vault(keys.read(settings.secrets.key_file)) if delay_ms else None,
                    ahead_ms=ahead, doubts=following.look,
                )  # fmt: skip
                studio.facts(following.facts)
                gc.unfreeze()
                gc.collect()
                gc.freeze()  # what was loaded is never looked through again
                log.info("program.began", session=session, epoch=studio.epoch, way="=")
                telling = loop.create_task(_tell(bus, session, studio, lambda: following.cut, asked))
                try:
                    why = await studio.run(life.ending, lambda: life.over)
                finally:
                    telling.cancel()
                    with suppress(asyncio.CancelledError):
                        await telling
                log.info("program.ended", session=session, epoch=studio.epoch, reason=why, way="x")
                if why == "clock":
                    with suppress(StoreError):  # away: as it was
                        ahead = await asyncio.to_thread(ahead_ms, store)
        finally:
            cuts.close()
            dumps.close()
        return life.code if why == "told" else FAILED
    except (RecordingError, LookupError) as error:
        code = error.code if isinstance(error, RecordingError) else "session"
        log.error("program.failed", session=session, code=code, way="!")
        return FAILED
    finally:
        await following.stop()
        await bus.close()
        store.close()


def ahead_ms(store: Store) -> int:
    """How far the clock of the log, which is the database's, is ahead of this machine's.

    Errors: `StoreError`.
    """
    with store.read() as conn:
        looks = [look(store, conn) for _ in range(3)]
    return min(looks).ahead  # the quickest answer is the nearest


def _dump(session: str, studio: Studio | None) -> None:
    """The dump key: what waits is thrown away."""
    try:
        done = studio is not None and studio.dump()
    except OSError as error:
        logger(__name__).error("program.dump_unnoted", session=session, code=failure(error).code, way="!")
        return
    logger(__name__).warning("program.dumped", session=session, state="done" if done else "nothing_waits", way="x")


async def _tell(bus: Bus, session: str, studio: Studio, cut: Callable[[], str], asked: asyncio.Event) -> None:
    """Says how it is doing, now and then and whenever it was asked for something; logs when the load changes it."""
    step = ""
    while True:
        now = studio.program.status
        doing = Doing(
            session,
            studio.epoch,
            now.step,
            now.late_ms,
            now.busy,
            now.faults,
            now.slate,
            studio.outlet.parts,
            cut(),
            studio.program.delay_ms,
            studio.withheld,
        )
        bus.publish(STATUS_TOPIC + session, msgspec.msgpack.encode(doing))
        if now.step != step and step:
            logger(__name__).warning("program.load_changed", session=session, state=now.step, way="=")
        step = now.step
        asked.clear()
        with suppress(TimeoutError):
            async with asyncio.timeout(STATUS_S):
                await asked.wait()


def make_bus(settings: Settings) -> Bus:
    """The house's bus as another process joins it."""
    if settings.bus.kind == "redis":
        return RedisBus(settings.bus.url)
    return LocalClient(settings.bus.socket)


def slate_words(settings: Settings) -> Words:
    """The slates' sentences, a line in each language of the house."""
    words = [words_for(code, settings.place.timezone) for code in LANGUAGES]
    slates = {name: tuple(each.plain(f"program.slate_{name}") for each in words) for name in get_args(Slate)}
    return {**slates, "practice": tuple(each.plain("program.practice") for each in words)}


def main(settings: Settings, session: str, fence: int) -> None:
    """The whole life of the process."""
    raise SystemExit(asyncio.run(run(settings, session, fence)))
