"""The program's parts as the HTTP process holds them: the files, those who wait for the next piece, and the keys.

Nothing here knows HTTP. What is on the air may be fetched for as long as a player that lags may need it, and no longer:
what a citizen said is heard again only when it has been released.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeVar

from kachehri import keys
from kachehri.bus import Bus
from kachehri.live import Live
from kachehri.service import Service
from kachehri.settings import Settings
from kachehri.store import Connection, Store
from recordings import playlists
from recordings.announce import Waiting
from recordings.archive import Archive, Index, Part, Segment
from recordings.channels import Channel, channels
from recordings.edition import Edition
from recordings.edition.basis import basis_of, taken_out
from recordings.edition.plan import Cover, taken_of, touches
from recordings.file_threads import FileThreads
from recordings.grants import Scope, check, grant
from recordings.playlists import SHAPES, SOUND, Interpreted, Report, Shape, Variant
from recordings.replaying import Told
from web.taken_out import Known, TakenOut

#: A player on a bad line may be this far behind what is on the air, in milliseconds of wall time.
LAG_MS: Final = 120_000
#: After the last part of a hearing that is over, the playlist is closed when this much has passed.
_QUIET_MS: Final = 6_000
#: Phases in which something may still be added.
_ON: Final = frozenset({"doors_open", "live", "adjourned"})
#: Whole segments of sound with which a player can begin: it starts three from the end (RFC 8216 §6.3.3).
_BEGUN: Final = 3
#: Requests that wait at a time. Policy: refuse further ones with 503; a cache in front makes them a handful.
MOST_WAITING: Final = 2_000
#: Pictures of a rendition as it is offered to players that read the master playlist: width, height, per second.
_PICTURES: Final = {"full": (640, 360, 15.0), "light": (426, 240, 12.0)}

_OFFERED: Final = {"all": ("sound", "light", "full"), "light": ("sound", "light"), "sound": ("sound",)}

T = TypeVar("T")
#: What of a recording everybody may have is asked again after so many seconds; caches keep it longer.
_EDITION_S: Final = 1.0
_EDITIONS_MOST: Final = 256


def sealing_keys(masters: Sequence[bytes]) -> tuple[bytes, ...]:
    """What seals grants, the one in force first."""
    return tuple(keys.derive(master, "program grants") for master in masters)


@dataclass
class Broadcasting:
    """What serves the program of every session of this house."""

    archive: Archive
    waiting: Waiting
    keys: tuple[bytes, ...]
    #: What is made here, the cheapest first.
    offered: tuple[str, ...] = ("sound", "light", "full")
    #: Languages of the interpreters' seats, the first seat's first.
    interpreted: tuple[str, ...] = ()
    #: Anybody may also have it without delay, for as long as there is a place.
    direct: bool = False
    #: The safety delay: what is said comes so much later.
    delay_ms: int = 0
    waiters: int = 0
    #: How far the database's clock was ahead of this machine's when it was asked last.
    ahead_ms: int = 0
    last_read: TakenOut = field(default_factory=TakenOut)
    files: FileThreads = field(default_factory=FileThreads)
    _looking: dict[tuple[str, str], asyncio.Task[Index]] = field(default_factory=dict)
    _editions: dict[str, tuple[float, asyncio.Task[Edition]]] = field(default_factory=dict)

    def base(self, session: str, scope: Scope, now_ms: int) -> str:
        """Where addresses of a session's program begin."""
        return f"/b/{grant(self.keys[0], session, scope, now_ms)}/{session}"

    def opens(self, session: str, given: str, now_ms: int) -> Scope:
        """What a grant opens. Errors: GrantRefused."""
        return check(self.keys, session, given, now_ms)

    def index(self, session: str, rendition: str) -> Index:
        return self.archive.index(session, rendition)

    async def look(self, session: str, rendition: str) -> Index:
        """The index, read beside the event loop: one look at the files for all who ask in that moment."""
        key = (session, rendition)
        task = self._looking.get(key)
        if task is None:
            task = self._looking[key] = asyncio.create_task(self.files.run(self.archive.index, *key))
            task.add_done_callback(lambda _: self._looking.pop(key, None))
        return await asyncio.shield(task)

    async def edition(self, service: Service, live: Live, told: Sequence[Told] | None = None) -> Edition:
        """What everybody gets of a closed session's recording; nothing of one that is not closed.

        Arguments:
            told: its chapters as they are now; None: as they were at most a second ago.
        """
        if told is not None:
            return await self._edition(service, live, told)
        return await _lately(self._editions, live.session.id, lambda: self._edition(service, live, None))

    async def taken(self, service: Service, session: str, phase: str) -> Known:
        """What is taken out of a session's recording, as it was at most a second ago; longer, see web/taken_out.py."""

        async def ask() -> tuple[Cover, ...]:
            covers, asked_ms, there_ms, answered_ms = await service.read(_read_out, service.store, session)
            self.ahead_ms = ahead(self.ahead_ms, asked_ms, there_ms, answered_ms)
            return covers

        return await self.last_read.of(session, ask, on=is_on(phase))

    async def _edition(self, service: Service, live: Live, told: Sequence[Told] | None) -> Edition:
        basis = await service.read(basis_of, live, self.archive.folder, told)
        return Edition(self.archive, live.session.id, basis)

    def begun(self, session: str) -> bool:
        """Whether there is enough to listen to: a player given less than three target durations may give up."""
        return len(playlists.window(self.index(session, "sound"), SOUND)) >= _BEGUN

    def channels(self, session: str, seats: Iterable[tuple[str, str]]) -> tuple[Channel, ...]:
        """The interpreters' channels that are on. `seats`: id and kind of each, as they were planned."""
        newest = _epoch(self.index(session, "sound"))
        every = channels(seats, self.interpreted)
        return tuple(each for each in every if newest and _epoch(self.index(session, each.rendition)) == newest)

    def spoken(self, session: str, on: Iterable[Channel]) -> list[Interpreted]:
        """Channels as the master playlist offers them."""
        found = []
        for each in on:
            shown = [one for one in playlists.window(self.index(session, each.rendition), SOUND) if one.whole]
            if shown:
                name = each.name or str(each.number)
                found.append(Interpreted(each.rendition, _peak(shown), name, each.language))
        return found

    def breaks_before(self, session: str, rendition: str) -> int:
        """How often the program broke before this rendition began."""
        segments = self.index(session, rendition).segments
        floor = self.index(session, "sound").segments
        if not segments or not floor or floor[0].epoch == segments[0].epoch:
            return 0
        return len({each.epoch for each in floor if each.epoch < segments[0].epoch})

    def reports(self, session: str, rendition: str) -> list[Report]:
        """Where the other renditions stand that are sent in parts."""
        found = []
        for other, shape in SHAPES.items():
            if other != rendition and shape.low and (index := self.index(session, other)).segments:
                found.append(Report(other, *playlists.last(index)))
        return found

    def variants(self, session: str) -> list[Variant]:
        """What the master playlist offers: what has been written, with the rates that it had lately."""
        found = []
        for rendition, shape in SHAPES.items():
            shown = [each for each in playlists.window(self.index(session, rendition), shape) if each.whole]
            if not shown:
                continue
            codecs = playlists.codecs_of(self.archive.read_init(session, rendition, shown[-1].epoch))
            found.append(Variant(rendition, _peak(shown), codecs, *_PICTURES.get(rendition, ())))
        return found


