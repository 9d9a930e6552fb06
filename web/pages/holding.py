"""A hearing's recording that a court or somebody's right to know needs: it is kept, whatever its time is.

Nothing becomes public by it, and what is to be taken out is taken out. It ends when somebody ends it, with a reason.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from kachehri import audit
from kachehri.i18n import Words
from kachehri.store import Connection, redactions
from kachehri.store.tables import Account, RecordingHold
from moderation.masking import mask
from rooms.base import Refused
from rooms.limits import NOTE_MAX
from rooms.text import clean
from web import forms, reading
from web.errors import sentence
from web.hold_shapes import Held, HoldPage
from web.house import House, house_of, see
from web.staff import guarded

#: What the address says after a form, and the sentence for it.
SAID: Final = {"hold": "hold.said.hold", "lift": "hold.said.lift"}
#: A year is long enough to forget it: nobody sets a later day, in days.
FARTHEST: Final = 366


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
        reason = mask(clean(fields.get("reason", ""), NOTE_MAX)).text
    except Refused as refused:
        more = {"field": "reason", "limit": NOTE_MAX, **(refused.params or {})}
        empty = refused.code == "text_empty"
        errors[f"reason-{do}"] = words.plain("review.need_reason") if empty else sentence(words, refused.code, more)
    day = _day(fields.get("day", ""))
    if do == "hold" and not (day and 0 < (day - today(words, house)).days <= FARTHEST):
        errors["day"] = words.plain("hold.bad_day")
    if errors:
        values = {"do": do, "reason": fields.get("reason", "")[:NOTE_MAX], "day": fields.get("day", "")[:10]}
        return await drawn(request, values=values, errors=errors, status=422)

    def write(conn: Connection, now: int) -> None:
        facts: dict[str, str] = {}
        if do == "hold" and day is not None:
            row = RecordingHold(
                session_id=session, reason=reason, review_on=day.isoformat(), made_by=account.id, made_at=now
            )
            redactions.hold(conn, row)
            facts = {"day": day.isoformat()}
        elif not redactions.lift(conn, session):
            return
        action: audit.Act = "recording.hold" if do == "hold" else "recording.lift"
        audit.record(
            conn, now, action=action, subject=session, reason=reason, account=account.id, session=session, facts=facts
        )

    await house.write(write)
    return see(f"/sessions/{session}/hold?said={do}")


def _day(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed.strip())
    except ValueError:
        return None
