"""Practice: a hearing that does not count, in two clicks, with citizens that the computer plays."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from kachehri import planning
from kachehri.i18n.dates import MINUTE_MS
from kachehri.i18n.digits import western
from kachehri.planning import Plan
from kachehri.store import Connection, appointments, sessions
from kachehri.store.tables import Account, Appointment
from rooms.base import Refused
from web import forms, reading
from web.crowds import MOST, USUAL, Errand
from web.house import House, house_of, see
from web.pages.schedule import organiser, rooms_to_choose
from web.setup_shapes import PracticePage
from web.staff import guarded

LASTS_MS = 120 * MINUTE_MS
TITLE = {"ur": "مشق", "en": "Practice"}


@guarded("page.practice")
async def show(request: Request, account: Account) -> Response:
    """GET /practice."""
    house = house_of(request)
    words = house.words(request)
    places = await house.districts.get()
    rows = await house.service.read(sessions.practices)
    page = PracticePage(
        key=forms.new_key(),
        ready=bool(places.offices),
        sessions=tuple(reading.listed(row, house.service.loaded(row.id), places, words) for row in rows),
    )
    return house.show(request, "staff/practice.html", page)


@guarded("page.practice")
async def begin(request: Request, account: Account) -> Response:
    """POST /practice: a practice hearing from now on, with whoever asked for it as its moderator."""
    house = house_of(request)
    words = house.words(request)
    fields = await forms.read(request, house.origins)
    rooms = await rooms_to_choose(house, await house.districts.get(), words)
    key = fields.get("key", "")
    if not rooms or len(key) < 22:
        return see("/practice")
    now = house.now()
    plan = Plan(
        place=rooms[0].id,
        title_ur=TITLE["ur"],
        title_en=TITLE["en"],
        starts_at=now,
        ends_at=now + LASTS_MS,
        practice=True,
        citizens=2,
    )
    session_id = await planning.announce(house.service, organiser(account), plan, key)

    def appoint(conn: Connection, now: int) -> None:
        appointments.appoint(conn, Appointment(session_id=session_id, account_id=account.id, role="moderator", at=now))

    await house.write(appoint)
    return see(f"/mod/{session_id}")


@guarded("session.simulate")
async def simulate(request: Request, account: Account) -> Response:
    """POST /sessions/{session}/simulate: let simulated citizens come in, or send them home."""
    house = house_of(request)
    fields = await forms.read(request, house.origins)
    session_id = request.path_params["session"]
    live = await house.service.live(session_id)
    back = fields.get("next", "")
    target = back if back in (f"/mod/{session_id}", f"/sessions/{session_id}/edit") else f"/mod/{session_id}"
    if fields.get("do") == "stop":
        house.crowds.stop(session_id)
        return see(target)
    if not live.session.lifecycle.practice:
        raise Refused("not_allowed")
    typed = western(fields.get("count", "").strip())
    count = int(typed) if typed.isdecimal() and len(typed) < 4 else USUAL
    house.crowds.send(await errand(house, request, session_id, max(1, min(count, MOST))))
    return see(target)


async def errand(house: House, request: Request, session_id: str, count: int) -> Errand:
    """To the very socket that this request came in by: whatever stands in front of us, that one is ours."""
    host, port = request.scope["server"]
    scheme = "https" if house.settings.server.certificate else "http"
    base = f"{scheme}://{f'[{host}]' if ':' in host else host}:{port}"
    places = await house.districts.get()
    live = await house.service.live(session_id)
    wanted = live.session.lifecycle.categories
    open_to_all = {each.code for each in places.categories if not each.protected}
    categories = tuple(sorted(set(wanted) & open_to_all if wanted else open_to_all))
    origin = house.place.address if house.place.announced else base
    return Errand(base, origin, session_id, count, categories)