async def _lately(kept: dict[str, tuple[float, asyncio.Task[T]]], key: str, ask: Callable[[], Awaitable[T]]) -> T:
    """One answer for all who ask within a second."""

    async def asked() -> T:
        return await ask()

    now = time.monotonic()
    found = kept.get(key)
    if found is None or now - found[0] > _EDITION_S:
        while len(kept) >= _EDITIONS_MOST:
            del kept[next(iter(kept))]
        found = kept[key] = (now, asyncio.create_task(asked()))
    try:
        return await asyncio.shield(found[1])
    except BaseException:
        if found[1].done():
            kept.pop(key, None)
        raise


def broadcasting(settings: Settings, bus: Bus, masters: Sequence[bytes]) -> Broadcasting | None:
    """The door of this house; None where no program is made."""
    if settings.program.enabled != "yes":
        return None
    archive = Archive(settings.recordings.folder)
    files = FileThreads()
    waiting = Waiting(bus, archive.index, files.run)
    waiting.start()
    return Broadcasting(
        archive,
        waiting,
        sealing_keys(masters),
        _OFFERED[settings.program.renditions],
        interpreted=settings.program.interpreted,
        direct=settings.program.direct_viewers > 0,
        delay_ms=settings.program.held_ms,
        files=files,
    )


