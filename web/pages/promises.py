"""A promise is read back to the person to whom it was given: her answer, and afterwards what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from kachehri import promises as ledger
from kachehri.store import Connection
from kachehri.store import promises as rows
from kachehri.store import questions as question_rows
from kachehri.tickets.status import TicketRefused
from rooms.base import Actor, Refused
from rooms.lifecycle import OPEN
from rooms.outcomes import ReadBack
from web import forms, promising, reading
from web.house import house_of, see
from web.promise_shapes import PromisesPage

SAID = ("yes", "no")
#: What a button of hers says in the ledger, after the close.
WORDS: Final[Mapping[str, ledger.HerWord]] = {
    "yes": "read_back",
    "no": "contested",
    "kept": "kept",
    "denied": "denied",
}


async def show(request: Request) -> Response:
    """GET /s/{session}/promise: what was promised to whoever holds this phone, with the two answers."""
    house = house_of(request)
    words = house.words(request)
    live = await house.service.live(request.path_params["session"])
    participant = house.visitors.of(request).participant(live.session.id)
    district = await house.districts.get()
    queue = live.session.queue
    asked = [queue.questions[each] for each in queue.asked_by.get(participant, ())]
    cards = [card for each in reversed(asked) if (card := promising.noted(live, each, district, words))]
    if not cards:
        return see(f"/s/{live.session.id}/live")
    page = PromisesPage(reading.head(live, words), tuple(cards), tuple(forms.new_key() for _ in cards))
    return house.show(request, "promise.html", page)


async def answer(request: Request) -> Response:
    """POST /s/{session}/promise: her yes, or her no."""
    house = house_of(request)
    fields = await forms.read(request, house.origins)
    session_id = request.path_params["session"]
    await house.submit_as(request, house.visitors.of(request), session_id, command_of(fields), fields.get("key", ""))
    return see(f"/s/{session_id}/promise")


async def by_link(request: Request) -> Response:
    """POST /q/{token}/promise: the same on the question's own page; who holds the link, holds the question."""
    house = house_of(request)
    fields = await forms.read(request, house.origins)
    token = request.path_params["token"]
    question = house.service.people.question_of(token)
    asked = await house.service.read(question_rows.by_id, question) if question else None
    if asked is None or fields.get("question") != asked.id:
        raise HTTPException(404)
    live = await house.service.live(asked.session_id)
    if live.session.phase in OPEN:
        actor = Actor(asked.asker, "citizen")
        await house.service.submit(actor, asked.session_id, command_of(fields), fields.get("key", ""))
    else:
        await house.write(_say, asked.id, WORDS.get(fields.get("said", "")), fields.get("key", ""))
    return see(f"/q/{token}#outcome")


def _say(conn: Connection, now: int, question: str, what: ledger.HerWord | None, key: str) -> None:
    """Her word in the ledger. A refusal is told as one of the rules: it has a sentence like those."""
    found = rows.of_question(conn, question)
    if what is None or found is None or len(key) < 22:
        raise forms.FormRefused(400)
    try:
        ledger.by_her(conn, now, found, what, key=key)
    except TicketRefused as no:
        raise Refused(no.code) from None


def command_of(fields: dict[str, str]) -> ReadBack:
    """What the form says.

    Raises:
        FormRefused: not a form of this page.
    """
    if fields.get("said") not in SAID or len(fields.get("key", "")) < 22:
        raise forms.FormRefused(400)
    return ReadBack(question=fields.get("question", ""), words=fields.get("words", ""), agreed=fields["said"] == "yes")
