"""Keys for studio equipment, one for each official's seat of a hearing.

A key is shown in the answer to the form that made it and nowhere again; the database knows only its hash.
"""

from __future__ import annotations

from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from kachehri import equipment as keys
from kachehri.i18n import Words
from kachehri.live import Live
from kachehri.store import Connection
from kachehri.store import equipment as rows
from kachehri.store.tables import Account, EquipmentKey
from rooms.base import Refused
from rooms.lifecycle import TAKES_QUESTIONS
from rooms.views import SeatRow
from signaling.equipment import EQUIPPED
from web import forms, reading
from web.equipment_shapes import EquipmentPage, FreshKey, SeatKey
from web.house import House, house_of
from web.official_page import seat_name
from web.sdp_door import equipment_of
from web.staff import guarded, may

#: A command that sends a file over and over; the numbers are what a seat may send (signaling/media/MEDIA.md).
COMMAND: Final = (
    "ffmpeg -re -stream_loop -1 -i video.mp4 -c:v libx264 -profile:v baseline -bf 0 -g 30 -s 640x360 -r 15"
    " -b:v 450k -maxrate 450k -bufsize 450k -c:a libopus -ar 48000 -ac 2 -b:a 48k -f whip"
    ' -authorization "{key}" "{url}"'
)


@guarded("page.equipment")
async def show(request: Request, account: Account) -> Response:
    """GET /sessions/{session}/equipment."""
    return await draw(request, account)


@guarded("page.equipment")
async def act(request: Request, account: Account) -> Response:
    """POST /sessions/{session}/equipment: make a seat's key, or take it back."""
    house = house_of(request)
    words = house.words(request)
    fields = await forms.read(request, house.origins)
    session_id, seat = request.path_params["session"], fields.get("seat", "")
    live = await house.service.live(session_id)
    if seat not in equipped(live) or live.session.phase not in TAKES_QUESTIONS:
        raise Refused("malformed")
    match fields.get("do"):
        case "make":
            key = await house.write(lambda conn, now: keys.make(conn, now, session_id, seat, account.id))
            await _end(request, session_id, seat)
            url = f"{house.place.address}/whip/{session_id}/{seat}"
            fresh = FreshKey(equipped(live)[seat].name(words), url, key, COMMAND.format(key=key, url=url))
            return await draw(request, account, fresh=fresh)
        case "revoke":
            await house.write(lambda conn, now: keys.revoke(conn, now, session_id, seat, account.id))
            await _end(request, session_id, seat)
            return await draw(request, account, message=words.plain("equipment.revoked"))
    raise forms.FormRefused(400)


async def _end(request: Request, session_id: str, seat: str) -> None:
    """Whatever came with the key before stops: the encoder and the screens."""
    await equipment_of(request).end(session_id, seat)
    await equipment_of(request).end_player(session_id, seat)


class Equipped:
    """A seat that equipment may send for."""

    def __init__(self, id: str, row: SeatRow) -> None:
        self.id, self.row = id, row

    def name(self, words: Words) -> str:
        return seat_name(self.id, self.row, words)


def equipped(live: Live) -> dict[str, Equipped]:
    seats = reading.public(live).seats
    return {id: Equipped(id, row) for id, row in seats.items() if row.kind in EQUIPPED}


async def draw(request: Request, account: Account, *, fresh: FreshKey | None = None, message: str = "") -> Response:
    house = house_of(request)
    words = house.words(request)
    session_id = request.path_params["session"]
    live = await house.service.live(session_id)
    known = {row.seat: row for row in await house.service.read(_keys, session_id)}
    page = EquipmentPage(
        session=reading.head(live, words),
        path=request.url.path,
        seats=tuple(_seat(house, request, live, seat, known.get(seat.id), words) for seat in equipped(live).values()),
        h264=live.session.lifecycle.codec == "h264",
        https=house.place.https,
        over=live.session.phase not in TAKES_QUESTIONS,
        fresh=fresh,
        message=message,
        plan=may(account, "page.schedule"),
    )
    return house.show(request, "staff/equipment.html", page)


def _keys(conn: Connection, session_id: str) -> list[EquipmentKey]:
    return rows.of_session(conn, session_id)


def _seat(
    house: House, request: Request, live: Live, seat: Equipped, row: EquipmentKey | None, words: Words
) -> SeatKey:
    occupant = live.session.stage.seats[seat.id].participant
    sending = occupant == keys.participant(live.session.id, seat.id)
    return SeatKey(
        id=seat.id,
        name=seat.name(words),
        made_at=row.made_at if row else 0,
        used_at=(row.used_at or 0) if row else 0,
        sending=sending,
        taken=bool(occupant) and not sending,
    )
