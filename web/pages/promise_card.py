"""A promise as a small picture: what was promised, by which post, until when, in both languages.

It is made to be kept in a gallery and to be handed on, so nothing of the person stands on it. Whoever has the link of
the question gets it also of a private one; under a public number there is none of those.
"""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from kachehri.live import Live
from kachehri.store import Connection, content
from kachehri.store import promises as promise_rows
from kachehri.store import questions as question_rows
from kachehri.store import tickets as ticket_rows
from rooms.queue import Question
from web import promising, reading
from web.house import House, house_of
from web.look import Look
from web.papers.pairs import Both, Pair
from web.promise_shapes import PromisePicture
from web.render import Shell
from web.shapes import Link, MessagePage


async def by_link(request: Request) -> Response:
    """GET /q/{token}/promise.png."""
    house = house_of(request)
    question = house.service.people.question_of(request.path_params["token"])
    asked = await house.service.read(question_rows.by_id, question) if question else None
    if asked is None:
        raise HTTPException(404)
    live = await house.service.live(asked.session_id)
    return await picture(request, live, live.session.queue.questions[asked.id], f"/q/{request.path_params['token']}")


async def by_number(request: Request) -> Response:
    """GET /t/{reference}/promise.png, of public tickets alone."""
    house = house_of(request)
    reference = request.path_params["reference"]
    found = await house.service.read(_public, reference)
    if found is None:
        raise HTTPException(404)
    live = await house.service.live(found[0])
    return await picture(request, live, live.session.queue.questions[found[1]], f"/t/{reference}")


async def picture(request: Request, live: Live, question: Question, back: str) -> Response:
    """The picture of what was ordered on a question, as it stands now.

    Raises:
        HTTPException: 404 where nothing was promised.
    """
    house = house_of(request)
    noted = question.outcome
    if noted is None or noted.kind != "ordered":
        raise HTTPException(404)
    both = Both.of(house.place.timezone)
    day, words = await house.service.read(_stands, question.id, noted.due, noted.note)
    district = await house.districts.get()
    office = next((each.id for each in district.offices.values() if each.code == noted.office), "")
    named = both.office(district, office)
    spoke = both.each(lambda words: promising.post(live, noted.seat, words))
    page = PromisePicture(
        both=both,
        reference=question.reference,
        text=words,
        post=Pair(_joined(spoke.ur, named.ur, "، "), _joined(spoke.en, named.en, ", ")),
        day=both.date(day) if isinstance(day, str) else both.day(day),
        title=both.each(lambda words: reading.title(live.session.lifecycle.title, words)),
        place=house.place.name(house.words(request).language.code),
        address=f"{house.renderer.site.address}/t/{question.reference}".removeprefix("https://"),
        nastaliq=Look.of(request.cookies).face == "nastaliq",
    )
    return await drawn(house, request, page, back)


async def drawn(house: House, request: Request, page: PromisePicture, back: str) -> Response:
    """The picture, or where to read the same when this machine draws none."""
    words = house.words(request)
    shell = Shell(request.url.path, "", "", house.place.helpline)
    html = house.renderer.html(words.language.code, "papers/promise.html", page, shell)
    png = await house.studio.draw(hashlib.sha256(html.encode()).hexdigest(), html, style())
    if png is None:
        told = MessagePage(
            words.plain("picture.failed"),
            (words.plain("picture.failed_more"),),
            (Link(words.plain("promise.title"), back, "papers"),),
        )
        return house.show(request, "message.html", told, status=503)
    name = f"promise-{page.reference}.png"
    headers = {"content-disposition": f'inline; filename="{name}"', "cache-control": "private, no-cache"}
    return Response(png, media_type="image/png", headers=headers)


@cache
def style() -> str:
    """The sheet of the picture."""
    return (Path(__file__).parents[1] / "papers" / "promise.css").read_text("utf-8")


def _joined(spoke: str, office: str, comma: str) -> str:
    """Post and office, or whichever there is; an office that the post names already is not said twice."""
    return spoke if office and office in spoke else comma.join(filter(None, (spoke, office)))


def _stands(conn: Connection, question: str, due: str, note: str) -> tuple[str | int, str]:
    """The day as it is promised now, and the masked words; an instant once the ledger keeps it."""
    promise = promise_rows.of_question(conn, question)
    day = promise.due_at if promise and promise.due_at is not None and promise.moves else due
    return day, content.texts_of(conn, [note]).get(note, "")


def _public(conn: Connection, reference: str) -> tuple[str, str] | None:
    """Session and question of a public ticket with this number."""
    ticket = ticket_rows.by_reference(conn, reference)
    if ticket is None or ticket.privacy != "public" or ticket.session_id is None or ticket.question_id is None:
        return None
    return ticket.session_id, ticket.question_id
