"""Ready answers of an office: written once, put into a form with one press, changed before they are sent."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from kachehri.ids import new_id
from kachehri.store import Connection, replies
from kachehri.store.tables import Account, Reply
from kachehri.ticketing import TEXT_MOST
from rooms.base import Refused
from rooms.text import clean
from web import forms
from web.errors import sentence
from web.house import House, house_of, see
from web.ready import PLACES, unknown
from web.staff import guarded
from web.work_shapes import RepliesPage, ReplyRow

NAME_MOST: Final = 60
#: Ready answers of one office; a list that nobody can overlook is no help.
REPLIES_MOST: Final = 60


@dataclass(frozen=True)
class Draft:
    """What was typed, and what is wrong with it."""

    id: str = ""
    name: str = ""
    text: str = ""
    errors: dict[str, str] = field(default_factory=dict)


@guarded("page.replies")
async def show(request: Request, account: Account) -> Response:
    """GET /replies."""
    house = house_of(request)
    words = house.words(request)
    said = {"1": "office.replies_saved", "0": "office.replies_retired"}.get(request.query_params.get("saved", ""), "")
    draft, wanted = Draft(), request.query_params.get("change", "")[:64]
    if wanted:
        found = await house.service.read(replies.get, wanted)
        if found is not None and found.office_id == account.office_id:
            draft = Draft(found.id, found.name, found.text)
    return await drawn(house, request, account, draft, words.plain(said) if said else "")


async def drawn(house: House, request: Request, account: Account, draft: Draft, said: str = "") -> Response:
    words, office = house.words(request), account.office_id
    rows = await house.service.read(replies.of_offices, [office]) if office else []
    district = await house.districts.get()
    page = RepliesPage(
        rows=tuple(ReplyRow(each.id, each.name, each.text) for each in rows),
        office=district.host(office, words) if office else "",
        places=PLACES,
        key=forms.new_key(),
        id=draft.id,
        name=draft.name,
        text=draft.text,
        errors=draft.errors,
        said=said,
    )
    return house.show(request, "staff/replies.html", page, status=422 if draft.errors else 200)


@guarded("page.replies")
async def save(request: Request, account: Account) -> Response:
    """POST /replies: write one, change one, or take one out of use."""
    house = house_of(request)
    words, office = house.words(request), account.office_id
    fields = await forms.read(request, house.origins)
    draft = Draft(fields.get("id", "")[:64], fields.get("name", "").strip(), fields.get("text", "").strip())
    if not office:
        return see("/replies")
    if fields.get("do") == "retire":
        await house.write(_retire, draft.id, office)
        return see("/replies?saved=0")
    errors: dict[str, str] = {}
    for name, value, most, line in (("name", draft.name, NAME_MOST, True), ("text", draft.text, TEXT_MOST, False)):
        try:
            clean(value, most, one_line=line)
        except Refused as refused:
            errors[name] = sentence(
                words, refused.code, {"limit": most, "length": len(value), **(refused.params or {})}
            )
    if place := unknown(draft.text):
        errors["text"] = words.plain("office.replies_unknown", place=place)
    if errors:
        return await drawn(house, request, account, Draft(draft.id, draft.name, draft.text, errors))
    await house.write(_save, draft, office, account.id)
    return see("/replies?saved=1")


def _mine(conn: Connection, id: str, office: str) -> Reply | None:
    found = replies.get(conn, id) if id else None
    return found if found is not None and found.office_id == office else None


def _save(conn: Connection, now: int, draft: Draft, office: str, account: str) -> None:
    known = _mine(conn, draft.id, office)
    if known is None and len(replies.of_offices(conn, [office])) >= REPLIES_MOST:
        return
    name, text = clean(draft.name, NAME_MOST, one_line=True), clean(draft.text, TEXT_MOST)
    id = known.id if known else new_id(now)
    replies.keep(conn, Reply(id=id, office_id=office, name=name, text=text, made_by=account, made_at=now))


def _retire(conn: Connection, now: int, id: str, office: str) -> None:
    if _mine(conn, id, office):
        replies.retire(conn, id, now)
