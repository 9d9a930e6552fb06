"""The moderator's console: drawn whole, and the few steps that also work as plain forms."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from kachehri.i18n import Words
from kachehri.store.tables import Account
from rooms.base import Command, Refused
from rooms.questions import AdmitQuestion, HoldQuestion, NotTakeQuestion, ReturnQuestion
from rooms.turns import CallTurn
from web import desk_messages, desk_page, forms, reading
from web.cards import Choice
from web.desk_cards import LISTS, names_of
from web.finding import Wanted
from web.house import House, house_of
from web.logins import staff_participant
from web.pages import desk_reading
from web.staff import guarded, may, submit_as
from web.topics import District

#: A list of places that is longer than this is no help.
AREAS_MOST: Final = 40


@guarded("page.desk")
async def show(request: Request, account: Account) -> Response:
    """GET /mod/{session}."""
    return await draw(house_of(request), request, account, request.query_params, None)


@guarded("page.desk")
async def act(request: Request, account: Account) -> Response:
    """POST /mod/{session}: what the console does without a script."""
    house = house_of(request)
    words = house.words(request)
    pairs = await forms.pairs(request, house.origins)
    fields = dict(pairs)
    # What is ticked counts; where nothing is, what is chosen.
    ticked = [value for name, value in pairs if name == "questions"]
    session_id = request.path_params["session"]
    try:
        for question in ticked or [fields.get("question", "")]:
            command = command_of({**fields, "question": question})
            await submit_as(house, request, account, session_id, command, forms.new_key())
        said = desk_page.Said(words.plain(f"undo.{fields['do']}"), "ok")
    except ReasonMissing:
        said = desk_page.Said(words.plain("dialog.pick"), "error")
    except Refused as refused:
        said = desk_page.Said(await desk_reading.told(house, session_id, words, refused), "error")
    return await draw(house, request, account, fields, said)


async def draw(
    house: House, request: Request, account: Account, fields: Mapping[str, str], said: desk_page.Said | None
) -> Response:
    words = house.words(request)
    live = await house.service.live(request.path_params["session"])
    district = await house.districts.get()
    list = fields.get("list", "")
    list = list if list in LISTS else "new"
    wanted = Wanted.of(fields)
    found = None if wanted.is_plain else await desk_reading.look(house, live, words, wanted, list)
    search = desk_page.Search(
        wanted, found, groups(district, words), areas(district, words), fields.get("open", "")[:40]
    )
    page = desk_page.build(
        live.session,
        live.texts,
        words,
        names_of(district, words),
        reading.head(live, words),
        now=house.now(),
        me=staff_participant(live.session.id, account),
        may=partial(may, account),
        list=list,
        search=search,
        crew=await desk_reading.present(request, house, live, words),
        said=said,
    )
    return house.show(request, "staff/desk.html", page, status=409 if said and said.tone == "error" else 200)


def groups(district: District, words: Words) -> tuple[Choice, ...]:
    """Topics as they are filtered by: whole groups."""
    return tuple(Choice(group.id, group.name) for group in district.groups(words))


def areas(district: District, words: Words) -> tuple[Choice, ...]:
    """Places as they are filtered by: those that hold others, and all of them where they are few."""
    parents = {area.parent_id for area in district.areas}
    few = len(district.areas) <= AREAS_MOST
    return tuple(
        Choice(area.code, district.area(area.code, words)) for area in district.areas if few or area.id in parents
    )


class ReasonMissing(Exception):
    """The step needs a reason, and none of its own was chosen."""


def command_of(fields: dict[str, str]) -> Command:
    """The command that a form asks for.

    Raises:
        ReasonMissing: the reason is not one of this step's.
        FormRefused: not a form of this page.
    """
    question, reason = fields.get("question", ""), fields.get("reason", "")
    match fields.get("do"):
        case "admit":
            return AdmitQuestion(question=question)
        case "return":
            return ReturnQuestion(question=question)
        case "call":
            return CallTurn(question=question)
        case "hold":
            return HoldQuestion(question=question, reason=chosen("hold", reason))  # type: ignore[arg-type]
        case "not_take":
            return NotTakeQuestion(question=question, reason=chosen("not_take", reason))  # type: ignore[arg-type]
    raise forms.FormRefused(400)


def chosen(step: str, reason: str) -> str:
    if reason not in desk_messages.REASONS[step]:
        raise ReasonMissing(step)
    return reason
