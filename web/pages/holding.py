"""A hearing's recording that a court or somebody's right to know needs: it is kept, whatever its time is.

Nothing becomes public by it, and what is to be taken out is taken out. It ends when somebody ends it, with a reason.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from kachehri.i18n import Words
from kachehri.store import Connection, redactions
from kachehri.store.tables import Account, RecordingHold
from recordings import holds
from rooms.base import Refused
from rooms.limits import NOTE_MAX
from web import forms, reading
from web.errors import sentence
from web.hold_shapes import Held, HoldPage
from web.house import House, house_of, see
from web.staff import guarded

#: What the address says after a form, and the sentence for it.
SAID: Final = {"hold": "hold.said.hold", "lift": "hold.said.lift"}


@guarded("page.releases")
async def show(request: Request, account: Account) -> Response:
    """GET /sessions/{session}/hold."""
    return await drawn(request, said=SAID.get(request.query_params.get("said", ""), ""))


async def drawn(
    request: Request,
    *,
    said: str = "",
    values: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
    status: int = 200,
) -> Response:
    house = house_of(request)
    words = house.words(request)
    live = await house.service.live(request.path_params["session"])
    row = await house.service.read(redactions.held, live.session.id)
    card = reading.head(live, words)
    page = HoldPage(
        session=card,
        held=held(row, card.title, words, house.now()) if row is not None else None,
        today=today(words, house).isoformat(),
        said=words.plain(said) if said else "",
        values=values or {},
        errors=errors or {},
    )
    answer = house.show(request, "staff/hold.html", page, status=status)
    answer.headers["cache-control"] = "no-store"
    return answer


def today(words: Words, house: House) -> date:
    return words.dates.local(house.now()).date()


def held(row: RecordingHold, title: str, words: Words, now: int) -> Held:
    """A row as a page shows it."""
    due = row.review_on <= words.dates.local(now).date().isoformat()
    return Held(row.session_id, title, row.reason, reading.noon(row.review_on, words), row.made_at, due)


@guarded("page.releases")
async def act(request: Request, account: Account) -> Response:
    """POST /sessions/{session}/hold: `do` is hold (also for another reason or day) or lift; both need a reason."""
    house = house_of(request)
    words = house.words(request)
    fields = await forms.read(request, house.origins)
    live = await house.service.live(request.path_params["session"])
    do, session = fields.get("do", ""), live.session.id
    if do not in SAID:
        raise forms.FormRefused(400)
    errors: dict[str, str] = {}
    reason = ""
    try:
        reason = holds.reason_of(fields.get("reason", ""))
    except Refused as refused:
        more = {"field": "reason", "limit": NOTE_MAX, **(refused.params or {})}
        empty = refused.code == "text_empty"
        errors[f"reason-{do}"] = words.plain("review.need_reason") if empty else sentence(words, refused.code, more)
    day = holds.review_day(fields.get("day", ""), today(words, house))
    if do == "hold" and day is None:
        errors["day"] = words.plain("hold.bad_day")
    if errors:
        values = {"do": do, "reason": fields.get("reason", "")[:NOTE_MAX], "day": fields.get("day", "")[:10]}
        return await drawn(request, values=values, errors=errors, status=422)

    def write(conn: Connection, now: int) -> None:
        if do == "lift":
            holds.lift(conn, now, session, account.id, reason)
        elif day is not None:
            holds.hold(conn, now, session, account.id, reason, day)

    await house.write(write)
    return see(f"/sessions/{session}/hold?said={do}")
