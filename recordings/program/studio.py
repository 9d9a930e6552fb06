"""One epoch of a session's program, from the tap to the files: everything but the session itself."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from kachehri.logs import logger
from kachehri.vault import Vault
from recordings.archive.archive import Archive
from recordings.archive.disk import failure
from recordings.archive.layout import Part
from recordings.channels import number_of, rendition_of
from recordings.program.clocks import Look
from recordings.program.delay import Journal, Left
from recordings.program.direct import Direct, Undelayed, lead
from recordings.program.encode import FULL, LIGHT, SOUND, Rendition
from recordings.program.feed import DELAY_MS
from recordings.program.fragments import EncodedPacket, Fragmenter
from recordings.program.outlet import Outlet
from recordings.program.picture import Words
from recordings.program.program import Program, Stalled
from recordings.program.scene import Facts
from recordings.withheld import note_withheld, withheld
from signaling.media.tap import TapFrame, Wish
from signaling.media.tap_reader import TapReader

#: Seconds between ticks: two blocks of sound.
TICK_S: Final = 0.04
#: The clock on the wall was set when it has moved so much against the machine's own. What is said would stand at
#: another moment than the log has it, and be released with another chapter: the next epoch begins with the new time.
SET_MS: Final = 500


class Studio:
    """Made when an epoch begins. `run` returns why it ended: `told`, `stalled`, `clock` (it was set), or the code of a
    failed file.

    Arguments:
        tap: the socket of the media process's tap.
        fence: of the lease under which this process writes.
        delay_ms: the safety delay; with one, `vault` seals what waits on the disk.
        told: called on the event loop with each part that is on the disk.
        ahead_ms: how far the log's clock is ahead of this machine's.
        doubts: asks for a look at the log's clock.
    """

    def __init__(
        self,
        tap: Path,
        session: str,
        archive: Archive,
        fence: int,
        words: Words,
        told: Callable[[Part], None],
        *,
        renditions: Sequence[Rendition] = (FULL, LIGHT),
        delay_ms: int = 0,
        vault: Vault | None = None,
        ahead_ms: int = 0,
        doubts: Callable[[], None] = lambda: None,
    ) -> None:
        self._loop = asyncio.get_running_loop()
        self._told = told
        self._begun = False
        #: How often something was dumped.
        self.withheld = 0
        self._folder = archive.folder / session
        self.epoch = archive.next_epoch(session)
        # On the wall, moments are those at which something was said: frames wait that long for those behind.
        now, wall_ms = _now(), _wall() + ahead_ms - DELAY_MS
        self._clocks = wall_ms + DELAY_MS - ahead_ms - now
        #: When they were last seen to agree, and how often since they were not.
        self._agreed, self._was_set = now, 0
        self._ahead_ms = ahead_ms
        #: The same by the newest look, when it last was as it is here, and what one look alone found.
        self._ahead_now, self._looked, self._found = ahead_ms, now, ahead_ms
        self._doubts = doubts
        self._journal: Journal | None = None
        self._left: list[Left] = []
        left_by: float | None = None
        if delay_ms and vault is not None:
            self._journal = Journal(self._folder, vault, session, delay_ms)
            # What came while the clock was another belongs to the time before: never to a chapter of the new time.
            self._left = self._journal.read(self._log_of, SET_MS)
            left_by = self._journal.left_by
        # Whoever died may have left what waited: this epoch begins where the last one ended.
        back_ms = delay_ms if self.epoch > 1 else 0
        starts_ms = resume_at(archive, session, wall_ms - back_ms)
        began, wall_ms = now - back_ms, wall_ms - back_ms
        if back_ms:
            # By the clock of who wrote it: a clock that went back since then takes nothing from what waits.
            set_by = round(self._log_of - left_by) if left_by is not None else 0
            ahead = max(0, min(back_ms, ended_at(archive, session) + set_by - wall_ms))
            began, wall_ms = began + ahead, wall_ms + ahead
        # Whoever follows an interpreter's channel goes on hearing the floor there, whether or not she sits down again.
        begun = [number for number in map(number_of, archive.renditions(session)) if number]
        self._reader = TapReader(tap, session, self._frame, self._wished, "picture" if renditions else "sound")
        self.program = Program(
            began, self._out, words, starts_ms=starts_ms, want=self._reader.want, renditions=renditions,
            channels=begun, delay_ms=delay_ms,
        )  # fmt: skip
        #: What goes out without delay, and where there is a delay, what it is made by.
        self._direct = Direct(self._reader.send, self._keyframe)
        self._undelayed: Undelayed | None = None
        if delay_ms:
            self._undelayed = Undelayed(self._direct, words, renditions, self._reader.want)
        else:
            lead(self.program, self._direct)
        sound = self.program.sound.shape
        fragmenters = {name: Fragmenter(encoder.shape, sound) for name, encoder in self.program.shapes.items()}
        fragmenters |= {name: Fragmenter(None, sound) for name in (SOUND, *map(rendition_of, begun))}
        self.outlet = Outlet(archive, session, fence, self.epoch, fragmenters, wall_ms - starts_ms, self._written)
        #: Unix time in ms of what is 0 in the machine's monotonic clock, less the time for which frames wait.
        self._wall_of = wall_ms - began
        for _, until_ms in withheld(self._folder):
            # Not later than now, whatever the clock said then.
            self.program.dumped_until = max(self.program.dumped_until, min(now, until_ms - self._wall_of))
        #: Program time of the same moment.
        self._time_of = starts_ms - began
        if self._journal is not None:
            # Of pictures also what is older: they rest on it.
            left = (each for each in self._left if each.frame.arrived_ms <= now)
            since = began - DELAY_MS
            self._left = [each for each in left if each.frame.kind == "video" or each.frame.arrived_ms >= since]
            self._journal.begin()
            self._journal.set(self._log_of, self._log_of)

    @property
    def _log_of(self) -> float:
        """The log's clock less the machine's own, in ms, as this epoch has it."""
        return self._clocks + self._ahead_ms

    def facts(self, facts: Facts) -> None:
        """What the session says now. The first time it holds for what is left of an earlier process too: what somebody
        said who has gone from her seat meanwhile would stand under the name of the next, and is thrown away.
        """
        sitting = {each.seat: each.who for each in facts.sitting}
        if self._journal is not None:
            self._journal.sits(sitting)
        if self._undelayed is not None:
            self._undelayed.facts(facts, _now())
        if self._begun:
            self.program.facts(facts, _now())
            return
        self._begun = True
        self.program.facts(facts)
        for frame, who in self._left:
            if who == sitting.get(frame.seat, ""):
                self._frame(frame)
        self._left = []

    def looked(self, found: Look) -> None:
        """A look at the log's clock. One that is another host's may be set, or this machine's beside it."""
        if not 0 <= found.took <= SET_MS // 2:
            return
        now = _now()
        if abs(_wall() + found.ahead - now - self._log_of) <= SET_MS:
            self._looked = now
        elif abs(found.ahead - self._ahead_now) <= SET_MS:
            return
        elif abs(found.ahead - self._found) > SET_MS:
            self._found = found.ahead
            self._doubts()  # twice, as with the machine's own
            return
        else:
            self._agreed = min(self._agreed, self._looked)  # it was set at some time since then
            self._was_set = max(1, self._was_set)
        self._ahead_now = self._found = found.ahead

    def dump(self) -> bool:
        """Throws away what waits; False when nothing does. On return nothing of it is left on the disk either.

        Errors: `OSError` where that cannot be noted; what waited is gone all the same.
        """
        span = self.program.dump(_now())
        if span is None:
            return False
        if self._journal is not None:
            self._journal.wipe()
        since, until = span
        if self._was_set:  # what was said before stands in the old time, the rest will in the new
            new, at = _wall() + self._ahead_now - until, max(self._agreed, since - DELAY_MS)
            note_withheld(self._folder, round(new + at), round(new + until))
            until = at
        note_withheld(self._folder, round(self._wall_of + since), round(self._wall_of + until + DELAY_MS))
        self.withheld += 1
        return True

    async def run(self, ending: asyncio.Event, over: Callable[[], bool] = lambda: True) -> str:
        """Runs until told to end, or until the epoch cannot go on. `over`: whether nothing that waits is kept then."""
        self._reader.start()
        try:
            return await self._run(ending)
        finally:
            await self._reader.stop()
            await asyncio.to_thread(self.outlet.close)
            if self._journal is not None:
                self._journal.close(keep=not over())

    async def _run(self, ending: asyncio.Event) -> str:
        due = _now()
        while not ending.is_set():
            now = _now()
            if why := self._step(now):
                return why
            due = max(due + 1000 * TICK_S, now - 1000 * TICK_S)
            await asyncio.sleep(max(0.0, (due - _now()) / 1000))
        return "told"

    def _step(self, now: float) -> str:
        """Makes what is due at `now`. Returns why the epoch cannot go on; empty when it can."""
        self._look(now)
        until = now
        if self._was_set:
            # What was said before stands in the old time; what was said since waits for the next epoch.
            until = min(now, self._agreed + DELAY_MS + self.program.delay_ms)
        self.program.media(self._reader.attached, now)
        try:
            self.program.tick(until)
        except Stalled:
            return "stalled"
        if self._undelayed is not None:
            self._undelayed.tick(now, self._time_of + now, self._reader.attached)
        if self._was_set > 1 and until < now:
            self._doubtful()
            return "clock"
        return self.outlet.failed

    def _look(self, now: float) -> None:
        """Whether the clock was set. Twice, for between two looks at two clocks a process may sleep."""
        log_of = _wall() + self._ahead_now - now
        if abs(log_of - self._log_of) <= SET_MS:
            if self._was_set > 1 and self._journal is not None:  # and set back
                self._journal.set(self._log_of, self._log_of)
            self._agreed, self._was_set = now, 0
            return
        self._was_set += 1
        if self._was_set != 2:
            return
        self._doubts()  # the log's may be another host's, and right
        if self._journal is not None:
            self._journal.set(log_of, self._log_of)

    def _doubtful(self) -> None:
        """What was made since the log's clock was last seen to agree may stand in another chapter: it is in none."""
        since = self._agreed + DELAY_MS
        if self.program.made <= since:
            return
        try:
            note_withheld(self._folder, round(self._wall_of + since), round(self._wall_of + self.program.made))
        except OSError as error:
            code = failure(error).code
            logger(__name__).error("program.dump_unnoted", session=self._folder.name, code=code, way="!")

    def _frame(self, frame: TapFrame) -> None:
        if self._journal is not None:
            self._journal.keep(frame)
        self.program.frame(frame)
        if self._undelayed is not None:
            self._undelayed.frame(frame)

    def _wished(self, wish: Wish) -> None:
        self._direct.wished(wish)

    def _keyframe(self) -> None:
        (self._undelayed or self.program).keyframe()

    def _out(self, rendition: str, packet: EncodedPacket) -> None:
        if not self.outlet.has(rendition):  # an interpreter has sat down for the first time
            self.outlet.add(rendition, Fragmenter(None, self.program.sound.shape))
        self.outlet.packet(rendition, packet)

    def _written(self, part: Part) -> None:
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._told, part)


