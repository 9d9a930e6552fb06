"""The moderator's console: drawn whole, and the few steps that also work as plain forms."""

from __future__ import annotations

from functools import partial

from starlette.requests import Request
from starlette.responses import Response

from kachehri.store.tables import Account
from rooms.base import Command, Refused
from rooms.questions import AdmitQuestion, HoldQuestion, NotTakeQuestion
from rooms.turns import CallTurn
from web import desk_messages, desk_page, forms, reading
from web.desk_cards import LISTS, names_of
from web.house import House, house_of
from web.logins import staff_participant
from web.staff import guarded, may, submit_as


@guarded("page.desk")
async def show(request: Request, account: Account) -> Response:
    """GET /mod/{session}."""
    return await draw(house_of(request), request, account, request.query_params.get("list", ""), None)


@guarded("page.desk")
async def act(request: Request, account: Account) -> Response:
    """POST /mod/{session}: what the console does without a script."""
    house = house_of(request)
    words = house.words(request)
    fields = await forms.read(request, house.origins)
    session_id = request.path_params["session"]
    try:
        command = command_of(fields)
        await submit_as(house, request, account, session_id, command, forms.new_key())
        said = desk_page.Said(words.plain(f"undo.{fields['do']}"), "ok")
    except ReasonMissing:
        said = desk_page.Said(words.plain("dialog.pick"), "error")
    except Refused as refused:
        said = desk_page.Said(desk_messages.refused(words, refused.code, refused.params), "error")
    return await draw(house, request, account, fields.get("list", ""), said)


async def draw(house: House, request: Request, account: Account, list: str, said: desk_page.Said | None) -> Response:
    words = house.words(request)
    live = await house.service.live(request.path_params["session"])
    district = await house.districts.get()
    page = desk_page.build(
        live.session,
        live.texts,
        words,
        names_of(district, words),
        reading.head(live, words),
        now=house.now(),
        me=staff_participant(live.session.id, account),
        may=partial(may, account),
        list=list if list in LISTS else "new",
        said=said,
    )
    return house.show(request, "staff/desk.html", page, status=409 if said and said.tone == "error" else 200)


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
