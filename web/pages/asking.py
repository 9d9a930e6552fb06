"""Asking a question in two steps, write and check, without a script: the form is its own memory.

One key belongs to one form from its first page to the last, so a weak line, an impatient finger or the back button
never files a question twice.
"""

from __future__ import annotations

import re
from dataclasses import replace

from starlette.requests import Request
from starlette.responses import Response

from kachehri.i18n import Words
from kachehri.logs import logger
from kachehri.store import StoreError
from rooms.base import Refused
from rooms.questions import AskQuestion
from web import errors, forms, reading
from web.cards import SessionCard
from web.house import House, house_of, see
from web.pages.citizen import host
from web.shapes import AskCheckPage, AskPage, AskValues, Link, MessagePage
from web.topics import District

_KEY = re.compile(r"[A-Za-z0-9_-]{22,32}\Z")
#: Refusals that a person can answer by changing the form; the field that the sentence stands at.
_AT_FIELD = {"text_empty": "text", "text_too_long": "text", "text_unreadable": "text", "phone_unreadable": "phone"}


async def form(request: Request) -> Response:
    """Step one, empty."""
    house = house_of(request)
    live = await house.service.live(request.path_params["session"])
    card = reading.head(live, house.words(request), await host(house, request, live))
    if not card.takes_questions:
        return closed(house, request, card)
    participant = house.visitors.of(request).participant(card.id)
    if reading.own(live, participant, house.now()).barred:
        raise Refused("barred")
    return _form(house, request, card, await house.districts.get(), AskValues(), {}, forms.new_key())


async def post(request: Request) -> Response:
    """From step one to step two, back again, or off to the house."""
    house = house_of(request)
    words = house.words(request)
    fields = await forms.read(request, house.origins)
    live = await house.service.live(request.path_params["session"])
    card = reading.head(live, words)
    if not card.takes_questions:
        return closed(house, request, card)
    district = await house.districts.get()
    key = fields.get("key", "")
    key = key if _KEY.match(key) else forms.new_key()
    values = forms.asked(fields)
    values = replace(values, category=district.within(values.group, values.category))
    found = forms.faults(values, district.category_codes(), district.area_codes(), words)
    step = fields.get("step", "check")
    if found or step not in ("check", "send"):
        return _form(house, request, card, district, values, found if step != "edit" else {}, key)
    if step == "check":
        topic, area = district.topic(values.category, words), district.area(values.area, words)
        return house.show(request, "ask_check.html", AskCheckPage(card, key, values, topic, area))
    return await _send(house, request, card, district, values, key, words)


async def _send(
    house: House, request: Request, card: SessionCard, district: District, values: AskValues, key: str, words: Words
) -> Response:
    command = AskQuestion(
        category=values.category,
        area=values.area,
        text=values.text,
        name=values.name,
        hide_name=values.hide_name,
        private=values.private,
        phone=values.phone,
        channel="web",
    )
    visitor = house.visitors.of(request)
    try:
        try:
            house.asking.take(request.client.host if request.client else "", visitor.device)
            question = await house.submit_as(request, visitor, card.id, command, key)
        except StoreError as error:  # the words are still in our hands: they go back into the form, not away
            logger(__name__).error("question.storage", code=error.code, way="!")
            raise Refused("storage") from None
    except Refused as refused:
        if refused.code == "phase":
            return closed(house, request, card)
        sentence = errors.sentence(words, refused.code, refused.params)
        field = _AT_FIELD.get(refused.code, "text")
        # The key was spent on another text: this is another question, and gets a key of its own.
        key = forms.new_key() if refused.code == "key_conflict" else key
        status = errors.status_of(refused.code)
        return _form(house, request, card, district, values, {field: sentence}, key, status)
    response = see(f"/q/{house.service.people.receipt(question)}?sent")
    return house.visitors.keep(response, visitor)


def _form(
    house: House,
    request: Request,
    card: SessionCard,
    district: District,
    values: AskValues,
    found: dict[str, str],
    key: str,
    status: int = 422,
) -> Response:
    words = house.words(request)
    page = AskPage(card, key, district.groups(words), district.places(words), values, found)
    return house.show(request, "ask.html", page, status=status if found else 200)


def closed(house: House, request: Request, card: SessionCard) -> Response:
    """Intake is over: say so, and where to go instead."""
    words = house.words(request)
    page = MessagePage(
        title=words.plain("ask.closed"),
        lines=(words.plain("ended" if card.is_over else "error.409_more"),),
        links=(Link(words.plain("session.title"), f"/s/{card.id}"), Link(words.plain("track.open"), "/track", "find")),
        icon="clock",
    )
    return house.show(request, "message.html", page, status=409)
