"""What the console asks for beside its live view: whole words, what was searched for, who is here."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Final

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from kachehri.hints import note
from kachehri.i18n import Words
from kachehri.likeness.candidates import Likely, Likeness
from kachehri.live import Live
from kachehri.store import attendance
from kachehri.store import hints as hint_rows
from kachehri.store.tables import Account
from rooms.base import Refused
from rooms.views import QuestionRow, desk_question, question_row
from signaling.door import Door
from web import desk_messages, desk_people, desk_sums
from web.desk_cards import LISTS
from web.finding import Finder, Found, Wanted
from web.house import House, house_of
from web.staff import guarded
from web.topics import OTHER, District

_FINDER = Finder()
_LIKENESS = Likeness()
#: The states in which a question can take another one along.
JOINABLE: Final = frozenset(
    {"new", "held", "admitted", "called", "on_deck", "on_stage", "heard", "answered", "deferred", "not_taken"}
)


class FoundRows(msgspec.Struct, frozen=True):
    """Questions by id, in their order, and how many there are in all."""

    ids: tuple[str, ...]
    total: int
    questions: dict[str, QuestionRow]


@guarded("page.desk")
async def words(request: Request, account: Account) -> Response:
    """GET /mod/{session}/words?question=…: one question with all that was written."""
    live = await house_of(request).service.live(request.path_params["session"])
    id = request.query_params.get("question", "")
    known = id in live.session.queue.questions
    return answer({"question": desk_question(live.session, id, live.texts) if known else None})


@guarded("page.desk")
async def find(request: Request, account: Account) -> Response:
    """GET /mod/{session}/find?q=…&list=…: the first questions that fit."""
    house = house_of(request)
    live = await house.service.live(request.path_params["session"])
    list = request.query_params.get("list", "")
    wanted = Wanted.of(request.query_params)
    found = await look(house, live, house.words(request), wanted, list if list in LISTS else "new")
    session = live.session
    rows = {each: question_row(session, session.queue.get(each), "desk", live.texts, False) for each in found.ids}
    return answer(FoundRows(found.ids, found.total, rows))


class AlikeRow(msgspec.Struct, frozen=True):
    """A question that may say the same, and its words for which it may."""

    id: str
    words: tuple[str, ...]


class AlikeRows(msgspec.Struct, frozen=True):
    """The likeliest first."""

    alike: tuple[AlikeRow, ...]
    questions: dict[str, QuestionRow]


@guarded("page.desk")
async def alike(request: Request, account: Account) -> Response:
    """GET /mod/{session}/alike?question=…: what may say the same in any language, for people to judge.

    What is private or of a protected topic is compared with nothing.
    """
    house = house_of(request)
    live = await house.service.live(request.path_params["session"])
    session, district = live.session, await house.districts.get()
    apart = {category.code for category in district.categories if category.protected}
    open_ones = {
        q.id: live.texts[q.content]
        for q in session.queue.questions.values()
        if q.state in JOINABLE and not q.private and q.category not in apart and q.content in live.texts
    }
    id = request.query_params.get("question", "")
    found: list[Likely] = await asyncio.to_thread(_LIKENESS.likeliest, id, open_ones)
    await _noted(house, id, found)
    rows = {each.key: question_row(session, session.queue.get(each.key), "desk", live.texts, False) for each in found}
    return answer(AlikeRows(tuple(AlikeRow(each.key, tuple(each.words)) for each in found), rows))


async def _noted(house: House, id: str, found: list[Likely]) -> None:
    """Note what was suggested, once: whether the desk joins them or not says later how good that was."""
    known = await house.service.read(hint_rows.of, id) if found else {}
    if any(each.key not in known for each in found):
        await house.write(lambda conn, now: hint_rows.show(conn, [note(id, each, "question", now) for each in found]))


@guarded("page.desk")
async def sums(request: Request, account: Account) -> Response:
    """GET /mod/{session}/sums: what a close would do now."""
    live = await house_of(request).service.live(request.path_params["session"])
    return answer(desk_sums.weigh(live.session))


@guarded("page.desk")
async def people(request: Request, account: Account) -> Response:
    """GET /mod/{session}/people."""
    house = house_of(request)
    live = await house.service.live(request.path_params["session"])
    return answer(await present(request, house, live, house.words(request)))


async def present(request: Request, house: House, live: Live, words: Words) -> desk_people.PeopleCard:
    """Who is here, as this process knows it."""
    known = await house.service.read(attendance.of_session, live.session.id)
    door: Door | None = getattr(request.state, "live", None)
    gathering = door.hub.gathering(live.session.id) if door else None
    # With several workers a line may be held by another one: then nobody is called absent.
    here = gathering.presence.here if gathering and house.settings.server.workers == 1 else None
    return desk_people.build(live, known, words, house.now(), here)


async def told(house: House, session_id: str, words: Words, refused: Refused) -> str:
    """A refusal as a sentence, with the name of whoever it speaks of."""
    params = dict(refused.params)
    if "by" in params:
        known = await house.service.read(attendance.of_session, session_id)
        who = known.get(str(params["by"]))
        params["by"] = who.name if who else words.plain("claim.somebody")
    return desk_messages.refused(words, refused.code, params)


async def look(house: House, live: Live, words: Words, wanted: Wanted, list: str) -> Found:
    """What fits, by the district's topics and places."""
    district = await house.districts.get()
    return await _FINDER.find(live.session, live.texts, wanted, list, groups_of(district), within(district))


def groups_of(district: District) -> Mapping[str, str]:
    return {category.code: category.group_code or OTHER for category in district.categories}


def within(district: District) -> Mapping[str, str]:
    """Area → codes from the top down to it, each followed by a slash."""
    by_id = {area.id: area for area in district.areas}
    return {
        area.code: "".join(f"{by_id[each].code}/" for each in area.path.split("/") if each in by_id)
        for area in district.areas
    }


def answer(content: object, status: int = 200) -> Response:
    """Never kept by a browser: it is of this moment, and much of it is not for everybody."""
    body = msgspec.json.encode(content)
    return Response(body, status, media_type="application/json", headers={"cache-control": "no-store"})
