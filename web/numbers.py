"""GET /metrics: what the program counts, in Prometheus' text format, for this machine or for whoever has the token.

A reader on the machine itself needs no token; one that came through a proxy is not of this machine, whatever the
connection says. To anybody else the address does not exist.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from typing import Final

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from kachehri.allowance import is_own
from kachehri.metrics import MEDIA_TYPE, Family, Sample, single, write
from kachehri.notices.dispatcher import ALL_KINDS
from kachehri.notices.service import Notices
from kachehri.notices.tally import standing
from kachehri.store import Connection
from kachehri.store import notices as rows
from recordings.keeper import Keeper
from signaling.hub import Hub
from signaling.media.port import MediaRefused, MediaStats, Ready, Report, SeatStats
from signaling.media_signalling import MediaSignalling

#: Headers that only a proxy adds (RFC 7239, and its customary forerunners).
FORWARDED: Final = ("forwarded", "x-forwarded-for", "x-real-ip", "via")
#: What is told of a seat, and in which unit; what a plane does not measure is left out.
SEAT: Final = (
    ("rtt", "rtt_seconds", "Round trip to whoever speaks.", 0.001),
    ("loss", "loss_ratio", "Packets lost on the way here, of all.", 1.0),
    ("jitter_ms", "jitter_seconds", "How unevenly packets come.", 0.001),
    ("kbps", "bits_per_second", "What whoever speaks sends.", 1_000.0),
    ("estimate_kbps", "estimate_bits_per_second", "What the line to whoever speaks takes.", 1_000.0),
)


class Numbers:
    """What is counted in this process, and what the machine's plane says when it is asked."""

    def __init__(
        self,
        hub: Hub,
        media: MediaSignalling,
        token: str = "",
        keeper: Keeper | None = None,
        notices: Notices | None = None,
    ) -> None:
        self._keeper = keeper
        self._notices = notices
        self._hub = hub
        self._media = media
        self._token = token.encode()
        self._instances: set[str] = set()
        media.plane.follow(self._heard)

    def _heard(self, report: Report) -> None:
        """A plane that was not there before; the first one is no restart."""
        if isinstance(report, Ready):
            self._instances.add(report.instance)

    def opened_by(self, authorization: str) -> bool:
        scheme, _, token = authorization.partition(" ")
        return bool(self._token) and scheme.lower() == "bearer" and hmac.compare_digest(token.encode(), self._token)

    async def families(self) -> list[Family]:
        hub = self._hub
        found = [
            single("connections", "gauge", "Open live connections.", hub.connections),
            single("sessions", "gauge", "Sessions that this process follows.", len(hub.service.followed())),
            single("ticks_total", "counter", "Live updates that were made, one for each session.", hub.ticks),
            single("storage_broken", "gauge", "1 while nothing can be written.", float(hub.service.broken)),
            *hub.service.submissions.families(),
            single(
                "media_restarts_total", "counter", "Media processes after the first.", max(0, len(self._instances) - 1)
            ),
        ]
        if self._notices is not None:
            found += await self._of_messages(self._notices)
        if self._keeper is not None:
            found += of_recordings(self._keeper)
        stats = [each for session in self._media.sessions if (each := await self._of(session)) is not None]
        return [*found, *of_media(stats)]

    async def _of_messages(self, notices: Notices) -> list[Family]:
        def read(conn: Connection) -> list[Family]:
            waiting = rows.tasks(conn, ALL_KINDS)["waiting"]
            return standing(waiting, rows.standing(conn))

        return [*notices.dispatcher.tally.families(), *await self._hub.service.read(read)]

    async def _of(self, session: str) -> MediaStats | None:
        try:
            return await self._media.plane.stats(session)
        except MediaRefused:
            return None


def of_recordings(keeper: Keeper) -> list[Family]:
    """Whether recordings have room, and their storage is there."""
    low, full = (float(keeper.space in states) for states in (("low", "full"), ("full",)))
    return [
        single("recordings_disk_low", "gauge", "1 while the disk of recordings is nearly full.", low),
        single("recordings_disk_full", "gauge", "1 while nothing is recorded because of that.", full),
        single(
            "recordings_storage_away", "gauge", "1 while segments wait for the storage.", float(bool(keeper.trouble))
        ),
    ]


def of_media(stats: Iterable[MediaStats]) -> list[Family]:
    """Each session's stage. Seats are named by their places in the plan (`official-1`), never by who sits there."""
    all_of_it = list(stats)

    def each(name: str, kind: str, help: str, *fields: str) -> Family:
        samples = tuple(
            Sample(getattr(one, field), {"session": one.session, **({"kind": field[:-1]} if fields[1:] else {})})
            for one in all_of_it
            for field in fields
        )
        return Family(name, kind, help, samples)  # type: ignore[arg-type]

    dropped = tuple(
        Sample(count, {"session": one.session, "reason": reason})
        for one in all_of_it
        for reason, count in sorted(one.dropped.items())
    )
    return [
        each("media_peers", "gauge", "Media connections.", "publishers", "watchers"),
        each("media_forwarded_packets_total", "counter", "Packets sent on to watchers.", "forwarded"),
        each("media_unseated_packets_total", "counter", "Packets of people without a seat: kept back.", "unseated"),
        each("media_unsent_packets_total", "counter", "Packets that the system did not take.", "unsent"),
        each("media_paused_pictures", "gauge", "Pictures held back from lines too weak for them.", "paused"),
        Family("media_dropped_datagrams_total", "counter", "Datagrams that were not let in, by reason.", dropped),
        *of_seats([(one.session, seat) for one in all_of_it for seat in one.seats]),
    ]


def of_seats(seats: list[tuple[str, SeatStats]]) -> list[Family]:
    """Each occupied seat over the last two seconds."""
    told = [(session, seat.seat, msgspec.structs.asdict(seat)) for session, seat in seats]
    found = []
    for field, name, help, unit in SEAT:
        samples = tuple(
            Sample(round(facts[field] * unit, 6), {"session": session, "seat": seat})
            for session, seat, facts in told
            if facts.get(field) is not None
        )
        found.append(Family(f"seat_{name}", "gauge", help, samples))
    grades = tuple(
        Sample(1, {"session": session, "seat": seat, "grade": facts["grade"]})
        for session, seat, facts in told
        if facts.get("grade")
    )
    return [*found, Family("seat_grade", "gauge", "How the line of a seat is, as the desk reads it.", grades)]


async def show(request: Request) -> Response:
    """GET /metrics."""
    numbers: Numbers = request.app.state.numbers
    address = request.client.host if request.client else ""
    near = is_own(address) and not any(name in request.headers for name in FORWARDED)
    if not near and not numbers.opened_by(request.headers.get("authorization", "")):
        raise HTTPException(404)
    return Response(write(await numbers.families()), media_type=MEDIA_TYPE)