def _read_out(conn: Connection, store: Store, session: str) -> tuple[tuple[Cover, ...], int, int, int]:
    """What is taken out; and the database's clock, between two looks at this machine's."""
    covers = taken_out(conn, session)
    asked = time.time_ns()
    there_ms = store.now(conn)
    return covers, asked // 1_000_000, there_ms, time.time_ns() // 1_000_000


def ahead(known_ms: int, asked_ms: int, there_ms: int, answered_ms: int) -> int:
    """How far a clock elsewhere is ahead, after another look at it.

    It was read at some moment between question and answer: what was known is moved no further than that proves, and an
    answer that came late, of a database that hung meanwhile, moves nothing.
    """
    return min(max(known_ms, there_ms - answered_ms), there_ms - asked_ms)


def is_on(phase: str) -> bool:
    """Whether something may still be added to the program."""
    return phase in _ON


def is_over(phase: str, index: Index, now_ms: int, delay_ms: int = 0) -> bool:
    """Whether a playlist ends here: the hearing is over, and its last words are written, which wait for the delay.

    Arguments:
        now_ms: by the clock that parts have.
    """
    quiet_ms = delay_ms + _QUIET_MS
    return not is_on(phase) and (not index.segments or now_ms - _newest_ms(index.segments[-1]) > quiet_ms)


def is_gone(index: Index, phase: str, now_ms: int) -> bool:
    """Whether what was on the air is no longer for everybody who could hear it; `now_ms` as for `is_over`."""
    # Where the clock was set back meanwhile nobody knows how long ago it was.
    return not is_on(phase) and bool(index.segments) and abs(now_ms - _newest_ms(index.segments[-1])) > LAG_MS


def on_air(index: Index, segment: Segment) -> bool:
    """Whether a piece is still within what a lagging player may fetch: by program time, which no clock moves."""
    newest = index.segments[-1].parts[-1]
    return segment.placed and newest.starts_ms + newest.duration_us / 1_000 - segment.starts_ms <= LAG_MS


def is_taken(covers: Iterable[Cover], segment: Segment) -> bool:
    """Whether something was taken out of a piece after it went out: then it is nobody's, also who lags."""
    every = taken_of(covers, segment.rendition)
    return any(touches(each, segment.wall_ms, segment.duration_us) for each in every)


def patience_s(shape: Shape) -> float:
    """How long a blocking request waits (RFC 8216bis §6.2.5.2: no longer than three target durations)."""
    return 3.0 * shape.target_s


def _epoch(index: Index) -> int:
    return index.segments[-1].epoch if index.segments else 0


def _peak(segments: Iterable[Segment]) -> int:
    """The most bits a second that a segment had."""
    return math.ceil(max(8e6 * each.bytes / each.duration_us for each in segments))


def _newest_ms(segment: Segment) -> float:
    newest: Part = segment.parts[-1]
    return newest.wall_ms + newest.duration_us / 1_000