def resume_at(archive: Archive, session: str, wall_ms: int) -> int:
    """The program time of this moment: what went before keeps its place, and is never written over.

    Arguments:
        wall_ms: Unix time in ms.
    """
    starts_ms = 0
    for rendition in archive.renditions(session):
        segments = archive.index(session, rendition).segments
        if segments:
            last = segments[-1]
            starts_ms = max(starts_ms, last.starts_ms + -(-last.duration_us // 1000))
        if first := next((each for each in segments if each.placed), None):
            starts_ms = max(starts_ms, wall_ms - (first.wall_ms - first.starts_ms))
    return starts_ms


def ended_at(archive: Archive, session: str) -> int:
    """When what is there ends, by the clock of the last who wrote: Unix time in ms, 0 where nothing is."""
    last = [archive.index(session, each).segments[-1:] for each in archive.renditions(session)]
    ends = [
        (each.epoch, each.wall_ms + -(-each.duration_us // 1000)) for found in last for each in found if each.placed
    ]
    return max(ends, default=(0, 0))[1]


def _wall() -> int:
    """Unix time in ms."""
    return time.time_ns() // 1_000_000


def _now() -> float:
    """Milliseconds of the machine's monotonic clock, which the media process's frames are stamped with."""
    return time.monotonic_ns() / 1e6
