"""One's own complaint, behind the secret link of its receipt: where it stands, what happened, and what can be done.

Everything that is done has a page of its own first, which says what follows from it; that page is fetched and changes
nothing, so a slow line, a reload or a step back does no harm. Only its button sends, with a key that is carried out
once. Without JavaScript.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final, NamedTuple

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from kachehri import own_ticket
from kachehri.i18n import Words
from kachehri.logs import logger
from kachehri.own_ticket import Holder, Seen
from kachehri.store import Connection, StoreError, content, district, replays
from kachehri.store import tickets as ticket_rows
from kachehri.ticketing import TEXT_MOST
from kachehri.tickets import events as e
from kachehri.tickets.status import TicketRefused
from rooms.base import Refused
from web import clip_reading, forms, own_acts, own_alerts, own_reading, promising, reading
from web.cards import MyQuestion, trodden
from web.errors import sentence
from web.house import House, house_of, see
from web.own_reading import Names
from web.own_shapes import AlertBox, DoPage, Offered, OwnTicketPage, Told
from web.promise_shapes import PromiseCard

#: Characters of a field that are read at all; what is too long is told, not cut.
_READ_MOST: Final = 4 * TEXT_MOST


class Own(NamedTuple):
    """What is read of a complaint for its holder, in one look at the database."""

    seen: Seen
    texts: dict[str, str]
    names: Names
    followers: int
    parent: str
    alerts: AlertBox | None


async def holder_of(house: House, request: Request) -> Holder:
    """Whose link this is. Errors: 404."""
    id = house.service.people.question_of(request.path_params["token"])
    held = await house.service.read(own_ticket.holder, id) if id else None
    if held is None:
        raise HTTPException(404)
    return held


async def look(house: House, request: Request, held: Holder) -> Own:
    """The complaint as its holder sees it."""
    words = house.words(request)
    found = await house.districts.get()
    now = house.now()

    def read(conn: Connection) -> Own:
        seen = own_ticket.seen(conn, now, held)
        texts = content.texts_of(conn, own_reading.refs(seen.steps))
        posts = {each.id: (each.title_ur, each.title_en) for each in district.posts(conn)}
        over = seen.ticket.reference if held.follower else ""
        parent = ticket_rows.get(conn, seen.life.parent) if seen.life.parent else None
        count = ticket_rows.follower_count(conn, seen.ticket.id)
        return Own(
            seen,
            texts,
            Names(words, found, posts),
            count,
            parent.reference if parent else over,
            own_alerts.box(conn, house, held, words),
        )

    return await house.service.read(read)


async def show(request: Request, held: Holder) -> Response:
    """The page of a complaint; `web/pages/receipts.py` leads here once there is one."""
    house = house_of(request)
    return await drawn(house, request, held)


async def drawn(
    house: House,
    request: Request,
    held: Holder,
    *,
    refused: str = "",
    values: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
    key: str = "",
    status: int = 200,
) -> Response:
    words = house.words(request)
    own = await look(house, request, held)
    life, now = own.seen.life, house.now()
    follower = held.follower
    view: own_reading.View = "own" if follower is None else "joined" if follower.question_id else "public"
    place = own_reading.standing(life, own.seen.ticket, own.names, now, followers=own.followers, follows=own.parent)
    place = own_reading.dated(place, own.seen.next)
    question, promise, erased = await _asked(house, request, held)
    done = request.query_params.get("done", "")
    page = OwnTicketPage(
        token=request.path_params["token"],
        key=key or forms.new_key(),
        reference=held.reference,
        standing=place,
        lead=own_reading.lead(place, words, asker=follower is None),
        code=house.service.people.code(held.id),
        offers=tuple(_offered(each.name, each.until) for each in own.seen.offers),
        follower=follower is not None,
        left=follower is not None and follower.left_at is not None,
        answer=(follower.answer or "") if follower else "",
        asks=_asks(own) if view == "own" else "",
        proposal=_proposal(own, view),
        story=own_reading.story(own.seen.steps, own.texts, own.names, view, held.id),
        question=question,
        promise=promise,
        erased=erased,
        share_text=words.plain("receipt.share_text", reference=words.grouped(held.reference)),
        share_link=f"{house.renderer.site.address}/track",
        public=is_public(own.seen),
        fresh="new" in request.query_params,
        told=words.plain(f"done.{done}") if words.has(f"done.{done}") else "",
        refused=refused,
        values=values or {},
        errors=errors or {},
        made_at=now,
        alerts=own.alerts,
        reads_until=own.seen.reads_until or 0,
        clip=await clip_reading.clip_of(house, held.asked.session_id, held.asked.id) if held.asked else None,
        wish=await house.service.read(_wish, held.asked.id) if held.asked else "",
    )
    return house.show(request, "own_ticket.html", page, status=status)


def _wish(conn: Connection, question: str) -> str:
    """How it stands with her wish that her part of the hearing is taken out of public."""
    asked = replays.wishes(conn, question)
    return "" if not asked else "answered" if asked[-1].closed_at else "asked"


def is_public(seen: Seen) -> bool:
    """Whether everybody has a page of it: neither what was asked privately, nor a protected matter."""
    return seen.ticket.privacy == "public" and not seen.life.protected


def _offered(name: str, until: int | None) -> Offered:
    return Offered(name, until or 0)


async def _asked(house: House, request: Request, held: Holder) -> tuple[MyQuestion | None, PromiseCard | None, bool]:
    """What was asked, for the one who asked it."""
    if held.asked is None:
        return None, None, False
    words, found = house.words(request), await house.districts.get()
    live = await house.service.live(held.asked.session_id)
    asked = live.session.queue.questions[held.asked.id]
    question = reading.one_of_mine(live, held.asked.id, house.service.people, found, words)
    question = replace(question, steps=trodden(question.state, question.outcome is not None))
    return question, await promising.shown(house, live, asked, found, words), not question.text and bool(asked.content)


def _asks(own: Own) -> str:
    """What the office wants to know, while it waits for her."""
    if own.seen.life.state != "awaiting_citizen":
        return ""
    asked = [step.body for step in own.seen.steps if isinstance(step.body, e.Asked)]
    return own.texts.get(asked[-1].question.id, "") if asked else ""


def _proposal(own: Own, view: own_reading.View) -> Told | None:
    """What the office says was done, while it is for her to say whether it was."""
    if own.seen.life.state != "resolution_proposed":
        return None
    told = own_reading.story(
        [step for step in own.seen.steps if isinstance(step.body, e.Proposed)], own.texts, own.names, view
    )
    return told[0] if told else None


async def has_read(request: Request) -> Response:
    """POST /q/{token}/read: she has the proposal before her eyes. Only a page that was opened can send it, and neither
    what fetches links for a preview nor what fetches pages ahead does (docs of `own_ticket.has_read`).
    """
    house = house_of(request)
    await forms.read(request, house.origins)
    held = await holder_of(house, request)
    try:
        await house.write(own_ticket.has_read, held)
    except TicketRefused as no:  # it has moved on in the same moment, and the page says how it stands now
        logger(__name__).info("ticket.read_late", code=no.code)
    return see(f"/q/{request.path_params['token']}")


async def ask(request: Request) -> Response:
    """GET /q/{token}/do/{act}: what it means, before it is done."""
    house = house_of(request)
    held = await holder_of(house, request)
    return await _before(house, request, held)


async def act(request: Request) -> Response:
    """POST /q/{token}/do/{act}."""
    house = house_of(request)
    words = house.words(request)
    fields = await forms.read(request, house.origins)
    held = await holder_of(house, request)
    name = request.path_params["act"]
    if held.ticket is None or name not in own_ticket.ACTS:
        raise HTTPException(404)
    values = {each: fields.get(each, "")[:_READ_MOST] for each in ("text", "stars", "money")}
    token = request.path_params["token"]
    try:
        await house.write(own_ticket.do, held, name, values, fields.get("key", "")[:64], house.service.people)
    except TicketRefused as no:
        return await drawn(house, request, held, refused=refusal(words, no.code), status=409)
    except StoreError as error:  # the words are still in our hands: they go back into the form, under the same key
        logger(__name__).error("ticket.storage", code=error.code, way="!")
        said = {"text": words.plain("refused.storage")}
        key = fields.get("key", "")[:64]
        if name == "answer":
            return await drawn(house, request, held, values=values, errors=said, key=key, status=503)
        return await _before(house, request, held, values=values, errors=said, key=key, status=503)
    except Refused as no:
        said = {"text": sentence(words, no.code, {"limit": TEXT_MOST, **no.params})}
        if name == "answer":
            return await drawn(house, request, held, values=values, errors=said, status=422)
        return await _before(house, request, held, values=values, errors=said, status=422)
    return see(f"/q/{token}?done={own_acts.named(name, follower=held.follower is not None)}")


def refusal(words: Words, code: str) -> str:
    """Why it could not be done. Most of the time it has moved on since the page was made."""
    key = f"refused.{code}"
    return words.plain(key) if words.has(key) else words.plain("own.moved")


async def _before(
    house: House,
    request: Request,
    held: Holder,
    *,
    values: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
    key: str = "",
    status: int = 200,
) -> Response:
    words = house.words(request)
    name = request.path_params["act"]
    if held.ticket is None:
        raise HTTPException(404)
    own = await look(house, request, held)
    offered = {act for each in own.seen.offers for act in own_acts.LEADS.get(each.name, (each.name,))}
    if name not in offered or name == "answer":
        if name in own_ticket.ACTS:
            return await drawn(house, request, held, refused=words.plain("own.moved"), status=409)
        raise HTTPException(404)
    follower = held.follower is not None
    page = DoPage(
        token=request.path_params["token"],
        key=key or forms.new_key(),
        act=name,
        reference=held.reference,
        title=own_acts.title(name, words, follower=follower),
        button=own_acts.button(name, words, follower=follower),
        means=own_acts.means(
            name,
            own.seen.life,
            own.names.post(own.seen.above),
            words,
            follower=follower,
            asked=held.asked is not None,
        ),
        asks_words=name in own_acts.WORDED and not follower,
        words_label=words.plain("do.words_appeal" if name == "appeal" else "do.words_no"),
        asks_end=name in own_acts.ENDS,
        grave=name in own_acts.GRAVE,
        values=values or {},
        errors=errors or {},
    )
    return house.show(request, "own_do.html", page, status=status)
